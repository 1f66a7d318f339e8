import { z } from 'zod'
import { RESERVED_HEADERS } from '../../model/headers.js'
import { METHODS } from '../choices.js'
import { defineTile } from '../define.js'
import { boundedDuration, failing, onFailureSchema, retrySchema, templateSchema } from '../fields.js'

/** A URL, or a template of one; what a template becomes is judged when it is called. */
const url = templateSchema
  .min(1, 'Give a URL.')
  .refine(
    isUrl,
    failing(
      'TW214',
      'Give a whole URL that begins with https:// or http://, such as https://example.com/hook, without a user or password.',
    ),
  )

function isUrl(text: string): boolean {
  if (/^\s*\{[{%]/.test(text)) return true
  if (!/^https?:\/\/[^/\s]/i.test(text)) return false
  if (/\{[{%]/.test(text)) return true
  // A user or a password in it would be shown wherever the tile is; those belong in a header with a secret.
  return URL.canParse(text) && !/^https?:\/\/[^/?#]*@/i.test(text)
}

const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, { error: 'This is no name of a header.' })
  .refine((name) => !RESERVED_HEADERS.has(name.toLowerCase()), { error: 'Tilework sets this header itself; remove it.' })
const savedName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, { error: "Save under a name of letters, digits and '_', such as reward." })
/** RFC 6901. */
const jsonPointer = z.string().regex(/^(\/([^~/]|~[01])*)*$/, { error: 'Give a JSON pointer into the answer, such as /data/reward.' })

const config = z.strictObject({
  method: z.enum(METHODS),
  url,
  headers: z.record(headerName, templateSchema).default({}),
  body: templateSchema.optional(),
  secretId: z.string().min(1).max(64).optional(),
  sign: z.boolean().optional(),
  timeout: boundedDuration('PT60S').default('PT10S'),
  save: z.record(savedName, jsonPointer).optional(),
  retry: retrySchema.optional(),
  onFailure: onFailureSchema.default('park'),
})
export type WebhookConfig = z.output<typeof config>

/** Calls a URL and keeps parts of the answer. */
export const webhook = defineTile({
  type: 'webhook',
  title: 'Webhook',
  config: config.refine(({ sign, secretId }) => !sign || secretId !== undefined, {
    ...failing('TW216', "To sign, name in 'secretId' the secret to sign with, or leave 'sign' out."),
    path: ['secretId'],
  }),
})
