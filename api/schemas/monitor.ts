import { z } from 'zod'
import { isZone } from '../../model/zone.js'
import { INTERVALS } from '../../store/trend.js'
import { instant } from './common.js'

/** An instant in a query. */
export const at = z.iso
  .datetime({ offset: true, error: 'Give an instant such as 2027-01-01T00:00:00Z.' })
  .transform((text) => new Date(text))

const from = at.optional()
const to = at.optional()
interface Span {
  from?: Date | undefined
  to?: Date | undefined
}
const inOrder = ({ from, to }: Span): boolean => !from || !to || from < to
const order = { path: ['to'], error: "It is not after 'from'. Give a later instant." }

/** The number of a version, in a query. */
export const version = z.coerce.number({ error: 'Give the number of a version.' }).int().positive().max(1e9).optional()

/** Which members are counted. */
export const statsQuery = z
  .object({
    version: version.meta({ description: 'Only members that walk this version, or walked it last; tiles and edges are those of it' }),
    from: from.meta({ description: 'Only members that entered at this instant or later' }),
    to: to.meta({ description: 'Only members that entered before this instant' }),
  })
  .refine(inOrder, order)

export const trendQuery = z
  .object({
    version: version.meta({ description: 'Only what happened to members that walk this version, or walked it last' }),
    from: from.meta({ description: '30 days before `to` unless told, or when it was activated' }),
    to: to.meta({ description: 'Now unless told' }),
    interval: z
      .enum(INTERVALS)
      .optional()
      .meta({ description: 'Length of a bucket; the longest that makes 16 buckets or more unless told' }),
    timezone: z
      .string()
      .refine(isZone, 'Give an IANA time zone such as Europe/Madrid.')
      .optional()
      .meta({ description: "In which days, weeks and months begin; the orchestration's unless told, else UTC" }),
  })
  .refine(inOrder, order)

export const stats = z
  .object({
    members: z.object({ entered: z.int(), active: z.int(), held: z.int(), parked: z.int(), exited: z.int(), converted: z.int() }),
    refused: z.record(z.string(), z.int()),
    tiles: z.record(
      z.string(),
      z.object({
        entered: z.int(),
        left: z.int(),
        here: z.int(),
        failed: z.int(),
        conversionRate: z.number(),
        medianSeconds: z.number().nullable(),
      }),
    ),
    edges: z.record(z.string(), z.int()),
    asOf: instant,
  })
  .meta({ id: 'Stats' })

export const trend = z
  .object({
    from: instant,
    to: instant,
    interval: z.enum(INTERVALS),
    timezone: z.string(),
    buckets: z.array(
      z.object({
        at: instant.meta({ description: 'Its beginning' }),
        entered: z.int(),
        exited: z.record(z.string(), z.int()).meta({ description: 'Exit reason to how many' }),
        converted: z.int(),
        sent: z.int(),
        failed: z.int().meta({ description: 'Deliveries that failed for good' }),
      }),
    ),
  })
  .meta({ id: 'Trend' })
