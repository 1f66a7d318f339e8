/** Units of time, largest first, in ms. */
const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 86_400_000],
  ['month', 30 * 86_400_000],
  ['week', 7 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
]

/** An instant as seen from another: "3 min. ago", "in 2 days", "now" within a minute. */
export function ago(then: Date, now: Date, locale = 'en'): string {
  const between = then.getTime() - now.getTime()
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' })
  const found = UNITS.find(([, ms]) => Math.abs(between) >= ms)
  if (found === undefined) return format.format(0, 'second')
  return format.format(Math.trunc(between / found[1]), found[0])
}

/** An instant whole, in the zone of the viewer: "25 Nov 2026, 23:25:02 GMT+1". */
export function exactly(then: Date, locale = 'en-GB'): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'long' }).format(then)
}
