import type { Plan } from '../tiles/plan.js'
import type { Db } from './db.js'
import { leavingTiles } from './publish.js'

/** A migration of members from one version to the next, as its job works on it. */
export interface Migration {
  jobId: string
  journeyId: string
  fromVersion: number
  toVersion: number
  plan: Plan
  status: 'running' | 'done'
}

/** @throws Error when there is none: its row is written with its job */
export async function migrationOf(db: Db, jobId: string): Promise<Migration> {
  const row = await db.one<Migration>(
    `select job_id as "jobId", journey_id as "journeyId", from_version as "fromVersion", to_version as "toVersion", plan, status
     from migration where job_id = $1`,
    [jobId],
  )
  if (!row) throw new Error(`There is no migration ${jobId}.`)
  return row
}

/** A member that has not left yet. */
export interface Leaver {
  id: string
  tile: string
  /** It entered so long ago that its workflow, if it has none, will not come any more. */
  old: boolean
}

/** A workflow is started within seconds of its member's entry; without Temporal, soon after it is back. */
const WORKFLOW_COMES_WITHIN = '1 hour'

/** Members that the plan takes elsewhere, past `after`, in id order. */
export function leavers(db: Db, { journeyId, fromVersion, plan }: Migration, limit: number, after = ''): Promise<Leaver[]> {
  return db.query<Leaver>(
    `select id, tile_id as tile, entered_at < clock_timestamp() - $6::interval as old from member
     where journey_id = $1 and version = $2::int and status <> 'exited' and tile_id = any($3::text[]) and id > $4 order by id limit $5::int`,
    [journeyId, fromVersion, leavingTiles(plan), after, limit, WORKFLOW_COMES_WITHIN],
  )
}

const LEFT = `select count(*)::int as left from member
  where journey_id = $1 and version = $2::int and status <> 'exited' and tile_id = any($3::text[])`

/**
 * Ends a migration when nobody is left at a tile that moves or exits, under the exclusive lock: no step brings one there meanwhile. From then
 * on those who stayed walk the old version to its end. Answers how many are left; harmless to repeat.
 */
export async function endMigration(db: Db, migration: Migration): Promise<number> {
  if (migration.status === 'done') return 0
  const { jobId, journeyId, fromVersion, plan } = migration
  const at = [journeyId, fromVersion, leavingTiles(plan)]
  const before = (await db.one<{ left: number }>(LEFT, at))!.left
  if (before > 0) return noted(db, jobId, before)
  return db.tx(async (tx) => {
    await tx.query('select pg_advisory_xact_lock(tw_journey_lock($1))::text as locked', [journeyId])
    const { left } = (await tx.one<{ left: number }>(LEFT, at))!
    if (left > 0) return noted(tx, jobId, left)
    await tx.query(`update migration set status = 'done', finished_at = clock_timestamp() where job_id = $1 and status = 'running'`, [
      jobId,
    ])
    await tx.query(`update job set status = 'done', done = total, finished_at = clock_timestamp() where id = $1 and status = 'running'`, [
      jobId,
    ])
    return 0
  })
}

/** Writes how far the job is; who came to such a tile meanwhile does not turn it back. */
async function noted(db: Db, jobId: string, left: number): Promise<number> {
  await db.query(`update job set done = greatest(done, total - $2::int) where id = $1 and status = 'running'`, [jobId, left])
  return left
}

/** Jobs of migrations that have not ended, oldest first, of all workspaces. */
export async function unfinishedMigrations(db: Db, limit: number): Promise<string[]> {
  const rows = await db.query<{ id: string }>(`select job_id as id from migration where status = 'running' order by job_id limit $1::int`, [
    limit,
  ])
  return rows.map(({ id }) => id)
}
