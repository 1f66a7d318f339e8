import type { z } from 'zod'
import { pointer } from '../model/pointer.js'
import { nearest } from './nearest.js'

/** One complaint of zod about a value inside what was parsed. */
export interface Issue {
  path: PropertyKey[]
  /** A sentence that says how to mend it. */
  message: string
  /** Something is not there yet, rather than wrong. */
  missing: boolean
  /** Of the wrong shape: an unknown field or a wrong type, which no draft may hold. */
  malformed: boolean
  /** A stable word, such as `unknown_field`. */
  code: string
  /** The number under which validation reports it, where the schema names one. */
  problem?: string
}

type Raw = z.core.$ZodIssue

/** What zod's error map sees of an object that has fields too many. */
interface Strict {
  code?: string
  inst?: { _zod: { def: { shape?: object } } }
  known?: string[]
}

/**
 * Parses with a schema; a failure comes as flat issues, each with the path of what is wrong. Of an unknown field it says which
 * known one is nearest.
 */
export function read<S extends z.ZodType>(schema: S, input: unknown): { data: z.output<S> } | { issues: Issue[] } {
  const parsed = schema.safeParse(input, { error: noteKnownFields })
  return parsed.success ? { data: parsed.data } : { issues: issuesOf(parsed.error, input) }
}

/** Keeps the fields that an object could have with the issue about those that it cannot; the message stays zod's. */
function noteKnownFields(raw: unknown): undefined {
  const issue = raw as Strict
  if (issue.code === 'unrecognized_keys') issue.known = Object.keys(issue.inst?._zod.def.shape ?? {})
}

/**
 * Zod's issues, flat. Of a union it tells the issues of the alternative that was meant: the one whose fields fit best, so that a
 * fault deep in a condition is named where it is.
 */
export function issuesOf(error: z.ZodError, input: unknown): Issue[] {
  const seen = new Set<string>()
  return error.issues
    .flatMap((issue) => flatten(issue, [], input))
    .filter(({ path, missing }) => {
      // An empty text fails its length and its pattern; that is one thing to mend.
      const place = pointer(path)
      const again = missing && seen.has(place)
      if (missing) seen.add(place)
      return !again
    })
}

function flatten(issue: Raw, prefix: PropertyKey[], input: unknown): Issue[] {
  const path = [...prefix, ...issue.path]
  const value = at(input, path)
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownField(path, key, (issue as Strict).known))
  if (issue.code === 'invalid_key') return issue.issues.map((inner) => fault(path, inner, inner.message, String(path.at(-1))))
  if (issue.code === 'invalid_union' && issue.errors.length > 0 && value !== undefined) {
    if (isEmptyObject(value))
      return [{ path, message: `${quoted(path)} is empty; fill it in.`, missing: true, malformed: false, code: 'missing' }]
    return ofUnion(issue.errors, path, input)
  }
  return [fault(path, issue, sentence(issue, path, value), value)]
}

function fault(path: PropertyKey[], issue: Raw, message: string, value: unknown): Issue {
  // A refinement of a whole object may point at a field that is not there, and says itself what to do.
  const empty = value === '' || (Array.isArray(value) && value.length === 0 && issue.code !== 'invalid_type')
  const missing = empty || (value === undefined && issue.code !== 'custom')
  const problem: unknown = issue.code === 'custom' ? issue.params?.problem : undefined
  return {
    path,
    message,
    missing,
    malformed: !missing && isWrongType(issue, value),
    code: missing ? 'missing' : issue.code === 'custom' ? 'invalid_value' : issue.code,
    ...(typeof problem === 'string' && { problem }),
  }
}

function unknownField(path: PropertyKey[], key: string, known: readonly string[] = []): Issue {
  const near = nearest(key, known)
  const mend = near ? `did you mean '${near}'?` : known.length > 0 ? `the fields here are ${known.join(', ')}.` : 'remove it.'
  return {
    path: [...path, key],
    message: `There is no field '${key}' here; ${mend}`,
    missing: false,
    malformed: true,
    code: 'unknown_field',
  }
}

/** A choice among texts that is given a number, and the like, is of the wrong type; another text is a wrong value. */
function isWrongType(issue: Raw, value: unknown): boolean {
  if (issue.code === 'invalid_type') return true
  return (issue.code === 'invalid_value' || issue.code === 'invalid_union') && typeof value !== 'string'
}

function sentence(issue: Raw, path: PropertyKey[], value: unknown): string {
  const choices = choicesOf(issue)
  if (issue.code === 'custom') return issue.message
  if (value === undefined) return `Give ${quoted(path)}${choices ? `: one of ${choices}` : ''}.`
  if (choices) return `${quoted(path)} is ${shown(value)}; give one of ${choices}.`
  // `NaN` and infinity cannot come in JSON, so `expected` is a type that the reader knows.
  if (issue.code === 'invalid_type') return `${quoted(path)} is ${kindOf(value)}; give ${article(issue.expected)}.`
  if ((issue.code === 'too_big' || issue.code === 'too_small') && typeof value === 'number') {
    return `${quoted(path)} is ${value}; give at ${issue.code === 'too_big' ? `most ${issue.maximum}` : `least ${issue.minimum}`}.`
  }
  if (issue.code === 'too_big' && /^Too big/.test(issue.message)) {
    return `${quoted(path)} is too long; give at most ${issue.maximum} ${issue.origin === 'string' ? 'characters' : 'items'}.`
  }
  return issue.message
}

function choicesOf(issue: Raw): string | undefined {
  if (issue.code === 'invalid_value') return issue.values.map(String).join(', ')
  return issue.code === 'invalid_union' && issue.discriminator
    ? ((issue as { options?: unknown[] }).options ?? []).map(String).join(', ')
    : undefined
}

/** A place in words: the name of the field, also for an item of its list. */
function quoted(path: PropertyKey[]): string {
  const field = path.findLast((key) => typeof key === 'string')
  if (field === undefined) return 'This value'
  return path.at(-1) === field ? `'${field}'` : `An item of '${field}'`
}

const shown = (value: unknown): string => (typeof value === 'string' ? `'${value.slice(0, 40)}'` : kindOf(value))
const kindOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'an array' : article(typeof value))
const TYPES: Record<string, string> = {
  record: 'an object',
  object: 'an object',
  array: 'an array',
  int: 'a whole number',
  string: 'a text',
}
const article = (type: string): string => TYPES[type] ?? `a ${type}`

const isEmptyObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0

/**
 * The issues of the alternative with the fewest unknown fields and wrong types at its top, then the fewest complaints. Where none
 * fits: the fields that no alternative has; and if all are known, it is not whole yet.
 */
function ofUnion(alternatives: Raw[][], path: PropertyKey[], input: unknown): Issue[] {
  const best = alternatives.reduce((least, issues) => (cost(issues) < cost(least) ? issues : least))
  const unknown = best.flatMap((issue) => (issue.code === 'unrecognized_keys' ? issue.keys : []))
  if (cost(best) < 2 * MISFIT || unknown.length === 0) return best.flatMap((inner) => flatten(inner, path, input))
  const known = [...new Set(alternatives.flat().flatMap((issue) => (issue as Strict).known ?? []))]
  const nowhere = unknown.filter((key) => !known.includes(key))
  if (nowhere.length > 0) return nowhere.map((key) => unknownField(path, key, known))
  return [{ path, message: `${quoted(path)} is not whole; fill in what is missing.`, missing: true, malformed: false, code: 'missing' }]
}

const MISFIT = 100
const MISFITS = new Set<string>(['unrecognized_keys', 'invalid_type', 'invalid_union'])
const cost = (issues: Raw[]): number =>
  issues.reduce((sum, { code, path }) => sum + (path.length <= 1 && MISFITS.has(code) ? MISFIT : 1), 0)

function at(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<PropertyKey, unknown>)[key]
  }
  return value
}
