import { hasCalendarPart } from '../model/duration.js'
import { resolveZone } from '../model/zone.js'
import { conditionReads, evaluate, EventTally, nextChange, type Condition } from '../model/condition.js'
import type { EventQuery, Facts, Reads } from '../tiles/decide.js'
import type { Settings } from '../tiles/index.js'
import type { Db } from './db.js'

/** Whose facts, and at which tile. Without a member (an entry's `where`), entry and outputs are empty. */
export interface FactsOf {
  workspaceId: string
  customerId: string
  journeyId: string
  tileId: string
  memberId?: string
  /** The instant to decide for; the database's clock when absent. */
  now?: Date
  settings?: Settings
  /** The tile's own time zone, or `customer`. */
  timezone?: string
}

/** Whether a decision needs nothing of the store: no read, no round trip. */
export const readsNothing = (reads: Reads): boolean =>
  !reads.traits && !reads.entry && reads.outputs.length + reads.audiences.length + reads.events.length === 0

/** The facts of one that reads nothing. */
export const noFacts = (of: FactsOf): Facts => ({
  now: (of.now ?? new Date()).getTime(),
  customerId: of.customerId,
  journeyId: of.journeyId,
  tileId: of.tileId,
  enteredAt: 0,
  traits: {},
  entry: {},
  outputs: {},
  audiences: {},
  events: {},
})

interface Row {
  /** Whom the member, else the id, means now: a merge changes it. */
  customerId: string
  now: Date
  enteredAt: Date | null
  traits: Record<string, unknown> | null
  entry: Facts['entry'] | null
  outputs: Facts['outputs'] | null
  audiences: string[] | null
  seen: string | null
}

/** Everything but event counts in one statement; a part that is not read is not looked up. */
const FACTS = `
  select who.id as "customerId", coalesce($5::timestamptz, clock_timestamp()) as now, m.entered_at as "enteredAt", m.entry,
    c.traits, c.updated_at::text as seen,
    (select jsonb_object_agg(tile_id, output) from (
       select distinct on (tile_id) tile_id, output from step
       where member_id = $3 and tile_id = any($4::text[]) and output is not null order by tile_id, visit desc) s) as outputs,
    (select array_agg(audience_id) from audience_member
     where workspace_id = $1 and customer_id = who.id and audience_id = any($6::text[])) as audiences
  from (select 1) one left join member m on m.id = $3 cross join lateral (select coalesce(m.customer_id, $2) as id) who
    left join customer c on c.workspace_id = $1 and c.id = who.id`

/** Reads what a decision needs, as of now. One round trip, and one more for each event that it counts. */
export async function loadFacts(db: Db, of: FactsOf, reads: Reads): Promise<Facts> {
  const [found] = await db.hot<Row>(FACTS, [
    of.workspaceId,
    of.customerId,
    of.memberId ?? '',
    reads.outputs,
    of.now ?? null,
    reads.audiences,
  ])
  const row = found!
  const traits = row.traits ?? {}
  const inside = new Set(row.audiences ?? [])
  const facts: Facts = {
    now: row.now.getTime(),
    customerId: of.customerId,
    journeyId: of.journeyId,
    tileId: of.tileId,
    enteredAt: (row.enteredAt ?? row.now).getTime(),
    traits,
    zone: resolveZone(of.timezone, traits, of.settings?.timezone),
    entry: row.entry ?? {},
    outputs: row.outputs ?? {},
    audiences: Object.fromEntries(reads.audiences.map((id) => [id, inside.has(id)])),
    events: {},
    ...(row.seen !== null && { seen: row.seen }),
  }
  for (const query of reads.events) addTally(facts, query, await countEvents(db, { ...of, customerId: row.customerId }, query, facts))
  return facts
}

/** Adds what an event query found to the facts. */
export function addTally(facts: Facts, { key }: EventQuery, { count, changes }: Tallied): void {
  facts.events[key] = count
  if (changes !== undefined) facts.changes = { ...facts.changes, [key]: changes }
}

/** A condition as judged now. `look`: the instant (ms) at which time alone may make it another. */
export interface Judgement {
  holds: boolean
  /** The values that it looked at, by name. */
  reads: Record<string, unknown>
  look?: number
}

/**
 * Judges a condition about a customer as of now, inside `where` also the event at hand.
 * @param property the properties of that event
 */
export async function judge(db: Db, of: FactsOf, condition: Condition, property?: Record<string, unknown>): Promise<Judgement> {
  const facts = await loadFacts(db, of, conditionReads(condition))
  const look = property ? undefined : nextChange(condition, facts)
  return { ...evaluate(condition, property ? { ...facts, property } : facts), ...(look !== undefined && { look }) }
}

/** How many events of a page are judged at a time, at most and at least. */
const PAGE = 500
const MIN_PAGE = 50

/** How many of a customer's events match, and when time alone may change whether they are enough (EventTally). */
export type Tallied = Pick<EventTally, 'count' | 'changes'>

type Whose = Pick<FactsOf, 'workspaceId' | 'customerId'>

/** Counts a customer's events, and stops at `atLeast`: nobody asks for more. The database counts where no event must be looked at. */
export function countEvents(db: Db, of: Whose, query: EventQuery, facts: Facts): Promise<Tallied> {
  const looks = query.where !== undefined || (query.within !== undefined && hasCalendarPart(query.within))
  return looks ? tallyPages(db, of, query, facts) : countAll(db, of, query, facts)
}

/** A Date has no microseconds: what was received in this millisecond counts. */
const until = (facts: Facts): Date => new Date(facts.now + 1)
const since = (tally: EventTally): Date => new Date(Math.max(tally.from, 0))

async function countAll(db: Db, of: Whose, query: EventQuery, facts: Facts): Promise<Tallied> {
  const tally = new EventTally(query, facts)
  const [row] = await db.hot<{ n: number; oldest: number | null }>(
    `select count(*)::int as n, floor(extract(epoch from min(received_at)) * 1000)::float8 as oldest from (
       select received_at from event where workspace_id = $1 and customer_id = $2 and event = $3
         and received_at >= $4::timestamptz and received_at < $5::timestamptz order by received_at desc limit $6::int) e`,
    [of.workspaceId, of.customerId, query.event, since(tally), until(facts), query.atLeast],
  )
  const { n, oldest } = row!
  const leaves = query.within && n >= query.atLeast && oldest !== null ? tally.leavesAfter(oldest) : undefined
  return { count: n, changes: leaves }
}

interface EventRow {
  id: string
  /** With its microseconds, to page by; and in ms. */
  at: string
  ms: number
  properties: Record<string, unknown> | null
}

/** Looks at the events one by one, newest first. */
async function tallyPages(db: Db, of: Whose, query: EventQuery, facts: Facts): Promise<Tallied> {
  const tally = new EventTally(query, facts)
  let before: Pick<EventRow, 'at' | 'id'> = { at: until(facts).toISOString(), id: '0' }
  for (;;) {
    const limit = query.where ? PAGE : Math.min(PAGE, Math.max(MIN_PAGE, query.atLeast - tally.count))
    const page = await db.hot<EventRow>(
      `select id::text as id, received_at::text as at, floor(extract(epoch from received_at) * 1000)::float8 as ms,
         case when $8 then properties end as properties
       from event where workspace_id = $1 and customer_id = $2 and event = $3 and received_at >= $4::timestamptz
         and (received_at, event.id) < ($5::timestamptz, $6::bigint) order by received_at desc, event.id desc limit $7::int`,
      [of.workspaceId, of.customerId, query.event, since(tally), before.at, before.id, limit, query.where !== undefined],
    )
    for (const { ms, properties } of page) tally.add(ms, properties ?? {})
    if (tally.full || page.length < limit) return tally
    before = page.at(-1)!
  }
}
