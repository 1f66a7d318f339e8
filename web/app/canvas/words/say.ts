/** Names of what tiles refer to by id; those that are not known (yet) are told by their ids. */
export interface Names {
  destinations?: ReadonlyMap<string, string>
  audiences?: ReadonlyMap<string, string>
  orchestrations?: ReadonlyMap<string, string>
  tiles?: ReadonlyMap<string, string>
}

/** What words are made with: the sentences (namespace `canvas`), how numbers and dates are written, and names. */
export interface Say {
  t: (key: string, values?: Record<string, unknown>) => string
  /** A BCP 47 tag such as `en`. */
  locale: string
  names: Names
}

export const text = (value: unknown): string | undefined => (typeof value === 'string' && value.trim() !== '' ? value : undefined)
export const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
export const records = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.map(record) : [])

/** `lifetime_value` and `lifetimeValue` as people say it: lifetime value. Paths keep their dots. */
export const spoken = (name: string): string =>
  name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[_\s]+/g, ' ')
    .trim()
    .toLowerCase()

/** A value of JSON as it is read: texts as they are, lists with commas. */
export function valueWords(value: unknown, { locale, t }: Say): string {
  if (typeof value === 'number') return value.toLocaleString(locale)
  if (typeof value === 'string') return value === '' ? t('canvas:value.empty') : dateWords(value, locale)
  if (typeof value === 'boolean') return t(value ? 'canvas:value.true' : 'canvas:value.false')
  if (value === null || value === undefined) return t('canvas:value.nothing')
  if (Array.isArray(value)) return value.map((item) => (typeof item === 'object' ? '…' : String(item))).join(', ')
  return '{…}'
}

/** `2026-12-24T09:00` as Dec 24, 2026, 09:00; any other text as it is. */
export function dateWords(value: string, locale: string): string {
  const match = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/.exec(value)
  if (!match) return value
  const [, day, time, offset] = match
  const date = new Date(`${day}T00:00:00Z`)
  if (Number.isNaN(date.getTime())) return value
  const shown = date.toLocaleDateString(locale, { dateStyle: 'medium', timeZone: 'UTC' })
  return [shown, time, offset === 'Z' ? 'UTC' : offset].filter(Boolean).join(time && !offset ? ', ' : ' ')
}

/** One, two or three things: `a, b or c`. */
export const either = (things: readonly string[], { locale }: Say): string =>
  new Intl.ListFormat(locale, { type: 'disjunction' }).format(things)
export const both = (things: readonly string[], { locale }: Say): string =>
  new Intl.ListFormat(locale, { type: 'conjunction' }).format(things)
