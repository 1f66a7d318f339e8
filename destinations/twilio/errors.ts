import type { Explain, Refusal } from '../outbound/http.js'

/** A number that is none, or cannot be sent to: twilio.com/docs/api/errors/<code>. */
const BAD_RECIPIENT = new Set([21211, 21214, 21217, 21265, 21614, 21635, 63024])
/** Who wrote STOP. */
const UNSUBSCRIBED = 21610
/** More than the account, its sender or its queue takes now; nothing was taken. */
const SLOWER = new Set([14107, 20429, 21611, 63018])

/** `{code, message, status}` of an error; a message that was made and failed at once has `error_code` and `error_message`. */
export const explain: Explain = ({ status, json }) => {
  const { code, message, error_code, error_message } = (json ?? {}) as {
    code?: number | null
    message?: string
    error_code?: number | null
    error_message?: string | null
  }
  if (status < 300) return error_code ? refusalOf(error_code, error_message ?? undefined) : undefined
  // Twilio says of its 500: a message may have been sent, and a repeat may be a second one.
  if (status === 500) return { kind: 'ambiguous', code: 'twilio_20500', ...(message !== undefined && { message }) }
  return code ? refusalOf(code, message) : { message }
}

function refusalOf(code: number, message: string | undefined): Refusal {
  const said = { message }
  if (BAD_RECIPIENT.has(code)) return { ...said, code: 'bad_recipient' }
  if (code === UNSUBSCRIBED) return { ...said, code: 'suppressed' }
  if (SLOWER.has(code)) return { ...said, kind: 'retry', code: 'rate_limited' }
  if (code === 20003) return { ...said, code: 'bad_credentials' }
  return { ...said, code: `twilio_${code}` }
}
