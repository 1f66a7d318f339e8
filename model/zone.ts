import { Temporal } from 'temporal-polyfill'
import { DAYS, type Day } from './choices.js'
import { parseDuration } from './duration.js'

/*
 * Zone arithmetic. Local times that a clock change skips move forward by the gap, those that it repeats take the first:
 * `compatible` disambiguation of the Temporal proposal, RFC 5545 section 3.3.5.
 */

const known = new Map<string, boolean>()

/** Whether a name is a time zone of the IANA database (or `UTC`). Offsets such as `+02:00` are not. */
export function isZone(name: unknown): name is string {
  if (typeof name !== 'string' || !/^[A-Za-z]/.test(name) || name.length > 64) return false
  let answer = known.get(name)
  if (answer === undefined) {
    try {
      Temporal.Now.zonedDateTimeISO(name)
      answer = true
    } catch {
      answer = false
    }
    if (known.size < 2000) known.set(name, answer)
  }
  return answer
}

/**
 * The time zone in force: the tile's; else the customer's `timezone` trait; else the settings'; else UTC. A tile's `customer` is
 * the customer's trait too. A trait that names no zone is passed by.
 */
export function resolveZone(tile: string | undefined, traits: Record<string, unknown>, settings: string | undefined): string {
  const candidates = [tile === 'customer' ? undefined : tile, Object.hasOwn(traits, 'timezone') ? traits.timezone : undefined, settings]
  return candidates.find(isZone) ?? 'UTC'
}

const zoned = (ms: number, zone: string): Temporal.ZonedDateTime => Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(zone)

/** An instant (ms) plus a duration: years to days follow the zone's calendar, hours and less are exact and come after. */
export function addDuration(ms: number, duration: string, zone: string): number {
  const d = parseDuration(duration)
  const calendar = { years: d.sign * d.years, months: d.sign * d.months, weeks: d.sign * d.weeks, days: d.sign * d.days }
  const moves = d.years || d.months || d.weeks || d.days
  const moved = moves ? zoned(ms, zone).add(calendar).epochMilliseconds : ms
  return moved + d.sign * d.exactMs
}

/** The next instant (ms), at or after `ms`, when the clocks in `zone` show `time` (`09:00`) on one of `days` (all when absent). */
export function nextTime(ms: number, time: string, days: readonly Day[] | undefined, zone: string): number {
  const from = zoned(ms, zone)
  const at = Temporal.PlainTime.from(time)
  // Eight days: today's time may be past, and the same weekday comes again after seven.
  for (let ahead = 0; ahead <= 8; ahead++) {
    const date = from.toPlainDate().add({ days: ahead })
    if (days && !days.includes(DAYS[date.dayOfWeek - 1]!)) continue
    const due = date.toZonedDateTime({ timeZone: zone, plainTime: at }).epochMilliseconds
    if (due >= ms) return due
  }
  throw new RangeError('No day is named.')
}

/**
 * A date or date-time as an instant (ms). With an offset or `Z` it is exact; without it is local to `zone`; a date alone is at
 * `time` (00:00 unless told).
 * @throws RangeError when it is no ISO 8601 date
 */
export function localToInstant(text: string, zone: string, time = '00:00'): number {
  if (/[Tt ].*([Zz]|[+-]\d\d(:?\d\d)?)$/.test(text)) return Temporal.Instant.from(text).epochMilliseconds
  if (!/[Tt ]/.test(text)) {
    return Temporal.PlainDate.from(text).toZonedDateTime({ timeZone: zone, plainTime: Temporal.PlainTime.from(time) }).epochMilliseconds
  }
  return Temporal.PlainDateTime.from(text).toZonedDateTime(zone).epochMilliseconds
}

/** What a trait or a property may hold to be an instant: an ISO 8601 date, with or without a time of day. */
const DATE = /^\d{4}-\d\d-\d\d([Tt ]\d|$)/

/** An ISO 8601 date or date-time of a profile or an event as an instant (ms), as localToInstant reads it; undefined of anything else. */
export function readInstant(value: unknown, zone: string): number | undefined {
  if (typeof value !== 'string' || !DATE.test(value)) return undefined
  try {
    return localToInstant(value, zone)
  } catch {
    return undefined
  }
}

/** The instant (ms) on the same local day when the clocks show `time`. */
export function atTimeOfDay(ms: number, time: string, zone: string): number {
  return zoned(ms, zone)
    .toPlainDate()
    .toZonedDateTime({ timeZone: zone, plainTime: Temporal.PlainTime.from(time) }).epochMilliseconds
}

/** What the clocks in `zone` show: the day, and minutes since midnight. */
export function localClock(ms: number, zone: string): { day: Day; minutes: number } {
  const local = zoned(ms, zone)
  return { day: DAYS[local.dayOfWeek - 1]!, minutes: local.hour * 60 + local.minute }
}
