import { callOf, conformance, conforms } from '../../test/vendors/conform.js'
import { googleAccount } from '../../test/vendors/google.js'
import { startStub, type Reply, type Rules, type Stub } from '../../test/vendors/stub.js'
import { closeAgents } from '../outbound/guard.js'
import { createHttp } from '../outbound/http.js'
import { fcm } from './index.js'

/* Rules: firebase.google.com/docs/reference/fcm/rest/v1/projects.messages, …/ErrorCode, …/docs/cloud-messaging/error-codes. */

let now = Date.parse('2026-11-26T10:00:00Z')
const google = googleAccount('https://www.googleapis.com/auth/firebase.messaging', () => now)

const error = (code: number, status: string, message: string, errorCode?: string): Reply => ({
  status: code,
  json: {
    error: {
      code,
      status,
      message,
      ...(errorCode && { details: [{ '@type': 'type.googleapis.com/google.firebase.fcm.v1.FcmError', errorCode }] }),
    },
  },
})
const invalid = (message: string): Reply => error(400, 'INVALID_ARGUMENT', message, 'INVALID_ARGUMENT')

/** Every name that a message may have, as it is documented; `*` takes any. */
const KNOWN: Record<string, string> = {
  '': 'token topic condition notification data android webpush apns fcm_options',
  notification: 'title body image',
  data: '*',
  android: 'collapse_key priority ttl restricted_package_name data notification fcm_options direct_boot_ok',
  'android.notification': 'title body icon color sound tag image click_action channel_id',
  webpush: 'headers data notification fcm_options',
  'webpush.headers': '*',
  'webpush.notification': '*',
  'webpush.fcm_options': 'link analytics_label',
  apns: 'headers payload fcm_options live_activity_token',
  'apns.headers': '*',
}

function unknownName(value: unknown, at = ''): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  for (const [name, inner] of Object.entries(value)) {
    const known = KNOWN[at] ?? ''
    const full = at ? `${at}.${name}` : name
    if (known !== '*' && !known.split(' ').includes(name)) return full
    const deeper = unknownName(inner, full)
    if (deeper) return deeper
  }
  return undefined
}

const rules = (): Rules => {
  let sent = 0
  return async (seen) => {
    const { method, path, host, headers, json } = seen
    if (google.aside(seen)) return google.token(seen)
    if (host !== 'fcm.googleapis.com') return { status: 421 }
    if (!google.given.some((token) => headers.authorization === `Bearer ${token}`))
      return error(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.')
    if (method !== 'POST' || path !== '/v1/projects/example/messages:send') return error(404, 'NOT_FOUND', 'Not found.')
    const message = json.message as Record<string, unknown>
    const extra = Object.keys(json).find((name) => !['message', 'validate_only'].includes(name)) ?? unknownName(message)
    if (extra) return error(400, 'INVALID_ARGUMENT', `Invalid JSON payload received. Unknown name "${extra}"`)
    if (['token', 'topic', 'condition'].filter((name) => message[name] !== undefined).length !== 1)
      return invalid('Recipient of the message is not set.')
    if (typeof message.token === 'string' && !/^[\w:-]{20,}$/.test(message.token))
      return invalid('The registration token is not a valid FCM registration token')
    const { notification, data = {}, webpush, android } = message as Record<string, Record<string, unknown> | undefined>
    if (Object.values(data).some((value) => typeof value !== 'string')) return error(400, 'INVALID_ARGUMENT', "Invalid value at 'message.data[0].value' (TYPE_STRING)") // prettier-ignore
    const weight = Buffer.byteLength(Object.values(notification ?? {}).join('') + Object.entries(data).flat().join(''))
    if (weight > (message.topic === undefined ? 4096 : 2048)) return invalid('Android message is too big')
    const link = (webpush?.fcm_options as { link?: string } | undefined)?.link
    if (link !== undefined && !link.startsWith('https://')) return invalid('Invalid link URL')
    if (android?.ttl !== undefined && !/^\d+(\.\d+)?s$/.test(android.ttl as string)) return invalid('Invalid ttl')
    sent += json.validate_only ? 0 : 1
    return { status: 200, json: { name: `projects/example/messages/${sent}` } }
  }
}

const shared = {
  vendor: (http: Parameters<typeof fcm>[0]) => fcm(http, () => now),
  config: {},
  secrets: { serviceAccount: google.keyFile },
  aside: google.aside,
  errors: {
    400: invalid('The registration token is not a valid FCM registration token'),
    401: error(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.'),
    404: error(404, 'NOT_FOUND', 'Requested entity was not found.', 'UNREGISTERED'),
    429: error(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded.', 'QUOTA_EXCEEDED'),
    500: error(500, 'INTERNAL', 'Internal error encountered.', 'INTERNAL'),
  },
}
const push = conformance({
  ...shared,
  rules: rules(),
  action: 'send_push',
  fields: { to: 'token:0123456789abcdefghij', title: 'Hello', body: 'Ada' },
})
const topic = conformance({
  ...shared,
  rules: rules(),
  action: 'send_to_topic',
  fields: { topic: 'news', title: 'Hello' },
  errors: {
    ...shared.errors,
    400: invalid('Topic name is invalid'),
    404: error(404, 'NOT_FOUND', 'Requested entity was not found.'),
  },
})

conforms('destinations/fcm', push)
conforms('destinations/fcm', topic)

describe('a request', () => {
  let stub: Stub
  beforeEach(async () => (stub = await startStub(rules(), google.aside)))
  afterEach(async () => {
    await closeAgents()
    await stub.stop()
  })

  const messages = () => stub.seen.filter((seen) => !google.aside(seen)).map(({ json }) => json.message as Record<string, unknown>)
  const tokensAsked = () => stub.seen.filter(google.aside).length

  test('the whole of a message; a repeat has the same tag, another send has another', async () => {
    const vendor = shared.vendor(createHttp(stub.toward))
    const fields = { ...push.fields, url: 'https://example.com/a', image: 'https://example.com/a.png', data: '{"plan":"pro","seats":3}', ttlSeconds: '3600' } // prettier-ignore
    const call = callOf({ ...push, fields })
    await vendor.actions.send_push!.send(call)
    await vendor.actions.send_push!.send(call)
    await vendor.actions.send_push!.send({ ...call, key: 'another' })
    const [first, second, third] = messages()
    const tag = (first!.webpush as { notification: { tag: string } }).notification.tag
    expect(tag).toMatch(/^[0-9a-f]{32}$/)
    expect(first).toEqual({
      token: push.fields.to,
      notification: { title: 'Hello', body: 'Ada', image: 'https://example.com/a.png' },
      data: { plan: 'pro', seats: '3', url: 'https://example.com/a' },
      android: { ttl: '3600s', notification: { tag } },
      apns: { headers: { 'apns-collapse-id': tag, 'apns-expiration': String(now / 1000 + 3600) } },
      webpush: { headers: { TTL: '3600' }, notification: { tag }, fcm_options: { link: 'https://example.com/a' } },
    })
    expect(second).toEqual(first)
    expect(third).not.toEqual(first)
  })

  test('a collapse key is used as it is; a link that browsers cannot open is for apps only', async () => {
    const vendor = shared.vendor(createHttp(stub.toward))
    await vendor.actions.send_to_topic!.send(callOf({ ...topic, fields: { ...topic.fields, collapseKey: 'cart', url: 'shop://cart' } }))
    expect(messages()[0]).toEqual({
      topic: 'news',
      notification: { title: 'Hello' },
      data: { url: 'shop://cart' },
      android: { collapse_key: 'cart', notification: { tag: 'cart' } },
      apns: { headers: { 'apns-collapse-id': 'cart' } },
      webpush: { notification: { tag: 'cart' } },
    })
  })

  test('a token is asked for once by all who need it, and again shortly before it ends, or when it is refused', async () => {
    const vendor = shared.vendor(createHttp(stub.toward))
    const call = callOf(push)
    await Promise.all(Array.from({ length: 5 }, () => vendor.actions.send_push!.send(call)))
    expect(tokensAsked()).toBe(1)
    now += 3_290_000
    await vendor.actions.send_push!.send(call)
    expect(tokensAsked()).toBe(1)
    now += 20_000
    await vendor.actions.send_push!.send(call)
    expect(tokensAsked()).toBe(2)
    stub.trouble.push(push.errors[401])
    await expect(vendor.actions.send_push!.send(call)).rejects.toMatchObject({ code: 'bad_credentials' })
    await vendor.actions.send_push!.send(call)
    expect(tokensAsked()).toBe(3)
  })

  test('when there is no token, nothing was sent: never ambiguous', async () => {
    const troubled = await startStub(rules())
    const sent = async (trouble: Stub['trouble'][number]) => {
      troubled.trouble.push(trouble)
      const signal = new AbortController()
      const sending = shared.vendor(createHttp(troubled.toward)).actions.send_push!.send(callOf(push, { signal: signal.signal }))
      const before = troubled.seen.length
      while (troubled.seen.length === before) await new Promise((resolve) => setImmediate(resolve))
      if (trouble === 'silence') signal.abort(new DOMException('late', 'TimeoutError'))
      return sending.catch(({ kind, code }: { kind: string; code: string }) => ({ kind, code }))
    }
    expect(await sent('silence')).toEqual({ kind: 'retry', code: 'timeout' })
    expect(await sent('reset')).toEqual({ kind: 'retry', code: 'connection_lost' })
    expect(await sent({ status: 502 })).toEqual({ kind: 'retry', code: 'http_502' })
    expect(await sent({ status: 200, json: {} })).toEqual({ kind: 'retry', code: 'no_token' })
    expect(await sent({ status: 400, json: { error: 'invalid_grant', error_description: 'Invalid JWT Signature.' } })).toEqual({ kind: 'permanent', code: 'bad_credentials' }) // prettier-ignore
    await closeAgents()
    await troubled.stop()
  })

  test('a token of another project is the token, not the credentials; a full quota waits a minute', async () => {
    const vendor = shared.vendor(createHttp(stub.toward))
    stub.trouble.push(error(403, 'PERMISSION_DENIED', 'SenderId mismatch', 'SENDER_ID_MISMATCH'), push.errors[429])
    await expect(vendor.actions.send_push!.send(callOf(push))).rejects.toMatchObject({ kind: 'permanent', code: 'fcm_SENDER_ID_MISMATCH' }) // prettier-ignore
    await expect(vendor.actions.send_push!.send(callOf(push))).rejects.toMatchObject({ kind: 'retry', code: 'rate_limited', retryAfterMs: 60_000 }) // prettier-ignore
  })

  test('the connection is tested without a send', async () => {
    const vendor = shared.vendor(createHttp(stub.toward))
    await vendor.test(callOf(push))
    expect(stub.seen.at(-1)!.json).toMatchObject({ validate_only: true })
    const other = googleAccount('', () => now).keyFile
    await expect(vendor.test(callOf(push, { secrets: { serviceAccount: other } }))).rejects.toMatchObject({ code: 'bad_credentials' })
  })
})

test.each([
  ['send_push', { ...push.fields, body: 'x'.repeat(4096) }],
  ['send_push', { ...push.fields, data: '{"from":"me"}' }],
  ['send_push', { ...push.fields, data: '["list"]' }],
  ['send_push', { ...push.fields, ttlSeconds: '2419201' }],
  ['send_push', { ...push.fields, collapseKey: 'é'.repeat(33) }],
  ['send_to_topic', { ...topic.fields, body: 'x'.repeat(2048) }],
  ['send_to_topic', { ...topic.fields, topic: '/topics/news' }],
])('%s refuses what FCM refuses: %#', (action, fields) => {
  expect(fcm(createHttp()).actions[action]!.fields.safeParse(fields).success).toBe(false)
})

test('only the key file of a service account is one', () => {
  const { secrets } = fcm(createHttp())
  expect(secrets.safeParse({ serviceAccount: google.keyFile }).success).toBe(true)
  for (const text of ['{}', 'x', google.keyFile.replace('PRIVATE KEY', 'KEY')]) expect(secrets.safeParse({ serviceAccount: text }).success).toBe(false) // prettier-ignore
})
