import { z } from 'zod'
import { usedBy, type Named } from '../../store/in-use.js'
import { route, type Route } from '../route.js'
import { idParams, pageOf, pageQuery } from '../schemas/common.js'

const user = z
  .object({
    id: z.string(),
    name: z.string(),
    type: z.enum(['orchestration', 'audience']),
    status: z.string().nullable().meta({ description: 'Of an orchestration' }),
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

export const usedByRoutes: Route[] = [
  usedByRoute('audience', '/audiences', 'Audiences', 'List the orchestrations and audiences that name an audience'),
  usedByRoute('destination', '/destinations', 'Destinations', 'List the orchestrations that send through a destination'),
  usedByRoute('secret', '/secrets', 'Destinations', 'List the orchestrations that use a secret'),
  usedByRoute('orchestration', '/journeys', 'Orchestrations', 'List the orchestrations that enter an orchestration'),
]
