import type { Explain } from '../outbound/http.js'

/** AWS's names for a key, secret or signature that is none. */
const CREDENTIALS =
  /^(UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch|IncompleteSignature|MissingAuthenticationToken|ExpiredToken|InvalidAccessKeyId)/
const SLOWER = /^(TooManyRequests|Throttling|LimitExceeded)/
/** How SES calls an address that is none. The sender's was checked when the destination was made. */
const NO_ADDRESS = /^(Illegal address|Missing final '@domain'|Domain (contains|ends|starts)|Local address|Invalid email address)/

/** The type is in a header, perhaps with a namespace around it; `{message}` is the body. */
export const explain: Explain = ({ status, headers, json }) => {
  if (status < 300) return undefined
  const body = (json ?? {}) as { message?: string; Message?: string; __type?: string }
  const text = body.message ?? body.Message
  const said = text === undefined ? {} : { message: text }
  const type = (headers['x-amzn-errortype'] ?? body.__type ?? '').replace(/:.*$/, '').replace(/^.*#/, '')
  if (CREDENTIALS.test(type)) return { ...said, code: 'bad_credentials' }
  if (SLOWER.test(type) && /Daily message quota/i.test(text ?? '')) return { ...said, kind: 'permanent', code: 'ses_daily_quota' }
  if (SLOWER.test(type)) return { ...said, kind: 'retry', code: 'rate_limited' }
  if (status === 400 && NO_ADDRESS.test(text ?? '')) return { ...said, code: 'bad_recipient' }
  return type === '' || status >= 500 ? said : { ...said, code: `ses_${snake(type)}` }
}

const snake = (type: string): string =>
  type
    .replace(/Exception$/, '')
    .replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_')
    .toLowerCase()
