import pg from 'pg'
import { TileworkError } from '../model/errors.js'
import { mergeTraits } from '../store/customers.js'
import type { Db } from '../store/db.js'
import { EVENTS_CHANNEL, type StoredEvent } from '../store/events.js'
import type { Temporal } from '../temporal/client.js'
import { enterBy } from './enter.js'
import { customerChanged, eventReceived } from './react.js'

/** Namespace of the advisory locks of partitions. */
const LOCK_CLASS = 84_217
/** Events of one partition that are routed in one go. */
const BATCH = 200
/** How long to sleep when there is nothing to do and nobody says so, in ms. */
const POLL_MS = 1_000
/** Longest pause after failures, in ms. */
const MAX_BACKOFF_MS = 15_000

export interface RouterOptions {
  db: Db
  temporal: Pick<Temporal, 'send' | 'startMember'>
  /** For LISTEN, which needs a connection of its own; without it the router polls every second. */
  databaseUrl?: string
  /** Partitions that are worked on at the same time; 4 unless told. */
  concurrency?: number
  onError?: (error: unknown) => void
}

export interface Router {
  /** Says that events came in. */
  wake(): void
  /** Lets the batches under way end. */
  stop(): Promise<void>
}

/**
 * Routes accepted events to waits and entries, one customer's in order. A partition is claimed by an advisory lock of the transaction that
 * marks its events as routed: when a router dies, its lock goes with its connection and its events are routed again, which is harmless.
 */
export function startRouter(options: RouterOptions): Router {
  const state = { stopping: false, wakers: new Set<() => void>() }
  const wake = (): void => {
    for (const waker of state.wakers) waker()
    state.wakers.clear()
  }
  const listener = options.databaseUrl === undefined ? undefined : listen(options.databaseUrl, wake, () => state.stopping)
  const loops = Array.from({ length: options.concurrency ?? 4 }, () => loop(options, state))
  return {
    wake,
    stop: async () => {
      state.stopping = true
      wake()
      await Promise.all(loops)
      await listener?.stop()
    },
  }
}

interface LoopState {
  stopping: boolean
  wakers: Set<() => void>
}

async function loop(options: RouterOptions, state: LoopState): Promise<void> {
  let backoff = 0
  while (!state.stopping) {
    try {
      const routed = await routeBatch(options)
      backoff = 0
      if (routed === 0) await pause(state, POLL_MS)
    } catch (error) {
      options.onError?.(error)
      backoff = Math.min(Math.max(250, backoff * 2), MAX_BACKOFF_MS)
      await pause(state, backoff)
    }
  }
}

function pause(state: LoopState, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms)
    function done(): void {
      clearTimeout(timer)
      state.wakers.delete(done)
      resolve()
    }
    state.wakers.add(done)
    if (state.stopping) done()
  })
}

type Row = StoredEvent & { workspaceId: string }

/** Claims a partition with unrouted events and routes the oldest of them. Answers how many. */
export async function routeBatch(options: RouterOptions): Promise<number> {
  return options.db.tx(async (tx) => {
    const partition = await claim(tx)
    if (partition === undefined) return 0
    const events = await tx.query<Row>(
      `select id::text as id, workspace_id as "workspaceId", message_id as "messageId", customer_id as "customerId", type, event, properties,
         timestamp, received_at as "receivedAt" from event where partition = $1::smallint and routed_at is null order by id limit ${BATCH}`,
      [partition],
    )
    const faults: { id: string; error: string }[] = []
    for (const event of events) {
      const fault = await routeOne(options, event)
      if (fault !== undefined) faults.push({ id: event.id, error: fault })
    }
    await tx.query(
      `update event e set routed_at = clock_timestamp(), error = f.error
       from unnest($1::bigint[]) i (id) left join jsonb_to_recordset($2::jsonb) as f (id text, error text) on f.id::bigint = i.id where e.id = i.id`,
      [events.map(({ id }) => id), JSON.stringify(faults)],
    )
    return events.length
  })
}

async function claim(tx: Db): Promise<number | undefined> {
  const waiting = await tx.query<{ partition: number }>(
    'select partition from (select distinct partition from event where routed_at is null) p order by random()',
  )
  for (const { partition } of waiting) {
    const row = await tx.one<{ locked: boolean }>(`select pg_try_advisory_xact_lock(${LOCK_CLASS}, $1::int) as locked`, [partition])
    if (row!.locked) return partition
  }
  return undefined
}

/**
 * Routes one event: profile, waits of those who are in, then entries; so that the event that starts a member does not meet its first wait.
 * @returns what is wrong with the event, if it is the event's own fault
 * @throws when PostgreSQL or Temporal cannot be reached: the batch is routed again
 */
async function routeOne(options: RouterOptions, event: Row): Promise<string | undefined> {
  const { workspaceId, customerId } = event
  try {
    const changed = event.type === 'identify' && (await mergeTraits(options.db, workspaceId, customerId, event.properties))
    if (changed) await customerChanged(options, workspaceId, customerId)
    await eventReceived(options, workspaceId, event)
    await enterBy(options, workspaceId, event)
    return undefined
  } catch (error) {
    if (error instanceof TileworkError && error.code !== 'unavailable') return error.message
    throw error
  }
}

/** Listens on a connection of its own, and again when it is lost; the poll covers the time between. */
function listen(url: string, wake: () => void, stopping: () => boolean): { stop(): Promise<void> } {
  let client: pg.Client | undefined
  let retry: NodeJS.Timeout | undefined
  const connect = async (): Promise<void> => {
    client = new pg.Client({ connectionString: url, keepAlive: true })
    client.on('notification', wake)
    client.on('error', again)
    await client.connect()
    await client.query(`listen ${EVENTS_CHANNEL}`)
  }
  const again = (): void => {
    if (stopping()) return
    client?.removeAllListeners()
    client?.on('error', () => undefined)
    clearTimeout(retry)
    retry = setTimeout(() => void connect().catch(again), POLL_MS)
  }
  const first = connect().catch(again)
  return {
    stop: async () => {
      clearTimeout(retry)
      await first
      await client?.end().catch(() => undefined)
    },
  }
}
