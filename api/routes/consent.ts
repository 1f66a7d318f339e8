import { z } from 'zod'
import { getCustomer } from '../../store/customers.js'
import type { Db } from '../../store/db.js'
import { canonical } from '../../store/identity.js'
import {
  listSubscriptions,
  refuseUnknownTopics,
  setSubscriptions,
  subscriptionHistory,
  type Subscription,
} from '../../store/subscriptions.js'
import { getSuppression, listSuppressions, suppress, unsuppress, type Suppression } from '../../store/suppressions.js'
import { audited } from '../audited.js'
import { etagOfBody } from '../middleware/etag.js'
import { route, type Route } from '../route.js'
import { idParams, pageOf, pageQuery } from '../schemas/common.js'
import {
  subscriptionChange,
  subscriptions,
  subscriptionsBody,
  suppression,
  suppressionBody,
  suppressionsQuery,
} from '../schemas/consent.js'

const tag = 'Consent'
const customerParams = z.object({ id: z.string().min(1) })

interface Said {
  customerId: string
  subscriptions: Subscription[]
}

/** What a customer said. @throws TileworkError not_found */
async function read(db: Db, workspaceId: string, id: string): Promise<Said> {
  const { id: customerId } = await getCustomer(db, workspaceId, id)
  return { customerId, subscriptions: await listSubscriptions(db, workspaceId, customerId) }
}

/** What customers said, and addresses that are not written to. */
export const consentRoutes: Route[] = [
  route({
    method: 'get',
    path: '/customers/{id}/subscriptions',
    scope: 'read',
    tag,
    summary: 'What a customer said of channels, and of topics by them',
    description: 'What they said nothing of is not in it: a channel is on then, and a topic is what its `optIn` says.',
    params: customerParams,
    answer: { status: 200, description: 'What they said', schema: subscriptions },
    handler: async ({ deps, workspaceId, params }) => ({ body: await read(deps.db, workspaceId, params.id) }),
  }),
  route({
    method: 'put',
    path: '/customers/{id}/subscriptions',
    scope: 'write',
    tag,
    summary: 'Write what a customer says; what is not named stays',
    params: customerParams,
    body: subscriptionsBody,
    example: { subscriptions: [{ channel: 'email', topic: 'top_01jd9', state: 'subscribed' }], via: 'signup_form' },
    answer: { status: 200, description: 'What they say now', schema: subscriptions },
    current: async ({ deps, workspaceId, params }) => etagOfBody(await read(deps.db, workspaceId, params.id)),
    handler: async (call) => {
      const { workspaceId, params, body } = call
      const [id] = await canonical(call.deps.db, workspaceId, [params.id])
      const change = { action: 'customer.subscriptions', subject: id!, detail: { via: body.via, changes: body.subscriptions } }
      return {
        body: await audited(call, change, async (db) => {
          await getCustomer(db, workspaceId, id!)
          await refuseUnknownTopics(db, workspaceId, body.subscriptions)
          await setSubscriptions(db, { workspaceId, customerId: id!, via: body.via }, body.subscriptions)
          return read(db, workspaceId, id!)
        }),
      }
    },
  }),
  route({
    method: 'get',
    path: '/customers/{id}/subscriptions/history',
    scope: 'read',
    tag,
    summary: 'Every change of what a customer said, newest first',
    params: customerParams,
    query: pageQuery,
    answer: { status: 200, description: 'A page', schema: pageOf(subscriptionChange) },
    handler: async ({ deps, workspaceId, params, query }) => {
      const { id } = await getCustomer(deps.db, workspaceId, params.id)
      return { body: await subscriptionHistory(deps.db, workspaceId, id, query) }
    },
  }),
  route({
    method: 'get',
    path: '/suppressions',
    scope: 'read',
    tag,
    summary: 'Addresses that are not written to, newest first',
    query: suppressionsQuery,
    answer: { status: 200, description: 'A page', schema: pageOf(suppression) },
    handler: async ({ deps, workspaceId, query }) => ({ body: await listSuppressions(deps.db, workspaceId, query) }),
  }),
  route({
    method: 'post',
    path: '/suppressions',
    scope: 'write',
    tag,
    summary: 'Have an address not written to any more; of two reasons the stronger one stays',
    body: suppressionBody,
    example: { channel: 'email', address: 'ada@example.com', reason: 'manual' },
    answer: { status: 201, description: 'What holds for the address', schema: suppression },
    handler: async (call) => {
      const { workspaceId, actor, body } = call
      const change = { action: 'suppression.add', subject: ({ id }: Suppression) => id, detail: body }
      return { body: await audited(call, change, (db) => suppress(db, { workspaceId, source: actor, ...body })) }
    },
  }),
  route({
    method: 'delete',
    path: '/suppressions/{id}',
    scope: 'write',
    tag,
    summary: 'Have an address written to again',
    params: idParams,
    answer: { status: 204, description: 'Deleted' },
    current: async ({ deps, workspaceId, params }) => etagOfBody(await getSuppression(deps.db, workspaceId, params.id)),
    handler: async (call) => {
      const { workspaceId, params } = call
      const { channel, address, reason } = await getSuppression(call.deps.db, workspaceId, params.id)
      const change = { action: 'suppression.remove', subject: params.id, detail: { channel, address, reason } }
      await audited(call, change, (db) => unsuppress(db, workspaceId, params.id))
      return {}
    },
  }),
]
