import { conditionReads, earliest, emptyReads, evaluate, nextChange, type Condition, type Facts, type Reads } from '../model/condition.js'
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

/** What holds now of conditions and ages, and the instant (ms) at which time alone may make one hold. */
export interface Judged {
  held?: { criterion: Criterion; reads: Record<string, unknown> }
  look?: number
}

/** Judges the criteria that are conditions and ages; events are judged one by one, as they come. */
export function judgeCriteria(criteria: readonly Criterion[], facts: Facts, settings: Settings): Judged {
  let look: number | undefined
  for (const criterion of criteria) {
    const { when, after } = criterion
    if (when) {
      const { holds, reads } = evaluate(when, facts)
      if (holds) return { held: { criterion, reads } }
      look = earliest([look, nextChange(when, facts)])
    } else if (after !== undefined) {
      const at = addDuration(facts.enteredAt, after, resolveZone(undefined, facts.traits, settings.timezone))
      if (at <= facts.now) return { held: { criterion, reads: {} } }
      look = earliest([look, at])
    }
  }
  return look === undefined ? {} : { look }
}
