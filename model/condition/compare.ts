import { RE2JS } from 're2js'
import { addDuration } from '../zone.js'
import type { Comparison, Operator } from './schema.js'

const NEGATED: Partial<Record<Operator, Operator>> = { ne: 'eq', notContains: 'contains', notIn: 'in', notExists: 'exists' }

/**
 * Whether a value of a customer or an event satisfies a comparison. Never throws: values of different types do not compare.
 *
 * A missing value (or null) exists not: of the operators only notExists, ne, notContains and notIn hold for it, so that "plan is
 * not gold" includes those without a plan. A negated operator is exactly the opposite of its positive one.
 * @param now ms, for withinLast and withinNext
 */
export function compare(actual: unknown, { op, value }: Comparison, now: number): boolean {
  const positive = NEGATED[op]
  if (positive) return !compare(actual, { op: positive, value }, now)
  const exists = actual !== undefined && actual !== null
  if (op === 'exists') return exists
  if (!exists) return op === 'eq' && value === null
  return CHECKS[op]?.(actual, value, now) ?? false
}

type Check = (actual: unknown, value: unknown, now: number) => boolean

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
  withinLast: window((at, now, span) => at <= now && at >= addDuration(now, `-${span}`, 'UTC')),
  withinNext: window((at, now, span) => at >= now && at <= addDuration(now, span, 'UTC')),
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
  return (a, v) => {
    const [at, than] = [instant(a), instant(v)]
    return at !== undefined && than !== undefined && holds(at, than)
  }
}

function window(holds: (at: number, now: number, span: string) => boolean): Check {
  return (a, v, now) => {
    const at = instant(a)
    return at !== undefined && typeof v === 'string' && holds(at, now, v)
  }
}

/** An ISO 8601 date (midnight UTC) or date-time (UTC without an offset) in ms; anything else is no instant. */
function instant(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}/.test(value)) return undefined
  const local = /T/.test(value) && !/(Z|[+-]\d\d:?\d\d)$/i.test(value)
  const ms = Date.parse(local ? `${value}Z` : value)
  return Number.isNaN(ms) ? undefined : ms
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
