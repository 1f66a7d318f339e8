import { z } from 'zod'
import { MAX_NAMED, usedBy, usesOf, type Named } from '../../store/in-use.js'
import { route, type Route } from '../route.js'
import { idParams, pageOf, pageQuery } from '../schemas/common.js'

const user = z
  .object({
    id: z.string(),
    name: z.string(),
    type: z.enum(['orchestration', 'audience', 'template']),
    status: z.string().nullable().meta({ description: 'Of an orchestration; of a template `draft` or `live`' }),
    blocks: z.boolean().meta({ description: 'Whether it keeps the thing from being deleted; false: only a draft names it' }),
  })
  .meta({ id: 'UsedBy' })

const usedByRoute = (kind: Named, path: string, tag: string, summary: string): Route =>
  route({
    method: 'get',
    path: `${path}/{id}/used-by`,
    scope: 'read',
    tag,
    summary,
    params: idParams,
    query: pageQuery,
    answer: { status: 200, description: 'A page', schema: pageOf(user) },
    handler: async ({ deps, workspaceId, params, query }) => ({ body: await usedBy(deps.db, workspaceId, kind, params.id, query) }),
  })

/** Things of one call. */
const MAX_IDS = 200

const uses = z.object({
  data: z.array(
    z
      .object({
        id: z.string(),
        count: z.int(),
        users: z.array(user.omit({ blocks: true })).meta({ description: `The newest ${MAX_NAMED}` }),
      })
      .meta({ id: 'Uses' }),
  ),
})

const ids = z
  .string()
  .min(1)
  .transform((text) => text.split(','))
  .refine(({ length }) => length <= MAX_IDS, `Name ${MAX_IDS} ids at the most.`)
  .meta({ description: `Ids with commas between them, at most ${MAX_IDS}` })

const usesRoute = (kind: 'audience' | 'destination' | 'topic', path: string, tag: string): Route =>
  route({
    method: 'get',
    path: `${path}/used-by`,
    scope: 'read',
    tag,
    summary: `How many name each of some ${kind}s, and who: what ${path}/{id}/used-by tells of one`,
    query: z.object({ ids }),
    answer: { status: 200, description: 'Of those that something names', schema: uses },
    handler: async ({ deps, workspaceId, query }) => ({ body: { data: await usesOf(deps.db, workspaceId, kind, query.ids) } }),
  })

export const usedByRoutes: Route[] = [
  usesRoute('audience', '/audiences', 'Audiences'),
  usesRoute('destination', '/destinations', 'Destinations'),
  usesRoute('topic', '/topics', 'Consent'),
  usedByRoute('audience', '/audiences', 'Audiences', 'List the orchestrations and audiences that name an audience'),
  usedByRoute('destination', '/destinations', 'Destinations', 'List the orchestrations that send through a destination'),
  usedByRoute('topic', '/topics', 'Consent', 'List the orchestrations that send about a topic'),
  usedByRoute('secret', '/secrets', 'Destinations', 'List the orchestrations that use a secret'),
  usedByRoute(
    'template',
    '/templates',
    'Templates',
    'List the orchestrations that use a template, and the templates that bring in a partial',
  ),
  usedByRoute('orchestration', '/journeys', 'Orchestrations', 'List the orchestrations that enter an orchestration'),
]
