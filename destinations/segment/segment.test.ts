import { callOf, conformance, conforms } from '../../test/vendors/conform.js'
import { withVendor, type Reply, type Rules, type Stub } from '../../test/vendors/stub.js'
import { SendError, type SendCall, type Vendor } from '../vendor.js'
import { segment } from './index.js'

/* Rules: twilio.com/docs/segment: connections/sources/catalog/libraries/server/http-api, guides/duplicate-data. */

const KEY = 'DmBXIN4JnwqBnTqXccTF0wBnLXNQmFtk'
const refused: Reply = { status: 400, json: { success: false, message: 'malformed JSON or payload too large' } }
type Message = Record<string, unknown> & { messageId: string }

/** What has been taken, by messageId. */
const rules =
  (taken = new Map<string, Message>()): Rules =>
  ({ method, path, host, headers, json, body }) => {
    if (host === 'cdn.segment.com')
      return path === `/v1/projects/${KEY}/settings` ? { status: 200, json: { integrations: {} } } : { status: 404 }
    if (host !== 'events.eu1.segmentapis.com' || method !== 'POST' || path !== '/v1/batch') return { status: 404 }
    if (headers.authorization !== `Basic ${Buffer.from(`${KEY}:`).toString('base64')}`) return { status: 401 }
    const batch = json.batch as Message[] | undefined
    if (headers['content-type'] !== 'application/json' || !Array.isArray(batch) || body.length > 500_000) return refused
    for (const message of batch) {
      const known = ['messageId', 'type', 'userId', 'event', 'properties', 'traits', 'context', 'timestamp']
      if (Object.keys(message).some((name) => !known.includes(name)) || JSON.stringify(message).length > 32 * 1024) return refused
      if (!message.userId || !message.messageId || message.messageId.length > 100) return refused
      if (message.type === 'track' ? !message.event : message.type !== 'identify') return refused
      if (!taken.has(message.messageId)) taken.set(message.messageId, message)
    }
    return { status: 200, json: { success: true } }
  }

const of = (action: string, fields: Record<string, string>) =>
  conformance({
    vendor: segment,
    action,
    config: { region: 'eu' as const },
    secrets: { writeKey: KEY },
    fields,
    rules: rules(),
    errors: {
      400: refused,
      401: { status: 401, json: { success: false, message: 'invalid write key' } },
      404: { status: 404 },
      429: { status: 429, headers: { 'x-ratelimit-reset': '9' } },
      500: { status: 500 },
    },
  })
const track = of('track', { event: 'Renewed', properties: '{"plan":"pro"}', timestamp: '2026-11-26T10:00:00Z', context: '{"locale":"es"}' })
const identify = of('identify', { userId: 'u7', traits: '{"email":"ada@example.com"}' })
conforms('destinations/segment', track)
conforms('destinations/segment', identify)

const stubbed = (work: (vendor: Vendor, stub: Stub, taken: Map<string, Message>) => Promise<void>): Promise<void> =>
  withVendor(segment, rules, new Map<string, Message>(), work)

const nth = (n: number, fields: Record<string, string> = {}): SendCall =>
  callOf(track, { key: `mem_1:t:${n}`, fields: { event: `e${n}`, ...fields } })

test('requests are as documented, and a repeat is known by its messageId', () =>
  stubbed(async (vendor, stub, taken) => {
    const { actions } = vendor
    const call = callOf(track)
    await actions.track!.send(call)
    await actions.track!.send(call)
    await actions.identify!.send(callOf(identify, { key: `${'k'.repeat(200)}:1` }))
    await actions.identify!.send(callOf(identify, { key: `${'k'.repeat(200)}:2` }))
    expect(stub.seen.map(({ json }) => json)).toMatchObject([
      { batch: [{ messageId: call.key, type: 'track', userId: 'ada', event: 'Renewed', properties: { plan: 'pro' }, context: { locale: 'es' }, timestamp: '2026-11-26T10:00:00Z' }] }, // prettier-ignore
      { batch: [{ messageId: call.key }] },
      { batch: [{ type: 'identify', userId: 'u7', traits: { email: 'ada@example.com' } }] },
      {},
    ])
    expect(taken.size).toBe(3)
  }))

test('gathered: within 500 KB a request and 32 KB a message, in order', () =>
  stubbed(async (vendor, stub) => {
    const { gather } = vendor.actions.track!
    // Of two bytes a character, so that characters are not taken for bytes.
    const calls = Array.from({ length: 40 }, (_, n) => nth(n, { properties: JSON.stringify({ text: 'é'.repeat(14_000) }) }))
    calls[5] = nth(5, { properties: JSON.stringify({ text: 'é'.repeat(17_000) }) })
    const outcomes = await gather!.send(calls)
    expect(outcomes[5]).toMatchObject({ kind: 'permanent', code: 'invalid_fields' })
    expect(outcomes.filter((each) => each instanceof SendError)).toHaveLength(1)
    expect(outcomes[6]).toMatchObject({ vendorId: 'mem_1:t:6' })
    expect(stub.seen).toHaveLength(3)
    expect(Math.max(...stub.seen.map(({ body }) => Buffer.byteLength(body)))).toBeLessThan(500_000)
    const events = stub.seen.flatMap(({ json }) => (json.batch as Message[]).map(({ event }) => event))
    expect(events).toEqual(calls.flatMap(({ fields }, n) => (n === 5 ? [] : fields.event)))
  }))

test('the seconds of X-RateLimit-Reset are waited for', () =>
  stubbed(async (vendor, stub) => {
    stub.trouble.push({ status: 429, headers: { 'x-ratelimit-reset': '9' } })
    const { send } = vendor.actions.track!
    await expect(send(nth(1))).rejects.toMatchObject({ code: 'rate_limited', retryAfterMs: 9000 })
  }))

test('the connection is tested without an event', () =>
  stubbed(async (vendor, stub) => {
    await vendor.test(callOf(track))
    await expect(vendor.test(callOf(track, { secrets: { writeKey: 'wrong' } }))).rejects.toMatchObject({ code: 'bad_credentials' })
    expect(stub.seen.every(({ method }) => method === 'GET')).toBe(true)
    expect(vendor.secrets.safeParse({ writeKey: '../projects' }).success).toBe(false)
  }))
