import { z } from 'zod'
import { TileworkError } from '../../model/errors.js'
import { audited } from '../audited.js'
import { getCustomer } from '../../store/customers.js'
import { createEnrolJob, getJob, listJobs } from '../../store/jobs.js'
import { getJourney } from '../../store/journeys.js'
import { customerMembers, getMember, listMembers } from '../../store/members.js'
import { memberTimeline } from '../../store/timeline.js'
import { readCustomerCsv } from '../customer-csv.js'
import { fromList, type CustomerIds } from '../customer-ids.js'
import { shownMember as shown } from '../shown-member.js'
import { route, type Route } from '../route.js'
import { startOrLeave } from '../started.js'
import { idParams, memberParams, pageOf, pageQuery } from '../schemas/common.js'
import { enrolBody, enrolled, job, jobKind, listedJob, member, membersQuery, timelineEntry } from '../schemas/members.js'

const tag = 'Members'
const ENROL_LIMIT = 8 * 1024 * 1024

export const memberRoutes: Route[] = [
  route({
    method: 'get',
    path: '/journeys/{id}/members',
    scope: 'read',
    tag,
    summary: 'List members, newest first',
    params: idParams,
    description: 'All that is given must hold.',
    query: membersQuery,
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
    streamed: [
      {
        contentType: 'text/csv',
        description: 'One column of customer ids, with or without the header customerId',
        example: 'customerId\nada\ngrace\n',
        read: readCustomerCsv,
      },
    ],
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
    path: '/jobs',
    scope: 'read',
    tag: 'Jobs',
    summary: 'List work over many rows, the newest first',
    query: pageQuery.extend({
      kind: jobKind.optional(),
      status: job.shape.status.optional(),
      journeyId: z.string().min(1).max(64).optional(),
    }),
    answer: { status: 200, description: 'A page', schema: pageOf(listedJob) },
    handler: async ({ deps, workspaceId, query }) => ({ body: await listJobs(deps.db, workspaceId, query) }),
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
