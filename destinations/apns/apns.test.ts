import { generateKeyPairSync } from 'node:crypto'
import { callOf, conformance, conforms } from '../../test/vendors/conform.js'
import { readJwt } from '../../test/vendors/jwt.js'
import { startStub, type Reply, type Rules, type Stub } from '../../test/vendors/stub.js'
import { closeAgents } from '../outbound/guard.js'
import { createHttp } from '../outbound/http.js'
import { apns } from './index.js'

/*
 * Rules: developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns, …/handling-notification-responses-from-apns,
 * …/establishing-a-token-based-connection-to-apns.
 */

const pair = () =>
  generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
const { publicKey, privateKey } = pair()
const DEVICE = '00fc13adff785122b4ad28809a3420982341241421348097878e577c991de8f0'
const GONE = 'ff'.repeat(32)

let now = Date.parse('2026-11-26T10:00:00Z')

const error = (status: number, reason: string): Reply => ({ status, json: { reason } })
const HEADERS = ['authorization', 'apns-topic', 'apns-push-type', 'apns-priority', 'apns-id', 'apns-collapse-id', 'apns-expiration']
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

const rules: Rules = async ({ method, path, host, headers, bytes, json }) => {
  if (!['api.push.apple.com', 'api.sandbox.push.apple.com'].includes(host)) return { status: 421 }
  if (method !== 'POST') return error(405, 'MethodNotAllowed')
  const device = /^\/3\/device\/(.+)$/.exec(path)?.[1]
  if (!device) return error(404, 'BadPath')
  const token = /^bearer (.+)$/.exec(headers.authorization ?? '')?.[1]
  if (!token) return error(403, 'MissingProviderToken')
  const jwt = await readJwt(token, 'ES256', publicKey)
  if (!jwt || jwt.header.kid !== 'ABC123DEFG' || jwt.claims.iss !== 'DEF123GHIJ') return error(403, 'InvalidProviderToken')
  const age = now / 1000 - (jwt.claims.iat as number)
  if (age < -60 || age > 3600) return error(403, 'ExpiredProviderToken')
  if (Object.keys(headers).some((name) => name.startsWith('apns-') && !HEADERS.includes(name))) return error(400, 'DuplicateHeaders')
  if (headers['apns-topic'] !== 'com.example.app') return error(400, 'TopicDisallowed')
  if (headers['apns-id'] !== undefined && !UUID.test(headers['apns-id'] as string)) return error(400, 'BadMessageId')
  if (Buffer.byteLength((headers['apns-collapse-id'] as string | undefined) ?? '') > 64) return error(400, 'BadCollapseId')
  if (!['10', '5', '1'].includes((headers['apns-priority'] as string | undefined) ?? '10')) return error(400, 'BadPriority')
  if (!/^\d+$/.test((headers['apns-expiration'] as string | undefined) ?? '0')) return error(400, 'BadExpirationDate')
  if (!['alert', 'background'].includes(headers['apns-push-type'] as string)) return error(400, 'InvalidPushType')
  if (typeof json.aps !== 'object') return error(400, 'PayloadEmpty')
  if (bytes.length > 4096) return error(413, 'PayloadTooLarge')
  if (device === GONE) return { status: 410, json: { reason: 'Unregistered', timestamp: now } }
  if (device !== DEVICE) return error(400, 'BadDeviceToken')
  return { status: 200, headers: { 'apns-id': (headers['apns-id'] as string | undefined) ?? 'new' } }
}

const each = conformance({
  vendor: (http) => apns(http, () => now),
  action: 'send_push',
  config: { topic: 'com.example.app', teamId: 'DEF123GHIJ', keyId: 'ABC123DEFG', environment: 'production' as const },
  secrets: { privateKey },
  fields: { to: DEVICE, title: 'Hello', body: 'Ada' },
  rules,
  http2: true,
  errors: {
    400: error(400, 'BadDeviceToken'),
    401: error(403, 'InvalidProviderToken'),
    404: error(404, 'BadPath'),
    429: error(429, 'TooManyRequests'),
    500: error(500, 'InternalServerError'),
  },
})

conforms('destinations/apns', each)

describe('a request', () => {
  let stub: Stub
  const vendor = () => each.vendor(createHttp(stub.toward))
  beforeEach(async () => (stub = await startStub(rules, undefined, { http2: true })))
  afterEach(async () => {
    await closeAgents()
    await stub.stop()
  })

  test('the whole of it; a repeat has the same ids, another send has others', async () => {
    const fields = { ...each.fields, url: 'shop://cart', data: '{"cart":{"items":3}}', sound: 'default', badge: '0', ttlSeconds: '3600' }
    const call = callOf({ ...each, fields })
    const { actions } = vendor()
    const { vendorId } = await actions.send_push!.send(call)
    await actions.send_push!.send(call)
    await actions.send_push!.send({ ...call, key: 'another', fields: { ...call.fields, collapseId: 'cart' } })
    const [first, second, third] = stub.seen.map(({ headers }) => headers)
    expect(vendorId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(first).toMatchObject({
      ':authority': 'api.push.apple.com',
      'apns-topic': 'com.example.app',
      'apns-push-type': 'alert',
      'apns-priority': '10',
      'apns-id': vendorId,
      'apns-expiration': String(now / 1000 + 3600),
    })
    expect(first!['apns-collapse-id']).toMatch(/^[0-9a-f]{32}$/)
    expect(second).toEqual(first)
    expect(third!['apns-id']).not.toBe(vendorId)
    expect(third!['apns-collapse-id']).toBe('cart')
    expect(stub.seen[0]!.json).toEqual({
      aps: { alert: { title: 'Hello', body: 'Ada' }, sound: 'default', badge: 0 },
      cart: { items: 3 },
      url: 'shop://cart',
    })
  })

  test('one token serves for 50 minutes; one that APNs calls too old is made anew, but not within 20 minutes', async () => {
    const { actions } = vendor()
    const call = callOf(each)
    const used = async () => {
      await actions.send_push!.send(call)
      return stub.seen.at(-1)!.headers.authorization
    }
    const first = await used()
    now += 49 * 60_000
    expect(await used()).toBe(first)
    now += 2 * 60_000
    const second = await used()
    expect(second).not.toBe(first)
    const expired = async () => {
      stub.trouble.push(error(403, 'ExpiredProviderToken'))
      await expect(actions.send_push!.send(call)).rejects.toMatchObject({ kind: 'retry', code: 'apns_ExpiredProviderToken' })
    }
    now += 19 * 60_000
    await expired()
    expect(await used()).toBe(second)
    now += 2 * 60_000
    await expired()
    expect(await used()).not.toBe(second)
  })

  test('a device that is gone is told apart', async () => {
    const { actions } = vendor()
    await expect(actions.send_push!.send(callOf({ ...each, fields: { ...each.fields, to: GONE } }))).rejects.toMatchObject({ kind: 'permanent', code: 'token_gone' }) // prettier-ignore
    stub.trouble.push(error(410, 'ExpiredToken'))
    await expect(actions.send_push!.send(callOf(each))).rejects.toMatchObject({ kind: 'permanent', code: 'token_gone' })
  })

  test('who made tokens too often waits 20 minutes', async () => {
    stub.trouble.push(error(429, 'TooManyProviderTokenUpdates'))
    await expect(vendor().actions.send_push!.send(callOf(each))).rejects.toMatchObject({ kind: 'retry', code: 'rate_limited', retryAfterMs: 1_200_000 }) // prettier-ignore
  })

  test('the connection is tested without a send', async () => {
    await vendor().test(callOf(each))
    await vendor().test(callOf(each, { config: { ...each.config, environment: 'development' } }))
    expect(stub.seen.map(({ path, host }) => [path, host])).toEqual([
      [`/3/device/${'0'.repeat(64)}`, 'api.push.apple.com'],
      [`/3/device/${'0'.repeat(64)}`, 'api.sandbox.push.apple.com'],
    ])
    await expect(vendor().test(callOf(each, { secrets: { privateKey: pair().privateKey } }))).rejects.toMatchObject({ code: 'bad_credentials' }) // prettier-ignore
    await expect(vendor().test(callOf(each, { config: { ...each.config, topic: 'com.example.other' } }))).rejects.toMatchObject({ code: 'apns_TopicDisallowed' }) // prettier-ignore
  })

  test('a stream that is refused was not looked at', async () => {
    stub.trouble.push('refused')
    await expect(vendor().actions.send_push!.send(callOf(each))).rejects.toMatchObject({ kind: 'retry', code: 'rate_limited' })
  })

  test('many at once are each sent once, and those on a lost connection fail alone', async () => {
    stub.trouble.push('reset')
    const { actions } = vendor()
    const outcomes = await Promise.allSettled(
      Array.from({ length: 100 }, (_, i) => actions.send_push!.send(callOf(each, { key: `k${i}` }))),
    )
    const failed = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as { kind: string }] : []))
    expect(failed.filter(({ kind }) => kind === 'ambiguous')).toHaveLength(1)
    expect(new Set(stub.seen.map(({ headers }) => headers['apns-id'])).size).toBe(stub.seen.length)
    expect(stub.seen.length - 1).toBe(outcomes.length - failed.length)
  })

  test('private addresses are refused, as over HTTP/1.1', async () => {
    await expect(vendor().actions.send_push!.send(callOf(each, { outboundAllow: [] }))).rejects.toMatchObject({ code: 'blocked_address' })
    expect(stub.seen).toEqual([])
  })
})

test.each([
  { ...each.fields, to: 'xyz' },
  { ...each.fields, body: 'é'.repeat(2048) },
  { ...each.fields, data: '{"aps":{}}' },
  { ...each.fields, collapseId: 'x'.repeat(65) },
  { ...each.fields, badge: 'one' },
])('what APNs refuses is refused before: %#', (fields) => {
  expect(apns(createHttp()).actions.send_push!.fields.safeParse(fields).success).toBe(false)
})

test('the key is one for ECDSA on P-256', () => {
  const { secrets } = apns(createHttp())
  const { privateKey: rsa } = generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } }) // prettier-ignore
  expect(secrets.safeParse({ privateKey }).success).toBe(true)
  for (const pem of [rsa, 'x', publicKey]) expect(secrets.safeParse({ privateKey: pem }).success).toBe(false)
})
