import { createECDH, webcrypto } from 'node:crypto'
import { callOf, conformance, conforms } from '../../test/vendors/conform.js'
import { readJwtByPoint } from '../../test/vendors/jwt.js'
import { startStub, type Reply, type Rules, type Stub } from '../../test/vendors/stub.js'
import { closeAgents } from '../outbound/guard.js'
import { createHttp } from '../outbound/http.js'
import { encrypt } from './encrypt.js'
import { webPush } from './index.js'

/* Rules: RFC 8030, 8188, 8291, 8292; errors: autopush.readthedocs.io. */

const from = (text: string): Buffer => Buffer.from(text, 'base64url')

/** The browser of RFC 8291, appendix A. */
const UA = {
  privateKey: 'q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94',
  publicKey: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
  auth: 'BTBZMqHH6r4Tts7J_aSIgg',
}
const keysOf = (privateKey: string): { privateKey: string; publicKey: string } => {
  const ecdh = createECDH('prime256v1')
  ecdh.setPrivateKey(from(privateKey))
  return { privateKey, publicKey: ecdh.getPublicKey().toString('base64url') }
}
const VAPID = keysOf('yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw')
const to = (endpoint = 'https://push.example.net/send/abc'): string =>
  JSON.stringify({ endpoint, expirationTime: null, keys: { p256dh: UA.publicKey, auth: UA.auth } })

const now = Date.parse('2026-11-26T10:00:00Z')

/** Decrypts as a browser does, by Web Cryptography: RFC 8291 section 4. */
async function decrypted(body: Buffer): Promise<string> {
  const { subtle } = webcrypto
  const salt = body.subarray(0, 16)
  const [size, length] = [body.readUInt32BE(16), body.readUInt8(20)]
  const theirs = body.subarray(21, 21 + length)
  const sealed = body.subarray(21 + length)
  if (sealed.length > size) throw new Error('more than one record')
  const point = from(UA.publicKey)
  const jwk = { kty: 'EC', crv: 'P-256', d: UA.privateKey, x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') } // prettier-ignore
  const curve = { name: 'ECDH', namedCurve: 'P-256' }
  const own = await subtle.importKey('jwk', jwk, curve, false, ['deriveBits'])
  const secret = await subtle.deriveBits({ name: 'ECDH', public: await subtle.importKey('raw', theirs, curve, false, []) }, own, 256)
  const hkdf = async (ikm: ArrayBuffer, by: Buffer, info: Buffer, bytes: number): Promise<ArrayBuffer> => {
    const key = await subtle.importKey('raw', ikm, 'HKDF', false, ['deriveBits'])
    return subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt: by, info }, key, bytes * 8)
  }
  const ikm = await hkdf(secret, from(UA.auth), Buffer.concat([Buffer.from('WebPush: info\0'), point, theirs]), 32)
  const cek = await subtle.importKey('raw', await hkdf(ikm, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16), 'AES-GCM', false, ['decrypt']) // prettier-ignore
  const iv = await hkdf(ikm, salt, Buffer.from('Content-Encoding: nonce\0'), 12)
  const plain = Buffer.from(await subtle.decrypt({ name: 'AES-GCM', iv }, cek, sealed))
  const end = plain.findLastIndex((byte) => byte !== 0)
  if (plain[end] !== 2) throw new Error('not the last record')
  return plain.subarray(0, end).toString('utf8')
}

const error = (code: number, errno: number, message: string): Reply => ({ status: code, json: { code, errno, error: 'Error', message } })

const rules = (): Rules => {
  let sent = 0
  return async ({ method, path, host, headers, bytes }) => {
    if (host !== 'push.example.net') return { status: 421 }
    if (method !== 'POST') return { status: 405 }
    const [, token, key] = /^vapid t=([^,]+), ?k=([\w-]+)$/.exec(headers.authorization ?? '') ?? []
    if (!token || !key) return error(401, 109, 'Missing or invalid Authorization header')
    const jwt = await readJwtByPoint(token, from(key))
    const { aud, exp, sub } = (jwt?.claims ?? {}) as { aud?: string; exp?: number; sub?: string }
    if (!jwt || key !== VAPID.publicKey) return error(401, 109, 'Invalid key')
    if (aud !== 'https://push.example.net' || !/^(mailto:|https:)/.test(sub ?? '')) return error(401, 109, 'Invalid claims')
    if (!exp || exp <= now / 1000 || exp > now / 1000 + 86_400) return error(401, 109, 'Invalid expiry')
    if (headers['content-encoding'] !== 'aes128gcm') return error(400, 110, 'Invalid Encoding')
    if (!/^\d+$/.test((headers.ttl as string | undefined) ?? '')) return error(400, 111, 'Missing TTL header')
    if (!/^[\w-]{1,32}$/.test((headers.topic as string | undefined) ?? 'none')) return error(400, 113, 'Invalid Topic')
    if (!['very-low', 'low', 'normal', 'high'].includes((headers.urgency as string | undefined) ?? 'normal')) return error(400, 110, 'Invalid Urgency') // prettier-ignore
    if (bytes.length > 4096) return error(413, 104, 'Data payload too large')
    await decrypted(bytes)
    if (path !== '/send/abc') return error(410, 106, 'No such subscription')
    return { status: 201, headers: { location: `https://push.example.net/message/${++sent}` } }
  }
}

const each = conformance({
  vendor: (http) => webPush(http, () => now),
  action: 'send_push',
  config: { subject: 'mailto:push@example.com' },
  secrets: { privateKey: VAPID.privateKey },
  fields: { to: to(), title: 'Hello', body: 'Ada' },
  rules: rules(),
  errors: {
    400: error(400, 110, 'Invalid crypto headers'),
    401: error(401, 109, 'Invalid key'),
    404: error(404, 102, 'Invalid URL endpoint'),
    429: { status: 429, text: 'Too many requests' },
    500: error(500, 999, 'Unknown error'),
  },
})

conforms('destinations/web-push', each)

describe('a request', () => {
  let stub: Stub
  const vendor = () => each.vendor(createHttp(stub.toward))
  beforeEach(async () => (stub = await startStub(rules())))
  afterEach(async () => {
    await closeAgents()
    await stub.stop()
  })

  test('the browser reads the whole of it; a repeat has the same tag and topic, and no byte of the body in common', async () => {
    const fields = { ...each.fields, url: 'https://example.com/a', icon: '/i.png', data: '{"id":7}', urgency: 'high', ttlSeconds: '60' }
    const call = callOf({ ...each, fields })
    const { send } = vendor().actions.send_push!
    await send(call)
    await send(call)
    await send({ ...call, key: 'another', fields: { ...call.fields, topic: 'cart' } })
    const read = await Promise.all(stub.seen.map(async ({ bytes }) => JSON.parse(await decrypted(bytes)) as Record<string, unknown>))
    expect(read[0]).toEqual({ title: 'Hello', body: 'Ada', url: 'https://example.com/a', icon: '/i.png', data: { id: 7 }, tag: expect.stringMatching(/^[0-9a-f]{32}$/) as string }) // prettier-ignore
    expect(read[1]).toEqual(read[0])
    expect(read[2]!.tag).not.toBe(read[0]!.tag)
    const [first, second, third] = stub.seen
    expect(first!.headers).toMatchObject({ ttl: '60', urgency: 'high', topic: read[0]!.tag })
    expect([second!.headers.topic, third!.headers.topic]).toEqual([read[0]!.tag, 'cart'])
    expect(second!.bytes.subarray(0, 16)).not.toEqual(first!.bytes.subarray(0, 16))
    expect(second!.bytes.subarray(21, 86)).not.toEqual(first!.bytes.subarray(21, 86))
  })

  test('the longest message fits into what every service takes', async () => {
    const most = 3993 - Buffer.byteLength(JSON.stringify({ title: 'Hello', body: '', tag: 'x'.repeat(32) }))
    const fields = { ...each.fields, body: 'x'.repeat(most) }
    await vendor().actions.send_push!.send(callOf({ ...each, fields }))
    expect(stub.seen[0]!.bytes.length).toBe(4096)
    expect(webPush(createHttp()).actions.send_push!.fields.safeParse({ ...fields, body: `${fields.body}x` }).success).toBe(false)
  })

  test('a subscription that is gone is told apart', async () => {
    const gone = callOf({ ...each, fields: { ...each.fields, to: to('https://push.example.net/send/gone') } })
    await expect(vendor().actions.send_push!.send(gone)).rejects.toMatchObject({ kind: 'permanent', code: 'token_gone' })
  })
})

test('the example of RFC 8291, byte for byte', () => {
  const body = encrypt(
    Buffer.from('When I grow up, I want to be a watermelon'),
    { p256dh: from(UA.publicKey), auth: from(UA.auth) },
    { salt: from('DGv6ra1nlYgDCS1FRnbzlw'), privateKey: from('yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw') },
  )
  expect(body.toString('base64url')).toBe('DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN') // prettier-ignore
})

test('an endpoint is what a customer says, so it cannot lead inside', async () => {
  const { send } = webPush(createHttp()).actions.send_push!
  for (const endpoint of ['https://127.0.0.1:1/x', 'https://[::1]:1/x', 'https://169.254.169.254/latest', 'https://localhost:1/x'])
    await expect(send(callOf({ ...each, fields: { ...each.fields, to: to(endpoint) } }, { outboundAllow: [] }))).rejects.toMatchObject({ kind: 'permanent', code: 'blocked_address' }) // prettier-ignore
  await closeAgents()
})

test.each([
  'x',
  '{}',
  to('http://push.example.net/x'),
  to('https://user:pass@push.example.net/x'),
  to().replace(UA.publicKey, VAPID.publicKey.slice(0, -4)),
  to().replace(UA.publicKey, `B${'A'.repeat(86)}`),
  to().replace(UA.auth, 'c2hvcnQ'),
])('no subscription: %#', (text) => {
  expect(webPush(createHttp()).actions.send_push!.fields.safeParse({ ...each.fields, to: text }).success).toBe(false)
})

test('the key is a private one on P-256', () => {
  const { secrets } = webPush(createHttp())
  expect(secrets.safeParse({ privateKey: VAPID.privateKey }).success).toBe(true)
  for (const privateKey of [VAPID.publicKey, 'A'.repeat(43), 'x']) expect(secrets.safeParse({ privateKey }).success).toBe(false)
})
