import { z } from 'zod'
import { defineTile } from '../define.js'
import { boundedDuration, onFailureSchema, retrySchema, templateSchema } from '../fields.js'

const config = z.strictObject({
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  url: templateSchema.min(1, 'Give a URL.').regex(/^(https?:\/\/|\{\{)/, { error: 'Give a URL that begins with https:// or http://.' }),
  headers: z
    .record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, { error: 'This is no name of a header.' }), templateSchema)
    .default({}),
  body: templateSchema.optional(),
  secretId: z.string().min(1).max(64).optional(),
  sign: z.boolean().optional(),
  timeout: boundedDuration('PT60S').default('PT10S'),
  save: z
    .record(
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, { error: 'Give a name of letters, digits and _.' }),
      z.string().regex(/^(\/([^~/]|~[01])*)*$/, { error: 'Give a JSON pointer such as /data/reward.' }),
    )
    .optional(),
  retry: retrySchema.optional(),
  onFailure: onFailureSchema.default('park'),
})
export type WebhookConfig = z.output<typeof config>

/** Calls a URL and keeps parts of the answer. */
export const webhook = defineTile({
  type: 'webhook',
  title: 'Webhook',
  config: config.superRefine((c, ctx) => {
    if (c.sign && !c.secretId) ctx.addIssue({ code: 'custom', path: ['secretId'], message: 'To sign, name the secret to sign with.' })
  }),
  ports: ({ onFailure }) => (onFailure === 'branch' ? ['next', 'failed'] : ['next']),
})
