import { newId } from '../model/ids.js'
import type { Db } from './db.js'
import { pageByNumber, type Page, type PageQuery } from './page.js'

/** Events of one customer are routed in order: they share a partition (tw_partition). */
export const PARTITIONS = 64
/** Where the router listens. */
export const EVENTS_CHANNEL = 'tilework_events'

export type EventType = 'track' | 'identify' | 'page' | 'screen' | 'group' | 'alias'

/** Of a row that is no event of the customer's: the API changed the profile or a membership. It has no name, so nothing asks for it by one. */
export const CHANGE = 'change'

/** An event to keep. */
export interface NewEvent {
  messageId: string
  customerId: string
  type: EventType
  /** Of a track its event; of the others `$identify`, `$page` … */
  event: string
  properties: Record<string, unknown>
  context: Record<string, unknown>
  timestamp: Date
  /** As the event carries it; the customer's id when it carries no userId. */
  anonymousId?: string
}

/** An accepted event. */
export interface StoredEvent extends Omit<NewEvent, 'context' | 'type' | 'anonymousId'> {
  id: string
  type: EventType | typeof CHANGE
  receivedAt: Date
}

/**
 * Keeps events in one durable multi-row insert and tells the router in the same transaction. A message id that was accepted within the last 7 days is
 * passed by. Message ids are locked in their order, so that two batches of the same do not wait for each other in a circle. An id that
 * means another customer (store/identity.ts) is resolved here; should a merge be under way, the router does it.
 * @returns how many were new
 */
export async function insertEvents(db: Db, workspaceId: string, events: readonly NewEvent[]): Promise<number> {
  if (events.length === 0) return 0
  const [row] = await db.hot<{ n: number }>(INSERT, [
    workspaceId,
    JSON.stringify(events.map((event, position) => ({ position, ...event }))),
  ])
  return row!.n
}

const INSERT = `
  with given as (
    select distinct on (e."messageId") * from jsonb_to_recordset($2::jsonb) as
      e (position int, "messageId" text, "customerId" text, type text, event text, properties jsonb, context jsonb, timestamp timestamptz,
        "anonymousId" text)
    order by e."messageId", e.position),
  fresh as (
    insert into event_seen (workspace_id, message_id) select $1, "messageId" from given order by "messageId"
    on conflict do nothing returning message_id),
  kept as (
    insert into event (workspace_id, message_id, customer_id, type, event, properties, context, timestamp, anonymous_id, anonymous, partition)
    select $1, e."messageId", c.id, e.type, e.event, e.properties, e.context, e.timestamp,
      e."anonymousId", e."anonymousId" is not distinct from e."customerId", tw_partition(c.id)
    from given e join fresh f on f.message_id = e."messageId",
      lateral (select coalesce((select a.customer_id from customer_alias a where a.workspace_id = $1 and a.id = e."customerId"), e."customerId") as id) c
    order by e.position returning 1)
  select (select count(*)::int from kept) as n, pg_notify('${EVENTS_CHANNEL}', '')::text as told`

/** What changed of a customer; nothing named: it may be anything. */
export interface What {
  /** Traits, by their names at the top level. */
  traits?: readonly string[]
  /** They joined an audience; `number` is of this membership. */
  joined?: { audienceId: string; number: string }
  /** They left an audience. */
  left?: { audienceId: string }
}

/** A change of a customer that is no event of theirs. */
export interface Change extends What {
  customerId: string
}

/**
 * Notes, in the transaction that changes customers, that somebody has to react to it: the router does, in order with their events, and also
 * when this process dies right after its commit.
 */
export async function noteChanges(db: Db, workspaceId: string, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return
  await db.query(
    `with kept as (
       insert into event (workspace_id, message_id, customer_id, type, event, properties, timestamp, partition)
       select $1, c."messageId", c."customerId", '${CHANGE}', '', c.what, clock_timestamp(),
         tw_partition(c."customerId")
       from jsonb_to_recordset($2::jsonb) as c ("messageId" text, "customerId" text, what jsonb) returning 1)
     select (select count(*)::int from kept) as n, pg_notify('${EVENTS_CHANNEL}', '')::text as told`,
    [workspaceId, JSON.stringify(changes.map(({ customerId, ...what }) => ({ customerId, what, messageId: newId('evt') })))],
  )
}

/** What a row of type `change` says. One that was written before this release names a join only, as such. */
export function whatChanged({ properties }: Pick<StoredEvent, 'properties'>): What {
  const { audienceId, number, ...what } = properties as What & { audienceId?: string; number?: string }
  return audienceId === undefined || number === undefined ? what : { joined: { audienceId, number } }
}

const COLUMNS = `e.id::text as id, message_id as "messageId", customer_id as "customerId", type, event, properties, timestamp, received_at as "receivedAt"`

/** Events, newest first; of one customer when named. */
export function recentEvents(
  db: Db,
  workspaceId: string,
  query: PageQuery & { customerId?: string | undefined },
): Promise<Page<StoredEvent>> {
  return pageByNumber(
    db,
    `select ${COLUMNS} from event e where workspace_id = $1 and type <> '${CHANGE}' and ($2::text is null or customer_id = tw_canonical($1, $2))`,
    [workspaceId, query.customerId ?? null],
    'e.id',
    query,
  )
}
