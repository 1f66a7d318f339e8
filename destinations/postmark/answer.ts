import type { Explain, Refusal } from '../outbound/http.js'
import { SendError, type SendResult } from '../vendor.js'

/** What Postmark says of one email, taken or not. */
interface Said {
  ErrorCode?: number
  Message?: string
  MessageID?: string
}

/** A taken email, as the ledger has it. */
export function resultOf(json: unknown): SendResult {
  const { MessageID } = (json ?? {}) as Said
  return { ...(MessageID !== undefined && { vendorId: MessageID }), answer: json }
}

/** `{ErrorCode, Message}`, also with status 200; of a batch, a list of them that is read one by one. */
export const explain: Explain = ({ status, json }) => {
  // Postmark says that such an email is lost in most cases; so not in all.
  if (status === 500) return { kind: 'ambiguous', code: 'postmark_internal_error' }
  return refusalOf((json ?? {}) as Said, status)
}

/** What became of one email of a batch. */
export function outcomeOf(said: unknown): SendResult | SendError {
  const refusal = refusalOf((said ?? {}) as Said, 200)
  if (!refusal) return resultOf(said)
  const { kind = 'permanent', code = 'postmark_error', message = '' } = refusal
  return new SendError(kind, code, `api.postmarkapp.com did not take it: ${message.slice(0, 300)}`, { answer: said })
}

function refusalOf({ ErrorCode, Message }: Said, status: number): Refusal | undefined {
  if (!ErrorCode) return undefined
  const said = { message: Message }
  // A bad token: the status says so.
  if (ErrorCode === 10 && status !== 200) return said
  if (ErrorCode === 406) return { ...said, code: 'suppressed' }
  if (ErrorCode === 429) return { ...said, kind: 'retry', code: 'rate_limited' }
  // Down for maintenance.
  if (ErrorCode === 100) return { ...said, kind: 'retry', code: 'postmark_100' }
  // An invalid request: its sentence names the field.
  if (ErrorCode === 300 && /'To'/.test(Message ?? '')) return { ...said, code: 'bad_recipient' }
  return { ...said, code: `postmark_${ErrorCode}` }
}
