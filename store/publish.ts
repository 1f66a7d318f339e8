import { TileworkError } from '../model/errors.js'
import { newId } from '../model/ids.js'
import type { Route } from '../model/route.js'
import type { Trigger } from '../tiles/index.js'
import type { Fate, Plan } from '../tiles/plan.js'
import type { Db } from './db.js'
import { lockDraft, type LockedJourney } from './drafts.js'
import { LIVE } from './journeys.js'
import { refuseCycle } from './refs.js'
import { installTriggers } from './triggers.js'

/** A draft that is to go live. */
export interface Publication {
  version: number
  route: Route
  /** Of the entry tile, in order. */
  triggers: readonly Trigger[]
  /** Of the live version. */
  before: readonly Trigger[]
  /** What becomes of the members at every tile of the live version. */
  plan: Plan
  fallback: Fate
  /** The draft's, as it was when it was validated. */
  revision: number
}

/** The tiles of a plan whose members do not stay. */
export const leavingTiles = (plan: Plan): string[] => Object.keys(plan).filter((id) => plan[id]!.do !== 'stay')

/**
 * Makes the draft of a live orchestration its live version: from here on customers enter it, and no member steps on in the old version from a
 * tile that moves or exits. One transaction under the exclusive lock: no step falls between. The caller starts the job's workflow, which
 * brings the members over (`running` is false when there is nothing to bring), and those of `enrolJobs`, which enter who is in a list already.
 * @throws TileworkError not_found; wrong_state unless the orchestration is active or paused, the version its draft, and no migration running;
 * stale when the draft has changed; invalid when it closes a cycle of sub-orchestrations
 */
export async function publishVersion(
  db: Db,
  workspaceId: string,
  id: string,
  { version, route, triggers, before, plan, fallback, revision }: Publication,
): Promise<{ jobId: string; total: number; running: boolean; enrolJobs: string[] }> {
  return db.tx(async (tx) => {
    await refuseCycle(tx, workspaceId, id)
    await tx.query('select pg_advisory_xact_lock(tw_journey_lock($1))::text as locked', [id])
    const { live } = await lockPublishable(tx, workspaceId, id, version, revision)
    await tx.query(
      `update journey_version set route = $3::jsonb, published_at = clock_timestamp() where journey_id = $1 and version = $2::int`,
      [id, version, JSON.stringify(route)],
    )
    await tx.query(
      `update journey j set live_version = v.version, draft_version = null, name = v.name, description = v.description,
         revision = j.revision + 1, updated_at = clock_timestamp()
       from journey_version v where j.id = $1 and v.journey_id = j.id and v.version = $2::int`,
      [id, version],
    )
    const enrolJobs = await installTriggers(tx, { workspaceId, journeyId: id, triggers, before })

    const tiles = leavingTiles(plan)
    const counts = await membersByTile(tx, id, live!)
    const total = tiles.reduce((sum, tile) => sum + (counts.get(tile) ?? 0), 0)
    const running = tiles.length > 0
    const jobId = newId('job')
    await tx.query(
      `insert into job (id, workspace_id, kind, subject, total, status, finished_at)
       values ($1, $2, 'migrate', $3, $4::int, $5, case $5 when 'done' then clock_timestamp() end)`,
      [jobId, workspaceId, id, total, running ? 'running' : 'done'],
    )
    await tx.query(
      `insert into migration (job_id, workspace_id, journey_id, from_version, to_version, plan, default_do, status, finished_at)
       values ($1, $2, $3, $4::int, $5::int, $6::jsonb, $7, $8, case $8 when 'done' then clock_timestamp() end)`,
      [jobId, workspaceId, id, live, version, JSON.stringify(plan), fallback, running ? 'running' : 'done'],
    )
    return { jobId, total, running, enrolJobs }
  })
}

/**
 * Checks that a version can be published, and keeps it so until the transaction ends.
 * @throws TileworkError as `publishVersion`
 */
export async function lockPublishable(tx: Db, workspaceId: string, id: string, version: number, revision?: number): Promise<LockedJourney> {
  const locked = await lockDraft(tx, workspaceId, id, version, 'published', revision)
  if (!LIVE.has(locked.status)) {
    const help = locked.status === 'draft' ? 'activate it.' : 'nobody enters it any more.'
    throw new TileworkError('wrong_state', `This orchestration is ${locked.status}: ${help}`, [], { status: locked.status })
  }
  const migration = await tx.one<{ jobId: string }>(
    `select job_id as "jobId" from migration where journey_id = $1 and status = 'running'`,
    [id],
  )
  if (!migration) return locked
  const message = `Members are still moving after the publication before this one (job ${migration.jobId}); wait until that job is done.`
  throw new TileworkError('wrong_state', message, [], { status: locked.status, jobId: migration.jobId })
}

/** How many members of a version stand at each tile; tiles without any are left out. */
export async function membersByTile(db: Db, journeyId: string, version: number): Promise<Map<string, number>> {
  const rows = await db.query<{ tile: string; n: number }>(
    `select tile_id as tile, count(*)::int as n from member where journey_id = $1 and version = $2::int and status <> 'exited' group by tile_id`,
    [journeyId, version],
  )
  return new Map(rows.map(({ tile, n }) => [tile, n]))
}
