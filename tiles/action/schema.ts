import { z } from 'zod'
import { ON_AMBIGUOUS } from '../choices.js'
import { defineTile } from '../define.js'
import { linkTagsSchema, onFailureSchema, retrySchema, templateSchema } from '../fields.js'
import { prioritySchema, quietHoursSchema } from '../limits.js'

const config = z.strictObject({
  destinationId: z.string().min(1).max(64),
  action: z.string().min(1).max(64),
  fields: z.record(z.string().min(1).max(100), templateSchema),
  /** Fills the fields that the tile leaves out: by its last published version, or the one that is named. */
  template: z.strictObject({ id: z.string().min(1).max(64), version: z.int().min(1).optional() }).optional(),
  linkTags: linkTagsSchema.or(z.literal('none')).optional(),
  retry: retrySchema.optional(),
  onFailure: onFailureSchema.default('park'),
  onAmbiguous: z.enum(ON_AMBIGUOUS).default('park'),
  quietHours: quietHoursSchema.optional(),
  priority: prioritySchema.optional(),
  topic: z.string().min(1).max(64).optional().meta({ description: 'Id of the topic that the message is about.' }),
  transactional: z
    .boolean()
    .optional()
    .meta({ description: 'Whether the customer needs it whatever they subscribed to, such as a receipt.' }),
})
export type ActionConfig = z.output<typeof config>

/** Sends through a destination. */
export const action = defineTile({
  type: 'action',
  title: 'Action',
  config,
})
