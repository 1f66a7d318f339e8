import { createHmac } from 'node:crypto'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { callOf, conformance, conforms } from '../../test/vendors/conform.js'
import { startStub, type Rules, type Seen } from '../../test/vendors/stub.js'
import { closeAgents } from '../outbound/guard.js'
import { createHttp } from '../outbound/http.js'
import { webhook } from './vendor.js'

/* Rules: github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md, 1.0.0. */

const secretOf = (text: string): string => `whsec_${Buffer.from(text).toString('base64')}`
const CURRENT = secretOf('a secret of thirty bytes or so')
const PREVIOUS = secretOf('the one before of thirty bytes')

const headersOf = ({ headers }: Seen): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))

const verifies = (secret: string, seen: Seen): boolean => {
  try {
    new Webhook(secret).verify(seen.body, headersOf(seen), { jsonParse: seen.body !== '' })
    return true
  } catch {
    return false
  }
}

/** A receiver by the specification: looks at the signature, then takes every id once. */
const receiver = (secret = CURRENT, taken = new Map<string, unknown>()): Rules => (seen) => {
  if (seen.host !== 'hooks.example.com' || seen.path !== '/in') return { status: 404 }
  if (!verifies(secret, seen)) return { status: 401, text: 'No matching signature found' }
  if (seen.method !== 'POST') return { status: 405 }
  if (seen.headers['content-type'] !== 'application/json') return { status: 415 }
  const { type, timestamp, data, ...rest } = seen.json
  const right = typeof type === 'string' && /^[\w.]+$/.test(type) && !Number.isNaN(Date.parse(String(timestamp))) && typeof data === 'object'
  if (!right || Object.keys(rest).length > 0) return { status: 400 }
  const id = seen.headers['webhook-id'] as string
  if (!taken.has(id)) taken.set(id, data)
  return { status: 204 }
} // prettier-ignore

const each = conformance({
  vendor: webhook,
  action: 'send_event',
  config: { url: 'https://hooks.example.com/in?from=tilework' },
  secrets: { secret: CURRENT, previousSecret: PREVIOUS, headers: { 'X-Api-Key': 'a-key' } },
  fields: { type: 'customer.upgraded', data: '{"plan":"gold"}' },
  rules: receiver(),
  errors: { 400: { status: 400 }, 401: { status: 401 }, 404: { status: 404 }, 429: { status: 429 }, 500: { status: 500 } },
})

conforms('destinations/webhook', each)

test('signed by both secrets: receivers of the new one and of the one before take it, others do not', async () => {
  const stub = await startStub(receiver())
  const { send } = webhook(createHttp(stub.toward)).actions.send_event!
  await send(callOf(each))
  const [seen] = stub.seen
  expect([CURRENT, PREVIOUS, secretOf('another that nobody has given')].map((secret) => verifies(secret, seen!))).toEqual([true, true, false])
  // The same by hand.
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = headersOf(seen!)
  const byHand = [CURRENT, PREVIOUS].map((secret) => {
    const hmac = createHmac('sha256', Buffer.from(secret.slice('whsec_'.length), 'base64'))
    return `v1,${hmac.update(`${id}.${at}.${seen!.body}`).digest('base64')}`
  })
  expect(signature!.split(' ')).toEqual(byHand)
  expect(Math.abs(Number(at) - Date.now() / 1000)).toBeLessThan(60)
  await stub.stop()
}) // prettier-ignore

test('one secret, one signature; headers, the query and the event go along', async () => {
  const stub = await startStub(receiver())
  const { send } = webhook(createHttp(stub.toward)).actions.send_event!
  await send(callOf(each, { secrets: { secret: CURRENT, headers: { 'X-Api-Key': 'a-key' } } }))
  await send(callOf(each, { fields: { type: 'customer.left' } }))
  await send(callOf(each, { fields: { type: 'customer.left', data: '' } }))
  const [first, ...others] = stub.seen
  expect(headersOf(first!)['webhook-signature']).toMatch(/^v1,\S+$/)
  expect(headersOf(first!)).toMatchObject({ 'x-api-key': 'a-key', 'webhook-id': callOf(each).key })
  expect(first!.query.get('from')).toBe('tilework')
  expect(first!.json).toMatchObject({ type: 'customer.upgraded', data: { plan: 'gold' } })
  const ids = { customerId: 'ada', memberId: callOf(each).memberId, tileId: 'send' }
  expect(others.map(({ json }) => json.data)).toEqual([ids, ids])
  await stub.stop()
})

test('a repeat carries the same id, so that it is taken once', async () => {
  const taken = new Map<string, unknown>()
  const stub = await startStub(receiver(CURRENT, taken))
  const { send } = webhook(createHttp(stub.toward)).actions.send_event!
  await send(callOf(each))
  await send(callOf(each))
  expect([stub.seen.length, [...taken.keys()]]).toEqual([2, [callOf(each).key]])
  await stub.stop()
})

test.each([
  [301, 'permanent', 'http_301'],
  [410, 'permanent', 'http_410'],
  [503, 'retry', 'http_503'],
])('%i: %s', async (status, kind, code) => {
  const stub = await startStub(receiver())
  stub.trouble.push({ status, headers: { location: 'https://elsewhere.example.com' } })
  await expect(webhook(createHttp(stub.toward)).actions.send_event!.send(callOf(each))).rejects.toMatchObject({ kind, code })
  expect(stub.seen).toHaveLength(1)
  await stub.stop()
})

test('http goes only to what OUTBOUND_ALLOW lists', async () => {
  let calls = 0
  const server = http.createServer((_req, res) => {
    calls++
    res.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const { send } = webhook(createHttp()).actions.send_event!
  const to = (url: string, outboundAllow: string[]) => send(callOf(each, { config: { url }, outboundAllow }))
  await to(`http://127.0.0.1:${port}/`, ['127.0.0.0/8'])
  await to(`http://localhost:${port}/`, ['127.0.0.1/32', '::1/128'])
  expect(calls).toBe(2)
  await expect(to(`http://127.0.0.1:${port}/`, [])).rejects.toMatchObject({ kind: 'permanent', code: 'blocked_address' })
  await expect(to('http://8.8.8.8/', ['127.0.0.0/8'])).rejects.toMatchObject({ kind: 'permanent', code: 'invalid_url' })
  await closeAgents()
  await new Promise((resolve) => server.close(resolve))
})

test('what it may be', () => {
  const vendor = webhook(createHttp())
  const url = (text: string): boolean => vendor.config.safeParse({ url: text }).success
  expect(['https://example.com', 'http://10.0.0.1:8080/x?y=1'].map(url)).toEqual([true, true])
  expect(['', 'example.com', 'ftp://example.com', 'https://user:pw@example.com', 'https://example.com/#x'].map(url)).not.toContain(true)
  const secret = (given: Record<string, unknown>): boolean => vendor.secrets.safeParse({ secret: CURRENT, ...given }).success
  const bytes = (count: number): string => `whsec_${Buffer.alloc(count, 1).toString('base64')}`
  expect([{}, { secret: bytes(24) }, { secret: bytes(64) }, { headers: { Authorization: 'Bearer x' } }].map(secret)).not.toContain(false)
  expect([{ secret: bytes(23) }, { secret: bytes(65) }, { secret: 'whsec_' }, { secret: bytes(24).slice(6) }, { secret: 'whsec_no base64!' }, { previousSecret: 'x' }, { headers: { 'Webhook-Id': 'x' } }, { headers: { Host: 'x' } }, { headers: { 'a b': 'x' } }, { headers: { A: 'x\r\nb: c' } }].map(secret)).not.toContain(true) // prettier-ignore
  const fine = (given: object): boolean => vendor.actions.send_event!.fields.safeParse(given).success
  expect([{ type: 'a' }, { type: 'a_1.B.c', data: '{}' }, { type: 'a', data: '' }].map(fine)).not.toContain(false)
  expect([{ type: '' }, { type: 'a..b' }, { type: 'a b' }, { type: 'a', data: '[]' }, { type: 'a', data: 'x' }, { type: 'a', data: `{"x":"${'x'.repeat(20_000)}"}` }, { data: '{}' }].map(fine)).not.toContain(true) // prettier-ignore
})

test('the connection is tested by a signed GET; whatever answers is there, but for one that does not know the secret or is gone', async () => {
  const stub = await startStub(receiver())
  const vendor = webhook(createHttp(stub.toward))
  await vendor.test(callOf(each))
  const wrong = callOf(each, { secrets: { secret: secretOf('another that nobody has given') } })
  await expect(vendor.test(wrong)).rejects.toMatchObject({ code: 'bad_credentials' })
  stub.trouble.push({ status: 410 })
  await expect(vendor.test(callOf(each))).rejects.toMatchObject({ code: 'http_410' })
  expect(stub.seen.every(({ method }) => method === 'GET')).toBe(true)
  await stub.stop()
})
