import type { Explain, Refusal } from '../outbound/http.js'

interface Answer {
  id?: unknown
  errors?: unknown
}

/**
 * Errors are a text, a list of texts, a list of `{code, title}`, or an object of lists (`invalid_aliases` …); also in a 200, which then has sent nothing: its `id` is
 * empty, or the only user is among those that are not known.
 * @param user whom it is for, by external ID
 */
export const explain =
  (user?: string): Explain =>
  ({ status, json }) => {
    const { id, errors } = (json ?? {}) as Answer
    if (status >= 300) return refused(status, errors)
    if (user === undefined) return undefined
    if (unknown(errors).includes(user))
      return { kind: 'permanent', code: 'bad_recipient', message: 'There is no such user, or none with push' }
    if (id !== '') return undefined
    const message = texts(errors).join(' ')
    if (/not subscribed/i.test(message)) return { kind: 'permanent', code: 'suppressed', message }
    return { kind: 'permanent', code: 'onesignal_not_sent', ...(message && { message }) }
  }

function refused(status: number, errors: unknown): Refusal {
  const said = texts(errors)
  const message = said.length > 0 ? { message: said.join(' ') } : {}
  if (status === 401 || status === 403 || status === 429 || status >= 500) return message
  return { ...message, code: `onesignal_${codes(errors)[0] ?? status}` }
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value])

/** What errors say to people, whichever shape they have. */
function texts(errors: unknown): string[] {
  return list(errors).flatMap((each) => {
    if (typeof each === 'string') return [each]
    const { title } = (each ?? {}) as { title?: unknown }
    return typeof title === 'string' ? [title] : Object.keys((each ?? {}) as object)
  })
}

const codes = (errors: unknown): string[] =>
  list(errors).flatMap((each) => {
    const { code } = (each ?? {}) as { code?: unknown }
    return typeof code === 'string' && /^[\w-]{1,60}$/.test(code) ? [code] : []
  })

/** External IDs that are not known. */
function unknown(errors: unknown): unknown[] {
  const { invalid_aliases: aliases, invalid_external_user_ids: ids } = (errors ?? {}) as {
    invalid_aliases?: { external_id?: unknown }
    invalid_external_user_ids?: unknown
  }
  return [...list(aliases?.external_id), ...list(ids)]
}
