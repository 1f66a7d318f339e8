import { z } from 'zod'
import { line } from '../fields.js'
import type { SendCall } from '../vendor.js'
import { webhookToken } from './feedback.js'

/* What all actions share: the account, and whom a call is about. */

export const config = z.strictObject({
  endpoint: z
    .string()
    .regex(/^https:\/\/rest\.[a-z]{2,4}-\d{2}\.braze\.(com|eu)$/, {
      error: 'Give the REST endpoint of your instance, such as https://rest.iad-01.braze.com.',
    })
    .meta({
      title: 'REST endpoint',
      description: 'That of your instance, from Settings, APIs and identifiers: https://rest.iad-01.braze.com.',
    }),
  appId: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .meta({ title: 'App identifier', description: 'Events and purchases are recorded for this app.' }),
})
export const secrets = z.strictObject({
  apiKey: z.string().min(1, 'Give the REST API key.').max(200).meta({ title: 'REST API key' }),
  webhookToken,
})
export type Config = z.output<typeof config>
export type Secrets = z.output<typeof secrets>

export const externalId = line.max(512).optional().meta({ title: 'External ID', description: "The user's; the customer's ID unless told." })

export const userOf = ({ fields, customerId }: SendCall): string => fields.externalId || customerId

export const headersOf = ({ apiKey }: Secrets): Record<string, string> => ({ authorization: `Bearer ${apiKey}` })
