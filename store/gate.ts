import { TileworkError } from '../model/errors.js'
import type { Db } from './db.js'

/** Longest that a pause waits for deliveries that have begun, in ms; what is left then is counted in the answer. */
const PAUSE_PATIENCE_MS = 2_000

/** How often it looks while waiting, in ms. */
const PAUSE_POLL_MS = 50

/** How a pause treats waits and entries. */
export interface PauseOptions {
  /** Clocks that run let a wait end meanwhile; the time paused is added to those that are frozen. */
  clocks?: 'run' | 'freeze'
  /** Entries that come meanwhile are refused, or enter on resume by the rules of that moment. */
  entries?: 'drop' | 'queue'
  /** The database's clock when absent. */
  now?: Date
}

/** How a resume treats what is overdue. */
export interface ResumeOptions {
  /** Sends of held members that were due longer ago than this (ms) are skipped. */
  skipSendsOlderThanMs?: number
  /** The database's clock when absent. */
  now?: Date
}

/** Ends the pause that is on, within the transaction of a resume or a completion. */
const END_PAUSE = `update pause set ended_at = coalesce($2, clock_timestamp()), skip_ms = $3::bigint where journey_id = $1 and ended_at is null`

/**
 * Pauses an active orchestration. When it returns, no send, webhook or profile change begins; `inFlight` is how many deliveries
 * had begun and have not ended. One row changes, whatever the number of members.
 * @throws TileworkError not_found; wrong_state unless it is active
 */
export async function pauseJourney(
  db: Db,
  workspaceId: string,
  id: string,
  by: string,
  { clocks = 'run', entries = 'drop', now }: PauseOptions = {},
): Promise<{ inFlight: number }> {
  await change(db, workspaceId, id, ['active'], 'paused', 'pause', (tx) =>
    tx.query(
      `with paused as (
         update journey set status = 'paused', pause_number = pause_number + 1, paused_at = coalesce($3, clock_timestamp()), paused_by = $2,
           frozen = frozen or $4 = 'freeze', revision = revision + 1, updated_at = clock_timestamp() where id = $1 returning *)
       insert into pause (journey_id, number, began_at, clocks, entries) select id, pause_number, paused_at, $4, $5 from paused`,
      [id, by, now ?? null, clocks, entries],
    ),
  )
  const deadline = Date.now() + PAUSE_PATIENCE_MS
  for (;;) {
    const inFlight = await deliveriesInFlight(db, id)
    if (inFlight === 0 || Date.now() >= deadline) return { inFlight }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_POLL_MS))
  }
}

/**
 * Resumes a paused orchestration. The caller starts the bulk workflow that wakes the `held` members of pause number `pause`.
 * @throws TileworkError not_found; wrong_state unless it is paused
 */
export async function resumeJourney(
  db: Db,
  workspaceId: string,
  id: string,
  { skipSendsOlderThanMs, now }: ResumeOptions = {},
): Promise<{ held: number; pause: number }> {
  return change(db, workspaceId, id, ['paused'], 'active', 'resume', async (tx) => {
    await tx.query(END_PAUSE, [id, now ?? null, skipSendsOlderThanMs ?? null])
    const rows = await tx.query<{ pause: number }>(
      `update journey set status = 'active', paused_at = null, paused_by = null, revision = revision + 1, updated_at = clock_timestamp()
       where id = $1 returning pause_number as pause`,
      [id],
    )
    const held = await tx.one<{ n: number }>(
      `select count(*)::int as n from member where workspace_id = $1 and journey_id = $2 and status = 'held'`,
      [workspaceId, id],
    )
    return { held: held!.n, pause: rows[0]!.pause }
  })
}

/**
 * Completes an active or paused orchestration: nobody enters any more, members walk on to an exit. The caller wakes held members.
 * @throws TileworkError not_found; wrong_state when it is a draft or completed
 */
export async function completeJourney(db: Db, workspaceId: string, id: string): Promise<{ pause: number; wasPaused: boolean }> {
  return change(db, workspaceId, id, ['active', 'paused'], 'completed', 'complete', async (tx, before) => {
    await tx.query(END_PAUSE, [id, null, null])
    const rows = await tx.query<{ pause: number }>(
      `update journey set status = 'completed', paused_at = null, paused_by = null, completed_at = clock_timestamp(),
         revision = revision + 1, updated_at = clock_timestamp() where id = $1 returning pause_number as pause`,
      [id],
    )
    return { pause: rows[0]!.pause, wasPaused: before === 'paused' }
  })
}

/** Members that a pause up to `pause` holds, past `after`, in id order. */
export function heldMembers(
  db: Db,
  query: { workspaceId: string; journeyId: string; pause: number; after?: string; limit: number },
): Promise<{ id: string }[]> {
  return db.query<{ id: string }>(
    `select id from member where workspace_id = $1 and journey_id = $2 and status = 'held' and held_by <= $3::int and id > $4
     order by id limit $5::int`,
    [query.workspaceId, query.journeyId, query.pause, query.after ?? '', query.limit],
  )
}

/** Changes the state under the exclusive lock: it waits for the steps that are under way, and later ones see the new state. */
async function change<T>(
  db: Db,
  workspaceId: string,
  id: string,
  from: string[],
  to: string,
  verb: string,
  update: (tx: Db, before: string) => Promise<T>,
): Promise<T> {
  return db.tx(async (tx) => {
    await tx.query('select pg_advisory_xact_lock(tw_journey_lock($1))::text as locked', [id])
    const journey = await tx.one<{ status: string }>('select status from journey where id = $1 and workspace_id = $2', [id, workspaceId])
    if (!journey) throw new TileworkError('not_found', `There is no orchestration ${id}.`)
    if (!from.includes(journey.status)) {
      const message = `This orchestration is ${journey.status}; only one that is ${from.join(' or ')} can ${verb}.`
      throw new TileworkError('wrong_state', message, [], { status: journey.status, wanted: to })
    }
    return update(tx, journey.status)
  })
}

async function deliveriesInFlight(db: Db, journeyId: string): Promise<number> {
  const row = await db.one<{ n: number }>(`select count(*)::int as n from delivery where journey_id = $1 and state = 'sending'`, [
    journeyId,
  ])
  return row!.n
}
