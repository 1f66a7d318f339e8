import { callOf, conformance, conforms } from '../../test/vendors/conform.js'
import { withVendor, type Reply, type Rules, type Seen, type Stub } from '../../test/vendors/stub.js'
import { SendError, type SendCall, type Vendor } from '../vendor.js'
import { customerio } from './index.js'

/* Rules: docs.customer.io/integrations/api/track (OpenAPI), /journeys/send/transactional/api-examples, /journeys/invalid-api-requests. */

const SECRETS = { siteId: 'site', trackKey: 'track', appKey: 'app' }
const basic = `Basic ${Buffer.from('site:track').toString('base64')}`
const refused = (...errors: string[]): Reply => ({ status: 400, json: { meta: { errors } } })
const unauthorized: Reply = { status: 401, json: { meta: { error: 'unauthorized' } } }
type Operation = Record<string, unknown> & { identifiers?: object }

/** What is wrong with an operation, as the schema of batch says. */
function fault({ type, identifiers, action, ...more }: Operation): string | undefined {
  const known = { identify: ['attributes'], event: ['id', 'name', 'timestamp', 'attributes'] }[String(action)]
  if (type !== 'person' || !known) return 'action'
  if (Object.keys(identifiers ?? {}).length !== 1) return 'identifiers'
  if (Object.keys(more).some((name) => !known.includes(name))) return 'unknown'
  if (action === 'event' && (!more.name || !/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(String(more.id)))) return 'id'
  if (more.timestamp !== undefined && !Number.isInteger(more.timestamp)) return 'timestamp'
  return JSON.stringify({ type, identifiers, action, ...more }).length > 32 * 1024 ? 'size' : undefined
}

const rules = (events = new Set<unknown>()): Rules => {
  const batch = ({ json, body }: Seen): Reply => {
    const operations = json.batch as Operation[] | undefined
    if (!Array.isArray(operations) || Buffer.byteLength(body) >= 500_000) return refused('batch is invalid')
    const errors = operations.flatMap((each, index) => {
      const field = fault(each)
      if (field === undefined && each.action === 'event') events.add(each.id)
      return field === undefined ? [] : [{ batch_index: index, reason: 'invalid', field, message: 'is not valid' }]
    })
    return errors.length > 0 ? { status: 207, json: { errors } } : { status: 200, json: {} }
  }
  const email = ({ json }: Seen): Reply => {
    const extra = Object.keys(json).find((name) => !['transactional_message_id', 'to', 'identifiers', 'message_data'].includes(name))
    if (extra) return { status: 400, json: { meta: { error: `unknown field ${extra}` } } }
    if (json.transactional_message_id !== 3) return { status: 404, json: { meta: { error: 'transactional message not found' } } }
    if (!json.to || Object.keys(json.identifiers as object).length !== 1) return refused("'identifiers' is required")
    return { status: 200, json: { delivery_id: 'RPILAgUBcRhIBqSfeiIwdIYJKxTY', queued_at: 1_795_000_000 } }
  }
  return (seen) => {
    const { method, path, host, headers } = seen
    if (host === 'track-eu.customer.io') {
      if (headers.authorization !== basic) return unauthorized
      if (method === 'GET' && path === '/api/v1/accounts/region')
        return { status: 200, json: { url: host, data_center: 'eu', environment_id: 1 } }
      return method === 'POST' && path === '/api/v2/batch' && headers['content-type'] === 'application/json' ? batch(seen) : { status: 404 }
    }
    if (host !== 'api-eu.customer.io') return { status: 421 }
    if (headers.authorization !== 'Bearer app') return unauthorized
    if (method === 'GET' && path === '/v1/transactional') return { status: 200, json: { messages: [] } }
    return method === 'POST' && path === '/v1/send/email' ? email(seen) : { status: 404 }
  }
}

const of = (action: string, fields: Record<string, string>, inside?: Reply) =>
  conformance({
    vendor: customerio,
    action,
    config: { region: 'eu' as const },
    secrets: SECRETS,
    fields,
    rules: rules(),
    errors: {
      400: refused('name cannot be blank'),
      401: unauthorized,
      404: { status: 404, json: { meta: { error: 'not found' } } },
      429: { status: 429, json: { meta: { error: 'too many requests' } } },
      500: { status: 500, json: { meta: { error: 'internal error' } } },
    },
    ...(inside && { inside }),
  })
const one: Reply = { status: 207, json: { errors: [{ batch_index: 0, reason: 'invalid', field: 'name', message: 'cannot be blank' }] } }
const track = of('track', { event: 'Renewed', properties: '{"plan":"pro"}', timestamp: '2026-11-26T10:00:00Z' }, one)
const identify = of('identify', { email: 'ada@example.com', attributes: '{"plan":"pro"}' }, one)
const transactional = of('send_transactional', { to: 'ada@example.com', message: '3', data: '{"order":7}' })
for (const each of [identify, track, transactional]) conforms('destinations/customerio', each)

const stubbed = (work: (vendor: Vendor, stub: Stub, events: Set<unknown>) => Promise<void>): Promise<void> =>
  withVendor(customerio, rules, new Set<unknown>(), work)

test('requests are as documented; an event is known by a ULID of its key', () =>
  stubbed(async ({ actions }, stub, events) => {
    for (const each of [track, track, identify, transactional]) await actions[each.action]!.send(callOf(each))
    await actions.track!.send(callOf(track, { key: 'mem_01j000000000000000000000000:send:2' }))
    await actions.track!.send(callOf(track, { key: 'test:1' }))
    expect(events.size).toBe(3)
    expect(stub.seen.slice(1, 4).map(({ json }) => json)).toEqual([
      { batch: [{ type: 'person', identifiers: { id: 'ada' }, action: 'event', id: expect.stringMatching(/^01J0000000/) as string, name: 'Renewed', timestamp: 1_795_687_200, attributes: { plan: 'pro' } }] }, // prettier-ignore
      { batch: [{ type: 'person', identifiers: { email: 'ada@example.com' }, action: 'identify', attributes: { plan: 'pro' } }] },
      { transactional_message_id: 3, to: 'ada@example.com', identifiers: { id: 'ada' }, message_data: { order: 7 } },
    ])
  }))

const nth = (n: number, fields: Record<string, string> = {}): SendCall =>
  callOf(track, { key: `k${n}`, fields: { event: `e${n}`, ...fields } })

test('gathered: within 500 KB a request and 32 KB each, in order, and a fault is that of its own', () =>
  stubbed(async ({ actions }, stub) => {
    const calls = Array.from({ length: 20 }, (_, n) => nth(n, { properties: JSON.stringify({ text: 'é'.repeat(15_000) }) }))
    calls[3] = nth(3, { event: '' })
    calls[4] = nth(4, { properties: JSON.stringify({ text: 'é'.repeat(16_000) }) })
    const outcomes = await actions.track!.gather!.send(calls)
    expect(outcomes[3]).toMatchObject({ kind: 'permanent', code: 'customerio_refused' })
    expect(outcomes[4]).toMatchObject({ kind: 'permanent', code: 'invalid_fields' })
    expect(outcomes.filter((each) => each instanceof SendError)).toHaveLength(2)
    expect(stub.seen).toHaveLength(2)
    const names = stub.seen.flatMap(({ json }) => (json.batch as Operation[]).map(({ name }) => name))
    expect(names).toEqual(calls.flatMap(({ fields }, n) => (n === 4 ? [] : fields.event)))
  }))

test('transactional email needs the App API key', () =>
  stubbed(async ({ actions }, stub) => {
    const call = callOf(transactional, { secrets: { ...SECRETS, appKey: undefined } })
    await expect(actions.send_transactional!.send(call)).rejects.toMatchObject({ kind: 'permanent', code: 'bad_credentials' })
    expect(stub.seen).toHaveLength(0)
  }))

test('the connection is tested without a send: each key, and the region', () =>
  stubbed(async (vendor, stub) => {
    const trying = (secrets: object): Promise<void> => vendor.test(callOf(track, { secrets: { ...SECRETS, ...secrets } }))
    await trying({})
    await trying({ appKey: undefined })
    await expect(trying({ trackKey: 'wrong' })).rejects.toMatchObject({ code: 'bad_credentials' })
    await expect(trying({ appKey: 'wrong' })).rejects.toMatchObject({ code: 'bad_credentials' })
    stub.trouble.push({ status: 200, json: { url: 'track.customer.io', data_center: 'us' } })
    await expect(trying({})).rejects.toMatchObject({ code: 'customerio_wrong_region' })
    expect(stub.seen.every(({ method }) => method === 'GET')).toBe(true)
  }))
