import { z } from 'zod'
import type { Explain } from '../outbound/http.js'

export const API = 'https://api.hubapi.com'

export const config = z.strictObject({
  idProperty: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,99}$/, { error: 'Give the internal name of a property, such as email or customer_id.' })
    .default('email')
    .meta({
      title: 'Unique property',
      description:
        'By which contacts are found: email, or a unique property of your own, which HubSpot asks for where only some properties are sent.',
    }),
})
export const secrets = z.strictObject({
  token: z.string().min(1, 'Give the access token.').max(300).meta({
    title: 'Access token',
    description: 'Of a private app with crm.objects.contacts.write; for events also analytics.behavioral_events.send.',
  }),
})
export type Config = z.output<typeof config>
export type Secrets = z.output<typeof secrets>

export const headersOf = ({ token }: Secrets): Record<string, string> => ({ authorization: `Bearer ${token}` })

/** What HubSpot says is wrong: with the request, or with one of a batch. */
export interface HubSpotError {
  category?: string
  message?: string
  context?: { objectWriteTraceId?: string[] }
}

/** A lock is held for two seconds. */
const LOCK_MS = 2000

/** `{status, category, message, correlationId}`; of a rate `{errorType: RATE_LIMIT, policyName}`. Each of it may be left out. */
export const explain: Explain = ({ status, headers, json }) => {
  if (status < 300) return undefined
  const { category, message, policyName } = (json ?? {}) as HubSpotError & { policyName?: string }
  const said = { message }
  if (status === 429) {
    // That of a day says nothing of when it ends.
    const window = policyName === 'DAILY' ? NaN : Number(headers['x-hubspot-ratelimit-interval-milliseconds'])
    return headers['retry-after'] === undefined && window > 0 ? { ...said, retryAfterMs: window } : said
  }
  if (status === 423) return { ...said, kind: 'retry', code: 'hubspot_locked', retryAfterMs: LOCK_MS }
  // The account is being moved; Retry-After has the seconds.
  if (status === 477) return { ...said, kind: 'retry', code: 'hubspot_migrating' }
  if (status === 403 && category === 'MISSING_SCOPES') return { ...said, code: 'hubspot_missing_scopes' }
  if (category === undefined || status === 401 || status > 499) return said
  return { ...said, code: codeOf({ category }) }
}

export const codeOf = ({ category = 'refused' }: HubSpotError): string => `hubspot_${category.toLowerCase()}`
