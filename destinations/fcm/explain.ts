import type { Explain } from '../outbound/http.js'

interface GoogleError {
  error?: {
    status?: string
    message?: string
    details?: { '@type'?: string; errorCode?: string; fieldViolations?: { field?: string }[] }[]
  }
}

/** When the minute's quota is used up and nothing else is said: a minute, as the documentation asks. */
const QUOTA_PAUSE_MS = 60_000

/** `{error: {code, message, status, details: [{errorCode}]}}`. */
export const explain: Explain = ({ status, headers, json }) => {
  if (status < 300) return undefined
  const { error } = (json ?? {}) as GoogleError
  const details = Array.isArray(error?.details) ? error.details : []
  const message = error?.message
  const said = { message }
  const code = details.find(({ errorCode }) => errorCode !== undefined)?.errorCode
  if (code === 'UNREGISTERED') return { ...said, code: 'token_gone' }
  // The token is of another project, which says nothing of our credentials.
  if (code === 'SENDER_ID_MISMATCH') return { ...said, code: 'fcm_SENDER_ID_MISMATCH' }
  if (status === 429) return { ...said, ...(headers['retry-after'] === undefined && { retryAfterMs: QUOTA_PAUSE_MS }) }
  if (status >= 500 || status === 401 || status === 403) return said
  const ofToken = details.some(({ fieldViolations }) => fieldViolations?.some(({ field }) => field === 'message.token'))
  if (ofToken || (status === 400 && /registration token/i.test(message ?? ''))) return { ...said, code: 'bad_recipient' }
  const word = code ?? error?.status
  return word === undefined ? said : { ...said, code: `fcm_${word}` }
}
