import { addDuration, resolveZone } from '../model/zone.js'
import { conditionReads, evaluate, type Condition } from '../model/condition.js'
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
  select coalesce($5::timestamptz, clock_timestamp()) as now, m.entered_at as "enteredAt", m.entry,
    c.traits, c.updated_at::text as seen,
    (select jsonb_object_agg(tile_id, output) from (
       select distinct on (tile_id) tile_id, output from step
       where member_id = $3 and tile_id = any($4::text[]) and output is not null order by tile_id, visit desc) s) as outputs,
    (select array_agg(audience_id) from audience_member
     where workspace_id = $1 and customer_id = $2 and audience_id = any($6::text[])) as audiences
  from (select 1) one left join member m on m.id = $3 left join customer c on c.workspace_id = $1 and c.id = $2`

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
  const inside = new Set(row.audiences ?? [])
  const facts: Facts = {
    now: row.now.getTime(),
    customerId: of.customerId,
    journeyId: of.journeyId,
    tileId: of.tileId,
    enteredAt: (row.enteredAt ?? row.now).getTime(),
    traits: row.traits ?? {},
    entry: row.entry ?? {},
    outputs: row.outputs ?? {},
    audiences: Object.fromEntries(reads.audiences.map((id) => [id, inside.has(id)])),
    events: {},
    ...(row.seen !== null && { seen: row.seen }),
  }
  for (const query of reads.events) facts.events[query.key] = await countEvents(db, of, query, facts)
  return facts
}

/**
 * Judges a condition about a customer as of now, inside `where` also the event at hand.
 * @param property the properties of that event
 */
export async function judge(
  db: Db,
  of: FactsOf,
  condition: Condition,
  property?: Record<string, unknown>,
): Promise<{ holds: boolean; reads: Record<string, unknown> }> {
  const facts = await loadFacts(db, of, conditionReads(condition))
  return evaluate(condition, property ? { ...facts, property } : facts)
}

/** How many events of a page are judged at a time. */
const PAGE = 500

/** Counts a customer's events that match, and stops at `atLeast`: nobody asks for more. */
async function countEvents(db: Db, of: FactsOf, query: EventQuery, facts: Facts): Promise<number> {
  // A Date has no microseconds: what was received in this millisecond counts.
  const end = new Date(facts.now + 1)
  const since = query.within ? new Date(windowStart(query.within, of, facts)) : new Date(0)
  if (!query.where) {
    const [row] = await db.hot<{ n: number }>(
      `select count(*)::int as n from (select 1 from event where workspace_id = $1 and customer_id = $2 and event = $3
         and received_at >= $4::timestamptz and received_at < $5::timestamptz limit $6::int) e`,
      [of.workspaceId, of.customerId, query.event, since, end, query.atLeast],
    )
    return row!.n
  }
  let matched = 0
  for (let after = '0'; ;) {
    const page = await db.hot<{ id: string; properties: Record<string, unknown> }>(
      `select id::text as id, properties from event where workspace_id = $1 and customer_id = $2 and event = $3
         and received_at >= $4::timestamptz and received_at < $5::timestamptz and id > $6::bigint order by event.id limit ${PAGE}`,
      [of.workspaceId, of.customerId, query.event, since, end, after],
    )
    for (const { properties } of page) {
      if (evaluate(query.where, { ...facts, property: properties }).holds && ++matched >= query.atLeast) return matched
    }
    if (page.length < PAGE) return matched
    after = page.at(-1)!.id
  }
}

function windowStart(within: string, of: FactsOf, facts: Facts): number {
  return addDuration(facts.now, `-${within}`, resolveZone(undefined, facts.traits, of.settings?.timezone))
}
