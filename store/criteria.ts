import type { Exit } from '../engine/host.js'
import { earliest, type Facts, type Reads } from '../model/condition.js'
import { criteriaOf, criteriaReads, judgeCriterion, type Criterion } from '../tiles/criteria.js'
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
 * Judges the exit criteria and the goal of a member's orchestration as of now, the goal first. No round trip when it has none.
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
  let next: number | undefined
  for (const criterion of criteria) {
    const { held, look } = judgeCriterion(criterion, facts, version.settings, await eventsFor(db, of, criterion, known.event))
    if (held) return { leaving: leave(criterion, held) }
    next = earliest([next, look])
  }
  return next === undefined ? {} : { look: next }
}

function leave({ name, converted }: Criterion, { event, reads }: { event?: Came; reads: Record<string, unknown> }): Leaving {
  return { reason: name, ...(converted && { converted }), cause: { criterion: name, ...(event && { eventId: event.id }) }, reads }
}

type Came = Pick<StoredEvent, 'id' | 'properties'>

/** The events that a criterion may ask for. */
async function eventsFor(db: Db, of: CriteriaOf, { event: name }: Criterion, came: StoredEvent | undefined): Promise<Came[]> {
  if (name === undefined) return []
  if (came) return came.event === name ? [came] : []
  return eventsSinceEntry(db, of, name)
}

/** How many of a customer's events since entry are looked at; those before were judged as they came. */
const RECENT = 200

const eventsSinceEntry = (db: Db, of: CriteriaOf, event: string): Promise<Came[]> =>
  db.hot(
    `select e.id::text as id, e.properties from member m join event e
       on e.workspace_id = m.workspace_id and e.customer_id = m.customer_id and e.event = $2 and e.received_at >= m.entered_at
     where m.id = $1 order by e.id desc limit ${RECENT}`,
    [of.memberId, event],
  )
