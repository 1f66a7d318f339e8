import { hasCalendarPart, parseDuration } from '../duration.js'
import { addDuration, readInstant } from '../zone.js'

/** An interval of time in ms; both ends belong to it. */
export interface Window {
  from: number
  to: number
}

export const inWindow = ({ from, to }: Window, now: number): boolean => from <= now && now <= to

/**
 * When a date lies within the last, or the next, so long: from the date until so long after it, or from so long before it until
 * the date. Reckoned from the date, not back from now, so that it begins once and ends once: a month before 29, 30 and 31 March is
 * one and the same day, and a window that is reckoned from now would close and open again.
 * @returns undefined when the value is no date or the span no duration
 */
export function windowOf(op: 'withinLast' | 'withinNext', value: unknown, span: unknown, zone: string): Window | undefined {
  const at = readInstant(value, zone)
  if (at === undefined || typeof span !== 'string') return undefined
  return op === 'withinLast' ? { from: at, to: windowEnd(at, span, zone) } : { from: addDuration(at, `-${span}`, zone), to: at }
}

/** The last instant (ms) at which something that happened at `at` is within the last `within`. */
export const windowEnd = (at: number, within: string, zone: string): number => addDuration(at, within, zone)

const DAY_MS = 86_400_000

/**
 * Where the events of a window can lie: those received before `from` are out of it, those from `sure` on are in it, and each one
 * between is in it if its windowEnd has not passed. With hours and less alone nothing is between. Months clamp by up to three
 * days, and a zone that crosses the date line moves by one.
 */
export function windowBounds(now: number, within: string, zone: string): { from: number; sure: number } {
  const start = addDuration(now, `-${within}`, zone)
  const { years, months } = parseDuration(within)
  const slack = years || months ? 5 * DAY_MS : hasCalendarPart(within) ? 2 * DAY_MS : 0
  return { from: start - slack, sure: start + slack }
}
