import type { Explain } from '../outbound/http.js'

/** Our token is older than an hour, by APNs's clock. */
export const EXPIRED = 'apns_ExpiredProviderToken'

/** How long a team waits when it made tokens too often, in ms. */
const TOKENS_PAUSE_MS = 20 * 60_000

const GONE = ['Unregistered', 'ExpiredToken']
const NO_DEVICE = ['BadDeviceToken', 'DeviceTokenNotForTopic', 'MissingDeviceToken']

/** `{reason, timestamp?}`. */
export const explain: Explain = ({ status, json }) => {
  if (status < 300) return undefined
  const { reason } = (json ?? {}) as { reason?: string }
  if (reason === undefined) return status === 410 ? { code: 'token_gone' } : {}
  const said = { message: reason }
  if (GONE.includes(reason)) return { ...said, code: 'token_gone' }
  if (NO_DEVICE.includes(reason)) return { ...said, code: 'bad_recipient' }
  if (reason === 'ExpiredProviderToken') return { ...said, kind: 'retry', code: EXPIRED }
  if (reason === 'TooManyProviderTokenUpdates') return { ...said, retryAfterMs: TOKENS_PAUSE_MS }
  if (status === 403 || status === 429 || status >= 500) return said
  return { ...said, code: `apns_${reason}` }
}
