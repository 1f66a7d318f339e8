import { z } from 'zod'
import { conditionSchema } from '../../model/condition.js'
import { MAX_TRIGGERS } from '../choices.js'
import { defineTile } from '../define.js'

const trigger = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('audience'), audienceId: z.string().min(1), includeExisting: z.boolean().default(false) }),
  z.strictObject({
    type: z.literal('event'),
    event: z.string().min(1).max(200),
    where: conditionSchema.optional(),
    key: z
      .string()
      .regex(/^properties\.\S{1,190}$/, { error: 'Name a property of the event, such as properties.order_id.' })
      .optional(),
  }),
  z.strictObject({ type: z.literal('manual') }),
])
export type Trigger = z.output<typeof trigger>

const config = z.strictObject({ triggers: z.array(trigger).min(1, 'Give at least one trigger.').max(MAX_TRIGGERS) })
export type EntryConfig = z.output<typeof config>

/** Where every member begins. */
export const entry = defineTile({ type: 'entry', title: 'Entry', config })
