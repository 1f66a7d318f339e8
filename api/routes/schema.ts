import { z } from 'zod'
import { seenEvents, seenNames, TRAITS } from '../../store/schema.js'
import { route, type Route } from '../route.js'
import { instant } from '../schemas/common.js'

const tag = 'Schema'

const seen = { firstSeenAt: instant, lastSeenAt: instant.meta({ description: 'True to within a minute' }) }
const seenEvent = z.object({ event: z.string(), ...seen }).meta({ id: 'SeenEvent' })
const seenName = z
  .object({
    name: z.string().meta({ description: 'Dotted, where it lies within objects' }),
    types: z
      .array(z.enum(['string', 'date', 'number', 'boolean', 'object', 'array']))
      .meta({ description: 'The one seen last comes first' }),
    samples: z
      .array(z.union([z.string(), z.number(), z.boolean()]))
      .meta({ description: 'Up to 5 values; texts are cut to 40 characters' }),
    ...seen,
  })
  .meta({ id: 'SeenName' })

export const schemaRoutes: Route[] = [
  route({
    method: 'get',
    path: '/schema/events',
    scope: 'read',
    tag,
    summary: 'Events that came in, or the properties of one',
    description:
      'For editors. At most 1,000 events of a workspace and 500 properties of an event are known; written a moment after an event is routed.',
    query: z.object({ event: z.string().min(1).max(200).optional().meta({ description: 'An event: its properties are listed' }) }),
    answer: {
      status: 200,
      description: 'By name',
      schema: z.union([z.object({ data: z.array(seenEvent) }), z.object({ data: z.array(seenName) })]),
    },
    handler: async ({ deps, workspaceId, query: { event } }) => ({
      body: { data: await (event === undefined ? seenEvents(deps.db, workspaceId) : seenNames(deps.db, workspaceId, event)) },
    }),
  }),
  route({
    method: 'get',
    path: '/schema/traits',
    scope: 'read',
    tag,
    summary: 'Traits that came in',
    description: 'For editors: those of identify calls and imports. At most 500 are known.',
    answer: { status: 200, description: 'By name', schema: z.object({ data: z.array(seenName) }) },
    handler: async ({ deps, workspaceId }) => ({ body: { data: await seenNames(deps.db, workspaceId, TRAITS) } }),
  }),
]
