import { Temporal } from 'temporal-polyfill'

/** The reference's own reckoning with time zones, straight from the library. Instants in ms. */

export const zoned = (at: number, zone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)

/** Days by the calendar of the zone, hours and less exactly. */
export function plus(at: number, duration: string, zone: string): number {
  return zoned(at, zone).add(Temporal.Duration.from(duration)).epochMilliseconds
}

/** A date with or without a time, and with or without an offset. */
export function instantOf(text: string, zone: string): number {
  if (text.endsWith('Z')) return Date.parse(text)
  return Temporal.PlainDateTime.from(text).toZonedDateTime(zone).epochMilliseconds
}

/** The same day at this time. */
export const atTime = (at: number, time: string, zone: string): number =>
  zoned(at, zone).toPlainDate().toZonedDateTime({ timeZone: zone, plainTime: time }).epochMilliseconds

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
export const dayOf = (at: number, zone: string): string => DAYS[zoned(at, zone).dayOfWeek - 1]!
export const dayBefore = (day: string): string => DAYS.at(DAYS.indexOf(day) - 1)!
export const timeOf = (at: number, zone: string): string => zoned(at, zone).toPlainTime().toString({ smallestUnit: 'minute' })

/** The first instant from `from` on when clocks show this time on one of these days. */
export function nextTime(from: number, { time, days }: { time: string; days?: string[] }, zone: string): number {
  for (let date = zoned(from, zone).toPlainDate(); ; date = date.add({ days: 1 })) {
    const due = date.toZonedDateTime({ timeZone: zone, plainTime: time }).epochMilliseconds
    if (due >= from && (!days || days.includes(DAYS[date.dayOfWeek - 1]!))) return due
  }
}

export function isZone(name: unknown): name is string {
  try {
    return typeof name === 'string' && zoned(0, name) !== undefined
  } catch {
    return false
  }
}
