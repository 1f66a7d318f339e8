/*
 * What the clocks of a zone show, asked of Intl alone: instants to compare ours with, reckoned without model/zone.ts and without Temporal.
 */

const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  const fields = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' } as const
  let format = formats.get(zone)
  if (!format) formats.set(zone, (format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, hourCycle: 'h23', ...fields })))
  return format
}

/** What a calendar and a clock on the wall show, as if it were UTC: ms. */
export function wall(ms: number, zone: string): number {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const { year, month, day, hour, minute, second } = parts as Record<string, number>
  return Date.UTC(year!, month! - 1, day, hour, minute, second) + (((ms % 1000) + 1000) % 1000)
}

/** How far the clocks are ahead of UTC, in ms. */
const ahead = (ms: number, zone: string): number => wall(ms, zone) - ms

const MINUTE = 60_000
const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/**
 * The instant at which the clocks show it: the first when they do so twice; when they skip it, as much later as the skip is long.
 * @param shown as `wall` tells it, or `2027-03-28T02:30`
 */
export function instantAt(shown: number | string, zone: string): number {
  const target = typeof shown === 'string' ? Date.parse(`${shown}${shown.includes('T') ? '' : 'T00:00'}Z`) : shown
  // No clock is further from UTC than that; all differ by quarters of an hour.
  for (let offset = 15 * HOUR; offset >= -15 * HOUR; offset -= 15 * MINUTE) {
    if (wall(target - offset, zone) === target) return target - offset
  }
  // Read by the clocks as they were the day before: so much past the change.
  return target - ahead(target - DAY, zone)
}

export interface ClockChange {
  /** ms: the first instant of the new time. */
  at: number
  /** By how much the clocks go forward; negative: back. */
  by: number
}

/** The next change of a zone's clocks after an instant, forward or back; undefined in a zone that has none in two years. */
export function nextClockChange(after: number, zone: string, way: 'forward' | 'back'): ClockChange | undefined {
  for (let day = after; day < after + 800 * DAY; day += DAY) {
    const by = ahead(day + DAY, zone) - ahead(day, zone)
    if (by === 0 || by > 0 !== (way === 'forward')) continue
    let [before, since] = [day, day + DAY]
    while (since - before > 1) {
      const middle = Math.floor((before + since) / 2)
      if (ahead(middle, zone) === ahead(before, zone)) before = middle
      else since = middle
    }
    return { at: since, by }
  }
  return undefined
}

/** `2027-03-28T02:30` of a wall. */
export const text = (shown: number): string => new Date(shown).toISOString().slice(0, 16)
