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

/** An error as it may be told and kept. What is no SendError, a fault of ours, is told with its place in the code. */
export function errorWithout(error: unknown, secrets: readonly string[]): unknown {
  if (error instanceof SendError) {
    const { kind, code, retryAfterMs } = error
    const [message, answer] = withoutSecrets([error.message, error.answer], secrets) as [string, unknown]
    return new SendError(kind, code, message, { retryAfterMs, answer })
  }
  if (!(error instanceof Error)) return withoutSecrets(error, secrets)
  const shown = new Error(withoutSecrets(error.message, secrets) as string)
  shown.stack = withoutSecrets(error.stack, secrets) as string
  return shown
}

/** Texts at any depth without these secrets, as they are and as others write them. */
export function withoutSecrets(value: unknown, secrets: readonly string[]): unknown {
  const hidden = [...new Set(secrets.flatMap(written))].sort((a, b) => b.length - a.length)
  return hidden.length === 0 ? value : without(value, hidden)
}

function without(value: unknown, hidden: readonly string[]): unknown {
  if (typeof value === 'string') return hidden.reduce((text, secret) => text.replaceAll(secret, HIDDEN), value)
  if (Array.isArray(value)) return value.map((each) => without(each, hidden))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [without(name, hidden), without(each, hidden)]))
}

/** A secret as texts may have it: in JSON, a URL, a form, HTML, or within something in base64, such as `user:password`. One that is empty hides nothing. */
function written(secret: string): string[] {
  if (secret === '') return []
  const json = JSON.stringify(secret).slice(1, -1)
  const url = encodeURIComponent(secret)
  const form = new URLSearchParams([['', secret]]).toString().slice(1)
  const html = secret.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
  const named = Object.entries(NAMED).reduce((text, [sign, name]) => text.replaceAll(sign, name), secret)
  return [secret, json, json.replaceAll('/', '\\/'), url, lowerCase(url), form, lowerCase(form), html, named, ...inBase64(secret)]
}

/** `&` comes first. */
const NAMED = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

const lowerCase = (text: string): string => text.replace(/%../g, (escape) => escape.toLowerCase())

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
