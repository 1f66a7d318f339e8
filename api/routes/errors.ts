import { z } from 'zod'
import { countErrors, groupErrors, listErrors, MAX_COUNTS, MAX_RESOLVED } from '../../store/errors.js'
import { getJourney } from '../../store/journeys.js'
import { route, type Route } from '../route.js'
import { idParams, instant, pageOf, pageQuery } from '../schemas/common.js'

const tag = 'Errors'

const status = z.enum(['retrying', 'parked', 'resolved'])

const filters = pageQuery.extend({
  status: status.optional(),
  code: z.string().min(1).max(200).optional(),
  tileId: z.string().min(1).max(64).optional(),
})

const error = z
  .object({
    orchestrationId: z.string(),
    orchestrationName: z.string(),
    version: z.int().meta({ description: 'That the member walks' }),
    memberId: z.string(),
    customerId: z.string(),
    tileId: z.string(),
    code: z.string(),
    message: z.string(),
    attempts: z.int(),
    nextRetryAt: instant.optional(),
    status: status.meta({ description: 'retrying: another attempt comes; parked: the member waits for an operator; resolved: it went on' }),
    firstAt: instant,
    lastAt: instant,
  })
  .meta({ id: 'DeliveryError' })

const count = z
  .object({
    orchestrationId: z.string(),
    orchestrationName: z.string(),
    code: z.string(),
    parked: z.int(),
    retrying: z.int(),
    nextRetryAt: instant.optional().meta({ description: 'The next attempt of those that are tried again' }),
  })
  .meta({ id: 'ErrorCount' })

const group = z
  .object({
    tileId: z.string(),
    code: z.string(),
    message: z.string().meta({ description: 'Of one of them' }),
    count: z.int(),
    nextRetryAt: instant.optional().meta({ description: 'The next attempt of those that are tried again' }),
  })
  .meta({ id: 'ErrorGroup' })

export const errorRoutes: Route[] = [
  route({
    method: 'get',
    path: '/journeys/{id}/errors',
    scope: 'read',
    tag,
    summary: 'Deliveries of an orchestration that failed, and what becomes of them; what failed last first',
    params: idParams,
    query: filters,
    answer: { status: 200, description: 'A page', schema: pageOf(error) },
    handler: async ({ deps, workspaceId, params, query }) => {
      await getJourney(deps.db, workspaceId, params.id)
      return { body: await listErrors(deps.db, workspaceId, { ...query, journeyId: params.id }) }
    },
  }),
  route({
    method: 'get',
    path: '/journeys/{id}/errors/counts',
    scope: 'read',
    tag,
    summary: 'How many members are parked, or deliveries tried again or resolved, by tile and code; the most first',
    description: `The resolved are counted among the newest ${MAX_RESOLVED.toLocaleString('en')} deliveries that had an error.`,
    params: idParams,
    query: z.object({ status: status.default('parked') }),
    answer: { status: 200, description: `At most ${MAX_COUNTS} rows`, schema: z.object({ data: z.array(group) }) },
    handler: async ({ deps, workspaceId, params, query }) => {
      await getJourney(deps.db, workspaceId, params.id)
      return { body: { data: await groupErrors(deps.db, workspaceId, params.id, query.status) } }
    },
  }),
  route({
    method: 'get',
    path: '/errors',
    scope: 'read',
    tag,
    summary: 'Deliveries of all orchestrations that failed, and what becomes of them; what failed last first',
    query: filters.extend({ journeyId: z.string().min(1).max(64).optional() }),
    answer: { status: 200, description: 'A page', schema: pageOf(error) },
    handler: async ({ deps, workspaceId, query }) => ({ body: await listErrors(deps.db, workspaceId, query) }),
  }),
  route({
    method: 'get',
    path: '/errors/counts',
    scope: 'read',
    tag,
    summary: 'How many members are parked, and deliveries tried again, by orchestration and code; the most first',
    answer: { status: 200, description: `At most ${MAX_COUNTS} rows`, schema: z.object({ data: z.array(count) }) },
    handler: async ({ deps, workspaceId }) => ({ body: { data: await countErrors(deps.db, workspaceId) } }),
  }),
]
