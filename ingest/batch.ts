import { mergeTraits } from '../store/customers.js'
import type { Db } from '../store/db.js'
import { CHANGE } from '../store/events.js'
import type { Temporal } from '../temporal/client.js'
import { audiencesChanged, changeBy, changeTraits } from './audiences.js'
import { enterBy, enterByJoin } from './enter.js'
import { faultOf } from './fault.js'
import { settleIdentity, type NamingEvent } from './identity.js'
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

type Row = NamingEvent & {
  /** Its customer is another since it was kept, whose events are in another partition: it is there now. */
  elsewhere: boolean
}

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
  let routed = 0
  for (let wanted: number[] | undefined; ;) {
    const go = await deps.db.tx((tx) => routeGo(tx, deps, state, wanted))
    routed += go.routed
    if (go.failure) throw go.failure.error
    if (!go.wanted || state.stopping) return routed
    wanted = go.wanted
  }
}

/** What one transaction did. `wanted`: it goes on in another, with these partitions. */
interface Go {
  routed: number
  failure?: { error: unknown }
  wanted?: number[]
}

async function routeGo(tx: Db, deps: RouteDeps, state: RouteState, wanted: number[] | undefined): Promise<Go> {
  const partition = wanted ? await claimAll(tx, wanted) : await claim(tx)
  if (partition === undefined) return { routed: 0 }
  state.claimed?.()
  const held = new Set(wanted ?? [partition])
  const hold = async (other: number): Promise<boolean> => {
    if (!held.has(other) && (await tryLock(tx, other))) held.add(other)
    return held.has(other)
  }
  const rows = await tx.query<Row>(NEXT, [partition])
  const events = rows.filter(({ elsewhere }) => !elsewhere)
  const { faults, ...go } = await routeSome({ ...deps, hold }, state, partition, events)
  await mark(tx, events.slice(0, go.routed), faults)
  return { ...go, routed: go.routed + rows.length - events.length }
}

/**
 * The oldest events of a partition. One whose customer became another while it was being kept is brought to that one's partition. `settled`: the
 * anonymousId means the customer already, and not by this event.
 */
const NEXT = `
  with found as (
    select e.*, coalesce((select a.customer_id from customer_alias a
      where a.workspace_id = e.workspace_id and a.id = e.customer_id), e.customer_id) as now_of from event e
    where e.partition = $1::smallint and e.routed_at is null order by e.id limit ${BATCH}),
  moved as (
    update event e set customer_id = f.now_of, partition = tw_partition(f.now_of) from found f
    where e.workspace_id = f.workspace_id and e.id = f.id and e.received_at = f.received_at and f.now_of <> f.customer_id)
  select f.id::text as id, f.workspace_id as "workspaceId", f.message_id as "messageId", f.now_of as "customerId", f.type, f.event,
    f.properties, f.timestamp, f.received_at as "receivedAt", f.anonymous_id as "anonymousId", tw_partition(f.now_of) <> $1::smallint as elsewhere,
    f.anonymous or exists (select from customer_alias a where a.workspace_id = f.workspace_id and a.id = f.anonymous_id
      and a.customer_id = f.now_of and a.event_id <> f.id) as settled
  from found f order by f.id`

/** A partition that has work and that nobody works on; by chance, so that none is always last. */
async function claim(tx: Db): Promise<number | undefined> {
  const waiting = await tx.query<{ partition: number }>(WAITING)
  for (const { partition } of waiting) if (await tryLock(tx, partition)) return partition
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

/** Waits for several partitions, in one order everywhere; answers the first one named. */
async function claimAll(tx: Db, partitions: readonly number[]): Promise<number> {
  for (const each of [...partitions].sort((a, b) => a - b))
    await tx.query(`select pg_advisory_xact_lock(${LOCK_CLASS}, $1::int)::text as locked`, [each])
  return partitions[0]!
}

async function tryLock(tx: Db, partition: number): Promise<boolean> {
  const row = await tx.one<{ locked: boolean }>(`select pg_try_advisory_xact_lock(${LOCK_CLASS}, $1::int) as locked`, [partition])
  return row!.locked
}

type Holding = RouteDeps & { hold(partition: number): Promise<boolean> }

/** Routes events until all are, time is up, or something else than an event is at fault: then the rest keeps its order and waits. */
async function routeSome(deps: Holding, state: RouteState, partition: number, events: readonly Row[]): Promise<Go & { faults: Fault[] }> {
  const faults: Fault[] = []
  const until = Date.now() + BATCH_MS
  let routed = 0
  for (const event of events) {
    if (state.stopping || Date.now() > until) break
    try {
      const named = await settleIdentity(deps, event)
      if (named.do === 'again') return { routed, faults, wanted: [partition] }
      if (named.do === 'wait') return { routed, faults, wanted: [partition, named.partition] }
      for (const each of named.merged) rename(events, each)
      await routeOne(deps, event)
      if (named.leftOut !== undefined) faults.push({ id: event.id, error: named.leftOut })
    } catch (error) {
      if (!isOwnFault(state, event.id, error)) return { routed, faults, failure: { error } }
      faults.push({ id: event.id, error: (error instanceof Error ? error.message : String(error)).slice(-MAX_ERROR) })
    }
    state.unexplained.delete(event.id)
    if (event.type === CHANGE) await state.schema?.profile(deps.db, event.workspaceId, event.customerId)
    else state.schema?.event(event.workspaceId, event)
    routed++
  }
  return { routed, faults }
}

/** The events behind were read before the merge. */
function rename(events: readonly Row[], { from, into }: { from: string; into: string }): void {
  for (const event of events) if (event.customerId === from) event.customerId = into
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
     from unnest($1::text[], $2::bigint[]) i (workspace_id, id) left join jsonb_to_recordset($3::jsonb) as f (id text, error text) on f.id::bigint = i.id
     where e.workspace_id = i.workspace_id and e.id = i.id and e.received_at >= $4::timestamptz and e.received_at < $5::timestamptz + interval '1 ms'`,
    [
      events.map(({ workspaceId }) => workspaceId),
      events.map(({ id }) => id),
      JSON.stringify(faults),
      new Date(Math.min(...received)),
      new Date(Math.max(...received)),
    ],
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
