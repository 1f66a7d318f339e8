import type { Condition } from './schema.js'
import { conditionReads, type EventQuery } from './evaluate.js'

/** The parts of a condition that look at one thing, those inside a `where` too, each with where it stands. */
export function* leavesOf(condition: Condition, path: readonly PropertyKey[] = [], inWhere = false): Generator<Leaf> {
  if ('all' in condition) for (const [n, part] of condition.all.entries()) yield* leavesOf(part, [...path, 'all', n], inWhere)
  else if ('any' in condition) for (const [n, part] of condition.any.entries()) yield* leavesOf(part, [...path, 'any', n], inWhere)
  else if ('not' in condition) yield* leavesOf(condition.not, [...path, 'not'], inWhere)
  else {
    yield { condition, path, inWhere }
    if ('event' in condition && condition.where) yield* leavesOf(condition.where, [...path, 'where'], true)
  }
}

/** A part of a condition that looks at one thing. */
export interface Leaf {
  condition: Exclude<Condition, { all: unknown } | { any: unknown } | { not: unknown }>
  path: readonly PropertyKey[]
  /** It judges an event: a property is that event's. */
  inWhere: boolean
}

/** What of a customer a condition depends on: with none of it changed, only time can make the condition another. */
export interface Dependencies {
  /** Traits, by their names at the top level. */
  traits: ReadonlySet<string>
  /** Names of events. */
  events: ReadonlySet<string>
  /** Ids of audiences. */
  audiences: ReadonlySet<string>
  /** The events that are counted. */
  counts: readonly EventQuery[]
}

/** The trait that gives a customer's time zone. */
const ZONE = 'timezone'
/** Operators whose value may be a date without an offset, or a duration by the calendar: they read by the customer's time zone. */
const ZONED = new Set(['before', 'after', 'withinLast', 'withinNext'])

export function dependenciesOf(condition: Condition): Dependencies {
  const { audiences, events: counts } = conditionReads(condition)
  const traits = new Set<string>()
  for (const { condition: leaf } of leavesOf(condition)) {
    if ('trait' in leaf) for (const name of topNames(leaf.trait)) traits.add(name)
    if ('event' in leaf ? leaf.within !== undefined : ZONED.has(leaf.op)) traits.add(ZONE)
  }
  return { traits, events: new Set(counts.map(({ event }) => event)), audiences: new Set(audiences), counts }
}

/** A dotted name is a trait of that very name, or a path into one. */
const topNames = (name: string): string[] => (name.includes('.') ? [name, name.slice(0, name.indexOf('.'))] : [name])

/** How far back a condition looks at events of one name. */
export interface EventWindow {
  event: string
  /** ISO 8601; absent: all events that there are. */
  within?: string
  /** Where it stands in the condition. */
  path: readonly PropertyKey[]
}

/** How far back a condition looks at events: one for each part of it that does, in order. */
export const windowsOf = (condition: Condition): EventWindow[] =>
  [...leavesOf(condition)].flatMap(({ condition: leaf, path }) =>
    'event' in leaf ? [{ event: leaf.event, ...(leaf.within !== undefined && { within: leaf.within }), path }] : [],
  )
