import { callOf, conformance, conforms } from '../../test/vendors/conform.js'
import { withVendor, type Reply, type Rules, type Seen, type Stub } from '../../test/vendors/stub.js'
import { createHttp } from '../outbound/http.js'
import { SendError, type SendCall, type Vendor } from '../vendor.js'
import { hubspot } from './index.js'

/* Rules: developers.hubspot.com/docs/api-reference/latest: crm/objects/contacts/guide, events/send-event-data, error-handling. */

const TOKEN = 'pat-eu1-00000000-1111-2222-3333-444444444444'
const error = (status: number, category: string, message: string): Reply => ({
  status,
  json: { status: 'error', message, category, correlationId: 'c033cdaa-2c40-4a64-ae48-b4cec88dad24' },
})
const missing = (name: string): string =>
  `Property values were not valid: [{"message":"Property \\"${name}\\" does not exist","error":"PROPERTY_DOESNT_EXIST"}]`

interface Input {
  id: string
  idProperty: string
  properties: Record<string, unknown>
  objectWriteTraceId: string
}

const rules = (contacts = new Map<string, object>()): Rules => {
  const upsert = ({ json }: Seen): Reply => {
    const inputs = (json.inputs ?? []) as Input[]
    if (inputs.length < 1 || inputs.length > 100) return error(400, 'VALIDATION_ERROR', 'Batch size is not valid')
    const ids = inputs.map(({ id }) => id.toLowerCase())
    if (new Set(ids).size < ids.length) return error(400, 'VALIDATION_ERROR', 'Duplicate IDs found in batch input')
    const results: object[] = []
    const errors: object[] = []
    for (const { id, idProperty, properties, objectWriteTraceId } of inputs) {
      const strange = Object.keys(properties).find((name) => !['firstname', 'plan', 'interests', 'phone', idProperty].includes(name))
      if (Object.values(properties).some((value) => typeof value !== 'string')) return error(400, 'VALIDATION_ERROR', 'Invalid input JSON')
      if (strange)
        errors.push({ status: 'error', category: 'VALIDATION_ERROR', message: missing(strange), context: { objectWriteTraceId: [objectWriteTraceId] } }) // prettier-ignore
      else {
        results.unshift({ id: `h-${id}`, new: !contacts.has(id), properties, objectWriteTraceId })
        contacts.set(id, { ...contacts.get(id), ...properties })
      }
    }
    return { status: errors.length > 0 ? 207 : 200, json: { status: 'COMPLETE', results, ...(errors.length > 0 && { numErrors: errors.length, errors }) } } // prettier-ignore
  }
  const event = ({ json }: Seen): Reply => {
    const extra = Object.keys(json).find((name) => !['eventName', 'email', 'uuid', 'occurredAt', 'properties'].includes(name))
    if (extra || !json.email) return error(400, 'VALIDATION_ERROR', 'Invalid input JSON')
    if (!/^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(String(json.uuid))) return error(400, 'VALIDATION_ERROR', 'Invalid uuid') // prettier-ignore
    return json.eventName === 'pe1234567_renewed' ? { status: 204 } : error(400, 'VALIDATION_ERROR', 'Event does not exist')
  }
  return (seen) => {
    const { method, path, host, headers } = seen
    if (host !== 'api.hubapi.com') return { status: 421 }
    if (headers.authorization !== `Bearer ${TOKEN}`) return error(401, 'INVALID_AUTHENTICATION', 'Authentication credentials not found.')
    if (method === 'GET' && path === '/account-info/v3/details') return { status: 200, json: { portalId: 1234567 } }
    if (method === 'POST' && path === '/crm/objects/2026-09/contacts/batch/upsert') return upsert(seen)
    return method === 'POST' && path === '/events/2026-03/send' ? event(seen) : error(404, 'OBJECT_NOT_FOUND', 'resource not found')
  }
}

const of = (action: string, fields: Record<string, string>, inside?: Reply) =>
  conformance({
    vendor: hubspot,
    action,
    config: { idProperty: 'email' },
    secrets: { token: TOKEN },
    fields,
    rules: rules(),
    errors: {
      400: error(400, 'VALIDATION_ERROR', missing('plan')),
      401: error(401, 'INVALID_AUTHENTICATION', 'Authentication credentials not found.'),
      404: error(404, 'OBJECT_NOT_FOUND', 'resource not found'),
      429: { status: 429, json: { status: 'error', message: 'You have reached your ten_secondly_rolling limit.', errorType: 'RATE_LIMIT', policyName: 'TEN_SECONDLY_ROLLING' } }, // prettier-ignore
      500: error(500, 'INTERNAL_ERROR', 'internal error'),
    },
    ...(inside && { inside }),
  })
const contact = of('upsert_contact', { id: 'ada@example.com', properties: '{"firstname":"Ada","plan":3,"interests":["a","b"],"phone":null}' }, {
  status: 207,
  json: { status: 'COMPLETE', results: [], numErrors: 1, errors: [{ status: 'error', category: 'VALIDATION_ERROR', message: missing('plan'), context: {} }] },
}) // prettier-ignore
const track = of('track', { email: 'ada@example.com', event: 'pe1234567_renewed', properties: '{"plan":"pro"}', timestamp: '2026-11-26T10:00:00Z' }) // prettier-ignore
conforms('destinations/hubspot', contact)
conforms('destinations/hubspot', track)

const stubbed = (work: (vendor: Vendor, stub: Stub, contacts: Map<string, object>) => Promise<void>): Promise<void> =>
  withVendor(hubspot, rules, new Map<string, object>(), work)

test('requests are as documented, and what comes again changes nothing', () =>
  stubbed(async ({ actions }, stub, contacts) => {
    for (const each of [contact, contact, track, track]) await actions[each.action]!.send(callOf(each))
    const properties = { firstname: 'Ada', plan: '3', interests: 'a;b', phone: '' }
    expect([...contacts]).toEqual([['ada@example.com', properties]])
    const [upsert, , event, again] = stub.seen.map(({ json }) => json)
    expect(upsert).toEqual({ inputs: [{ id: 'ada@example.com', idProperty: 'email', properties, objectWriteTraceId: '0' }] })
    expect(event).toEqual({ eventName: 'pe1234567_renewed', email: 'ada@example.com', uuid: expect.any(String) as string, occurredAt: '2026-11-26T10:00:00Z', properties: { plan: 'pro' } }) // prettier-ignore
    expect(again).toEqual(event)
  }))

const nth = (n: number, fields: Record<string, string> = {}): SendCall =>
  callOf(contact, { key: `k${n}`, fields: { id: `c${n}@example.com`, properties: JSON.stringify({ plan: String(n) }), ...fields } })

test('gathered: one contact once a request, in order, and a fault is that of its own', () =>
  stubbed(async ({ actions }, stub, contacts) => {
    const calls = Array.from({ length: 40 }, (_, n) => nth(n))
    calls[9] = nth(9, { properties: '{"shoe":"42"}' })
    // Of one customer, the later wins.
    calls[20] = nth(20, { id: 'C3@example.com' })
    const { most, send } = actions.upsert_contact!.gather!
    const outcomes = await send(calls)
    expect(most).toBe(40)
    expect(stub.seen.map(({ json }) => (json.inputs as Input[]).length)).toEqual([20, 20])
    expect(outcomes[9]).toMatchObject({ kind: 'permanent', code: 'hubspot_validation_error' })
    expect(outcomes.filter((each) => each instanceof SendError)).toHaveLength(1)
    expect(outcomes[0]).toMatchObject({ vendorId: 'h-c0@example.com' })
    expect(outcomes[20]).toMatchObject({ vendorId: 'h-C3@example.com' })
    expect(contacts.size).toBe(39)
  }))

test('waits are told apart', () =>
  stubbed(async ({ actions }, stub) => {
    const meets = async (reply: Reply): Promise<unknown> => {
      stub.trouble.push(reply)
      return actions.upsert_contact!.send(callOf(contact)).catch((error: unknown) => error)
    }
    const slow = { ...contact.errors[429], headers: { 'x-hubspot-ratelimit-interval-milliseconds': '10000' } }
    expect(await meets(slow)).toMatchObject({ kind: 'retry', code: 'rate_limited', retryAfterMs: 10_000 })
    expect(((await meets({ ...slow, json: { policyName: 'DAILY' } })) as SendError).retryAfterMs).toBeUndefined()
    expect(await meets(error(423, 'LOCKED', 'locked'))).toMatchObject({ kind: 'retry', code: 'hubspot_locked', retryAfterMs: 2000 })
    expect(await meets({ status: 477, headers: { 'retry-after': '3600' } })).toMatchObject({ kind: 'retry', code: 'hubspot_migrating', retryAfterMs: 3_600_000 }) // prettier-ignore
  }))

test('fields that HubSpot would not take are refused', () => {
  const { actions, config } = hubspot(createHttp())
  expect(actions.upsert_contact!.fields.safeParse({ id: 'a@example.com', properties: '{"address":{"city":"x"}}' }).success).toBe(false)
  expect(actions.track!.fields.safeParse({ email: 'a@example.com', event: 'renewed' }).success).toBe(false)
  expect(config.parse({})).toEqual({ idProperty: 'email' })
})

test('the connection is tested without a send, also of a token that may do nothing else', () =>
  stubbed(async (vendor, stub) => {
    await vendor.test(callOf(contact))
    stub.trouble.push(error(403, 'MISSING_SCOPES', 'This app hasn’t been granted all required scopes.'))
    await vendor.test(callOf(contact))
    await expect(vendor.test(callOf(contact, { secrets: { token: 'wrong' } }))).rejects.toMatchObject({ code: 'bad_credentials' })
    expect(stub.seen.every(({ method }) => method === 'GET')).toBe(true)
  }))
