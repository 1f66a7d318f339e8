import { createHmac, randomInt } from 'node:crypto'
import { z } from 'zod'
import { AUDIENCE, audienceAction, SET } from '../audience.js'
import type { Http } from '../outbound/http.js'
import { SendError, type SendCall, type SendResult, type Vendor, type VendorAction } from '../vendor.js'
import { explain } from './explain.js'
import { fields, rowOf, type Row } from './row.js'

const API = 'https://graph.facebook.com/v25.0'
/** Most people of one request. */
const MOST = 10_000

const config = z.strictObject({})
const secrets = z.strictObject({
  accessToken: z
    .string()
    .min(1, 'Give the access token.')
    .max(500)
    .meta({ title: 'Access token', description: 'Of a system user, with ads_management.' }),
  appSecret: z
    .string()
    .regex(/^([0-9a-f]{32})?$/, { error: '32 hexadecimal digits.' })
    .optional()
    .meta({ title: 'App secret', description: 'Needed when the app requires proof of it (appsecret_proof).' }),
})
type Config = z.output<typeof config>
type Secrets = z.output<typeof secrets>

/**
 * Custom audiences of Meta. People: developers.facebook.com/documentation/ads-commerce/marketing-api/reference/custom-audience/users and
 * …/audiences/guides/custom-audiences; errors: …/docs/marketing-api/error-reference and …/docs/graph-api/guides/error-handling; limits:
 * …/docs/graph-api/overview/rate-limiting; proof: …/docs/graph-api/guides/secure-requests.
 */
export function meta(http: Http): Vendor<Config, Secrets> {
  const action = (title: string, method: 'POST' | 'DELETE'): VendorAction<Config, Secrets> =>
    audienceAction({
      title,
      fields,
      most: MOST,
      row: ({ fields: given }) => rowOf(given),
      post: (call, rows) => change(http, method, call, rows),
    })
  return {
    type: 'meta',
    title: 'Meta custom audiences',
    docs: 'https://developers.facebook.com/documentation/ads-commerce/marketing-api/reference/custom-audience/users',
    config,
    secrets,
    ...SET,
    actions: {
      add_to_audience: action('Add to custom audience', 'POST'),
      remove_from_audience: action('Remove from custom audience', 'DELETE'),
    },
    test: async (call) => {
      const query = new URLSearchParams({ fields: 'id', ...proofOf(call.secrets) })
      await http(call, { method: 'GET', url: `${API}/me?${query.toString()}`, headers: headersOf(call.secrets) }, explain)
    },
  }
}

type Outcome = SendResult | SendError

async function change(http: Http, method: 'POST' | 'DELETE', call: SendCall<Config, Secrets>, rows: readonly Row[]): Promise<Outcome[]> {
  const schema = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  const data = rows.map((row) => schema.map((name) => row[name] ?? ''))
  // One batch of a session of its own.
  const session = { session_id: randomInt(1, 2 ** 48 - 1), batch_seq: 1, last_batch_flag: true, estimated_num_total: rows.length }
  const { json } = await http(
    call,
    {
      method,
      url: `${API}/${call.fields[AUDIENCE]!}/users`,
      headers: headersOf(call.secrets),
      form: { payload: JSON.stringify({ schema, data }), session: JSON.stringify(session), ...proofOf(call.secrets) },
    },
    explain,
  )
  // It says how many it could not use, and not for certain which.
  const { num_received: received, num_invalid_entries: invalid } = (json ?? {}) as { num_received?: number; num_invalid_entries?: number }
  const none = invalid !== undefined && invalid > 0 && invalid === (received ?? rows.length)
  return rows.map(() =>
    none ? new SendError('permanent', 'bad_recipient', 'Meta can use none of the values.', { answer: json }) : { answer: json },
  )
}

const headersOf = ({ accessToken }: Secrets): Record<string, string> => ({ authorization: `Bearer ${accessToken}` })

/** Proof that whoever has the token has the secret of the app too. */
const proofOf = ({ accessToken, appSecret }: Secrets): { appsecret_proof?: string } =>
  appSecret ? { appsecret_proof: createHmac('sha256', appSecret).update(accessToken).digest('hex') } : {}
