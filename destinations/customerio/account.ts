import { z } from 'zod'
import { line } from '../fields.js'
import type { Explain } from '../outbound/http.js'
import { SendError, type SendCall } from '../vendor.js'

/* What all actions share: the account, its two APIs, and whom a call is about. */

export const TRACK = { us: 'https://track.customer.io', eu: 'https://track-eu.customer.io' }
export const APP = { us: 'https://api.customer.io', eu: 'https://api-eu.customer.io' }

export const config = z.strictObject({
  region: z.enum(['us', 'eu']).default('us').meta({ title: 'Region', description: 'Where the account is: Settings, Privacy.' }),
})
const key = z.string().max(200)
export const secrets = z.strictObject({
  siteId: key.min(1, 'Give the site ID.').meta({ title: 'Site ID' }),
  trackKey: key.min(1, 'Give the key of the Track API.').meta({ title: 'Track API key' }),
  appKey: key.optional().meta({ title: 'App API key', description: 'Only for transactional email.' }),
})
export type Config = z.output<typeof config>
export type Secrets = z.output<typeof secrets>

/** Who it is, in every action. */
export const person = {
  userId: line.max(150).optional().meta({ title: 'ID', description: "The person's; the customer's ID unless told." }),
  email: line.max(320).optional().meta({ title: 'Email', description: 'Instead of the ID, where people are known by it.' }),
}

export const identifiersOf = ({ fields, customerId }: SendCall): { id: string } | { email: string } =>
  fields.email ? { email: fields.email } : { id: fields.userId || customerId }

export const trackAuth = ({ siteId, trackKey }: Secrets): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${siteId}:${trackKey}`).toString('base64')}`,
})

/** @throws SendError without an App API key */
export function appAuth({ appKey }: Secrets): Record<string, string> {
  if (!appKey) throw new SendError('permanent', 'bad_credentials', 'Give the App API key in the destination: transactional email needs it.')
  return { authorization: `Bearer ${appKey}` }
}

/** `{meta: {error}}` or `{meta: {errors}}`, or `{errors: [{reason, field, message}]}`. */
export const explain: Explain = ({ status, json }) => {
  if (status < 300) return undefined
  const { meta, errors } = (json ?? {}) as { meta?: { error?: string; errors?: string[] }; errors?: TrackError[] }
  const message = meta?.error ?? meta?.errors?.join('; ') ?? (errors && wordsOf(errors))
  const said = message ? { message } : {}
  return [400, 404, 413, 422].includes(status) ? { ...said, code: 'customerio_refused' } : said
}

/** What is wrong with one of a batch. */
export interface TrackError {
  batch_index?: number
  reason?: string
  field?: string
  message?: string
}

export const wordsOf = (errors: readonly TrackError[]): string =>
  errors.map(({ field, message, reason }) => [field, message ?? reason].filter(Boolean).join(' ')).join('; ')
