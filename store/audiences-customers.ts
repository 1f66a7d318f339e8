import { EventTally, type EventQuery, type Facts } from '../model/condition.js'
import { resolveZone } from '../model/zone.js'
import type { Db } from './db.js'
import { countEvents, type Tallied } from './facts.js'

/** A customer to judge, whom the transaction has locked, or who is only looked at. */
export interface Judged {
  workspaceId: string
  customerId: string
  /** Without events: they are counted when an audience asks for them. `audiences` holds those that the customer is in. */
  facts: Facts
  /** Audience to when time alone may change it, ms, as last written. */
  dues: Record<string, number>
}

interface Row {
  id: string
  now: Date
  traits: Record<string, unknown>
  audiences: string[]
  dues: Record<string, number>
}

function judged(workspaceId: string, { id, now, traits, audiences, dues }: Row): Judged {
  const facts: Facts = {
    now: now.getTime(),
    customerId: id,
    journeyId: '',
    tileId: '',
    enteredAt: 0,
    traits,
    zone: resolveZone(undefined, traits, undefined),
    entry: {},
    outputs: {},
    audiences: Object.fromEntries(audiences.map((audience) => [audience, true])),
    events: {},
  }
  return { workspaceId, customerId: id, facts, dues }
}

/**
 * Locks a customer, whose profile is made when it is missing, and reads what audiences are judged by; holds the definitions.
 * @param now the instant to judge for; the database's clock when absent
 */
export async function lockCustomer(
  tx: Db,
  workspaceId: string,
  customerId: string,
  now?: Date,
): Promise<{ customer: Judged; revision: number }> {
  const row = await tx.one<Omit<Row, 'id'> & { revision: number }>('select * from tw_audiences_look($1, $2, $3::timestamptz)', [
    workspaceId,
    customerId,
    now ?? null,
  ])
  return { customer: judged(workspaceId, { ...row!, id: customerId }), revision: row!.revision }
}

/** Workspaces with customers whom time alone may have brought into an audience or out of one. */
export async function dueWorkspaces(db: Db, now?: Date): Promise<string[]> {
  const rows = await db.hot<{ id: string }>(
    `select w.id from workspace w
     where exists (select from audience_due d where d.workspace_id = w.id and d.due_at <= coalesce($1::timestamptz, clock_timestamp()))`,
    [now ?? null],
  )
  return rows.map(({ id }) => id)
}

/** Locks customers who are due, longest due first, passing by those whom somebody else judges just now. The caller holds the definitions. */
export async function lockDue(tx: Db, workspaceId: string, limit: number, now?: Date): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `select id from customer where workspace_id = $1 and id in (
       select customer_id from audience_due where workspace_id = $1 and due_at <= coalesce($2::timestamptz, clock_timestamp())
       order by due_at limit $3::int)
     for no key update skip locked`,
    [workspaceId, now ?? null, limit],
  )
  return rows.map(({ id }) => id)
}

/** Customers in order of their ids. */
export interface LockedPage {
  ids: string[]
  /** How many there were, those too that are gone since; and the last one's id, if there was any. */
  found: number
  after: string | null
}

/** Locks the next customers past one, in order of their ids. The caller holds the definitions. */
export async function lockPage(tx: Db, workspaceId: string, after: string, limit: number): Promise<LockedPage> {
  const row = await tx.one<LockedPage>(
    `with page as (select id from customer where workspace_id = $1 and id > $2 order by id limit $3::int),
     locked as (select c.id from customer c where c.workspace_id = $1 and c.id in (select id from page) order by c.id for no key update)
     select array(select id from locked) as ids, (select count(*)::int from page) as found, (select max(id) from page) as after`,
    [workspaceId, after, limit],
  )
  return row!
}

/** What is read of customers. */
export interface Reading {
  /** The instant to judge for; the database's clock when absent. */
  now?: Date | undefined
  /** Audiences of which it is read who is in them; all when absent. */
  audiences?: readonly string[]
}

/**
 * Reads customers to judge, in order of their ids: with a later statement, and for a later instant, than the one that locked them, if one did. An
 * earlier instant would miss an event that the one before was judged by.
 */
export async function readCustomers(db: Db, workspaceId: string, ids: readonly string[], reading: Reading = {}): Promise<Judged[]> {
  if (ids.length === 0) return []
  const rows = await db.query<Row>(
    `select c.id, c.traits, coalesce($4::timestamptz, clock_timestamp()) as now,
       coalesce((select array_agg(m.audience_id) from audience_member m
         where m.workspace_id = $1 and m.customer_id = c.id and ($3::text[] is null or m.audience_id = any($3))), '{}') as audiences,
       coalesce((select jsonb_object_agg(d.audience_id, floor(extract(epoch from d.due_at) * 1000)) from audience_due d
         where d.workspace_id = $1 and d.customer_id = c.id and ($3::text[] is null or d.audience_id = any($3))), '{}') as dues
     from customer c where c.workspace_id = $1 and c.id = any($2::text[]) order by c.id`,
    [workspaceId, ids, reading.audiences ?? null, reading.now ?? null],
  )
  return rows.map((row) => judged(workspaceId, row))
}

/** Counts the events of customers for a query: of one of them. */
export type Count = (customer: Judged, query: EventQuery) => Promise<Tallied>

/** Counts one customer at a time. */
export const countOne =
  (db: Db): Count =>
  ({ workspaceId, customerId, facts }, query) =>
    countEvents(db, { workspaceId, customerId }, query, facts)

/** Whether a query is counted one customer at a time, of those who have such events: they are looked into, or there may be many. */
export const isSlow = ({ where, atLeast }: EventQuery): boolean => where !== undefined || atLeast > FEW

/** Most events of a customer that are fetched for a page of customers in one query. */
const FEW = 100

/**
 * Counts the events of a page of customers, each query for all of them at once. Who has none needs no look; where events must be looked into, or
 * many are asked for, those who have some are counted one by one.
 */
export function countPage(db: Db, customers: readonly Judged[]): Count {
  const pages = new Map<string, Promise<Map<string, number[]>>>()
  return async (customer, query) => {
    let page = pages.get(query.key)
    if (!page) pages.set(query.key, (page = newest(db, customers, query)))
    const times = (await page).get(customer.customerId)
    if (!times) return { count: 0, changes: undefined }
    if (isSlow(query)) return countOne(db)(customer, query)
    const tally = new EventTally(query, customer.facts)
    for (const at of times) tally.add(at, {})
    return tally
  }
}

/** When the newest events of each customer that may count were received, ms, newest first; only of those who have some. */
async function newest(db: Db, customers: readonly Judged[], query: EventQuery): Promise<Map<string, number[]>> {
  const [first] = customers
  if (!first) return new Map()
  // Zones differ from customer to customer, and so does where the window begins.
  const from = Math.min(...customers.map(({ facts }) => new EventTally(query, facts).from))
  const rows = await db.query<{ id: string; times: number[] }>(
    `select c.id, e.times from unnest($2::text[]) c (id) cross join lateral (
       select array_agg(ms order by ms desc) as times from (
         select floor(extract(epoch from received_at) * 1000)::float8 as ms from event
         where workspace_id = $1 and customer_id = c.id and event = $3 and received_at >= $4::timestamptz and received_at < $5::timestamptz
         order by received_at desc limit $6::int) newest) e
     where e.times is not null`,
    [
      first.workspaceId,
      customers.map(({ customerId }) => customerId),
      query.event,
      new Date(Math.max(from, 0)),
      new Date(Math.max(...customers.map(({ facts }) => facts.now)) + 1),
      isSlow(query) ? 1 : query.atLeast,
    ],
  )
  return new Map(rows.map(({ id, times }) => [id, times]))
}
