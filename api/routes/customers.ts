import { z } from 'zod'
import { audited } from '../audited.js'
import { getCustomer, mergeTraits, traitHistory } from '../../store/customers.js'
import { listCustomers } from '../../store/customers-list.js'
import { noteChanges } from '../../store/events.js'
import { etagOfBody } from '../middleware/etag.js'
import { route, type Route } from '../route.js'
import { customerId, instant, json, pageOf, pageQuery } from '../schemas/common.js'
import { customersFound, customerSearch } from '../schemas/customers.js'

const customerParams = z.object({ id: z.string().min(1) })
const customer = z
  .object({ id: z.string(), traits: json, createdAt: instant, updatedAt: instant, audiences: z.array(z.string()) })
  .meta({ id: 'Customer' })
const traitChange = z
  .object({
    id: z.string(),
    trait: z.string(),
    old: z.unknown().meta({ description: 'Null: there was none' }),
    new: z.unknown().meta({ description: 'Null: it was removed' }),
    at: instant.meta({ description: 'When it was written: of an event its timestamp' }),
    source: z
      .object({
        type: z.enum(['event', 'api', 'tile', 'import', 'merge']),
        eventId: z.string().optional(),
        memberId: z.string().optional(),
        tileId: z.string().optional(),
        customerId: z.string().optional(),
      })
      .meta({ description: 'An event, a call of the API, an updateProfile tile, or a customer who became this one' }),
  })
  .meta({ id: 'TraitChange' })

export const customerRoutes: Route[] = [
  route({
    method: 'get',
    path: '/customers',
    scope: 'read',
    tag: 'Customers',
    summary: 'Find customers by how their id, email or name begins; the newest first when nothing is looked for',
    description:
      'With `q`, those found by id come first, then those by email, then those by name, each from a to z. With `audienceId` alone they are ordered by id. ' +
      'The name is the trait `name`, or `firstName` and `lastName`.',
    query: pageQuery.extend({ q: customerSearch, audienceId: z.string().min(1).max(64).optional() }),
    answer: { status: 200, description: 'A page', schema: customersFound },
    handler: async ({ deps, workspaceId, query }) => ({ body: await listCustomers(deps.db, workspaceId, query) }),
  }),
  route({
    method: 'get',
    path: '/customers/{id}',
    scope: 'read',
    tag: 'Customers',
    summary: 'Read a profile',
    params: customerParams,
    answer: { status: 200, description: 'The customer', schema: customer },
    handler: async ({ deps, workspaceId, params }) => ({ body: await getCustomer(deps.db, workspaceId, params.id) }),
  }),
  route({
    method: 'put',
    path: '/customers/{id}',
    scope: 'write',
    tag: 'Customers',
    summary: 'Merge traits into a profile; null removes one; the profile is made when it is missing',
    params: z.object({ id: customerId }),
    body: z.strictObject({ traits: json.default({}) }),
    example: { traits: { email: 'ada@example.com', plan: 'gold' } },
    answer: { status: 200, description: 'The customer', schema: customer },
    current: async ({ deps, workspaceId, params }) => etagOfBody(await getCustomer(deps.db, workspaceId, params.id)),
    handler: async (call) => {
      const { deps, workspaceId, params, body } = call
      const change = { action: 'customer.merge', subject: params.id, detail: { traits: Object.keys(body.traits) } }
      await audited(call, change, async (db) => {
        const traits = await mergeTraits(db, workspaceId, params.id, body.traits)
        if (traits.length > 0) await noteChanges(db, workspaceId, [{ customerId: params.id, traits }])
      })
      deps.wakeRouter?.()
      return { body: await getCustomer(deps.db, workspaceId, params.id) }
    },
  }),
  route({
    method: 'get',
    path: '/customers/{id}/history',
    scope: 'read',
    tag: 'Customers',
    summary: 'Changes of the traits of a customer, newest first',
    params: customerParams,
    query: pageQuery,
    answer: { status: 200, description: 'A page', schema: pageOf(traitChange) },
    handler: async ({ deps, workspaceId, params, query }) => {
      await getCustomer(deps.db, workspaceId, params.id)
      return { body: await traitHistory(deps.db, workspaceId, params.id, query) }
    },
  }),
]
