import type { Exit } from '../engine/host.js'
import { evaluate, type Facts, type Reads } from '../model/condition.js'
import { criteriaOf, criteriaReads, judgeCriteria, type Criterion } from '../tiles/criteria.js'
import type { Db } from './db.js'
import type { StoredEvent } from './events.js'
import { loadFacts, type FactsOf } from './facts.js'
import type { PublishedVersion } from './versions.js'

/** Why a member leaves by a criterion; `reads` is what it was judged by. */
export type Leaving = Exit & { reads: Record<string, unknown> }

/** How the criteria of a member's orchestration stand. `look`: the instant (ms) at which time alone may fulfil one. */
export interface Standing {
  leaving?: Leaving
  look?: number
}

/** Whose criteria. */
export interface CriteriaOf extends FactsOf {
  memberId: string
}

/** What a step reads for the criteria of its orchestration; nothing when it has none. */
export const readsOf = (version: PublishedVersion): Reads => criteriaReads(criteriaOf(version.settings))

/**
 * Judges the exit criteria and the goal of a member's orchestration as of now. No round trip when it has none.
 * @param facts when they were read already, with what `readsOf` names
 * @param event only this event, which has just come; else all since the member entered
 */
export async function standing(
  db: Db,
  of: CriteriaOf,
  version: PublishedVersion,
  known: { facts?: Facts; event?: StoredEvent } = {},
): Promise<Standing> {
  const criteria = criteriaOf(version.settings)
  if (criteria.length === 0) return {}
  const facts = known.facts ?? (await loadFacts(db, { ...of, settings: version.settings }, criteriaReads(criteria)))
  for (const criterion of criteria) {
    const leaving = await byEvent(db, of, criterion, facts, known.event)
    if (leaving) return { leaving }
  }
  const { held, look } = judgeCriteria(criteria, facts, version.settings)
  if (held) return { leaving: leave(held.criterion, {}, held.reads) }
  return look === undefined ? {} : { look }
}

function leave({ name, converted }: Criterion, cause: Record<string, unknown>, reads: Record<string, unknown>): Leaving {
  return { reason: name, ...(converted && { converted }), cause: { criterion: name, ...cause }, reads }
}

async function byEvent(
  db: Db,
  of: CriteriaOf,
  criterion: Criterion,
  facts: Facts,
  event: StoredEvent | undefined,
): Promise<Leaving | undefined> {
  if (criterion.event === undefined) return undefined
  const events = event ? [event].filter((each) => each.event === criterion.event) : await eventsSinceEntry(db, of, criterion.event)
  for (const { id, properties } of events) {
    const judged = criterion.where ? evaluate(criterion.where, { ...facts, property: properties }) : { holds: true, reads: {} }
    if (judged.holds) return leave(criterion, { eventId: id }, judged.reads)
  }
  return undefined
}

/** How many of a customer's events since entry are looked at; those before were judged as they came. */
const RECENT = 200

const eventsSinceEntry = (db: Db, of: CriteriaOf, event: string): Promise<{ id: string; properties: Record<string, unknown> }[]> =>
  db.hot(
    `select e.id::text as id, e.properties from member m join event e
       on e.workspace_id = m.workspace_id and e.customer_id = m.customer_id and e.event = $2 and e.received_at >= m.entered_at
     where m.id = $1 order by e.id desc limit ${RECENT}`,
    [of.memberId, event],
  )
