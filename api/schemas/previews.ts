import { z } from 'zod'
import { CHANNELS } from '../../model/channels.js'
import { TEMPLATE_KINDS } from '../../model/templates.js'
import { METHODS } from '../../tiles/choices.js'
import { linkTagsSchema } from '../../tiles/fields.js'
import { customerId, json } from './common.js'
import { contentSchema } from './templates.js'

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
    template: z.strictObject({ id: z.string().max(64), version: z.int().min(1).optional() }).optional(),
    linkTags: linkTagsSchema.or(z.literal('none')).optional(),
    tile: z.strictObject({ id: z.string().max(64), name: z.string().max(200).optional() }).optional(),
    orchestrationId: z.string().max(64).optional(),
    ...about,
  }),
  z.strictObject({
    type: z.literal('template'),
    kind: z.enum(TEMPLATE_KINDS),
    channel: z.enum(CHANNELS).nullable().optional(),
    name: z.string().max(200).optional().meta({ description: 'Of a partial: its own' }),
    content: contentSchema,
    locale: z.string().max(64).optional().meta({ description: "In place of the customer's language" }),
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
  line: z.int().optional().meta({ description: 'Of a template: where in its text, from 1' }),
  ranges: z
    .array(z.tuple([z.int(), z.int()]))
    .optional()
    .meta({ description: 'Where in the text at `path`, in characters' }),
  warning: z.boolean().optional().meta({ description: 'It can be published all the same' }),
})

export const previewed = z
  .object({
    customer: z.object({ id: z.string(), known: z.boolean() }),
    rendered: z
      .record(z.string(), z.string())
      .meta({ description: 'Fields of an action; `url`, `body` and `headers.<name>` of a webhook. Secrets are shown as ••••' }),
    problems: z.array(problem),
    locale: z.string().optional().meta({ description: 'The language of a message that is made from a template' }),
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
