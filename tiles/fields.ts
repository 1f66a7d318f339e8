import { Temporal } from 'temporal-polyfill'
import { z } from 'zod'
import { durationMs, durationSchema } from '../model/duration.js'
import { DAYS } from '../model/choices.js'
import { isZone } from '../model/zone.js'
import { ON_FAILURE } from './choices.js'
import type { ProblemCode } from './problems.js'

/** Fields that several tiles share. */

/** What a refinement says when it fails, and the number that validation reports it under. */
export const failing = (problem: ProblemCode, error: string): { error: string; params: { problem: ProblemCode } } => ({
  error,
  params: { problem },
})

export const idSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, { error: "An id has 1 to 64 letters, digits, '_' and '-'." })
  // Ids are keys of objects all over, and this key is not like others.
  .refine((id) => id !== '__proto__', { error: "'__proto__' cannot be an id; give another." })

/** Ids of a branch's paths. */
export const pathIdSchema = idSchema.refine(
  (id) => id !== 'else',
  failing('TW207', "'else' is the port for what no path matches; give the path another id."),
)

const ZONE = 'an IANA time zone such as Europe/Madrid, or UTC'
export const zoneSchema = z
  .string()
  .refine(isZone, failing('TW208', `Give ${ZONE}.`))
  .meta({ examples: ['Europe/Madrid'] })

/** A tile's time zone: the customer's, or one for all. */
export const tileZoneSchema = z
  .string()
  .refine((name) => name === 'customer' || isZone(name), failing('TW208', `Give 'customer', or ${ZONE}.`))
  .meta({ examples: ['customer', 'Europe/Madrid'] })

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/
export const timeSchema = z
  .string()
  .refine((text) => TIME.test(text), failing('TW210', 'Give a time of day from 00:00 to 23:59, such as 09:00.'))
  .meta({ pattern: TIME.source })

export const daysSchema = z.array(z.enum(DAYS)).min(1, 'Name at least one day, such as mon.').max(7)

const DATE = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?$/

function isDate(text: string): boolean {
  if (!DATE.test(text)) return false
  try {
    // A day or an hour that no calendar or clock has throws.
    Temporal.PlainDateTime.from(text.replace(/Z$/, ''))
    return true
  } catch {
    return false
  }
}

/** A date or date-time; local to the time zone in force unless it carries an offset. */
export const dateSchema = z
  .string()
  .refine(isDate, failing('TW209', 'Give a date such as 2026-12-24 or 2026-12-24T09:00.'))
  .meta({ pattern: DATE.source })

/** A duration's length in ms; undefined of what is none: refinements run even when another has failed. */
function msOf(text: string): number | undefined {
  try {
    return durationMs(text)
  } catch {
    return undefined
  }
}

/** Longest pause between two tries: 30 days. */
const MAX_INTERVAL_MS = 30 * 86_400_000

/** R: how often and how fast a delivery is tried again. */
export const retrySchema = z
  .strictObject({
    maxAttempts: z.int().min(1).max(100).default(5),
    initialInterval: durationSchema.default('PT5S'),
    backoff: z.number().min(1).max(10).default(2),
    maxInterval: durationSchema.default('PT10M'),
  })
  .superRefine(({ initialInterval, maxInterval }, ctx) => {
    const [first, longest] = [msOf(initialInterval), msOf(maxInterval)]
    const issue = (field: string, message: string): void => ctx.addIssue({ code: 'custom', path: [field], message })
    if (first === undefined || longest === undefined) return
    if (first < 1) issue('initialInterval', 'Give a first interval longer than nothing, such as PT5S.')
    else if (longest < first) {
      issue(
        'maxInterval',
        `The longest interval (${maxInterval}) is shorter than the first (${initialInterval}); make it at least as long.`,
      )
    } else if (longest > MAX_INTERVAL_MS) issue('maxInterval', 'Give a longest interval of at most P30D.')
  })
  .meta({ id: 'Retry', description: 'How often and how fast a delivery is tried again' })
export type Retry = z.output<typeof retrySchema>

/** A duration of at most `max` and at least 1 ms. */
export const boundedDuration = (max: string) =>
  durationSchema.refine(
    (text) => {
      const ms = msOf(text)
      return ms === undefined || (ms > 0 && ms <= durationMs(max))
    },
    failing('TW211', `Give a duration longer than nothing and at most ${max}.`),
  )

export const onFailureSchema = z.enum(ON_FAILURE)

/** A Liquid template. */
export const templateSchema = z
  .string()
  .max(262_144, 'A template has at most 256 KB.')
  .meta({ id: 'Template', description: 'Liquid template' })

/** Parameters for the links of emails, such as utm_source, each a template. */
export const linkTagsSchema = z
  .record(
    z.string().regex(/^[A-Za-z0-9_.~-]{1,64}$/, { error: "A parameter has 1 to 64 letters, digits, '_', '-', '.' and '~'." }),
    z.string().max(500),
  )
  .refine((tags) => Object.keys(tags).length <= 20, { error: 'Give 20 parameters at the most.' })
  .meta({
    id: 'LinkTags',
    description:
      'Parameters for the http and https links of emails, by name; each a Liquid template. An empty one takes away what a wider setting gives.',
  })
export type LinkTags = z.output<typeof linkTagsSchema>
