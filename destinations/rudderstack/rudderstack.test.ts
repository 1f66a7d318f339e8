import { callOf, conformance, conforms } from '../../test/vendors/conform.js'
import { withVendor, type Reply, type Rules, type Stub } from '../../test/vendors/stub.js'
import { createHttp } from '../outbound/http.js'
import type { Vendor } from '../vendor.js'
import { rudderstack } from './index.js'

/* Rules: rudderstack.com/docs/api/http-api and gateway/openapi.yaml of rudderlabs/rudder-server. What is shared is tested with Segment. */

const KEY = '1Xk5DChfJAol3xtW7qNnK1a5p'
const said = (status: number, text: string): Reply => ({ status, text, headers: { 'content-type': 'text/plain; charset=utf-8' } })
type Message = Record<string, unknown> & { messageId: string }

const rules =
  (taken = new Set<string>()): Rules =>
  ({ method, path, host, headers, json, body }) => {
    if (host !== 'example.dataplane.rudderstack.com' || method !== 'POST' || path !== '/v1/batch') return said(404, '404 page not found')
    if (headers.authorization !== `Basic ${Buffer.from(`${KEY}:`).toString('base64')}`) return said(401, 'Invalid Authorization Header')
    if (Buffer.byteLength(body) > 4_000_000) return said(413, 'Request size too large')
    const batch = json.batch as Message[] | undefined
    if (!Array.isArray(batch)) return said(400, 'Invalid request')
    if (batch.length === 0) return said(400, 'Empty batch payload')
    if (batch.some(({ userId, type }) => !userId || !['track', 'identify'].includes(String(type)))) return said(400, 'Invalid request')
    for (const { messageId } of batch) taken.add(messageId)
    return said(200, 'OK')
  }

const of = (action: string, fields: Record<string, string>) =>
  conformance({
    vendor: rudderstack,
    action,
    config: { dataPlane: 'https://example.dataplane.rudderstack.com' },
    secrets: { writeKey: KEY },
    fields,
    rules: rules(),
    errors: {
      400: said(400, 'Invalid request'),
      401: said(401, 'Invalid Authorization Header'),
      404: said(404, 'Source does not accept webhook events'),
      429: said(429, 'Too many requests'),
      500: said(500, 'Internal server error'),
    },
  })
const track = of('track', { event: 'Renewed', properties: '{"plan":"pro"}' })
conforms('destinations/rudderstack', track)
conforms('destinations/rudderstack', of('identify', { traits: '{"plan":"pro"}' }))

const stubbed = (work: (vendor: Vendor, stub: Stub, taken: Set<string>) => Promise<void>): Promise<void> =>
  withVendor(rudderstack, rules, new Set<string>(), work)

test('a batch holds 4 MB, a repeat is known by its messageId, and the plain answer is kept', () =>
  stubbed(async (vendor, stub, taken) => {
    const { actions } = vendor
    const calls = Array.from({ length: 150 }, (_, n) =>
      callOf(track, { key: `k${n}`, fields: { event: 'e', properties: JSON.stringify({ text: 'a'.repeat(32_000) }) } }),
    )
    expect((await actions.track!.gather!.send(calls))[149]).toEqual({ vendorId: 'k149', answer: 'OK' })
    expect(stub.seen).toHaveLength(2)
    await actions.track!.send(calls[0]!)
    expect(taken.size).toBe(150)
  }))

test('the connection is tested without an event', () =>
  stubbed(async (vendor, _stub, taken) => {
    await vendor.test(callOf(track))
    await expect(vendor.test(callOf(track, { secrets: { writeKey: 'wrong' } }))).rejects.toMatchObject({ code: 'bad_credentials' })
    expect(taken.size).toBe(0)
  }))

test('only an https origin is a data plane', () => {
  const { config } = rudderstack(createHttp())
  for (const dataPlane of ['http://a.example.com', 'https://a.example.com/path', 'https://user@a.example.com', 'https://localhost'])
    expect(config.safeParse({ dataPlane }).success).toBe(false)
  expect(config.safeParse({ dataPlane: 'https://hosted.example.com:8080' }).success).toBe(true)
})
