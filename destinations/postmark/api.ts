import { z } from 'zod'
import { sender } from '../email.js'
import type { SendCall } from '../vendor.js'
import { webhookPassword } from './feedback.js'

/** Where all requests go. */
export const API = 'https://api.postmarkapp.com'

/** Its settings. */
export const config = z.strictObject({
  from: sender('At a domain or of a signature that is confirmed at Postmark'),
  messageStream: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,100}$/, { error: 'Give the id of a message stream, such as outbound.' })
    .default('outbound')
    .meta({ title: 'Message stream', description: 'Its id: outbound for transactional email, broadcast or another for the rest.' }),
})
/** Its secrets. */
export const secrets = z.strictObject({
  serverToken: z.string().min(1, 'Give the server API token.').max(200).meta({ title: 'Server API token' }),
  webhookPassword,
})
export type Config = z.output<typeof config>
export type Secrets = z.output<typeof secrets>
export type Call = SendCall<Config, Secrets>

/** Who asks. */
export const headersOf = ({ secrets: { serverToken } }: Pick<Call, 'secrets'>): Record<string, string> => ({
  'x-postmark-server-token': serverToken,
})
