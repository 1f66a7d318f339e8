import { z } from 'zod'

/** ISO 8601-1 duration without a sign; at least one part; fractions only of seconds. */
const ISO = /^P(?!$)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/

/** Longest duration that is accepted, 100 years: beyond some size no calendar holds the date that comes of it. */
const MAX_MS = 100 * 366 * 86_400_000

const readable = (text: string): boolean => ISO.test(text) && durationMs(text) <= MAX_MS

/** An ISO 8601 duration such as `P3D`, `PT72H` or `P1DT2H30M`. Not negative. */
export const durationSchema = z
  .string()
  .refine(readable, {
    error: 'Give an ISO 8601 duration such as P3D (three days), PT2H (two hours) or PT30M, at most P100Y.',
    params: { problem: 'TW211' },
  })
  .meta({ id: 'Duration', description: 'ISO 8601 duration, such as P3D or PT72H', format: 'duration' })

/** A duration that may be negative (`-P7D`), for offsets. */
export const offsetSchema = z
  .string()
  .refine((text) => readable(text.replace(/^[+-]/, '')), {
    error: 'Give an ISO 8601 duration such as -P7D (seven days before) or PT2H.',
    params: { problem: 'TW211' },
  })
  .meta({ description: 'ISO 8601 duration that may be negative, such as -P7D' })

/** The parts of a duration; calendar parts follow a time zone, exact parts do not. */
export interface Duration {
  sign: 1 | -1
  years: number
  months: number
  weeks: number
  days: number
  /** Hours and less. */
  exactMs: number
}

/** @throws RangeError when the text is no ISO 8601 duration */
export function parseDuration(text: string): Duration {
  const unsigned = text.replace(/^[+-]/, '')
  const match = ISO.exec(unsigned)
  if (!match) throw new RangeError(`'${text}' is no ISO 8601 duration.`)
  const part = (index: number): number => parseFloat(match[index] ?? '0')
  return {
    sign: text.startsWith('-') ? -1 : 1,
    years: part(1),
    months: part(2),
    weeks: part(3),
    days: part(4),
    exactMs: Math.round(part(6) * 3_600_000 + part(7) * 60_000 + part(8) * 1000),
  }
}

/** Whether a duration has years, months, weeks or days, which follow a time zone's calendar; hours and less are exact. */
export const hasCalendarPart = (text: string): boolean => /^P[^T]/.test(text)

/** Length in ms of a duration without calendar parts (a retry interval, a time-out); days count 24 hours, months 30 days. */
export function durationMs(text: string): number {
  const d = parseDuration(text)
  const days = d.years * 365 + d.months * 30 + d.weeks * 7 + d.days
  return d.sign * (days * 86_400_000 + d.exactMs)
}
