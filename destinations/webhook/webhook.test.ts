import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { closeAgents } from '../outbound/guard.js'
import { retryAfterMs } from '../outbound/retry-after.js'
import { SendError } from '../vendor.js'
import { callWebhook, type WebhookCall } from './index.js'

/* A real receiver on loopback. */

type Answer = (req: http.IncomingMessage, body: string, res: http.ServerResponse) => void
let answer: Answer
let server: http.Server
let url: string
let sockets = 0

beforeAll(async () => {
  server = http.createServer((req, res) => {
    let body = ''
    req.on('data', (chunk: Buffer) => (body += chunk.toString()))
    req.on('end', () => answer(req, body, res))
  })
  server.on('connection', () => sockets++)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
})
afterAll(async () => {
  await closeAgents()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const callOf = (more: Partial<WebhookCall> = {}): WebhookCall => ({
  key: 'mem_1:call:1',
  method: 'POST',
  url,
  headers: {},
  scope: {
    customer: { id: 'ada', traits: { plan: 'gold' } },
    entry: {},
    tiles: {},
    orchestration: { id: 'jrn_1', name: 'Test', version: 1 },
    member: { id: 'mem_1', enteredAt: '2026-11-24T09:00:00.000Z' },
  },
  secrets: { crm: 'a-secret' },
  ids: { memberId: 'mem_1', customerId: 'ada', orchestrationId: 'jrn_1', tileId: 'call' },
  signal: AbortSignal.timeout(10_000),
  outboundAllow: ['127.0.0.0/8'],
  ...more,
})

const failure = async (call: WebhookCall): Promise<SendError> => {
  const error: unknown = await callWebhook(call).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof SendError)) throw error ?? new Error('It was taken.')
  return error
}

test('a signed call verifies with standardwebhooks; its body are the ids; parts of the answer are kept', async () => {
  const secret = `whsec_${Buffer.from('a secret of twenty-four bytes or more').toString('base64')}`
  answer = (req, body, res) => {
    const headers = Object.fromEntries(Object.entries(req.headers).map(([name, value]) => [name, String(value)]))
    expect(new Webhook(secret).verify(body, headers)).toEqual({
      memberId: 'mem_1',
      customerId: 'ada',
      orchestrationId: 'jrn_1',
      tileId: 'call',
    })
    expect(headers['webhook-id']).toBe('mem_1:call:1')
    res.end(JSON.stringify({ data: { reward: 'mug', 'a/b': 1 } }))
  }
  const { status, saved } = await callWebhook(
    callOf({ signingSecret: secret, save: { reward: '/data/reward', odd: '/data/a~1b', none: '/nothing' } }),
  )
  expect({ status, saved }).toEqual({ status: 200, saved: { reward: 'mug', odd: 1, none: null } })
})

test('url, headers and body are templates; secrets only in headers', async () => {
  let seen: unknown
  answer = (req, body, res) => {
    seen = { path: req.url, key: req.headers['x-key'], body }
    res.statusCode = 204
    res.end()
  }
  await callWebhook(
    callOf({ url: `${url}/{{ customer.id }}`, headers: { 'X-Key': '{{ secrets.crm }}' }, body: '{"plan":"{{ customer.traits.plan }}"}' }),
  )
  expect(seen).toEqual({ path: '/hook/ada', key: 'a-secret', body: '{"plan":"gold"}' })
  expect(await failure(callOf({ body: '{{ secrets.crm }}' }))).toMatchObject({ kind: 'permanent', code: 'template_error' })
  expect((await failure(callOf({ body: '{{ customer.traits.nope }}' }))).message).toContain('nope')
})

test.each([
  [408, 'retry'],
  [425, 'retry'],
  [429, 'retry'],
  [500, 'retry'],
  [503, 'retry'],
  [301, 'permanent'],
  [400, 'permanent'],
  [404, 'permanent'],
  [410, 'permanent'],
])('%i: %s', async (status, kind) => {
  answer = (_req, _body, res) => {
    res.statusCode = status
    res.setHeader('location', `${url}/elsewhere`)
    res.setHeader('retry-after', '7')
    res.end('no')
  }
  const error = await failure(callOf())
  expect(error).toMatchObject({ kind, code: `http_${status}`, ...(kind === 'retry' && { retryAfterMs: 7000 }) })
})

test('Retry-After in seconds and as a date', () => {
  const now = Date.parse('2026-11-24T09:00:00Z')
  expect(retryAfterMs('120', now)).toBe(120_000)
  expect(retryAfterMs('Tue, 24 Nov 2026 09:01:00 GMT', now)).toBe(60_000)
  expect(retryAfterMs('soon', now)).toBeUndefined()
})

test('a receiver that never answers, and one that hangs up, are tried again', async () => {
  answer = () => undefined
  expect(await failure(callOf({ signal: AbortSignal.timeout(200) }))).toMatchObject({ kind: 'retry', code: 'timeout' })
  answer = (req) => req.socket.destroy()
  expect(await failure(callOf())).toMatchObject({ kind: 'retry', code: 'no_connection' })
})

test('more than 64 KB of answer is refused', async () => {
  answer = (_req, _body, res) => void res.end(Buffer.alloc(70_000, 'x'))
  expect(await failure(callOf())).toMatchObject({ kind: 'permanent', code: 'answer_too_large' })
})

test('connections are used again', async () => {
  answer = (_req, _body, res) => void res.end()
  await callWebhook(callOf())
  const before = sockets
  for (let n = 0; n < 5; n++) await callWebhook(callOf())
  expect(sockets).toBe(before)
})

test.each([
  'http://127.0.0.1/',
  'http://[::1]/',
  'http://169.254.169.254/latest/meta-data',
  'http://2130706433/',
  'http://0x7f000001/',
  'http://0177.0.0.1/',
  'http://127.1/',
  'http://0.0.0.0/',
  'http://[::ffff:127.0.0.1]/',
  'http://[64:ff9b::7f00:1]/',
  'http://[fd00::1]/',
  'http://10.1.2.3/',
  'http://192.168.0.1/',
  'http://100.64.0.1/',
  'http://168.63.129.16/',
  'http://localhost/',
])('%s is refused with a sentence that names OUTBOUND_ALLOW', async (hostile) => {
  const error = await failure(callOf({ url: hostile, outboundAllow: [] }))
  expect(error).toMatchObject({ kind: 'permanent', code: 'blocked_address' })
  expect(error.message).toContain('OUTBOUND_ALLOW')
})

test.each(['ftp://example.com/', 'file:///etc/passwd', 'not a url', 'http://user:pw@example.com/'])('%s is no URL to call', async (bad) => {
  expect(await failure(callOf({ url: bad }))).toMatchObject({ kind: 'permanent', code: 'invalid_url' })
})

test('headers of the connection and of the signature cannot be set', async () => {
  expect(await failure(callOf({ headers: { Host: 'example.com' } }))).toMatchObject({ code: 'invalid_header' })
  expect(await failure(callOf({ headers: { 'Webhook-Id': 'x' } }))).toMatchObject({ code: 'invalid_header' })
  expect(
    await failure(
      callOf({
        headers: { 'X-A': '{{ customer.traits.broken }}' },
        scope: { ...callOf().scope, customer: { id: 'a', traits: { broken: 'a\r\nb' } } },
      }),
    ),
  ).toMatchObject({
    code: 'invalid_header',
  })
})
