import { z } from 'zod'
import { METHODS } from '../../tiles/choices.js'
import { customerId, json } from './common.js'

/** Whom templates are about. */
const about = {
  customer: z
    .strictObject({
      id: customerId.optional().meta({ description: 'Of a customer that there is: with its traits. Else made up' }),
      traits: json.default({}).meta({ description: "Laid over the customer's own; null removes one" }),
    })
    .prefault({}),
  entry: z.strictObject({ event: z.string().max(200).optional(), properties: json.default({}) }).optional(),
  tiles: z
    .record(z.string().max(64), json)
    .default({})
    .meta({ description: 'What tiles gave: the event that a wait got, what a webhook saved' }),
}
export type About = z.output<z.ZodObject<typeof about>>

const templates = z.record(z.string().max(200), z.string().max(1_000_000))

/** Fields of a tile, to be shown as they would be sent. */
export const previewBody = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('action'),
    destinationId: z.string().max(64).optional().meta({ description: 'Given with an action: the fields are checked by it too' }),
    action: z.string().max(100).optional(),
    fields: templates,
    orchestrationId: z.string().max(64).optional(),
    ...about,
  }),
  z.strictObject({
    type: z.literal('webhook'),
    method: z.enum(METHODS).default('POST'),
    url: z.string().max(10_000),
    headers: templates.default({}),
    body: z.string().max(1_000_000).optional(),
    orchestrationId: z.string().max(64).optional(),
    ...about,
  }),
])

const problem = z.object({
  path: z.string().meta({ description: 'JSON pointer into the body' }),
  field: z.string(),
  code: z.string(),
  message: z.string(),
})

export const previewed = z
  .object({
    customer: z.object({ id: z.string(), known: z.boolean() }),
    rendered: z
      .record(z.string(), z.string())
      .meta({ description: 'Fields of an action; `url`, `body` and `headers.<name>` of a webhook. Secrets are shown as ••••' }),
    problems: z.array(problem),
  })
  .meta({ id: 'Preview' })

export const testSendBody = z.strictObject({
  to: z
    .string()
    .trim()
    .min(1, 'Give whom it is sent to.')
    .max(1_000)
    .optional()
    .meta({ description: 'Whom it is sent to, in place of the field `to`; required where an action has one' }),
  ...about,
})

export const testSent = z
  .object({
    sent: z.boolean(),
    key: z.string().meta({ description: 'The idempotency key that it went with' }),
    vendorId: z.string().optional(),
    answer: z.unknown().optional().meta({ description: "The vendor's answer" }),
    output: json.optional().meta({ description: 'Of a webhook: what the tile would save' }),
    error: z.object({ kind: z.enum(['retry', 'permanent', 'ambiguous']), code: z.string(), message: z.string() }).optional(),
  })
  .meta({ id: 'TestSend' })
