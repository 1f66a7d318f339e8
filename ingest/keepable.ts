/** Deepest nesting of lists and objects that an event may have. */
const MAX_DEPTH = 100

/** Thrown by `keepable`; the message is a sentence about the event. */
export class NotKeepable extends Error {}

/**
 * A JSON value as PostgreSQL can keep it: NUL characters are left out, halves of surrogate pairs become U+FFFD, and a field
 * named `__proto__` is left out. Events come from browsers and phones that nobody can mend, so they are cleaned and not refused.
 * @throws NotKeepable for what has no near relative: a number beyond double precision, nesting beyond 100 levels
 */
export function keepable(value: unknown): unknown {
  return isKeepable(value, 0) ? value : cleaned(value, 0)
}

/** Whether nothing has to be changed. Nearly always nothing has, and a copy of everything is most of what an event would cost. */
function isKeepable(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return !ODD.test(value)
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || value === null) return true
  if (depth >= MAX_DEPTH) return false
  if (Array.isArray(value)) return value.every((item) => isKeepable(item, depth + 1))
  return Object.keys(value).every(
    (name) => name !== '__proto__' && !ODD.test(name) && isKeepable((value as Record<string, unknown>)[name], depth + 1),
  )
}

/** What may have to be changed: half of a pair is told from a pair by `cleaned`. */
const ODD = /[\0\ud800-\udfff]/

function cleaned(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return keepableText(value)
  if (typeof value === 'number' && !Number.isFinite(value)) throw new NotKeepable('It holds a number too large to keep.')
  if (typeof value !== 'object' || value === null) return value
  if (depth >= MAX_DEPTH) throw new NotKeepable(`It is nested deeper than ${MAX_DEPTH} levels; make it flatter.`)
  if (Array.isArray(value)) return value.map((item) => cleaned(item, depth + 1))
  const fields = Object.entries(value).filter(([name]) => name !== '__proto__')
  return Object.fromEntries(fields.map(([name, inner]) => [keepableText(name), cleaned(inner, depth + 1)]))
}

const keepableText = (text: string): string => text.replaceAll('\0', '').replace(/\p{Surrogate}/gu, '\uFFFD')

/** Bytes of one UTF-16 unit in JSON at the most: an escape like \\u001f. */
const UNIT = 6
/** Of a number, true, false or null with its comma: -1.2345678901234567e-300. */
const SCALAR = 26

/** More bytes than a value has as JSON. */
export function mostBytes(value: unknown): number {
  if (typeof value === 'string') return value.length * UNIT + 3
  if (typeof value !== 'object' || value === null) return SCALAR
  let bytes = 3
  if (Array.isArray(value)) for (const item of value) bytes += mostBytes(item)
  else for (const name of Object.keys(value)) bytes += name.length * UNIT + 3 + mostBytes((value as Record<string, unknown>)[name])
  return bytes
}
