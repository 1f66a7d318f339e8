import { isZone } from '../../model/zone.js'

/* Dates and numbers as the reader's language writes them. Keywords follow behind a colon: `format_date: "long", time: "short"`. */

/** What a filter is called with: where it stands, and what the message knows of its reader. */
interface Standing {
  context: { globals: object }
}
interface Known {
  message?: { locale?: string }
  customer?: { traits?: Record<string, unknown> }
}
type Keyword = [name: string, value: unknown]

/** Keywords apart from what stands before them. */
function sorted(args: readonly unknown[]): { first: unknown; given: Record<string, string> } {
  const isKeyword = (arg: unknown): arg is Keyword => Array.isArray(arg) && arg.length === 2 && typeof arg[0] === 'string'
  const given = Object.fromEntries(args.filter(isKeyword).map(([name, value]) => [name, String(value)]))
  return { first: args.find((arg) => !isKeyword(arg)), given }
}

const localeOf = ({ context }: Standing, given: Record<string, string>): string =>
  given['locale'] ?? (context.globals as Known).message?.locale ?? 'en'

/** Formats are costly to make and few. */
const made = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat>()
function kept<T extends Intl.DateTimeFormat | Intl.NumberFormat>(key: readonly unknown[], make: () => T): T {
  const text = JSON.stringify(key)
  let found = made.get(text)
  if (!found) {
    if (made.size >= 200) made.clear()
    made.set(text, (found = make()))
  }
  return found as T
}

const STYLES = ['short', 'medium', 'long', 'full', 'none']
type Style = 'short' | 'medium' | 'long' | 'full'

/**
 * `{{ entry.properties.at | format_date }}`, `format_date: "full"`, `format_date: "long", time: "short", zone: "Europe/Madrid"`. A style is
 * short, medium (the default), long, full or none; the zone is the customer's unless told, else UTC; a day alone stays that day.
 */
export function formatDate(this: Standing, value: unknown, ...args: unknown[]): string {
  const { first, given } = sorted(args)
  const dateStyle = styleOf('a date', String(first ?? 'medium'))
  const timeStyle = styleOf('a time', given['time'] ?? 'none')
  const { at, local } = instantOf(value)
  const theirs = (this.context.globals as Known).customer?.traits?.['timezone']
  const zone = local ? 'UTC' : (given['zone'] ?? (typeof theirs === 'string' && isZone(theirs) ? theirs : 'UTC'))
  if (!isZone(zone)) throw new Error(`'${zone}' is no time zone; give one such as Europe/Madrid`)
  const locale = localeOf(this, given)
  const options = { ...(dateStyle && { dateStyle }), ...(timeStyle && { timeStyle }), timeZone: zone }
  return kept([locale, options], () => new Intl.DateTimeFormat(locale, options)).format(at)
}

function styleOf(what: string, style: string): Style | undefined {
  if (!STYLES.includes(style)) throw new Error(`'${style}' is no style of ${what}; give one of ${STYLES.join(', ')}`)
  return style === 'none' ? undefined : (style as Style)
}

/** An instant, or a day or a time of no zone: `local`, as UTC. */
function instantOf(value: unknown): { at: Date; local: boolean } {
  if (value === 'now' || value === 'today') return { at: new Date(), local: false }
  if (value instanceof Date) return { at: value, local: false }
  // Seconds, as the filter `date` has it.
  if (typeof value === 'number') return { at: dated(value * 1_000, value), local: false }
  const text = String(value).trim()
  const local = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?$/.test(text)
  return { at: dated(local && text.length > 10 ? `${text.replace(' ', 'T')}Z` : text, value), local }
}

function dated(of: string | number, value: unknown): Date {
  const at = new Date(of)
  if (Number.isNaN(at.getTime())) throw new Error(`'${String(value).slice(0, 40)}' is no date`)
  return at
}

/** `{{ 1234.5 | format_number }}`, `format_number: digits: 2`, `format_number: "percent"`. */
export function formatNumber(this: Standing, value: unknown, ...args: unknown[]): string {
  const { first, given } = sorted(args)
  const style = first === undefined ? 'decimal' : String(first)
  if (style !== 'decimal' && style !== 'percent') throw new Error(`'${style}' is no style of a number; give decimal or percent`)
  return formatted(localeOf(this, given), { style, ...digitsOf(given) }, value)
}

/** `{{ 12 | format_currency: "EUR" }}`; a sum in the unit, not in cents. */
export function formatCurrency(this: Standing, value: unknown, ...args: unknown[]): string {
  const { first, given } = sorted(args)
  const currency = String(first ?? '')
  if (!/^[A-Za-z]{3}$/.test(currency)) throw new Error(`'${currency}' is no currency; give one such as "EUR"`)
  return formatted(localeOf(this, given), { style: 'currency', currency, ...digitsOf(given) }, value)
}

function digitsOf({ digits }: Record<string, string>): Intl.NumberFormatOptions {
  if (digits === undefined) return {}
  if (!/^\d{1,2}$/.test(digits) || Number(digits) > 20) throw new Error(`'${digits}' digits cannot be; give 0 to 20`)
  return { minimumFractionDigits: Number(digits), maximumFractionDigits: Number(digits) }
}

function formatted(locale: string, options: Intl.NumberFormatOptions, value: unknown): string {
  const number = typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : NaN
  if (!Number.isFinite(number)) throw new Error(`'${String(value).slice(0, 40)}' is no number`)
  return kept([locale, options], () => new Intl.NumberFormat(locale, options)).format(number)
}
