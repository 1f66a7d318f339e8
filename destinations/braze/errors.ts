import type { Explain, Refusal } from '../outbound/http.js'

/** What Braze says is wrong with an object of a list: `{type, input_array, index}`; of a message, a word. */
export type BrazeError = string | { type?: string; input_array?: string; index?: number }

/** `{message, errors?}`: `success` without errors; `success` with errors, of which what they concern was not taken; or what is wrong. */
export const explain: Explain = ({ status, headers, json }) => {
  const { message, errors = [] } = (json ?? {}) as { message?: string; errors?: BrazeError[] }
  if (status < 300) {
    if (errors.length > 0) return { kind: 'permanent', code: 'braze_refused', message: wordsOf(errors) }
    return undefined
  }
  const said: Refusal = message === undefined ? {} : { message: [message, wordsOf(errors)].filter(Boolean).join(': ') }
  if (status === 429) return { ...said, ...resetOf(headers) }
  // A transactional email with this identifier is on its way: asked again, Braze answers with it.
  if (/external reference has been queued/i.test(message ?? '')) return { ...said, kind: 'retry', code: 'braze_queued' }
  if (/permission to access this resource/i.test(message ?? '')) return { ...said, kind: 'permanent', code: 'braze_no_permission' }
  // Documented as the answer to a key that is not known.
  if (status === 404) return { ...said, code: 'bad_credentials' }
  return status === 400 ? { ...said, code: 'braze_refused' } : said
}

export const wordsOf = (errors: readonly BrazeError[]): string =>
  errors.map((error) => (typeof error === 'string' ? error : (error.type ?? JSON.stringify(error)))).join('; ')

/** The end of the window, in seconds of Unix time, unless Retry-After says it. */
function resetOf(headers: Record<string, string>): Refusal {
  const reset = Number(headers['x-ratelimit-reset'])
  if (headers['retry-after'] !== undefined || !(reset > 0)) return {}
  return { retryAfterMs: Math.max(0, reset * 1000 - Date.now()) }
}
