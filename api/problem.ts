import type { z } from 'zod'
import { TileworkError, type ErrorCode, type FieldError } from '../model/errors.js'
import { pointer } from '../model/pointer.js'
import { isUnreachable } from '../store/unreachable.js'

/** The one place where an error's code becomes an HTTP status. */
export const STATUS: Record<ErrorCode, { status: number; title: string }> = {
  bad_request: { status: 400, title: 'The request cannot be read' },
  unauthenticated: { status: 401, title: 'A key is needed' },
  forbidden: { status: 403, title: 'The key may not do this' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'Verb not possible here' },
  wrong_state: { status: 409, title: 'Not possible in this state' },
  conflict: { status: 409, title: 'Conflict' },
  stale: { status: 412, title: 'Changed meanwhile' },
  too_large: { status: 413, title: 'Too large' },
  unsupported_media_type: { status: 415, title: 'Content type not supported' },
  invalid: { status: 422, title: 'Not acceptable as it is' },
  rate_limited: { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Something went wrong here' },
  unavailable: { status: 503, title: 'A part of the system cannot be reached' },
}

/** Body of an error: RFC 9457 problem details. */
export interface Problem extends Record<string, unknown> {
  type: string
  title: string
  status: number
  detail: string
  code: string
  errors: FieldError[]
  requestId: string
}

/** Makes the body of an answer from any error. What is not a TileworkError is not shown to the caller. */
export function toProblem(error: unknown, requestId: string): Problem {
  const known = error instanceof TileworkError ? error : isUnreachable(error) ? NO_DATABASE : fromExpress(error)
  const { status, title } = STATUS[known.code]
  // `status` is HTTP's here: the state of the thing goes by another name.
  const { status: state, ...extra } = known.extra
  return {
    ...extra,
    ...(state !== undefined && { state }),
    type: `urn:tilework:problem:${known.code}`,
    title,
    status,
    detail: known.message,
    code: known.code,
    errors: known.errors,
    requestId,
  }
}

const NO_DATABASE = new TileworkError('unavailable', 'The database cannot be reached now. Try again in a moment.')

/** Express and its body parsers throw errors with `status` and `type`; the rest is ours to mend. */
function fromExpress(error: unknown): TileworkError {
  const { status, type, limit } = (error ?? {}) as { status?: number; type?: string; limit?: number }
  if (type === 'entity.too.large') return tooLarge(limit ?? 0)
  if (status === 415)
    return new TileworkError('unsupported_media_type', 'The Content-Encoding is not supported. Send it plain, or as gzip, deflate or br.')
  if (error instanceof URIError || type === 'request.aborted' || status === 400)
    return new TileworkError('bad_request', 'The request cannot be read: its path or its body is not encoded as it says.')
  return new TileworkError('internal', 'Something went wrong on our side. Try again; if it stays, tell the operator the request id.')
}

/** 413 with the limit in the text. */
export function tooLarge(bytes: number, what = 'body'): TileworkError {
  return new TileworkError(
    'too_large',
    `The ${what} is larger than ${sizeInWords(bytes)}, the limit of this route. Send it in parts.`,
    [],
    {
      limit: bytes,
    },
  )
}

function sizeInWords(bytes: number): string {
  if (bytes >= 1024 * 1024) return `${bytes / 1024 / 1024} MB (${bytes} bytes)`
  return bytes >= 1024 ? `${bytes / 1024} KB (${bytes} bytes)` : `${bytes} bytes`
}

/** Where a value came from: a body's paths are JSON pointers, a query's and a path's are its parameter's names. */
export type Where = 'body' | 'query' | 'path'

/** Makes one error of what zod found. */
export function fromZod(error: z.ZodError, where: Where): TileworkError {
  const found = error.issues.flatMap((issue) => fieldErrors(issue as Issue, [], where))
  // A field that is misspelt explains one that is missing.
  const errors = [...found.filter(({ code }) => code === 'unknown_field'), ...found.filter(({ code }) => code !== 'unknown_field')]
  const first = errors[0]
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
  const place = first === undefined ? '' : `${first.path === '' ? 'The body' : first.path}: `
  return new TileworkError('invalid', `${place}${first?.message ?? 'The request is not acceptable.'}${more}`, errors)
}

interface Issue {
  code: string
  path: PropertyKey[]
  message: string
  keys?: string[]
  errors?: Issue[][]
  /** `problem`: the number of a canvas' problem, where a schema of one is shared. */
  params?: { code?: string; problem?: string }
  expected?: string
}

function fieldErrors(issue: Issue, prefix: PropertyKey[], where: Where): FieldError[] {
  const path = [...prefix, ...issue.path]
  if (issue.code === 'unrecognized_keys')
    return (issue.keys ?? []).map((key) => {
      const at = placeOf([...path, key], where)
      const what =
        where === 'query' ? `There is no parameter "${key}" here.` : `There is no field "${key}" here. Remove it, or check its spelling.`
      return { path: at, code: 'unknown_field', message: what }
    })
  if (issue.code === 'invalid_union' && issue.errors !== undefined && issue.errors.length > 0) {
    // Of a union's branches, the one that came furthest is what the caller meant.
    const branches = issue.errors.filter((branch) => branch.length > 0)
    const meant = branches.sort((a, b) => depth(b) - depth(a) || a.length - b.length)[0]
    if (meant !== undefined) return meant.flatMap((inner) => fieldErrors(inner, path, where))
  }
  return [{ path: placeOf(path, where), code: issue.params?.code ?? issue.params?.problem ?? issue.code, message: inWords(issue) }]
}

/** Zod's own words for a wrong type are for programmers. */
function inWords({ code, message, expected }: Issue): string {
  const received = /^Invalid input: expected .+, received (\w+)$/.exec(message)?.[1]
  if (code !== 'invalid_type' || received === undefined || expected === undefined) return message
  const wanted = WORDS[expected] ?? expected
  return received === 'undefined' ? `It is missing; give ${wanted}.` : `Give ${wanted}, not ${WORDS[received] ?? received}.`
}

const WORDS: Record<string, string> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
}

function depth(branch: Issue[]): number {
  return Math.max(...branch.map((issue) => issue.path.length))
}

/** RFC 6901, for bodies; `?name` for queries; the name for parameters of the path. */
function placeOf(path: PropertyKey[], where: Where): string {
  if (where === 'query') return `?${path.map(String).join('.')}`
  if (where === 'path') return path.map(String).join('.')
  return pointer(path)
}
