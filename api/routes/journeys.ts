import { z } from 'zod'
import { durationMs, durationSchema } from '../../model/duration.js'
import { audit } from '../../store/audit.js'
import { activationPreview } from '../../store/activation.js'
import { audited } from '../audited.js'
import { completeJourney, pauseJourney, resumeJourney } from '../../store/gate.js'
import { completeAndExit } from '../../store/operate.js'
import {
  activateJourney,
  changeDetails,
  createJourney,
  deleteJourney,
  getJourney,
  replaceJourney,
  requireDraft,
  type Journey,
  type JourneyInput,
  type Which,
} from '../../store/journeys.js'
import { copyNotes } from '../../store/notes.js'
import { listJourneys, listTags } from '../../store/journeys-list.js'
import { journeyRefs } from '../../store/refs.js'
import { getSettings } from '../../store/workspaces.js'
import type { Canvas } from '../../tiles/index.js'
import { Resource, shown } from '../resource.js'
import { CANVAS_LIMIT, canvasOf, checkCanvas, requireValid, routeOf } from '../canvas.js'
import { requireTemporal, startOrLeave } from '../started.js'
import { route, type Answer, type Call, type Route } from '../route.js'
import { idParams, pageOf, pageQuery } from '../schemas/common.js'
import {
  activation,
  detailsBody,
  duplicateBody,
  journey,
  journeyBody,
  journeyDocumented,
  listedJourney,
  status,
  tagInUse,
  validation,
  versionQuery,
} from '../schemas/journeys.js'

const tag = 'Orchestrations'
/** One that runs as it is: into the sandbox. */
const EXAMPLE = {
  name: 'Welcome',
  tiles: [
    { id: 'entry', type: 'entry', config: { triggers: [{ type: 'manual' }] } },
    {
      id: 'hello',
      type: 'action',
      config: { destinationId: 'sandbox', action: 'send_email', fields: { to: '{{ customer.id }}@example.com', subject: 'Welcome' } },
    },
    { id: 'done', type: 'exit', config: { reason: 'completed' } },
  ],
  edges: [
    { from: 'entry', to: 'hello' },
    { from: 'hello', to: 'done' },
  ],
}
type AnyCall = Call<{ id: string }, unknown, unknown>

const journeys = new Resource({ path: '/journeys', tag, kind: 'journey', schema: journey, scope: 'write', get: getJourney })
const { current } = journeys.ifMatch

async function answer(call: AnyCall, more: Record<string, unknown> = {}): Promise<Answer> {
  const { body, ...rest } = shown(await journeys.find(call))
  return { ...rest, body: { ...(body as object), ...more } }
}

const which = (version: string | undefined): Which => (version === undefined ? 'live' : version === 'draft' ? 'draft' : Number(version))

const inputOf = ({ name, description = '', tags, ...canvas }: z.output<typeof journeyBody>): JourneyInput => ({
  name,
  description,
  tags,
  ...canvasOf(canvas),
})

/** With the time zone of the workspace where it names none. */
async function withZone({ deps, workspaceId }: Call<unknown, unknown, unknown>, input: JourneyInput): Promise<JourneyInput> {
  if (input.settings.timezone !== undefined) return input
  const { timezone } = await getSettings(deps.db, workspaceId)
  return timezone === null ? input : { ...input, settings: { ...input.settings, timezone } }
}

const location = (id: string): { headers: Record<string, string> } => ({ headers: { Location: `/api/v1/journeys/${id}` } })

const pauseBody = z.strictObject({ clocks: z.enum(['run', 'freeze']).default('run'), entries: z.enum(['drop', 'queue']).default('drop') })
const resumeBody = z.strictObject({
  overdue: z.union([z.literal('proceed'), z.strictObject({ skipSendsOlderThan: durationSchema })]).default('proceed'),
  ratePerSecond: z.number().positive().max(10_000).optional(),
})
const completeBody = z.strictObject({ members: z.enum(['walk', 'exit']).default('walk') })

/** Completes and takes out all members, held ones too; the job is committed with the state. */
async function completeWithExit(call: AnyCall): Promise<Answer> {
  const { deps, workspaceId, actor, params } = call
  const change = {
    action: 'journey.complete',
    subject: params.id,
    detail: ({ jobId, count }: { jobId: string; count: number }) => ({ members: 'exit', count, jobId }),
  }
  const { jobId } = await audited(call, change, (db) => completeAndExit(db, workspaceId, params.id, actor))
  await startOrLeave(deps, () => deps.temporal.startOperate(jobId))
  return answer(call)
}

/** Wakes the members that the pause held. */
const wake = ({ deps, workspaceId, params }: AnyCall, pause: number, ratePerSecond?: number): Promise<void> =>
  startOrLeave(deps, () =>
    deps.temporal.startResume({ workspaceId, journeyId: params.id, pause, ...(ratePerSecond !== undefined && { ratePerSecond }) }),
  )

export const journeyRoutes: Route[] = [
  route({
    method: 'get',
    path: '/journeys',
    scope: 'read',
    tag,
    summary: 'List orchestrations with how many members they have; the newest first, unless told',
    query: pageQuery.extend({
      status: status.optional(),
      q: z.string().min(1).max(200).optional().meta({ description: 'Text in the name or the description, whatever the case; or an id' }),
      tag: z.string().min(1).max(40).optional(),
      sort: z
        .enum(['name', 'updated', 'created'])
        .optional()
        .meta({ description: 'By name from a to z, or the one changed or created last first; created unless told' }),
    }),
    answer: { status: 200, description: 'A page', schema: pageOf(listedJourney) },
    handler: async ({ deps, workspaceId, query }) => ({ body: await listJourneys(deps.db, workspaceId, query) }),
  }),
  // Before the orchestrations: `tags` is no orchestration's id.
  route({
    method: 'get',
    path: '/journeys/tags',
    scope: 'read',
    tag,
    summary: 'List the tags that orchestrations carry, from a to z',
    query: pageQuery,
    answer: { status: 200, description: 'A page', schema: pageOf(tagInUse) },
    handler: async ({ deps, workspaceId, query }) => ({ body: await listTags(deps.db, workspaceId, query) }),
  }),
  route({
    method: 'get',
    path: '/journeys/children',
    scope: 'read',
    tag,
    summary: 'Which orchestrations enter which others, by their sub-orchestration tiles',
    description: 'In their live version, or their draft while none is live. What a check for cycles needs.',
    answer: {
      status: 200,
      description: 'Those that enter others',
      schema: z.object({ data: z.array(z.object({ id: z.string(), children: z.array(z.string()) })) }),
    },
    handler: async ({ deps, workspaceId }) => {
      const refs = await journeyRefs(deps.db, workspaceId)
      return { body: { data: [...refs].flatMap(([id, { children }]) => (children.length > 0 ? [{ id, children }] : [])) } }
    },
  }),
  journeys.create({
    summary: 'Create an orchestration as a draft',
    description: 'One whose settings name no time zone gets that of the workspace (`/settings`), if it has one.',
    body: journeyBody,
    documented: journeyDocumented,
    limit: CANVAS_LIMIT,
    example: EXAMPLE,
    make: async (call, write) => {
      const input = await withZone(call, inputOf(call.body))
      return write((db) => createJourney(db, call.workspaceId, input))
    },
  }),
  route({
    method: 'get',
    path: '/journeys/{id}',
    scope: 'read',
    tag,
    summary: 'Read an orchestration: its live version, or the draft while none is live',
    params: idParams,
    query: versionQuery,
    answer: { status: 200, description: 'The orchestration', schema: journey },
    handler: async ({ deps, workspaceId, params, query }) => shown(await getJourney(deps.db, workspaceId, params.id, which(query.version))),
  }),
  journeys.replace({
    summary: 'Replace a draft',
    body: journeyBody,
    documented: journeyDocumented,
    example: EXAMPLE,
    limit: CANVAS_LIMIT,
    problems: [409],
    change: ({ workspaceId, params, body, expectedRevision }, write) => {
      const input = inputOf(body)
      return write((db) => replaceJourney(db, workspaceId, params.id, input, expectedRevision))
    },
  }),
  journeys.remove({ summary: 'Delete a draft', problems: [409], remove: deleteJourney }),
  route({
    method: 'put',
    path: '/journeys/{id}/details',
    scope: 'write',
    tag,
    summary: 'Change the name, the description or the tags of an orchestration, in any state; what is left out stays',
    description: 'Published versions keep the name that they were published with; a draft that goes by the old name goes by the new one.',
    params: idParams,
    body: detailsBody,
    example: { name: 'Welcome, 2027', tags: ['onboarding', 'email'] },
    answer: { status: 200, description: 'Changed', schema: journey },
    current,
    handler: async (call) => {
      const { id } = call.params
      const change = { action: 'journey.details', subject: id, detail: call.body }
      await audited(call, change, (db) => changeDetails(db, call.workspaceId, id, call.body, call.expectedRevision))
      return answer(call)
    },
  }),
  route({
    method: 'post',
    path: '/journeys/{id}/validate',
    scope: 'read',
    tag,
    summary: 'What keeps an orchestration, or one of its versions, from going live',
    params: idParams,
    query: versionQuery,
    answer: { status: 200, description: 'Errors and warnings', schema: validation },
    handler: async ({ deps, workspaceId, params, query }) => {
      const read = await getJourney(deps.db, workspaceId, params.id, which(query.version))
      const found = await checkCanvas(deps, workspaceId, params.id, read)
      return { body: { valid: found.errors.length === 0, ...found } }
    },
  }),
  route({
    method: 'post',
    path: '/journeys/{id}/activate',
    scope: 'operate',
    tag,
    summary: 'Make a draft live, or see what that would do',
    description:
      '`?dryRun=true` changes nothing and answers who would enter at once, by trigger, with the warnings of the validation; what cannot be activated is refused as without it.',
    params: idParams,
    query: z.object({ dryRun: z.enum(['true', 'false']).optional().meta({ description: 'true: only say what would happen' }) }),
    answer: { status: 200, description: 'Active; or, of a dry run, what would happen', schema: journey.or(activation) },
    current,
    handler: async (call) => {
      const { id } = call.params
      const read = await getJourney(call.deps.db, call.workspaceId, id)
      const warnings =
        read.status === 'draft' ? await requireValid(call.deps, call.workspaceId, id, read, 'This orchestration cannot be activated') : []
      const canvas = read as unknown as Canvas
      const entry = canvas.tiles.find((tile) => tile.type === 'entry')
      if (call.query.dryRun === 'true') {
        requireDraft(read)
        return { body: { ...(await activationPreview(call.deps.db, call.workspaceId, entry?.config.triggers ?? [])), warnings } }
      }
      const route = await routeOf(call.deps, call.workspaceId, canvas)
      const change = { action: 'journey.activate', subject: id, detail: { version: read.draftVersion } }
      const jobs = await audited(call, change, (db) =>
        activateJourney(db, call.workspaceId, id, route, entry?.config.triggers ?? [], read.revision),
      )
      for (const job of jobs) await startOrLeave(call.deps, () => call.deps.temporal.startEnrol(job))
      return answer(call)
    },
  }),
  route({
    method: 'post',
    path: '/journeys/{id}/pause',
    scope: 'operate',
    tag,
    summary: 'Pause: no send, webhook or profile change begins after the answer',
    params: idParams,
    body: pauseBody,
    example: { clocks: 'run', entries: 'drop' },
    answer: { status: 200, description: 'Paused; `inFlight` deliveries had begun', schema: journey.extend({ inFlight: z.int() }) },
    current,
    handler: async (call) => {
      const { inFlight } = await pauseJourney(call.deps.db, call.workspaceId, call.params.id, call.actor, call.body)
      await audit(call.deps.db, { ...call, action: 'journey.pause', subject: call.params.id, detail: { inFlight } })
      return answer(call, { inFlight })
    },
  }),
  route({
    method: 'post',
    path: '/journeys/{id}/resume',
    scope: 'operate',
    tag,
    summary: 'Resume: wakes the members that the pause held, evenly when a rate is given',
    params: idParams,
    body: resumeBody,
    example: { overdue: 'proceed', ratePerSecond: 50 },
    answer: { status: 200, description: 'Active; `held` members are being woken', schema: journey.extend({ held: z.int() }) },
    current,
    handler: async (call) => {
      await requireTemporal(call.deps)
      const { overdue, ratePerSecond } = call.body
      const options = overdue === 'proceed' ? {} : { skipSendsOlderThanMs: durationMs(overdue.skipSendsOlderThan) }
      const change = {
        action: 'journey.resume',
        subject: call.params.id,
        detail: ({ held }: { held: number; pause: number }) => ({ held }),
      }
      const { held, pause } = await audited(call, change, (db) => resumeJourney(db, call.workspaceId, call.params.id, options))
      await wake(call, pause, ratePerSecond)
      return answer(call, { held })
    },
  }),
  route({
    method: 'post',
    path: '/journeys/{id}/complete',
    scope: 'operate',
    tag,
    summary: 'Complete: nobody enters any more; members walk on to an exit, or are taken out',
    params: idParams,
    body: completeBody,
    example: { members: 'walk' },
    answer: { status: 200, description: 'Completed', schema: journey },
    current,
    handler: async (call) => {
      if (call.body.members === 'exit') return completeWithExit(call)
      await requireTemporal(call.deps)
      const change = { action: 'journey.complete', subject: call.params.id }
      const { pause, wasPaused } = await audited(call, change, (db) => completeJourney(db, call.workspaceId, call.params.id))
      if (wasPaused) await wake(call, pause)
      return answer(call)
    },
  }),
  route({
    method: 'post',
    path: '/journeys/{id}/duplicate',
    scope: 'write',
    tag,
    summary: 'Copy an orchestration into a new draft, with its notes',
    params: idParams,
    body: duplicateBody,
    example: { name: 'Welcome, Spain' },
    answer: { status: 201, description: 'The copy', schema: journey, headers: { Location: 'Where it is' } },
    handler: async (call) => {
      const { name, description, tags, tiles, edges, settings } = await getJourney(call.deps.db, call.workspaceId, call.params.id)
      const copied = { name: call.body.name ?? `${name.slice(0, 190)} (copy)`, tags: call.body.tags ?? tags }
      const input = { ...copied, description, tiles, edges, settings }
      const change = { action: 'journey.duplicate', subject: (journey: Journey) => journey.id, detail: { of: call.params.id } }
      const made = await audited(call, change, async (db) => {
        const copy = await createJourney(db, call.workspaceId, input)
        await copyNotes(db, call.workspaceId, call.params.id, copy.id)
        return copy
      })
      return { ...shown(made), ...location(made.id) }
    },
  }),
]
