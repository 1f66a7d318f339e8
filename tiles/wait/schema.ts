import { z } from 'zod'
import { conditionSchema } from '../../model/condition.js'
import { durationSchema, offsetSchema } from '../../model/duration.js'
import { defineTile } from '../define.js'
import { dateSchema, daysSchema, tileZoneSchema, timeSchema } from '../fields.js'

const timezone = tileZoneSchema.optional()

const config = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('duration'), duration: durationSchema, timezone }),
  z.strictObject({ kind: z.literal('time'), time: timeSchema, days: daysSchema.optional(), timezone }),
  z.strictObject({ kind: z.literal('date'), date: dateSchema, timezone }),
  z.strictObject({
    kind: z.literal('trait'),
    trait: z.string().min(1).max(200),
    offset: offsetSchema.optional(),
    time: timeSchema.optional(),
    timezone,
  }),
  z.strictObject({
    kind: z.literal('event'),
    event: z.string().min(1).max(200),
    where: conditionSchema.optional(),
    timeout: durationSchema.optional(),
    timezone,
  }),
  z.strictObject({ kind: z.literal('condition'), when: conditionSchema, timeout: durationSchema.optional(), timezone }),
])
export type WaitConfig = z.output<typeof config>

/** A member stays for a time, until an instant, or until something happens. */
export const wait = defineTile({
  type: 'wait',
  title: 'Wait',
  config,
})
