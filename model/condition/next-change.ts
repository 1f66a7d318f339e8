import { evaluate, queryKey, valueOf, zoneOf, type Facts } from './evaluate.js'
import type { Comparison, Condition } from './schema.js'
import { inWindow, windowOf } from './window.js'

/**
 * The earliest instant (ms, after facts.now) at which the truth of a condition may become another by the passing of time alone:
 * a date comes into its window or leaves it, an event that was counted is too long ago. Strictly before it, with the same data,
 * the condition stays what it is; at it, it may also stay. undefined: time alone changes nothing.
 */
export function nextChange(condition: Condition, facts: Facts): number | undefined {
  return look(condition, facts).changes
}

/** What a condition is now, and when that may change. */
export interface Outlook {
  holds: boolean
  /** ms, after now; undefined: never by time alone. */
  changes: number | undefined
}

/** Whether a condition holds, and when that may change by time alone. */
export function look(c: Condition, facts: Facts): Outlook {
  if ('all' in c) return joined(c.all, facts, true)
  if ('any' in c) return joined(c.any, facts, false)
  if ('not' in c) {
    const { holds, changes } = look(c.not, facts)
    return { holds: !holds, changes }
  }
  const { holds } = evaluate(c, facts)
  if ('event' in c) return { holds, changes: facts.changes?.[queryKey(c)] }
  return { holds, changes: 'audience' in c ? undefined : edge(valueOf(c, facts), c, facts) }
}

/**
 * `all` (neutral: true) is false as long as one part is: it can turn only when the last of its false parts has turned, and never
 * when one of them never does. While it is true, the first part that turns decides. `any` is the mirror image.
 */
function joined(parts: readonly Condition[], facts: Facts, neutral: boolean): Outlook {
  const looks = parts.map((part) => look(part, facts))
  const deciding = looks.filter(({ holds }) => holds !== neutral)
  if (deciding.length === 0) return { holds: neutral, changes: earliest(looks.map(({ changes }) => changes)) }
  const turns = deciding.map(({ changes }) => changes ?? Infinity)
  const last = Math.max(...turns)
  return { holds: !neutral, changes: last === Infinity ? undefined : last }
}

/** When a date next comes into its window, or has just left it. */
function edge(actual: unknown, { op, value }: Comparison, facts: Facts): number | undefined {
  if (op !== 'withinLast' && op !== 'withinNext') return undefined
  const window = windowOf(op, actual, value, zoneOf(facts))
  if (!window) return undefined
  if (inWindow(window, facts.now)) return window.to + 1
  return window.from > facts.now ? window.from : undefined
}

/** The least of those that are instants. */
export function earliest(instants: readonly (number | undefined)[]): number | undefined {
  const least = Math.min(...instants.map((instant) => instant ?? Infinity))
  return least === Infinity ? undefined : least
}
