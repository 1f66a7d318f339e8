import { TileworkError } from '../model/errors.js'
import { pointer } from '../model/pointer.js'

/** Deepest nesting of arrays and objects that a body may have. */
const MAX_DEPTH = 100

/**
 * Parses a body, strictly: UTF-8, and only what PostgreSQL can keep.
 * @throws TileworkError bad_request with line and column, or invalid with the pointer of what cannot be kept
 */
export function parseJson(bytes: Uint8Array): unknown {
  const value = readJson(bytes)
  checkJson(value)
  return value
}

/**
 * Parses a body: UTF-8 and JSON, and nothing more.
 * @throws TileworkError bad_request with line and column
 */
export function readJson(bytes: Uint8Array): unknown {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new TileworkError('bad_request', 'The body is not valid UTF-8. Send JSON in UTF-8.')
  }
  try {
    return JSON.parse(text)
  } catch {
    const at = errorPosition(text)
    const lines = text.slice(0, at).split('\n')
    const where = `line ${lines.length}, column ${lines[lines.length - 1]!.length + 1} (position ${at})`
    throw new TileworkError(
      'bad_request',
      `The body is not valid JSON: ${at >= text.length ? 'it ends too early, at' : 'look at'} ${where}.`,
      [],
      {
        position: at,
      },
    )
  }
}

/**
 * Refuses what JSON can say and PostgreSQL cannot keep, or what would be dangerous as a name.
 * @throws TileworkError invalid
 */
export function checkJson(root: unknown): void {
  const todo: { value: unknown; path: string; depth: number }[] = [{ value: root, path: '', depth: 0 }]
  for (let item = todo.pop(); item !== undefined; item = todo.pop()) {
    const { value, path, depth } = item
    if (depth > MAX_DEPTH) throw refuse(path, 'too_deep', `is nested deeper than ${MAX_DEPTH} levels. Make it flatter.`)
    if (typeof value === 'string') checkText(value, path)
    else if (typeof value === 'number' && !Number.isFinite(value)) throw refuse(path, 'number_too_large', 'is a number too large to keep.')
    else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        const at = path + pointer([key])
        if (key === '__proto__') throw refuse(at, 'unknown_field', 'is not a name that a field can have.')
        checkText(key, at)
        todo.push({ value: inner, path: at, depth: depth + 1 })
      }
    }
  }
}

/** @throws TileworkError invalid when a text holds NUL or half of a surrogate pair */
export function checkText(text: string, path: string): void {
  if (text.includes('\0')) throw refuse(path.replaceAll('\0', '\\u0000'), 'nul_character', 'holds the character NUL (\\u0000). Remove it.')
  if (/\p{Surrogate}/u.test(text)) throw refuse('', 'broken_character', 'holds half of a surrogate pair. Send whole characters.')
}

function refuse(path: string, code: string, says: string): TileworkError {
  return new TileworkError('invalid', `${path === '' ? 'The body' : path} ${says}`, [{ path, code, message: `It ${says}` }])
}

const SPACE = /[ \t\n\r]*/y
const SCALAR = /"(?:[^"\\\u0000-\u001f]+|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y

/** Where a text stops being JSON: V8's own messages do not always say it. */
function errorPosition(text: string): number {
  let at = 0
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    const found = pattern.test(text)
    if (found) at = pattern.lastIndex
    return found
  }
  const next = (...wanted: string[]): string | undefined => {
    skip(SPACE)
    const char = text[at]
    if (char === undefined || !wanted.includes(char)) return undefined
    at++
    return char
  }
  const open: ('[' | '{')[] = []
  let opened = true // nothing stands before this value: no comma is due
  do {
    const inside = open[open.length - 1]
    if (inside !== undefined) {
      if (next(inside === '[' ? ']' : '}') !== undefined) {
        open.pop()
        opened = false
        continue
      }
      if (!opened && next(',') === undefined) return at
      skip(SPACE)
      if (inside === '{' && (text[at] !== '"' || !skip(SCALAR) || next(':') === undefined)) return at
    }
    const bracket = next('[', '{')
    opened = bracket !== undefined
    if (bracket !== undefined) open.push(bracket as '[' | '{')
    else if (!skip(SCALAR)) return at
  } while (open.length > 0)
  skip(SPACE)
  return at
}
