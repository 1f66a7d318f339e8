import { RE2JS } from 're2js'
import { readInstant } from '../zone.js'
import type { Operator } from '../choices.js'
import type { Comparison } from './schema.js'
import { inWindow, windowOf } from './window.js'

const NEGATED: Partial<Record<Operator, Operator>> = { ne: 'eq', notContains: 'contains', notIn: 'in', notExists: 'exists' }

/**
 * Whether a value of a customer or an event satisfies a comparison. Never throws: values of different types do not compare.
 *
 * A missing value (or null) exists not: of the operators only notExists, ne, notContains and notIn hold for it, so that "plan is
 * not gold" includes those without a plan. A negated operator is exactly the opposite of its positive one.
 * @param now ms, for withinLast and withinNext
 * @param zone the time zone in force, for dates without an offset and for days, weeks, months and years
 */
export function compare(actual: unknown, { op, value }: Comparison, now: number, zone: string): boolean {
  const positive = NEGATED[op]
  if (positive) return !compare(actual, { op: positive, value }, now, zone)
  const exists = actual !== undefined && actual !== null
  if (op === 'exists') return exists
  if (!exists) return op === 'eq' && value === null
  return CHECKS[op]?.(actual, value, now, zone) ?? false
}

type Check = (actual: unknown, value: unknown, now: number, zone: string) => boolean

const CHECKS: Partial<Record<Operator, Check>> = {
  eq: (a, v) => a === v,
  gt: ordered((order) => order > 0),
  gte: ordered((order) => order >= 0),
  lt: ordered((order) => order < 0),
  lte: ordered((order) => order <= 0),
  contains: (a, v) => (Array.isArray(a) ? a.includes(v) : typeof a === 'string' && typeof v === 'string' && a.includes(v)),
  startsWith: texts((a, v) => a.startsWith(v)),
  endsWith: texts((a, v) => a.endsWith(v)),
  in: (a, v) => Array.isArray(v) && v.includes(a),
  matches: texts((a, v) => pattern(v)?.matcher(a).find() ?? false),
  before: instants((a, v) => a < v),
  after: instants((a, v) => a > v),
  withinLast: window('withinLast'),
  withinNext: window('withinNext'),
}

function ordered(holds: (order: number) => boolean): Check {
  return (a, v) => {
    if (typeof a === 'number' && typeof v === 'number') return holds(a - v)
    return typeof a === 'string' && typeof v === 'string' && holds(a < v ? -1 : a > v ? 1 : 0)
  }
}

function texts(holds: (a: string, v: string) => boolean): Check {
  return (a, v) => typeof a === 'string' && typeof v === 'string' && holds(a, v)
}

function instants(holds: (a: number, v: number) => boolean): Check {
  return (a, v, _now, zone) => {
    const [at, than] = [readInstant(a, zone), readInstant(v, zone)]
    return at !== undefined && than !== undefined && holds(at, than)
  }
}

function window(op: 'withinLast' | 'withinNext'): Check {
  return (a, v, now, zone) => {
    const window = windowOf(op, a, v, zone)
    return window !== undefined && inWindow(window, now)
  }
}

const patterns = new Map<string, RE2JS | undefined>()

/** Compiled once; linear in the text's length (RE2). */
function pattern(source: string): RE2JS | undefined {
  if (!patterns.has(source)) {
    if (patterns.size >= 1000) patterns.clear()
    try {
      patterns.set(source, RE2JS.compile(source))
    } catch {
      patterns.set(source, undefined)
    }
  }
  return patterns.get(source)
}
