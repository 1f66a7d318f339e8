import { webcrypto } from 'node:crypto'
import { callOf, conformance, conforms } from '../../test/vendors/conform.js'
import { startStub, type Reply, type Rules, type Stub } from '../../test/vendors/stub.js'
import { closeAgents } from '../outbound/guard.js'
import { createHttp } from '../outbound/http.js'
import { SendError } from '../vendor.js'
import { linkedin } from './index.js'

/*
 * Rules: learn.microsoft.com/en-us/linkedin/marketing/matched-audiences/create-and-manage-segment-users, …/linkedin/shared/api-guide/concepts/error-handling
 *.
 */

const TOKEN = 'AQX123'
const sha256 = async (text: string): Promise<string> =>
  Buffer.from(await webcrypto.subtle.digest('SHA-256', Buffer.from(text))).toString('hex')
const error = (status: number, code: string, message: string): Reply => ({ status, json: { status, code, message, serviceErrorCode: 100 } })

interface Element {
  action: string
  userIds?: { idType: string; idValue: string }[]
  firstName?: string
  lastName?: string
}
const KNOWN = ['action', 'userIds', 'firstName', 'lastName', 'title', 'company', 'country']

const rules =
  (segment = new Set<string>()): Rules =>
  ({ method, path, query, host, headers, json }) => {
    if (host !== 'api.linkedin.com') return { status: 421 }
    if (headers.authorization !== `Bearer ${TOKEN}`) return error(401, 'INVALID_ACCESS_TOKEN', 'Invalid access token')
    if (headers['linkedin-version'] !== '202607') return error(426, 'NONEXISTENT_VERSION', 'Requested version is not active')
    if (headers['x-restli-protocol-version'] !== '2.0.0') return error(400, 'ILLEGAL_ARGUMENT', 'Protocol version')
    if (method === 'GET' && path === '/rest/dmpSegments')
      return query.get('account') === 'urn:li:sponsoredAccount:516848833' ? { status: 200, json: { elements: [] } } : error(403, 'ACCESS_DENIED', 'Not enough permissions') // prettier-ignore
    if (method !== 'POST' || !/^\/rest\/dmpSegments\/\d+\/users$/.test(path)) return error(404, 'RESOURCE_NOT_FOUND', 'No such resource')
    if (path !== '/rest/dmpSegments/10804/users') return error(404, 'NOT_FOUND', 'Could not find segment')
    if (headers['x-restli-method'] !== 'BATCH_CREATE') return error(400, 'ILLEGAL_ARGUMENT', 'X-RestLi-Method')
    const elements = json.elements as Element[]
    if (elements.length > 5000) return error(400, 'ILLEGAL_ARGUMENT', 'Too many elements')
    const taken = elements.map((element) => {
      const { action, userIds = [], firstName, lastName, ...rest } = element
      if (Object.keys(element).some((name) => !KNOWN.includes(name)) || !['ADD', 'REMOVE'].includes(action)) return { status: 400, message: 'Unknown' } // prettier-ignore
      if (userIds.length === 0 && !(firstName && lastName)) return { status: 400, message: 'No identifier' }
      if (userIds.some(({ idType, idValue }) => idType === 'SHA256_EMAIL' && !/^[0-9a-f]{64}$/.test(idValue))) return { status: 400, message: 'Not a hash' } // prettier-ignore
      if (firstName === 'Refused') return { status: 422, message: 'Refused' }
      segment[action === 'ADD' ? 'add' : 'delete'](JSON.stringify([userIds, firstName, lastName, rest]))
      return { status: 201 }
    })
    return { status: 200, json: { elements: taken } }
  }

const shared = {
  vendor: linkedin,
  config: { accountId: '516848833' },
  secrets: { accessToken: TOKEN },
  fields: { audienceId: '10804', email: 'ada@example.com' },
  errors: {
    400: error(400, 'ILLEGAL_ARGUMENT', 'Invalid request'),
    401: error(401, 'EXPIRED_ACCESS_TOKEN', 'The token used in the request has expired'),
    404: error(404, 'NOT_FOUND', 'Could not find segment'),
    429: error(429, 'TOO_MANY_REQUESTS', 'Resource level throttle limit for calls to this resource is reached.'),
    500: error(500, 'INTERNAL_SERVER_ERROR', 'Internal server error'),
  },
  inside: { status: 200, json: { elements: [{ status: 400, message: 'Invalid user' }] } },
}
const add = conformance({ ...shared, rules: rules(), action: 'add_to_audience' })
const remove = conformance({ ...shared, rules: rules(), action: 'remove_from_audience' })

conforms('destinations/linkedin', add)
conforms('destinations/linkedin', remove)

describe('a request', () => {
  let stub: Stub
  let segment: Set<string>
  const vendor = () => linkedin(createHttp(stub.toward))
  const calls = (all: Record<string, string>[]) =>
    all.map((fields, i) => callOf({ ...add, fields: { audienceId: '10804', ...fields } }, { key: `k${i}`, customerId: `c${i}` }))
  beforeEach(async () => (stub = await startStub(rules((segment = new Set())))))
  afterEach(async () => {
    await closeAgents()
    await stub.stop()
  })

  test('the whole of it', async () => {
    const who = { email: ' Ada@Example.com', firstName: 'Ada', lastName: ' Lovelace', company: 'Analytical', jobTitle: 'Countess', country: 'gb', advertisingId: 'AB-12' } // prettier-ignore
    await vendor().actions.add_to_audience!.send(calls([who])[0]!)
    expect(stub.seen[0]!.json).toEqual({
      elements: [
        {
          action: 'ADD',
          userIds: [
            { idType: 'SHA256_EMAIL', idValue: await sha256('ada@example.com') },
            { idType: 'GOOGLE_AID', idValue: 'ab-12' },
          ],
          firstName: 'Ada',
          lastName: 'Lovelace',
          company: 'Analytical',
          title: 'Countess',
          country: 'GB',
        },
      ],
    })
  })

  test('added twice is there once; removed twice is gone', async () => {
    const { add_to_audience: adds, remove_from_audience: removes } = vendor().actions
    for (const action of [adds, adds]) await action!.send(callOf(add))
    expect(segment.size).toBe(1)
    for (const action of [removes, removes]) await action!.send(callOf(remove))
    expect(segment.size).toBe(0)
  })

  test('many go together, at most 5,000 in a request; what is said of one is its own', async () => {
    const many = Array.from({ length: 5_000 }, (_, i) => ({ email: `${i}@example.com` }))
    const odd: Record<string, string>[] = [
      { firstName: 'Ada' },
      { firstName: 'Refused', lastName: 'Person' },
      { firstName: 'Ada', lastName: 'Lovelace' },
    ]
    const outcomes = await vendor().actions.add_to_audience!.gather!.send(calls([...odd, ...many]))
    expect(stub.seen.map(({ json }) => (json.elements as unknown[]).length)).toEqual([5_000, 2])
    expect(segment.size).toBe(5_001)
    expect(outcomes.flatMap((outcome, i) => (outcome instanceof SendError ? [[i, outcome.kind, outcome.code]] : []))).toEqual([
      [0, 'permanent', 'bad_recipient'],
      [1, 'permanent', 'bad_recipient'],
    ])
  })

  test('who has to wait, or of whom nothing is said, is tried again', async () => {
    stub.trouble.push({ status: 200, json: { elements: [{ status: 201 }, { status: 429 }, { status: 500 }] } })
    const outcomes = await vendor().actions.add_to_audience!.gather!.send(calls(['a', 'b', 'c', 'd'].map((name) => ({ email: `${name}@example.com` })))) // prettier-ignore
    expect(outcomes.map((outcome) => (outcome instanceof SendError ? `${outcome.kind} ${outcome.code}` : 'ok'))).toEqual([
      'ok',
      'retry rate_limited',
      'retry http_500',
      'ambiguous invalid_answer',
    ])
  })

  test('a version that has come to its end is told apart', async () => {
    stub.trouble.push(error(426, 'NONEXISTENT_VERSION', 'Requested version 20260701 is not active'))
    await expect(vendor().actions.add_to_audience!.send(callOf(add))).rejects.toMatchObject({ kind: 'permanent', code: 'linkedin_version' })
  })

  test('the connection is tested without a change', async () => {
    await vendor().test(callOf(add))
    expect(stub.seen.map(({ method }) => method)).toEqual(['GET'])
    await expect(vendor().test(callOf(add, { secrets: { accessToken: 'wrong' } }))).rejects.toMatchObject({ code: 'bad_credentials' })
    await expect(vendor().test(callOf(add, { config: { accountId: '1' } }))).rejects.toMatchObject({ code: 'bad_credentials' })
  })
})
