import { z } from 'zod'
import { TileworkError } from '../../model/errors.js'
import { dropDraft, getVersion, listVersions, makeDraft, replaceDraft, type Version } from '../../store/drafts.js'
import { lockPublishable, membersByTile, publishVersion } from '../../store/publish.js'
import type { Canvas, Trigger } from '../../tiles/index.js'
import { resolvePlan, type Plan } from '../../tiles/plan.js'
import { audited } from '../audited.js'
import { CANVAS_LIMIT, canvasOf, requireValid, routeOf } from '../canvas.js'
import { currentOf, withoutRevision } from '../resource.js'
import { route, type Answer, type Call, type Route } from '../route.js'
import { idParams, pageOf, pageQuery } from '../schemas/common.js'
import {
  dryRun, publishBody, published, version, versionBody, versionDocumented, versionParams, versionSummary,
} from '../schemas/versions.js' // prettier-ignore
import { startOrLeave } from '../started.js'
import { versionNumber } from '../version-number.js'

const tag = 'Versions'
/** The same path with a longer wait. */
const EXAMPLE = {
  tiles: [
    { id: 'entry', type: 'entry', config: { triggers: [{ type: 'manual' }] } },
    { id: 'week', type: 'wait', config: { kind: 'duration', duration: 'P7D' } },
    { id: 'done', type: 'exit', config: { reason: 'completed' } },
  ],
  edges: [
    { from: 'entry', to: 'week' },
    { from: 'week', to: 'done' },
  ],
}

type VersionCall = Call<{ id: string; n: string }, unknown, unknown>

const numberOf = ({ params: { id, n } }: VersionCall): number => versionNumber(`Orchestration ${id}`, n)

const read = (call: VersionCall): Promise<Version> => getVersion(call.deps.db, call.workspaceId, call.params.id, numberOf(call))

/** A draft's revision; a published version changes only by being live or not. */
const tagOf = ({ revision, status }: Version): string => (status === 'draft' ? String(revision) : `${revision}-${status}`)

const current = currentOf(read, tagOf)

const shown = (found: Version): Answer => ({ body: withoutRevision(found), revision: tagOf(found) })

const hasCanvas = (body: z.output<typeof versionBody>): boolean =>
  body.tiles !== undefined || body.edges !== undefined || body.settings !== undefined

/** What a publication would do; all its checks are made. */
async function prepare(call: Call<{ id: string; n: string }, unknown, z.output<typeof publishBody>>) {
  const { deps, workspaceId, params, body } = call
  const draft = await read(call)
  const { live } = await deps.db.tx((tx) => lockPublishable(tx, workspaceId, params.id, draft.version))
  await requireValid(deps, workspaceId, params.id, draft, 'This version cannot be published')
  const before = await getVersion(deps.db, workspaceId, params.id, live!)
  const resolved = resolvePlan(body.plan, body.default, before, draft)
  if ('plan' in resolved) return { draft, live: before, plan: resolved.plan }
  const [first] = resolved.errors
  throw new TileworkError('invalid', `${first!.path}: ${first!.message}`, resolved.errors)
}

async function counted({ deps, params }: VersionCall, live: Version, plan: Plan): Promise<Answer> {
  const counts = await membersByTile(deps.db, params.id, live.version)
  const tiles = live.tiles.map(({ id }) => [id, { do: plan[id]!.do, members: counts.get(id) ?? 0 }] as const)
  return { status: 200, body: { tiles: Object.fromEntries(tiles) } }
}

export const versionRoutes: Route[] = [
  route({
    method: 'get',
    path: '/journeys/{id}/versions',
    scope: 'read',
    tag,
    summary: 'List the versions of an orchestration, newest first',
    params: idParams,
    query: pageQuery,
    answer: { status: 200, description: 'A page', schema: pageOf(versionSummary) },
    handler: async ({ deps, workspaceId, params, query }) => ({ body: await listVersions(deps.db, workspaceId, params.id, query) }),
  }),
  route({
    method: 'post',
    path: '/journeys/{id}/versions',
    scope: 'write',
    tag,
    summary: 'Make the draft of the next version of an active or paused orchestration: a copy of the live canvas, or the canvas given',
    params: idParams,
    body: versionBody,
    documented: versionDocumented,
    example: EXAMPLE,
    limit: CANVAS_LIMIT,
    answer: { status: 201, description: 'The draft', schema: version, headers: { Location: 'Where it is' } },
    handler: async (call) => {
      const { id } = call.params
      const { name, description } = call.body
      const input = {
        ...(name !== undefined && { name }),
        ...(description !== undefined && { description }),
        ...(hasCanvas(call.body) && canvasOf(canvasPart(call.body))),
      }
      const change = { action: 'version.create', subject: id, detail: (made: Version) => ({ version: made.version }) }
      const made = await audited(call, change, (db) => makeDraft(db, call.workspaceId, id, input))
      return { ...shown(made), headers: { Location: `/api/v1/journeys/${id}/versions/${made.version}` } }
    },
  }),
  route({
    method: 'get',
    path: '/journeys/{id}/versions/{n}',
    scope: 'read',
    tag,
    summary: 'Read a version: the canvas that its members walk',
    params: versionParams,
    answer: { status: 200, description: 'The version', schema: version },
    handler: async (call) => shown(await read(call)),
  }),
  route({
    method: 'put',
    path: '/journeys/{id}/versions/{n}',
    scope: 'write',
    tag,
    summary: 'Replace a draft',
    params: versionParams,
    body: versionBody,
    documented: versionDocumented,
    example: EXAMPLE,
    limit: CANVAS_LIMIT,
    answer: { status: 200, description: 'Replaced', schema: version },
    problems: [409],
    current,
    handler: async (call) => {
      const { id } = call.params
      const n = numberOf(call)
      const { name, description } = call.body
      const input = { name, description, ...canvasOf(canvasPart(call.body)) }
      const change = { action: 'version.replace', subject: id, detail: { version: n } }
      return shown(await audited(call, change, (db) => replaceDraft(db, call.workspaceId, id, n, input, call.expectedRevision)))
    },
  }),
  route({
    method: 'delete',
    path: '/journeys/{id}/versions/{n}',
    scope: 'write',
    tag,
    summary: 'Drop the draft of a live orchestration',
    params: versionParams,
    answer: { status: 204, description: 'Dropped' },
    problems: [409],
    current,
    handler: async (call) => {
      const { id } = call.params
      const n = numberOf(call)
      const change = { action: 'version.drop', subject: id, detail: { version: n } }
      await audited(call, change, (db) => dropDraft(db, call.workspaceId, id, n, call.expectedRevision))
      return {}
    },
  }),
  route({
    method: 'post',
    path: '/journeys/{id}/versions/{n}/publish',
    scope: 'operate',
    tag,
    summary: 'Publish the draft of a live orchestration, and say what becomes of the members of the version before',
    description:
      'Customers enter the new version from the answer on. The members of the version that was live stay in it, move or exit, tile by tile; the job tells how far that is. With `dryRun=true` nothing is changed, and the answer counts the members at each tile.',
    params: versionParams,
    query: z.object({ dryRun: z.enum(['true', 'false'], { error: "Give 'true' or 'false'." }).optional() }),
    body: publishBody,
    example: { plan: { day: { do: 'move', to: 'week' }, hello: { do: 'exit' } }, default: 'stay' },
    answer: { status: 202, description: 'Published; the job brings the members over', schema: published },
    alternative: { status: 200, description: 'Of a dry run: what becomes of how many members', schema: dryRun },
    problems: [409],
    current,
    handler: async (call) => {
      const { deps, workspaceId, params, body, query } = call
      const { draft, live, plan } = await prepare(call)
      if (query.dryRun === 'true') return counted(call, live, plan)
      const canvas = draft as unknown as Canvas
      const route = await routeOf(deps, workspaceId, canvas)
      const publication = {
        version: draft.version,
        route,
        triggers: triggersOf(canvas),
        before: triggersOf(live as unknown as Canvas),
        plan,
        fallback: body.default,
        revision: call.expectedRevision ?? draft.revision,
      }
      const change = {
        action: 'version.publish',
        subject: params.id,
        detail: ({ jobId }: { jobId: string }) => ({
          version: draft.version,
          before: live.version,
          plan: body.plan,
          default: body.default,
          jobId,
        }),
      }
      const { jobId, running, enrolJobs } = await audited(call, change, (db) => publishVersion(db, workspaceId, params.id, publication))
      if (running) await startOrLeave(deps, () => deps.temporal.startMigrate(jobId))
      for (const job of enrolJobs) await startOrLeave(deps, () => deps.temporal.startEnrol(job))
      return { body: { jobId, version: draft.version } }
    },
  }),
]

const triggersOf = ({ tiles }: Canvas): Trigger[] => tiles.find((tile) => tile.type === 'entry')?.config.triggers ?? []

function canvasPart({ tiles, edges, settings }: z.output<typeof versionBody>): { tiles?: unknown; edges?: unknown; settings?: unknown } {
  return { ...(tiles !== undefined && { tiles }), ...(edges !== undefined && { edges }), ...(settings !== undefined && { settings }) }
}
