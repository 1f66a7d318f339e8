import { Temporal } from 'temporal-polyfill'
import { z } from 'zod'
import { durationMs, durationSchema } from '../model/duration.js'
import { DAYS, isZone } from '../model/zone.js'

/** Fields that several tiles share. */

export const idSchema = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, { error: 'An id has 1 to 64 letters, digits, _ and -.' })

/** Ids of a branch's paths; `else` is the port of what matches none. */
export const pathIdSchema = idSchema.refine((id) => id !== 'else', { error: "'else' is the port for what no path matches; give another id." })

export const zoneSchema = z.string().refine(isZone, { error: 'Give an IANA time zone such as Europe/Madrid, or UTC.' })

/** A tile's time zone: the customer's, or one for all. */
export const tileZoneSchema = z
  .string()
  .refine((name) => name === 'customer' || isZone(name), { error: "Give 'customer' or an IANA time zone such as Europe/Madrid." })

export const timeSchema = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'Give a time of day such as 09:00.' })

export const daysSchema = z.array(z.enum(DAYS)).min(1, 'Name at least one day.').max(7)

function isDate(text: string): boolean {
  try {
    Temporal.PlainDateTime.from(text.replace(/[Zz]$/, ''))
    return /^[+-]?\d{4,6}-\d\d-\d\d/.test(text)
  } catch {
    return false
  }
}

/** A date or date-time; local to the time zone in force unless it carries an offset. */
export const dateSchema = z.string().refine(isDate, { error: 'Give a date such as 2026-12-24 or 2026-12-24T09:00.' })

/** R: how often and how fast a delivery is tried again. */
export const retrySchema = z.strictObject({
  maxAttempts: z.int().min(1).max(100).default(5),
  initialInterval: durationSchema.default('PT5S'),
  backoff: z.number().min(1).max(10).default(2),
  maxInterval: durationSchema.default('PT10M'),
})
export type Retry = z.output<typeof retrySchema>

/** A duration of at most `max` and at least 1 ms. */
export const boundedDuration = (max: string) =>
  durationSchema.refine((text) => durationMs(text) > 0 && durationMs(text) <= durationMs(max), { error: `Give a duration up to ${max}.` })

export const onFailureSchema = z.enum(['park', 'continue', 'exit', 'branch'])

/** A Liquid template. */
export const templateSchema = z.string().max(262_144, 'A template has at most 256 KB.')
