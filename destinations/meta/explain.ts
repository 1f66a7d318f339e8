import type { Explain, VendorAnswer } from '../outbound/http.js'

interface GraphError {
  code?: number
  error_subcode?: number
  message?: string
  error_user_msg?: string
  is_transient?: boolean
}

/** Not now: an app, a user, a page, an account, or custom audiences were changed too often. */
const TOO_OFTEN = [4, 17, 32, 613, 80003, 80004]
/** The token: ended, or not allowed to. */
const CREDENTIALS = [10, 102, 190]
/** Unknown for now, or down: come again. */
const PASSING = [1, 2]
/** The audience was flagged (operation_status 471) and takes no change until that is settled. */
const FLAGGED = 1_713_230

/** `{error: {code, error_subcode, message, error_user_msg, is_transient}}`. */
export const explain: Explain = (answer) => {
  const { error } = (answer.json ?? {}) as { error?: GraphError }
  if (typeof error?.code !== 'number') return undefined
  const { code, error_subcode: sub } = error
  const message = error.error_user_msg ?? error.message
  const said = { message }
  if (TOO_OFTEN.includes(code)) return { ...said, kind: 'retry', code: 'rate_limited', ...pause(answer) }
  if (CREDENTIALS.includes(code) || (code >= 200 && code < 300)) return { ...said, kind: 'permanent', code: 'bad_credentials' }
  if (code === 100 && sub === FLAGGED) return { ...said, kind: 'permanent', code: 'meta_audience_flagged' }
  if (PASSING.includes(code) || error.is_transient) return { ...said, kind: 'retry', code: `meta_${code}` }
  return { ...said, kind: 'permanent', code: `meta_${code}` }
}

/** X-Business-Use-Case-Usage: `{<account>: [{estimated_time_to_regain_access: minutes}]}`. */
function pause({ headers }: VendorAnswer): { retryAfterMs?: number } {
  try {
    const usage = JSON.parse(headers['x-business-use-case-usage'] ?? '{}') as Record<string, { estimated_time_to_regain_access?: number }[]>
    const minutes = Math.max(0, ...Object.values(usage).flatMap((all) => all.map((each) => each.estimated_time_to_regain_access ?? 0)))
    return minutes > 0 ? { retryAfterMs: minutes * 60_000 } : {}
  } catch {
    return {}
  }
}
