import { text, type Say } from './say.js'

const PARTS = [
  ['years', /(\d+)Y/],
  ['months', /^[^T]*?(\d+)M/],
  ['weeks', /(\d+)W/],
  ['days', /(\d+)D/],
  ['hours', /T.*?(\d+)H/],
  ['minutes', /T.*?(\d+)M/],
  ['seconds', /T.*?(\d+(?:\.\d+)?)S/],
] as const

/** `P1DT2H` as 1 day 2 hours; what is no duration as it is. */
export function durationWords(iso: string, { t }: Say): string {
  const words = PARTS.flatMap(([part, pattern]) => {
    const count = Number(pattern.exec(iso)?.[1] ?? 0)
    return count > 0 ? [t(`canvas:duration.${part}`, { count })] : []
  })
  return /^[+-]?P/.test(iso) && words.length > 0 ? words.join(' ') : iso
}

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri']
const WEEKEND = ['sat', 'sun']
const ORDER = [...WEEKDAYS, ...WEEKEND]

/** `on a weekday`, `on Mon and Wed`; nothing for every day. */
export function daysWords(days: unknown, say: Say): string | undefined {
  if (!Array.isArray(days) || days.length === 0) return undefined
  const named = ORDER.filter((day) => days.includes(day))
  if (named.length === ORDER.length || named.length === 0) return undefined
  if (named.join() === WEEKDAYS.join()) return say.t('canvas:days.weekday')
  if (named.join() === WEEKEND.join()) return say.t('canvas:days.weekend')
  const names = named.map((day) => say.t(`canvas:days.${day}`))
  return say.t('canvas:days.on', { days: new Intl.ListFormat(say.locale, { type: 'conjunction' }).format(names) })
}

/** The zone that a tile names: `customer's time`, or the zone; nothing when it names none. */
export function zoneWords(zone: unknown, { t }: Say): string | undefined {
  const name = text(zone)
  if (name === undefined) return undefined
  return name === 'customer' ? t('canvas:zone.customer') : t('canvas:zone.named', { zone: name.replaceAll('_', ' ') })
}
