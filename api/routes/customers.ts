import { z } from 'zod'
import { customerChanged } from '../../ingest/react.js'
import { audit } from '../../store/audit.js'
import {
  changeMembers,
  createAudience,
  deleteAudience,
  getAudience,
  listAudiences,
  renameAudience,
  type Audience,
} from '../../store/audiences.js'
import { getCustomer, mergeTraits } from '../../store/customers.js'
import { recentEvents } from '../../store/events.js'
import { TileworkError } from '../../model/errors.js'
import { idProblem } from '../customer-ids.js'
import { etagOf } from '../middleware/etag.js'
import { route, type Answer, type Call, type Route } from '../route.js'
import { idParams, instant, json, pageOf, pageQuery } from '../schemas/common.js'

const customerParams = z.object({ id: z.string().min(1).max(255) })
const customer = z
  .object({ id: z.string(), traits: json, createdAt: instant, updatedAt: instant, audiences: z.array(z.string()) })
  .meta({ id: 'Customer' })
const event = z
  .object({
    id: z.string(),
    messageId: z.string(),
    customerId: z.string(),
    type: z.string(),
    event: z.string(),
    properties: json,
    timestamp: instant,
    receivedAt: instant,
  })
  .meta({ id: 'Event' })

const audienceBody = z.strictObject({
  name: z.string().trim().min(1, 'Give a name.').max(200),
  kind: z.enum(['list', 'condition']).default('list'),
  when: z.unknown().optional(),
})
const audience = z
  .object({ id: z.string(), name: z.string(), kind: z.literal('list'), size: z.int(), createdAt: instant, updatedAt: instant })
  .meta({ id: 'Audience' })
const ids = z.array(z.string().min(1).max(255)).max(10_000, 'One call may name 10,000 customers at the most.').default([])

function listOnly(body: z.output<typeof audienceBody>): void {
  if (body.kind === 'list' && body.when === undefined) return
  throw new TileworkError('invalid', 'Audiences by condition are not run in this release; make a list.', [
    {
      path: body.kind === 'condition' ? '/kind' : '/when',
      code: 'not_available',
      message: "Make an audience of kind 'list', without 'when'.",
    },
  ])
}

const shown = ({ revision, ...body }: Audience): Answer => ({ body, revision })
const current = async (call: Call<{ id: string }, unknown, unknown>): Promise<string> =>
  etagOf('', (await getAudience(call.deps.db, call.workspaceId, call.params.id)).revision)

export const customerRoutes: Route[] = [
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
    params: customerParams,
    body: z.strictObject({ traits: json.default({}) }),
    example: { traits: { email: 'ada@example.com', plan: 'gold' } },
    answer: { status: 200, description: 'The customer', schema: customer },
    handler: async ({ deps, workspaceId, params, body }) => {
      const problem = idProblem(params.id)
      if (problem !== undefined) throw new TileworkError('invalid', problem, [{ path: 'id', code: 'invalid_value', message: problem }])
      const changed = await mergeTraits(deps.db, workspaceId, params.id, body.traits)
      if (changed) await customerChanged(deps, workspaceId, params.id)
      return { body: await getCustomer(deps.db, workspaceId, params.id) }
    },
  }),
  route({
    method: 'get',
    path: '/customers/{id}/events',
    scope: 'read',
    tag: 'Customers',
    summary: 'Events of a customer, newest first',
    params: customerParams,
    query: pageQuery,
    answer: { status: 200, description: 'A page', schema: pageOf(event) },
    handler: async ({ deps, workspaceId, params, query }) => ({
      body: await recentEvents(deps.db, workspaceId, { ...query, customerId: params.id }),
    }),
  }),
  route({
    method: 'get',
    path: '/events/recent',
    scope: 'read',
    tag: 'Customers',
    summary: 'Events, newest first',
    query: pageQuery,
    answer: { status: 200, description: 'A page', schema: pageOf(event) },
    handler: async ({ deps, workspaceId, query }) => ({ body: await recentEvents(deps.db, workspaceId, query) }),
  }),
  route({
    method: 'get',
    path: '/audiences',
    scope: 'read',
    tag: 'Audiences',
    summary: 'List audiences',
    query: pageQuery,
    answer: { status: 200, description: 'A page', schema: pageOf(audience) },
    handler: async ({ deps, workspaceId, query }) => {
      const page = await listAudiences(deps.db, workspaceId, query)
      return { body: { ...page, data: page.data.map(({ revision: _, ...body }) => body) } }
    },
  }),
  route({
    method: 'post',
    path: '/audiences',
    scope: 'write',
    tag: 'Audiences',
    summary: 'Create an audience: a list of customers',
    body: audienceBody,
    example: { name: 'Beta testers' },
    answer: { status: 201, description: 'Created', schema: audience, headers: { Location: 'Where it is' } },
    handler: async (call) => {
      listOnly(call.body)
      const made = await createAudience(call.deps.db, call.workspaceId, call.body.name)
      await audit(call.deps.db, { ...call, action: 'audience.create', subject: made.id })
      return { ...shown(made), headers: { Location: `/api/v1/audiences/${made.id}` } }
    },
  }),
  route({
    method: 'get',
    path: '/audiences/{id}',
    scope: 'read',
    tag: 'Audiences',
    summary: 'Read an audience',
    params: idParams,
    answer: { status: 200, description: 'The audience', schema: audience },
    handler: async ({ deps, workspaceId, params }) => shown(await getAudience(deps.db, workspaceId, params.id)),
  }),
  route({
    method: 'put',
    path: '/audiences/{id}',
    scope: 'write',
    tag: 'Audiences',
    summary: 'Rename an audience',
    params: idParams,
    body: audienceBody,
    answer: { status: 200, description: 'Renamed', schema: audience },
    current,
    handler: async (call) => {
      listOnly(call.body)
      const done = await renameAudience(call.deps.db, call.workspaceId, call.params.id, call.body.name)
      await audit(call.deps.db, { ...call, action: 'audience.replace', subject: call.params.id })
      return shown(done)
    },
  }),
  route({
    method: 'delete',
    path: '/audiences/{id}',
    scope: 'write',
    tag: 'Audiences',
    summary: 'Delete an audience',
    params: idParams,
    answer: { status: 204, description: 'Deleted' },
    current,
    handler: async (call) => {
      await deleteAudience(call.deps.db, call.workspaceId, call.params.id)
      await audit(call.deps.db, { ...call, action: 'audience.delete', subject: call.params.id })
      return {}
    },
  }),
  route({
    method: 'post',
    path: '/audiences/{id}/members',
    scope: 'write',
    tag: 'Audiences',
    summary: 'Add customers to a list, and remove some',
    params: idParams,
    body: z.strictObject({ add: ids, remove: ids }),
    example: { add: ['ada'], remove: [] },
    answer: { status: 200, description: 'The audience', schema: audience },
    handler: async (call) => {
      const { deps, workspaceId, params, body } = call
      const changed = await changeMembers(deps.db, workspaceId, params.id, body)
      for (const id of changed) await customerChanged(deps, workspaceId, id)
      await audit(deps.db, { ...call, action: 'audience.members', subject: params.id, detail: { changed: changed.length } })
      return shown(await getAudience(deps.db, workspaceId, params.id))
    },
  }),
]
