import { mergeTraits } from '../store/customers.js'
import type { Db } from '../store/db.js'
import { CHANGE, type StoredEvent } from '../store/events.js'
import type { Temporal } from '../temporal/client.js'
import { audiencesChanged, changeBy, changeTraits } from './audiences.js'
import { enterBy, enterByJoin } from './enter.js'
import { faultOf } from './fault.js'
import { customerChanged, eventReceived } from './react.js'
import type { SchemaNotes } from './schema.js'

/** Namespace of the advisory locks of partitions. */
const LOCK_CLASS = 84_217
/** Events of one partition that are routed in one go. */
const BATCH = 200
/** Longest that one go lasts, in ms: well below the time-out of its transaction. */
const BATCH_MS = 10_000
/** How often an event is tried whose failure nobody can explain. */
const UNEXPLAINED_TRIES = 5
/** Longest text kept of why routing failed. */
const MAX_ERROR = 500

export interface RouteDeps {
  db: Db
  temporal: Pick<Temporal, 'send' | 'startMember'>
  /** The instant that audiences are judged for; the database's clock when absent. */
  now?: () => Promise<Date>
}

/** What a router remembers from go to go. */
export interface RouteState {
  stopping: boolean
  /** Event.id to how often it failed without explanation. */
  unexplained: Map<string, number>
  /** Told that there is work, as soon as some is claimed: there may be more. */
  claimed?: () => void
  /** Names that came by; absent: nobody asks for them. */
  schema?: SchemaNotes
}

type Row = StoredEvent & { workspaceId: string }

interface Fault {
  id: string
  error: string
}

/**
 * Claims a partition with events that are not routed and routes the oldest of them, in order. The claim is an advisory lock of the transaction
 * that marks them: when this process dies, the lock goes with its connection, and the events are routed again, which is harmless.
 * @returns how many were routed
 * @throws what stopped it half-way, when PostgreSQL or Temporal cannot be reached; those before are marked
 */
export async function routeBatch(deps: RouteDeps, state: RouteState): Promise<number> {
  const { routed, failure } = await deps.db.tx(async (tx) => {
    const partition = await claim(tx)
    if (partition === undefined) return { routed: 0, failure: undefined }
    state.claimed?.()
    const events = await tx.query<Row>(
      `select id::text as id, workspace_id as "workspaceId", message_id as "messageId", customer_id as "customerId", type, event, properties,
         timestamp, received_at as "receivedAt" from event where partition = $1::smallint and routed_at is null order by event.id limit ${BATCH}`,
      [partition],
    )
    const done = await routeSome(deps, state, events)
    await mark(tx, events.slice(0, done.routed), done.faults)
    return done
  })
  if (failure) throw failure.error
  return routed
}

/** A partition that has work and that nobody works on; by chance, so that none is always last. */
async function claim(tx: Db): Promise<number | undefined> {
  const waiting = await tx.query<{ partition: number }>(WAITING)
  for (const { partition } of waiting) {
    const row = await tx.one<{ locked: boolean }>(`select pg_try_advisory_xact_lock(${LOCK_CLASS}, $1::int) as locked`, [partition])
    if (row!.locked) return partition
  }
  return undefined
}

/** From each partition that has work to the next one: as many looks as there are, each into the small index of every month. */
const WAITING = `
  with recursive waiting (partition) as (
    (select partition from event where routed_at is null order by partition limit 1)
    union all
    select (select e.partition from event e where e.routed_at is null and e.partition > w.partition order by e.partition limit 1)
    from waiting w where w.partition is not null)
  select partition from waiting where partition is not null order by random()`

/** Routes events until all are, time is up, or something else than an event is at fault: then the rest keeps its order and waits. */
async function routeSome(
  deps: RouteDeps,
  state: RouteState,
  events: readonly Row[],
): Promise<{ routed: number; faults: Fault[]; failure: { error: unknown } | undefined }> {
  const faults: Fault[] = []
  const until = Date.now() + BATCH_MS
  let routed = 0
  for (const event of events) {
    if (state.stopping || Date.now() > until) break
    try {
      await routeOne(deps, event)
    } catch (error) {
      if (!isOwnFault(state, event.id, error)) return { routed, faults, failure: { error } }
      faults.push({ id: event.id, error: (error instanceof Error ? error.message : String(error)).slice(-MAX_ERROR) })
    }
    state.unexplained.delete(event.id)
    if (event.type === CHANGE) await state.schema?.profile(deps.db, event.workspaceId, event.customerId)
    else state.schema?.event(event.workspaceId, event)
    routed++
  }
  return { routed, faults, failure: undefined }
}

/** An event at fault must not block those behind it for ever; one that no system can be blamed for is tried some times first. */
function isOwnFault({ unexplained }: RouteState, id: string, error: unknown): boolean {
  const fault = faultOf(error)
  if (fault !== 'unknown') return fault === 'event'
  const tries = (unexplained.get(id) ?? 0) + 1
  unexplained.set(id, tries)
  return tries >= UNEXPLAINED_TRIES
}

/** The instants say which months the events lie in. */
async function mark(tx: Db, events: readonly Row[], faults: readonly Fault[]): Promise<void> {
  if (events.length === 0) return
  const received = events.map(({ receivedAt }) => receivedAt.getTime())
  await tx.query(
    `update event e set routed_at = clock_timestamp(), error = f.error
     from unnest($1::bigint[]) i (id) left join jsonb_to_recordset($2::jsonb) as f (id text, error text) on f.id::bigint = i.id
     where e.id = i.id and e.received_at >= $3::timestamptz and e.received_at < $4::timestamptz + interval '1 ms'`,
    [events.map(({ id }) => id), JSON.stringify(faults), new Date(Math.min(...received)), new Date(Math.max(...received))],
  )
}

/**
 * Profile first, then audiences, then waits of those who are in, then entries; so that the event that starts a member does not meet its first
 * wait, and whoever is told looks at the audiences as they are by it.
 */
async function routeOne(deps: RouteDeps, event: Row): Promise<void> {
  const { workspaceId, customerId } = event
  if (event.type === 'identify') {
    // A clock that is ahead must not have the last word for ever.
    const at = event.timestamp < event.receivedAt ? event.timestamp : event.receivedAt
    const write = { at, source: { type: 'event', eventId: event.id } } as const
    await changeTraits(deps, event, (tx) => mergeTraits(tx, workspaceId, customerId, event.properties, write))
  }
  await audiencesChanged(deps, event, changeBy(event))
  // Of an identify also when nothing changed: the try before may have been cut off here.
  if (event.type === CHANGE || event.type === 'identify') await customerChanged(deps, workspaceId, customerId)
  if (event.type === CHANGE) return enterByJoin(deps, workspaceId, event)
  await eventReceived(deps, workspaceId, event)
  await enterBy(deps, workspaceId, event)
}
