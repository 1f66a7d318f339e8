import { conditionReads, emptyReads, evaluate, nextChange, type Condition, type Facts, type Reads } from '../model/condition.js'
import { hasCalendarPart } from '../model/duration.js'
import { addDuration, resolveZone } from '../model/zone.js'
import type { Settings } from './settings.js'

/** What takes a member out, wherever it is: an exit criterion, or the goal, which also converts. */
export interface Criterion {
  /** Becomes the exit reason. */
  name: string
  converted: boolean
  when?: Condition
  event?: string
  where?: Condition | undefined
  /** Age since entry. */
  after?: string
}

/** The goal first: when it holds at the same time as a criterion, the member has converted. */
export function criteriaOf({ goal, exitCriteria = [] }: Settings): Criterion[] {
  return [...(goal ? [{ ...goal, converted: true }] : []), ...exitCriteria.map((each) => ({ ...each, converted: false }))]
}

/** What judging the criteria reads of the customer. An event's own `where` is judged with what that reads too. */
export function criteriaReads(criteria: readonly Criterion[]): Reads {
  const reads = emptyReads()
  for (const { when, where, after } of criteria) {
    if (when) conditionReads(when, reads)
    if (where) conditionReads(where, reads)
    if (after !== undefined && hasCalendarPart(after)) reads.traits = true
  }
  return reads
}

/** How a criterion stands. `look`: the instant (ms) at which time alone may make it hold. */
export interface Judged<E> {
  held?: { reads: Record<string, unknown>; event?: E }
  look?: number
}

/**
 * Judges one criterion.
 * @param events those that it asks for by name, and that have come since the member entered; or only the one that has just come
 */
export function judgeCriterion<E extends { properties: Record<string, unknown> }>(
  { when, where, event: name, after }: Criterion,
  facts: Facts,
  settings: Settings,
  events: readonly E[],
): Judged<E> {
  if (when) {
    const { holds, reads } = evaluate(when, facts)
    return holds ? { held: { reads } } : optional(nextChange(when, facts))
  }
  if (name !== undefined) {
    for (const event of events) {
      const { holds, reads } = where ? evaluate(where, { ...facts, property: event.properties }) : { holds: true, reads: {} }
      if (holds) return { held: { reads, event } }
    }
    return {}
  }
  if (after === undefined) return {}
  const at = addDuration(facts.enteredAt, after, resolveZone(undefined, facts.traits, settings.timezone))
  return at <= facts.now ? { held: { reads: {} } } : { look: at }
}

const optional = (look: number | undefined): { look?: number } => (look === undefined ? {} : { look })
