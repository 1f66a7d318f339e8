import type { Arrival, Decision, StepReply } from '../engine/host.js'
import type { Db } from './db.js'

/** A step to commit. */
export interface StepCommit {
  memberId: string
  journeyId: string
  arrival: Arrival
  decision: Decision
  /** The values that the decision read, by name. */
  reads?: Record<string, unknown>
  /** Changes of the profile, applied in the same transaction. */
  changes?: readonly unknown[]
  /** The arrival's instant; the database's clock when absent. */
  now?: Date
}

/**
 * Gate, journal, projection and profile change of one step in one round trip. Idempotent by (member, tile, visit): answers what
 * was decided the first time.
 */
export async function commitStep(db: Db, commit: StepCommit): Promise<StepReply> {
  const { arrival } = commit
  const row = await db.one<{ reply: StepReply }>(
    'select tw_step($1, $2, $3, $4::int, $5, $6::int, $7, $8::jsonb, $9::jsonb, $10::jsonb, $11::timestamptz) as reply',
    [
      commit.memberId,
      commit.journeyId,
      arrival.tile,
      arrival.visit,
      arrival.from?.tile ?? null,
      arrival.from?.visit ?? null,
      arrival.from?.port ?? null,
      JSON.stringify(commit.decision),
      commit.reads ? JSON.stringify(commit.reads) : null,
      commit.changes ? JSON.stringify(commit.changes) : null,
      commit.now ?? null,
    ],
  )
  return row!.reply
}

/** Takes a member out, recorded once; the gate does not apply. */
export async function leaveMember(db: Db, memberId: string, reason: string, now?: Date): Promise<void> {
  await db.query('select tw_leave($1, $2, $3::timestamptz)::text as done', [memberId, reason, now ?? null])
}

/** Records that an operator retried or skipped a parked member; `id` makes a repeat harmless. */
export async function unparkMember(
  db: Db,
  at: { memberId: string; tile: string; visit: number },
  how: 'retried' | 'skipped',
  id: string,
  now?: Date,
): Promise<void> {
  await db.query('select tw_unpark($1, $2, $3::int, $4, $5, $6::timestamptz)::text as done', [
    at.memberId,
    at.tile,
    at.visit,
    how,
    id,
    now ?? null,
  ])
}

/** The event that a wait got. */
export interface Met {
  memberId: string
  tile: string
  visit: number
  /** Event.id, as text. */
  eventId: string
  /** What templates and conditions see as `tiles.<id>`. */
  output: { event: string; properties: unknown }
  receivedAt: Date
}

/** Records the event that met a wait; the first one stays. Answers whether this one is it (also when it is recorded again). */
export async function meetWait(db: Db, met: Met): Promise<boolean> {
  const rows = await db.query(
    `update step set met_by = $4::bigint, met_at = $5::timestamptz, output = $6::jsonb
     where member_id = $1 and tile_id = $2 and visit = $3::int and (met_by is null or met_by = $4::bigint)
     returning 1 as met`,
    [met.memberId, met.tile, met.visit, met.eventId, met.receivedAt, JSON.stringify(met.output)],
  )
  return rows.length > 0
}

/** Records that a condition wait was met at this instant; the first one stays. */
export async function meetCondition(db: Db, at: { memberId: string; tile: string; visit: number }, reads: unknown): Promise<void> {
  await db.query(
    `update step set met_at = clock_timestamp(), reads = $4::jsonb where member_id = $1 and tile_id = $2 and visit = $3::int and met_at is null`,
    [at.memberId, at.tile, at.visit, JSON.stringify(reads)],
  )
}

/** A committed event, as the arrival at an event wait looks it up. */
export interface SeenEvent {
  id: string
  event: string
  properties: Record<string, unknown>
  receivedAt: Date
}

/** Events of a customer received at or after an instant, oldest first, from past `after` on; at most 200. */
export function eventsSince(
  db: Db,
  query: { workspaceId: string; customerId: string; event: string; since: Date; after?: string },
): Promise<SeenEvent[]> {
  return db.query<SeenEvent>(
    `select id::text as id, event, properties, received_at as "receivedAt" from event
     where workspace_id = $1 and customer_id = $2 and event = $3 and received_at >= $4::timestamptz and id > $5::bigint
     order by id limit 200`,
    [query.workspaceId, query.customerId, query.event, query.since, query.after ?? '0'],
  )
}

/** When a member arrived at a tile, by the journal. */
export async function arrivedAt(db: Db, at: { memberId: string; tile: string; visit: number }): Promise<Date | undefined> {
  const row = await db.one<{ at: Date }>('select arrived_at as at from step where member_id = $1 and tile_id = $2 and visit = $3::int', [
    at.memberId,
    at.tile,
    at.visit,
  ])
  return row?.at
}

/** Writes an incident of a member that no step writes, once per `dedupe`. */
export async function noteIncident(
  db: Db,
  at: { memberId: string; tile: string; visit: number },
  kind: string,
  detail: unknown,
  dedupe: string,
): Promise<void> {
  await db.query(
    `insert into incident (member_id, workspace_id, journey_id, tile_id, visit, kind, detail, dedupe)
     select id, workspace_id, journey_id, $2, $3::int, $4, $5::jsonb, $6 from member where id = $1
     on conflict (member_id, dedupe) do nothing`,
    [at.memberId, at.tile, at.visit, kind, JSON.stringify(detail), dedupe],
  )
}
