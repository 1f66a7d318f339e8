import { z } from 'zod'
import { conditionSchema } from '../model/condition.js'
import { durationSchema } from '../model/duration.js'
import { MAX_CRITERIA, MAX_REASON, REENTRY_MODES } from './choices.js'
import { linkTagsSchema, zoneSchema } from './fields.js'
import { prioritySchema, quietHoursSchema } from './limits.js'

const name = z.string().min(1, 'Give a name.').max(MAX_REASON)
const criterion = z.union([
  z.strictObject({ name, when: conditionSchema }),
  z.strictObject({ name, event: z.string().min(1).max(200), where: conditionSchema.optional() }),
  z.strictObject({ name, after: durationSchema }),
])

/** Settings of an orchestration: they hold for all its tiles. */
export const settingsSchema = z.strictObject({
  timezone: zoneSchema.optional(),
  reentry: z.strictObject({ mode: z.enum(REENTRY_MODES), cooldown: durationSchema.optional() }).optional(),
  exitCriteria: z.array(criterion).max(MAX_CRITERIA).optional(),
  goal: criterion.optional(),
  quietHours: quietHoursSchema.optional(),
  /** Of messages whose tiles name none. */
  priority: prioritySchema.optional(),
  linkTags: linkTagsSchema.or(z.literal('none')).optional(),
})
export type Settings = z.output<typeof settingsSchema>
