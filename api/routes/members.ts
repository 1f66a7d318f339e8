import { z } from 'zod'
import { TileworkError } from '../../model/errors.js'
import { newId } from '../../model/ids.js'
import { audit } from '../../store/audit.js'
import { audited } from '../audited.js'
import { getCustomer } from '../../store/customers.js'
import { createEnrolJob, getJob } from '../../store/jobs.js'
import { getJourney } from '../../store/journeys.js'
import { customerMembers, getMember, listMembers, type Member } from '../../store/members.js'
import { memberTimeline } from '../../store/timeline.js'
import type { ApiDeps } from '../deps.js'
import { readCustomerCsv } from '../customer-csv.js'
import { fromList, type CustomerIds } from '../customer-ids.js'
import { route, type Route } from '../route.js'
import { startOrLeave } from '../started.js'
import { idParams, memberParams, pageOf, pageQuery } from '../schemas/common.js'
import { enrolBody, enrolled, job, member, memberStatus, timelineEntry } from '../schemas/members.js'

const tag = 'Members'
const ENROL_LIMIT = 8 * 1024 * 1024

const shown = (deps: ApiDeps, found: Member): Member & { temporalUrl: string } => ({
  ...found,
  temporalUrl: deps.temporal.uiLink(found.id),
})

const reasonBody = z.strictObject({ reason: z.string().max(500).optional() })

/** A command of an operator: through the member's own workflow, so that it is never lost or half done. */
function command(kind: 'retry' | 'skip' | 'exit', summary: string): Route {
  return route({
    method: 'post',
    path: `/journeys/{id}/members/{memberId}/${kind}`,
    scope: 'operate',
    tag,
    summary,
    params: memberParams,
    body: reasonBody,
    example: { reason: 'The address is mended' },
    answer: { status: 200, description: 'The member after it', schema: member },
    problems: [409, 503],
    handler: async (call) => {
      const { deps, workspaceId, params, body } = call
      const before = await getMember(deps.db, workspaceId, params.id, params.memberId)
      if (before.status === 'exited')
        throw new TileworkError('wrong_state', `This member is exited; it cannot ${kind}.`, [], { status: 'exited' })
      if (kind !== 'exit' && before.status !== 'parked') {
        throw new TileworkError('wrong_state', `This member is ${before.status}; only one that is parked can ${kind}.`, [], {
          status: before.status,
        })
      }
      const reason = kind === 'exit' ? { reason: body.reason || 'operator' } : {}
      await deps.temporal.operate(params.memberId, { kind, id: newId('req'), ...reason })
      const detail = { orchestrationId: params.id, ...(body.reason !== undefined && { reason: body.reason }) }
      await audit(deps.db, { ...call, action: `member.${kind}`, subject: params.memberId, detail })
      return { body: shown(deps, await getMember(deps.db, workspaceId, params.id, params.memberId)) }
    },
  })
}

export const memberRoutes: Route[] = [
  route({
    method: 'get',
    path: '/journeys/{id}/members',
    scope: 'read',
    tag,
    summary: 'List members, newest first',
    params: idParams,
    query: pageQuery.extend({
      status: memberStatus.optional(),
      tile: z.string().max(64).optional(),
      customerId: z.string().max(255).optional(),
    }),
    answer: { status: 200, description: 'A page', schema: pageOf(member) },
    handler: async ({ deps, workspaceId, params, query }) => {
      await getJourney(deps.db, workspaceId, params.id)
      const page = await listMembers(deps.db, workspaceId, params.id, query)
      return { body: { ...page, data: page.data.map((each) => shown(deps, each)) } }
    },
  }),
  route({
    method: 'post',
    path: '/journeys/{id}/members',
    scope: 'write',
    tag,
    summary: 'Enter customers by id, as JSON or as a CSV file; follow the job',
    params: idParams,
    body: enrolBody,
    example: { customerIds: ['ada', 'grace'] },
    streamed: {
      contentType: 'text/csv',
      description: 'One column of customer ids, with or without the header customerId',
      example: 'customerId\nada\ngrace\n',
      read: readCustomerCsv,
    },
    limit: ENROL_LIMIT,
    answer: { status: 202, description: 'Accepted', schema: enrolled },
    problems: [404, 409],
    handler: async (call) => {
      const { deps, workspaceId, params, body } = call
      const journey = await getJourney(deps.db, workspaceId, params.id)
      if (journey.status === 'draft' || journey.status === 'completed') {
        throw new TileworkError('wrong_state', `This orchestration is ${journey.status}; customers enter one that is active.`, [], {
          status: journey.status,
        })
      }
      const entry = journey.tiles.find(({ type }) => type === 'entry')
      const triggers = (entry?.config.triggers ?? []) as { type: string }[]
      if (!triggers.some(({ type }) => type === 'manual')) {
        throw new TileworkError('wrong_state', 'This orchestration has no manual trigger, so customers cannot be entered by hand.', [], {
          status: journey.status,
        })
      }
      // A CSV comes read already.
      const { ids, invalid } = 'ids' in body ? (body as unknown as CustomerIds) : fromList(body.customerIds)
      const change = { action: 'member.enter', subject: params.id, detail: (jobId: string) => ({ jobId, accepted: ids.length }) }
      const jobId = await audited(call, change, (db) => createEnrolJob(db, workspaceId, params.id, ids))
      await startOrLeave(deps, () => deps.temporal.startEnrol(jobId))
      return { body: { jobId, accepted: ids.length, invalid } }
    },
  }),
  route({
    method: 'get',
    path: '/journeys/{id}/members/{memberId}',
    scope: 'read',
    tag,
    summary: 'Read a member',
    params: memberParams,
    answer: { status: 200, description: 'The member', schema: member },
    handler: async ({ deps, workspaceId, params }) => ({
      body: shown(deps, await getMember(deps.db, workspaceId, params.id, params.memberId)),
    }),
  }),
  route({
    method: 'get',
    path: '/journeys/{id}/members/{memberId}/timeline',
    scope: 'read',
    tag,
    summary: 'Everything that happened to a member, oldest first',
    params: memberParams,
    query: pageQuery,
    answer: { status: 200, description: 'A page', schema: pageOf(timelineEntry) },
    handler: async ({ deps, workspaceId, params, query }) => {
      await getMember(deps.db, workspaceId, params.id, params.memberId)
      return { body: await memberTimeline(deps.db, workspaceId, params.memberId, query) }
    },
  }),
  command('retry', 'Try a parked member again, with the same key'),
  command('skip', 'Let a parked member pass the tile'),
  command('exit', 'Take a member out'),
  route({
    method: 'get',
    path: '/customers/{id}/members',
    scope: 'read',
    tag,
    summary: 'All memberships of a customer',
    params: z.object({ id: z.string().min(1) }),
    query: pageQuery,
    answer: { status: 200, description: 'A page', schema: pageOf(member) },
    handler: async ({ deps, workspaceId, params, query }) => {
      await getCustomer(deps.db, workspaceId, params.id)
      const page = await customerMembers(deps.db, workspaceId, params.id, query)
      return { body: { ...page, data: page.data.map((each) => shown(deps, each)) } }
    },
  }),
  route({
    method: 'get',
    path: '/jobs/{id}',
    scope: 'read',
    tag: 'Jobs',
    summary: 'Follow work over many rows',
    params: idParams,
    answer: { status: 200, description: 'The job', schema: job },
    handler: async ({ deps, workspaceId, params }) => ({ body: await getJob(deps.db, workspaceId, params.id) }),
  }),
]
