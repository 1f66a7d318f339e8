import { z } from 'zod'
import { AUDIENCE, audienceAction, SET } from '../audience.js'
import type { Explain, Http } from '../outbound/http.js'
import { SendError, type SendCall, type SendResult, type Vendor, type VendorAction } from '../vendor.js'
import { fields, userOf, type User } from './user.js'

const API = 'https://api.linkedin.com/rest/dmpSegments'
/** Each version is good for at least a year; this one is of July 2026 (learn.microsoft.com/en-us/linkedin/marketing/versioning). */
const VERSION = '202607'
/** Most people of one request. */
const MOST = 5_000
/** It says of each what became of it, in a few words. */
const ANSWER_BYTES = 2_000_000

const config = z.strictObject({
  accountId: z
    .string()
    .regex(/^\d{1,20}$/, { error: 'Give the number of the ad account.' })
    .meta({ title: 'Ad account', description: 'Its number.' }),
})
const secrets = z.strictObject({
  accessToken: z
    .string()
    .min(1, 'Give the access token.')
    .max(2500)
    .meta({ title: 'Access token', description: 'With rw_dmp_segments. LinkedIn ends it after 60 days; replace it before.' }),
})
type Config = z.output<typeof config>
type Secrets = z.output<typeof secrets>

/**
 * Matched audiences of LinkedIn. People: learn.microsoft.com/en-us/linkedin/marketing/matched-audiences/create-and-manage-segment-users; audiences:
 * …/create-and-manage-segments; errors: …/linkedin/shared/api-guide/concepts/error-handling.
 */
export function linkedin(http: Http): Vendor<Config, Secrets> {
  const action = (title: string, verb: 'ADD' | 'REMOVE'): VendorAction<Config, Secrets> =>
    audienceAction({
      title,
      fields,
      most: MOST,
      row: ({ fields: given }) => userOf(given),
      post: (call, users) => change(http, verb, call, users),
    })
  return {
    type: 'linkedin',
    title: 'LinkedIn matched audiences',
    docs: 'https://learn.microsoft.com/en-us/linkedin/marketing/matched-audiences/create-and-manage-segment-users',
    config,
    secrets,
    ...SET,
    actions: {
      add_to_audience: action('Add to matched audience', 'ADD'),
      remove_from_audience: action('Remove from matched audience', 'REMOVE'),
    },
    test: async (call) => {
      const query = new URLSearchParams({ q: 'account', account: `urn:li:sponsoredAccount:${call.config.accountId}`, count: '1' })
      await http(call, { method: 'GET', url: `${API}?${query.toString()}`, headers: headersOf(call.secrets) }, explain)
    },
  }
}

type Outcome = SendResult | SendError

async function change(http: Http, action: 'ADD' | 'REMOVE', call: SendCall<Config, Secrets>, users: readonly User[]): Promise<Outcome[]> {
  const { json } = await http(
    call,
    {
      url: `${API}/${call.fields[AUDIENCE]!}/users`,
      headers: { ...headersOf(call.secrets), 'x-restli-method': 'BATCH_CREATE' },
      json: { elements: users.map((user) => ({ action, ...user })) },
      answerBytes: ANSWER_BYTES,
    },
    explain,
  )
  const { elements } = (json ?? {}) as { elements?: unknown[] }
  return users.map((_, index) => outcomeOf(elements?.[index]))
}

/** What is said of one: `{status, error?: {message}, message?}`. */
function outcomeOf(element: unknown): Outcome {
  const { status, error, message } = (element ?? {}) as { status?: number; error?: { message?: string }; message?: string }
  if (status === undefined) return new SendError('ambiguous', 'invalid_answer', 'LinkedIn did not say what became of this one.')
  if (status < 300) return { answer: element }
  const said = `LinkedIn did not take it (${status})${(error?.message ?? message) ? `: ${(error?.message ?? message)!.slice(0, 300)}` : ''}`
  if (status === 429 || status >= 500)
    return new SendError('retry', status === 429 ? 'rate_limited' : `http_${status}`, said, { answer: element })
  return new SendError('permanent', status === 400 || status === 422 ? 'bad_recipient' : `linkedin_${status}`, said, { answer: element })
}

const headersOf = ({ accessToken }: Secrets): Record<string, string> => ({
  authorization: `Bearer ${accessToken}`,
  'linkedin-version': VERSION,
  'x-restli-protocol-version': '2.0.0',
})

/** `{status, code, serviceErrorCode, message}`. */
const explain: Explain = ({ status, json }) => {
  if (status < 300) return undefined
  const { code, serviceErrorCode, message } = (json ?? {}) as { code?: string; serviceErrorCode?: number; message?: string }
  const said = { message }
  if (status === 401 || status === 403 || status === 429 || status >= 500) return said
  // The version of our requests has come to its end.
  if (status === 426) return { ...said, code: 'linkedin_version' }
  const word = code ?? serviceErrorCode
  return word === undefined ? said : { ...said, code: `linkedin_${word}` }
}
