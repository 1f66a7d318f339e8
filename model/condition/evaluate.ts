import { resolveZone } from '../zone.js'
import { compare } from './compare.js'
import type { Condition, EventCondition } from './schema.js'

/** What a condition reads, so that the store fetches exactly that. */
export interface Reads {
  traits: boolean
  entry: boolean
  /** Tiles whose outputs are read. */
  outputs: string[]
  audiences: string[]
  events: EventQuery[]
}

/** How often a customer performed an event. The answer need not count beyond `atLeast`. */
export interface EventQuery {
  /** Names the query among the answers. */
  key: string
  event: string
  within?: string
  where?: Condition
  atLeast: number
}

/** The facts that a decision is made from. Instants in ms. */
export interface Facts {
  now: number
  customerId: string
  journeyId: string
  tileId: string
  enteredAt: number
  traits: Record<string, unknown>
  entry: { event?: string; properties?: Record<string, unknown> }
  /** Tile id to what it produced. */
  outputs: Record<string, Record<string, unknown>>
  audiences: Record<string, boolean>
  /** EventQuery.key to how many. */
  events: Record<string, number>
  /** Names the state of the customer that was read; another after each change of the profile. */
  seen?: string
  /** EventQuery.key to the earliest instant at which time alone may change whether they are enough; absent: never. */
  changes?: Record<string, number>
  /** The time zone in force; absent: the customer's, else UTC. */
  zone?: string
  /** Inside `where`: the properties of the event that is judged. */
  property?: Record<string, unknown>
}

export const NO_READS: Readonly<Reads> = { traits: false, entry: false, outputs: [], audiences: [], events: [] }

/** A fresh, empty Reads. */
export const emptyReads = (): Reads => ({ traits: false, entry: false, outputs: [], audiences: [], events: [] })

/** Everything that a condition may read. */
export function conditionReads(condition: Condition, into: Reads = emptyReads()): Reads {
  if ('all' in condition) for (const part of condition.all) conditionReads(part, into)
  else if ('any' in condition) for (const part of condition.any) conditionReads(part, into)
  else if ('not' in condition) conditionReads(condition.not, into)
  else if ('trait' in condition) into.traits = true
  else if ('audience' in condition) addOnce(into.audiences, condition.audience)
  else if ('event' in condition) addEvent(into, condition)
  else if (condition.of === 'entry') into.entry = true
  else if (condition.of) addOnce(into.outputs, condition.of.slice('tile:'.length))
  return into
}

function addOnce(list: string[], item: string): void {
  if (!list.includes(item)) list.push(item)
}

function addEvent(into: Reads, condition: EventCondition): void {
  const { event, within, where } = condition
  const query = {
    key: queryKey(condition),
    event,
    atLeast: condition.count?.atLeast ?? 1,
    ...(within && { within }),
    ...(where && { where }),
  }
  // What else the `where` reads: traits and audiences are the customer's there too. Events in it are counted first.
  if (where) conditionReads(where, into)
  if (!into.events.some(({ key }) => key === query.key)) into.events.push(query)
}

/** Names what an event condition asks for; its EventQuery.key. */
export const queryKey = ({ event, within, where, count }: EventCondition): string => JSON.stringify([event, within, where, count?.atLeast])

/** Longest text kept of a value that was read. */
const MAX_READ = 200

/**
 * Judges a condition. `reads` holds the values that it looked at, by name (`traits.plan`, `entry.total`, `tile.w.total`,
 * `audience.aud_1`, `event.purchase`); what a decided `all` or `any` did not need is not in it.
 */
export function evaluate(condition: Condition, facts: Facts): { holds: boolean; reads: Record<string, unknown> } {
  const reads: Record<string, unknown> = {}
  return { holds: judge(condition, facts, reads), reads }
}

/** The time zone in force for a decision. */
export const zoneOf = ({ zone, traits }: Facts): string => zone ?? resolveZone(undefined, traits, undefined)

function judge(c: Condition, facts: Facts, reads: Record<string, unknown>): boolean {
  if ('all' in c) return c.all.every((part) => judge(part, facts, reads))
  if ('any' in c) return c.any.some((part) => judge(part, facts, reads))
  if ('not' in c) return !judge(c.not, facts, reads)
  if ('audience' in c) return note(reads, `audience.${c.audience}`, facts.audiences[c.audience] === true) === (c.op === 'in')
  if ('event' in c) {
    const performed = note(reads, `event.${c.event}`, facts.events[queryKey(c)] ?? 0) >= (c.count?.atLeast ?? 1)
    return performed === (c.op === 'performed')
  }
  const [source, from, name] = sourceOf(c, facts)
  return compare(note(reads, `${source}.${name}`, valueAt(from, name)), c, facts.now, zoneOf(facts))
}

type Comparing = Extract<Condition, { trait: string } | { property: string }>

/** The value that a comparison looks at. */
export function valueOf(c: Comparing, facts: Facts): unknown {
  const [, from, name] = sourceOf(c, facts)
  return valueAt(from, name)
}

/** What a comparison looks into, what that holds, and the name there. */
function sourceOf(c: Comparing, facts: Facts): [source: string, from: unknown, name: string] {
  return 'trait' in c ? ['traits', facts.traits, c.trait] : [...propertySource(c.of, facts), c.property]
}

function propertySource(of: string | undefined, facts: Facts): [string, unknown] {
  if (of === 'entry') return ['entry', facts.entry.properties]
  if (of === undefined) return ['event', facts.property ?? facts.entry.properties]
  const tile = of.slice('tile:'.length)
  return [`tile.${tile}`, facts.outputs[tile]?.properties]
}

function note<T>(reads: Record<string, unknown>, name: string, value: T): T {
  reads[name] = typeof value === 'string' && value.length > MAX_READ ? `${value.slice(0, MAX_READ)}…` : (value ?? null)
  return value
}

/** A value by its name: the literal key first, then a dotted path. Never a key of the prototype. */
export function valueAt(source: unknown, name: string): unknown {
  if (typeof source !== 'object' || source === null) return undefined
  if (Object.hasOwn(source, name)) return (source as Record<string, unknown>)[name]
  let at: unknown = source
  for (const key of name.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined
    at = (at as Record<string, unknown>)[key]
  }
  return at
}
