import { webcrypto } from 'node:crypto'
import { callOf, conformance, conforms } from '../../test/vendors/conform.js'
import { startStub, type Reply, type Rules, type Stub } from '../../test/vendors/stub.js'
import { closeAgents } from '../outbound/guard.js'
import { createHttp } from '../outbound/http.js'
import { SendError } from '../vendor.js'
import { meta } from './index.js'

/*
 * Rules: developers.facebook.com/documentation/ads-commerce/marketing-api/reference/custom-audience/users, …/audiences/guides/custom-audiences,
 * …/docs/marketing-api/error-reference, …/docs/graph-api/guides/secure-requests.
 */

const TOKEN = 'EAAB123'
const SECRET = '0123456789abcdef0123456789abcdef'
const COLUMNS = ['EXTERN_ID', 'EMAIL', 'PHONE', 'GEN', 'DOBY', 'DOBM', 'DOBD', 'LN', 'FN', 'FI', 'CT', 'ST', 'ZIP', 'MADID', 'COUNTRY']

/** By other code than the vendor's: Web Cryptography. */
const sha256 = async (text: string): Promise<string> =>
  Buffer.from(await webcrypto.subtle.digest('SHA-256', Buffer.from(text))).toString('hex')
async function hmac(key: string, text: string): Promise<string> {
  const opened = await webcrypto.subtle.importKey('raw', Buffer.from(key), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  return Buffer.from(await webcrypto.subtle.sign('HMAC', opened, Buffer.from(text))).toString('hex')
}

const error = (status: number, code: number, message: string, more: Record<string, unknown> = {}): Reply => ({
  status,
  json: { error: { message, type: 'OAuthException', code, fbtrace_id: 'A', ...more } },
})

type Audience = Set<string>
const rules =
  (audiences: Record<string, Audience> = { 2390: new Set() }): Rules =>
  async ({ method, path, query, host, headers, form }) => {
    if (host !== 'graph.facebook.com') return { status: 421 }
    if (headers.authorization !== `Bearer ${TOKEN}`) return error(401, 190, 'Invalid OAuth access token.')
    if ((query.get('appsecret_proof') ?? form.get('appsecret_proof')) !== (await hmac(SECRET, TOKEN))) return error(400, 100, 'Invalid appsecret_proof provided in the API argument') // prettier-ignore
    if (method === 'GET' && path === '/v25.0/me') return { status: 200, json: { id: '1' } }
    const audience = audiences[/^\/v25\.0\/(\d+)\/users$/.exec(path)?.[1] ?? '']
    if (!audience || !['POST', 'DELETE'].includes(method)) return error(400, 100, 'Unsupported request. Object does not exist', { error_subcode: 33 }) // prettier-ignore
    const session = JSON.parse(form.get('session') ?? '{}') as Record<string, unknown>
    if (!Number.isSafeInteger(session.session_id) || session.batch_seq !== 1 || session.last_batch_flag !== true) return error(400, 100, 'Invalid session') // prettier-ignore
    const { schema, data } = JSON.parse(form.get('payload') ?? '{}') as { schema: string[]; data: string[][] }
    if (schema.some((column) => !COLUMNS.includes(column))) return error(400, 100, 'Invalid schema')
    if (data.length > 10_000) return error(400, 100, 'Too many users')
    for (const row of data) {
      if (row.length !== schema.length || row.every((value) => value === '')) return error(400, 100, 'Invalid row')
      const wrong = row.some((value, i) => value !== '' && !['EXTERN_ID', 'MADID'].includes(schema[i]!) && !/^[0-9a-f]{64}$/.test(value))
      if (wrong) return error(400, 100, 'Invalid hash')
      if (method === 'POST') audience.add(row.join())
      else audience.delete(row.join())
    }
    return { status: 200, json: { audience_id: '2390', session_id: '1', num_received: data.length, num_invalid_entries: 0, invalid_entry_samples: {} } } // prettier-ignore
  }

const FLAGGED = error(400, 100, 'Invalid parameter', { error_subcode: 1713230, error_user_title: 'Audience Upload Blocked', error_user_msg: 'Resolve the restrictions.' }) // prettier-ignore
const shared = {
  vendor: meta,
  config: {},
  secrets: { accessToken: TOKEN, appSecret: SECRET },
  fields: { audienceId: '2390', email: 'Ada@Example.com' },
  errors: {
    400: FLAGGED,
    401: error(401, 190, 'Error validating access token'),
    404: error(400, 100, 'Object does not exist', { error_subcode: 33 }),
    429: error(400, 80003, 'There have been too many calls to this ad-account.'),
    500: error(500, 2, 'An unexpected error has occurred. Please retry your request later.', { is_transient: true }),
  },
  inside: { status: 200, json: { audience_id: '2390', num_received: 1, num_invalid_entries: 1, invalid_entry_samples: {} } },
}
const add = conformance({ ...shared, rules: rules(), action: 'add_to_audience' })
const remove = conformance({ ...shared, rules: rules(), action: 'remove_from_audience' })

conforms('destinations/meta', add)
conforms('destinations/meta', remove)

describe('a request', () => {
  let stub: Stub
  let audience: Audience
  const vendor = () => meta(createHttp(stub.toward))
  const calls = (all: Record<string, string>[]) =>
    all.map((fields, i) => callOf({ ...add, fields: { audienceId: '2390', ...fields } }, { key: `k${i}`, customerId: `c${i}` }))
  const sentOf = (index: number) => JSON.parse(stub.seen[index]!.form.get('payload')!) as { schema: string[]; data: string[][] }
  beforeEach(async () => (stub = await startStub(rules({ 2390: (audience = new Set()), 77: new Set() }))))
  afterEach(async () => {
    await closeAgents()
    await stub.stop()
  })

  test('values are normalised and hashed as documented', async () => {
    const who = {
      email: ' Ada.Lovelace@Example.COM ', phone: '+1 (650) 555-1212', firstName: "D'Ádám", lastName: 'Love-lace', city: 'Menlo Park', state: 'CA', zip: '94025-1234',
      country: 'US', dateOfBirth: '1990-12-31', gender: 'Female', externalId: 'ada-1', advertisingId: 'AB12-CD',
    } // prettier-ignore
    await vendor().actions.add_to_audience!.send(calls([who])[0]!)
    const { schema, data } = sentOf(0)
    const plain = { EMAIL: 'ada.lovelace@example.com', PHONE: '16505551212', FN: 'dádám', LN: 'lovelace', FI: 'd', CT: 'menlopark', ST: 'ca', ZIP: '94025', COUNTRY: 'us', DOBY: '1990', DOBM: '12', DOBD: '31', GEN: 'f' } // prettier-ignore
    const expected = { ...Object.fromEntries(await Promise.all(Object.entries(plain).map(async ([c, v]) => [c, await sha256(v)] as const))), EXTERN_ID: 'ada-1', MADID: 'ab12-cd' } // prettier-ignore
    expect(Object.fromEntries(schema.map((column, i) => [column, data[0]![i]]))).toEqual(expected)
    // The example of the documentation for a phone number.
    expect((expected as Record<string, string>).PHONE).toBe('e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176')
  })

  test('added twice is there once; removed twice is gone', async () => {
    const call = calls([{ email: 'ada@example.com' }])[0]!
    const { add_to_audience: adds, remove_from_audience: removes } = vendor().actions
    await adds!.send(call)
    await adds!.send(call)
    expect(audience.size).toBe(1)
    await removes!.send(call)
    await removes!.send(call)
    expect(audience.size).toBe(0)
  })

  test('many go together, at most 10,000 in a request; of those without any value each is dropped alone', async () => {
    const many = Array.from({ length: 10_003 }, (_, i) => ({ email: `${i}@example.com` }))
    const nobody: Record<string, string>[] = [{ phone: 'n/a' }, { email: 'none', firstName: '?' }]
    const outcomes = await vendor().actions.add_to_audience!.gather!.send(calls([nobody[0]!, ...many, nobody[1]!]))
    expect(stub.seen).toHaveLength(2)
    expect([sentOf(0).data.length, sentOf(1).data.length]).toEqual([10_000, 3])
    expect(audience.size).toBe(10_003)
    expect(outcomes.flatMap((outcome, i) => (outcome instanceof SendError ? [[i, outcome.kind, outcome.code]] : []))).toEqual([
      [0, 'permanent', 'bad_recipient'],
      [10_004, 'permanent', 'bad_recipient'],
    ])
  })

  test('each audience has its own request; one that fails fails its own', async () => {
    const all = calls([
      { email: 'a@example.com' },
      { audienceId: '77', phone: '+34600111222' },
      { email: 'b@example.com', phone: '0034600111222' },
    ])
    stub.trouble.push(FLAGGED)
    const outcomes = await vendor().actions.add_to_audience!.gather!.send(all)
    expect(outcomes.map((outcome) => (outcome instanceof SendError ? outcome.code : 'ok'))).toEqual([
      'meta_audience_flagged',
      'ok',
      'meta_audience_flagged',
    ])
    expect(sentOf(0)).toEqual({
      schema: ['EMAIL', 'PHONE'],
      data: [
        [await sha256('a@example.com'), ''],
        [await sha256('b@example.com'), await sha256('34600111222')],
      ],
    })
  })

  test('a limit waits for as long as Meta says', async () => {
    const usage = JSON.stringify({ 1: [{ type: 'custom_audience', estimated_time_to_regain_access: 19 }] })
    stub.trouble.push({ ...shared.errors[429], headers: { 'x-business-use-case-usage': usage } })
    await expect(vendor().actions.add_to_audience!.send(callOf(add))).rejects.toMatchObject({ kind: 'retry', code: 'rate_limited', retryAfterMs: 1_140_000 }) // prettier-ignore
  })

  test('the connection is tested without a change, and a wrong secret is told', async () => {
    await vendor().test(callOf(add))
    expect(stub.seen.map(({ method }) => method)).toEqual(['GET'])
    await expect(vendor().test(callOf(add, { secrets: { accessToken: 'wrong' } }))).rejects.toMatchObject({ code: 'bad_credentials' })
    await expect(vendor().test(callOf(add, { secrets: { accessToken: TOKEN, appSecret: SECRET.replace('0', '1') } }))).rejects.toMatchObject({ code: 'meta_100' }) // prettier-ignore
  })
})
