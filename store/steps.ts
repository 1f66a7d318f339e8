import type { Arrival, Decision, Exit, Moved, StepReply } from '../engine/host.js'
import type { Db } from './db.js'

/** A step to commit. */
export interface StepCommit {
  memberId: string
  journeyId: string
  arrival: Arrival
  /** With the instant of the next look by criteria, if there is one. */
  decision: Decision & { look?: number }
  /** The values that the decision read, by name. */
  reads?: Record<string, unknown>
  /** Changes of the profile, applied in the same transaction. */
  changes?: readonly unknown[]
  /** The instant that a wait is reckoned from, when it is not the arrival. */
  began?: Date
  /** Facts.seen, when the decision may move with the customer's data. */
  seen?: string
  /** The arrival's instant; the database's clock when absent. */
  now?: Date
}

/** The customer has changed between the reading of the facts and the commit: decide again. */
export interface Stale {
  do: 'stale'
}

/**
 * Gate, journal, projection and profile change of one step in one round trip. Idempotent by (member, tile, visit): answers what
 * was decided the first time.
 */
export async function commitStep(db: Db, commit: StepCommit): Promise<StepReply | Stale> {
  const [row] = await db.hot<{ reply: StepReply | Stale }>(`select ${stepCall(1)} as reply`, stepParams(commit))
  return row!.reply
}

/** The call that commits a step, as SQL; its parameters (`stepParams`) begin at `$first`. */
export const stepCall = (first: number): string => {
  const casts = ['', '', '', '::int', '', '::int', '', '::jsonb', '::jsonb', '::jsonb', '::timestamptz', '', '::timestamptz']
  return `tw_step(${casts.map((cast, index) => `$${first + index}${cast}`).join(', ')})`
}

/** The parameters of `stepCall`. */
export const stepParams = ({ arrival, ...commit }: StepCommit): unknown[] => [
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
  commit.began ?? null,
  commit.seen ?? null,
  commit.now ?? null,
]

/** Takes a member out, recorded once; the gate does not apply. */
export async function leaveMember(db: Db, memberId: string, exit: Exit, now?: Date): Promise<void> {
  await db.hot('select tw_leave($1, $2, $3::boolean, $4::jsonb, $5::timestamptz)::text as done', [
    memberId,
    exit.reason,
    exit.converted ?? false,
    JSON.stringify(exit.cause ?? {}),
    now ?? null,
  ])
}

/** A member to move. */
export interface MemberMove {
  memberId: string
  /** The version to walk from here on. */
  version: number
  tile: string
  /** Whether the tile is the one that the member stands at, in another version: then its visit goes on. */
  stays: boolean
  /** Makes a repeat harmless. */
  id: string
  reason?: string
  now?: Date
}

/** Moves a member in the projection; answers where it stood and where it arrives, the same again when it is repeated. */
export async function moveMember(db: Db, move: MemberMove): Promise<Moved> {
  const [row] = await db.hot<{ reply: Moved }>('select tw_move($1, $2::int, $3, $4::boolean, $5, $6, $7::timestamptz) as reply', [
    move.memberId,
    move.version,
    move.tile,
    move.stays,
    move.id,
    move.reason ?? null,
    move.now ?? null,
  ])
  return row!.reply
}

/** Writes another decision for a visit whose tile is another now. What met a wait is judged anew. */
export async function reviseStep(
  db: Db,
  at: { memberId: string; tile: string; visit: number },
  decision: Decision,
  reads?: Record<string, unknown>,
): Promise<void> {
  await db.hot(
    `update step set decision = $4::jsonb, reads = coalesce($5::jsonb, reads), met_by = null, met_at = null where member_id = $1 and tile_id = $2 and visit = $3::int`,
    [at.memberId, at.tile, at.visit, JSON.stringify(decision), reads ? JSON.stringify(reads) : null],
  )
}

/** Records that an operator retried or skipped a parked member; `id` makes a repeat harmless. */
export async function unparkMember(
  db: Db,
  at: { memberId: string; tile: string; visit: number },
  how: 'retried' | 'skipped',
  id: string,
  now?: Date,
): Promise<void> {
  await db.hot('select tw_unpark($1, $2, $3::int, $4, $5, $6::timestamptz)::text as done', [
    at.memberId,
    at.tile,
    at.visit,
    how,
    id,
    now ?? null,
  ])
}

/** When a member looks next at what time may have changed, ms: by the criteria, and by the condition that it waits for. */
export interface Looks {
  look?: number | undefined
  waitLook?: number | undefined
}

/** Keeps in the journal when a member looks next, where it stands. Only what is named is written. */
export async function noteLooks(db: Db, memberId: string, looks: Looks): Promise<void> {
  // Null for what has no instant any more: JSON leaves out undefined.
  const kept = Object.fromEntries(Object.entries(looks).map(([key, at]) => [key, (at as number | undefined) ?? null]))
  await db.hot(
    `update step s set decision = jsonb_strip_nulls(s.decision || $2::jsonb) from member m
     where m.id = $1 and s.member_id = m.id and s.tile_id = m.tile_id and s.visit = m.visit
       and s.decision is distinct from jsonb_strip_nulls(s.decision || $2::jsonb)`,
    [memberId, JSON.stringify(kept)],
  )
}

/**
 * Whether a member would look at another instant than it should now. If so that instant is forgotten: until the member has looked and said when it
 * looks next, whoever asks is answered so. A member that looks while the data changes is told to look again.
 */
export async function looksElsewhere(
  db: Db,
  at: { memberId: string; tile: string; visit: number },
  key: keyof Looks,
  instant: number,
): Promise<boolean> {
  const rows = await db.hot(
    `update step set decision = decision - $4 where member_id = $1 and tile_id = $2 and visit = $3::int
       and decision -> $4 is distinct from to_jsonb($5::float8) returning 1 as moved`,
    [at.memberId, at.tile, at.visit, key, instant],
  )
  return rows.length > 0
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
}

/**
 * Records the event that met a wait; the first one stays. One that was received before the wait began does not meet it: the database
 * compares, for a Date has no microseconds. Answers whether this one is it (also when it is recorded again).
 */
export async function meetWait(db: Db, met: Met): Promise<boolean> {
  const rows = await db.hot(
    `update step s set met_by = e.id, met_at = e.received_at, output = $5::jsonb from event e
     where e.id = $4::bigint and s.member_id = $1 and s.tile_id = $2 and s.visit = $3::int
       and (s.met_by is null or s.met_by = e.id) and e.received_at >= coalesce(s.began_at, s.arrived_at)
     returning 1 as met`,
    [met.memberId, met.tile, met.visit, met.eventId, JSON.stringify(met.output)],
  )
  return rows.length > 0
}

/** Records that a condition wait was met at this instant; the first one stays. */
export async function meetCondition(db: Db, at: { memberId: string; tile: string; visit: number }, reads: unknown): Promise<void> {
  await db.hot(
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

/** Events of a customer received since a wait began (of one that a move reckoned anew, when the wait before it began), oldest first, from past `after` on; at most 200. */
export function eventsSinceArrival(
  db: Db,
  query: { memberId: string; tile: string; visit: number; event: string; after?: string },
): Promise<SeenEvent[]> {
  return db.hot<SeenEvent>(
    `select e.id::text as id, e.event, e.properties, e.received_at as "receivedAt"
     from step s join member m on m.id = s.member_id
       join event e on e.workspace_id = m.workspace_id and e.customer_id = m.customer_id and e.event = $1 and e.received_at >= coalesce(s.began_at, s.arrived_at)
     where s.member_id = $2 and s.tile_id = $3 and s.visit = $4::int and e.id > $5::bigint order by e.id limit 200`,
    [query.event, query.memberId, query.tile, query.visit, query.after ?? '0'],
  )
}

/** Writes an incident of a member that no step writes, once per `dedupe`. */
export async function noteIncident(
  db: Db,
  at: { memberId: string; tile: string; visit: number },
  kind: string,
  detail: unknown,
  dedupe: string,
): Promise<void> {
  await db.hot(
    `insert into incident (member_id, workspace_id, journey_id, tile_id, visit, kind, detail, dedupe)
     select id, workspace_id, journey_id, $2, $3::int, $4, $5::jsonb, $6 from member where id = $1
     on conflict (member_id, dedupe) do nothing`,
    [at.memberId, at.tile, at.visit, kind, JSON.stringify(detail), dedupe],
  )
}

/** The journal's row of a visit, and the version that it is of. `beganAt`: the instant that its decision was reckoned from. */
export async function stepAt(
  db: Db,
  at: { memberId: string; tile: string; visit: number },
): Promise<{ decision: Decision & { look?: number }; beganAt: Date; version: number } | undefined> {
  const [row] = await db.hot<{ decision: Decision & { look?: number }; beganAt: Date; version: number }>(
    `select decision, version, coalesce(began_at, arrived_at) as "beganAt" from step where member_id = $1 and tile_id = $2 and visit = $3::int`,
    [at.memberId, at.tile, at.visit],
  )
  return row
}
