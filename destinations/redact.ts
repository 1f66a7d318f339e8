import { LRUCache } from 'lru-cache'
import { SendError } from './vendor.js'

/** In place of what nobody may read. */
export const HIDDEN = '••••'

/** From so many characters on, a text is no word, such as the name of an algorithm. */
const LONG = 20

/** Names of headers whose values let somebody in, wherever they come from. */
const SENSITIVE = /(^|[-_])auth(entication|orization)?([-_]|$)|cookie|token|secret|passw|credential|signature|(?<!idempotency[-_])key$/i

/** Fields of a webhook (`headers.<name>` …) without the values of sensitive headers, and without secrets that came in by another way, such as an answer that was saved. */
export function redacted(fields: Record<string, string>, secrets: readonly string[]): Record<string, string> {
  const shown = ([name, text]: [string, string]): [string, string] => {
    const header = name.startsWith('headers.') ? name.slice('headers.'.length) : ''
    return [name, SENSITIVE.test(header) ? HIDDEN : (withoutSecrets(text, secrets) as string)]
  }
  return Object.fromEntries(Object.entries(fields).map(shown))
}

/** What of a request's headers lets somebody in: the values of the sensitive ones, and of `Bearer …` or `t=…` what comes behind. */
export const lettingIn = (headers: Record<string, string>): string[] =>
  Object.entries(headers).flatMap(([name, value]) => (SENSITIVE.test(name) ? [value, ...partsOf(value)] : []))

const partsOf = (value: string): string[] =>
  value
    .split(/[ ,]+/)
    .map((part) => part.replace(/^[A-Za-z]{1,16}=(?=[^=])/, ''))
    .filter((part) => part.length >= LONG)

/** The texts that secrets are made of; of a URL also what of it somebody has to know. */
export const textsIn = (secrets: unknown): string[] =>
  typeof secrets === 'string' ? [secrets, ...knownOf(secrets)] : Object.values((secrets ?? {}) as Record<string, unknown>).flatMap(textsIn)

function knownOf(secret: string): string[] {
  if (!/^https?:/.test(secret) || !URL.canParse(secret)) return []
  const { pathname, search, searchParams } = new URL(secret)
  return [pathname + search, ...[...pathname.split('/'), ...searchParams.values()].filter((part) => part.length >= LONG)]
}

/** What a vendor's code threw, as it may be told and kept. What is no SendError is a fault of that code, and nobody knows how far it got. */
export function errorWithout(error: unknown, secrets: readonly string[]): SendError {
  const { kind, code, message, retryAfterMs, answer } = error instanceof SendError ? error : faultOf(error)
  const [said, told] = withoutSecrets([message, answer], secrets) as [string, unknown]
  return new SendError(kind, code, said, { retryAfterMs, answer: told })
}

const faultOf = (error: unknown): SendError =>
  new SendError(
    'ambiguous',
    'fault',
    `Tilework could not make sense of what came back: ${error instanceof Error ? error.message : String(error)}`,
  )

/** Texts at any depth without these secrets, as they are and as others write them. */
export function withoutSecrets(value: unknown, secrets: readonly string[]): unknown {
  // A short one may be a part of a longer one.
  const hidden = [...new Set(secrets)].filter(Boolean).sort((a, b) => b.length - a.length)
  return hidden.length === 0 ? value : without(value, hidden.map(patternOf))
}

function without(value: unknown, hidden: readonly RegExp[]): unknown {
  if (typeof value === 'string') return hidden.reduce((text, secret) => text.replace(secret, HIDDEN), value)
  if (Array.isArray(value)) return value.map((each) => without(each, hidden))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [without(name, hidden), without(each, hidden)]))
}

const patterns = new LRUCache<string, RegExp>({ max: 1_000 })

/** Finds a secret however it is written: in JSON (that may be in JSON), a URL, a form, HTML, or within something in base64, such as `user:password`. */
function patternOf(secret: string): RegExp {
  let found = patterns.get(secret)
  if (!found) {
    found = new RegExp([[...secret].map(signPattern).join(''), ...inBase64(secret).map(literal)].join('|'), 'gi')
    patterns.set(secret, found)
  }
  return found
}

/** A sign as JSON, URLs, forms and HTML write it. */
function signPattern(sign: string): string {
  if (/[A-Za-z0-9_-]/.test(sign)) return sign
  const code = sign.codePointAt(0)!
  const hex = code.toString(16)
  const url = [...Buffer.from(sign)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
  const ways = [`\\\\*${literal(sign)}`, `\\\\+u${hex.padStart(4, '0')}`, url, `&#${code};`, `&#x${hex};`, ...(OTHERWISE[sign] ?? [])]
  return `(?:${ways.join('|')})`
}

const OTHERWISE: Record<string, string[]> = {
  '&': ['&amp;'],
  '<': ['&lt;'],
  '>': ['&gt;'],
  '"': ['&quot;'],
  ' ': ['\\+'],
  '\n': ['\\\\+n'],
  '\r': ['\\\\+r'],
  '\t': ['\\\\+t'],
  '\\': ['\\\\+'],
}

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

/** Shortest secret, in bytes, that is looked for in base64: what is left of a shorter one may stand there by chance. */
const SHORTEST = 6

/** The part of base64 that a text alone determines, by how many bytes modulo 3 come before it. */
function inBase64(text: string): string[] {
  const bytes = Buffer.from(text)
  if (bytes.length < SHORTEST) return []
  return [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes])
    const [from, to] = [Math.ceil((before * 8) / 6), Math.floor((whole.length * 8) / 6)]
    return [whole.toString('base64').slice(from, to), whole.toString('base64url').slice(from, to)]
  })
}
