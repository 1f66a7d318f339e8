/** Deepest nesting of lists and objects that an event may have. */
const MAX_DEPTH = 100

/** Thrown by `keepable`; the message is a sentence about the event. */
export class NotKeepable extends Error {}

/**
 * A copy of a JSON value that PostgreSQL can keep: NUL characters are left out, halves of surrogate pairs become U+FFFD, and a field
 * named `__proto__` is left out. Events come from browsers and phones that nobody can mend, so they are cleaned and not refused.
 * @throws NotKeepable for what has no near relative: a number beyond double precision, nesting beyond 100 levels
 */
export function keepable(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return keepableText(value)
  if (typeof value === 'number' && !Number.isFinite(value)) throw new NotKeepable('It holds a number too large to keep.')
  if (typeof value !== 'object' || value === null) return value
  if (depth >= MAX_DEPTH) throw new NotKeepable(`It is nested deeper than ${MAX_DEPTH} levels; make it flatter.`)
  if (Array.isArray(value)) return value.map((item) => keepable(item, depth + 1))
  const fields = Object.entries(value).filter(([name]) => name !== '__proto__')
  return Object.fromEntries(fields.map(([name, inner]) => [keepableText(name), keepable(inner, depth + 1)]))
}

const keepableText = (text: string): string => text.replaceAll('\0', '').replace(/\p{Surrogate}/gu, '\uFFFD')
