import { callOf, conformance, conforms } from '../../test/vendors/conform.js'
import { withVendor, type Reply, type Rules, type Seen, type Stub } from '../../test/vendors/stub.js'
import { createHttp } from '../outbound/http.js'
import type { Vendor } from '../vendor.js'
import { klaviyo } from './index.js'

/* Rules: klaviyo/openapi, create_event.json and create_or_update_profile.json; developers.klaviyo.com/en/docs/rate_limits_and_error_handling. */

const KEY = 'pk_0123456789abcdef'
const error = (status: number, code: string, detail: string, pointer?: string): Reply => ({
  status,
  headers: { 'content-type': 'application/vnd.api+json' },
  text: JSON.stringify({ errors: [{ id: 'e1', status, code, title: detail, detail, source: pointer === undefined ? {} : { pointer } }] }),
})

type Attributes = Record<string, unknown>
const EVENT = ['properties', 'time', 'value', 'value_currency', 'unique_id', 'metric', 'profile']
const PROFILE = ['external_id', 'email', 'phone_number', 'first_name', 'last_name', 'organization', 'locale', 'title', 'image', 'location', 'properties'] // prettier-ignore

const invalid = (detail: string, pointer = '/data'): Reply => error(400, 'invalid', detail, pointer)
const resource = (data: unknown, type: string, known: string[]): Attributes | undefined => {
  const { type: found, attributes, ...more } = (data ?? {}) as { type?: string; attributes?: Attributes }
  if (found !== type || !attributes || Object.keys(more).length > 0) return undefined
  return Object.keys(attributes).every((name) => known.includes(name)) ? attributes : undefined
}

function profileFault(data: unknown): Reply | undefined {
  const attributes = resource(data, 'profile', PROFILE)
  if (!attributes || !(attributes.external_id || attributes.email || attributes.phone_number)) return invalid('Invalid profile.')
  const { email = 'none@example.com' } = attributes
  return /^[^@]+@[^.@]+\./.test(String(email)) ? undefined : invalid('Invalid email address', '/data/attributes/email')
}

const rules = (events = new Map<string, Attributes>()): Rules => {
  const event = ({ json }: Seen): Reply => {
    const attributes = resource(json.data, 'event', EVENT)
    if (!attributes || typeof attributes.properties !== 'object') return invalid('Invalid event.')
    const metric = resource((attributes.metric as { data: unknown }).data, 'metric', ['name'])
    if (!metric || String(metric.name).length >= 128) return invalid('Invalid metric.')
    const { data } = attributes.profile as { data: { attributes: Attributes } }
    const wrong = profileFault(data)
    if (wrong) return wrong
    const once = JSON.stringify([attributes.unique_id, metric.name, data.attributes.external_id])
    if (!events.has(once)) events.set(once, attributes)
    return { status: 202 }
  }
  return (seen) => {
    const { method, path, host, headers } = seen
    if (host !== 'a.klaviyo.com') return { status: 421 }
    if (headers.authorization !== `Klaviyo-API-Key ${KEY}`) return error(401, 'authentication_failed', 'Incorrect authentication credentials.') // prettier-ignore
    if (!/^\d{4}-\d{2}-\d{2}$/.test(String(headers.revision))) return error(400, 'invalid', 'Missing or invalid revision header.')
    if (method === 'GET' && path === '/api/accounts') return { status: 200, json: { data: [] } }
    if (method === 'POST' && headers['content-type'] !== 'application/vnd.api+json') return error(415, 'unsupported_media_type', 'Media type.') // prettier-ignore
    if (method === 'POST' && path === '/api/events') return event(seen)
    if (method !== 'POST' || path !== '/api/profile-import') return error(404, 'not_found', 'Not found.')
    return profileFault(seen.json.data) ?? { status: 201, json: { data: { type: 'profile', id: '01GDDKASAP8TKDDA2GRZDSVP4H' } } }
  }
}

const of = (action: string, fields: Record<string, string>) =>
  conformance({
    vendor: klaviyo,
    action,
    config: {},
    secrets: { apiKey: KEY },
    fields,
    rules: rules(),
    errors: {
      400: error(400, 'invalid', 'Invalid input.', '/data/attributes/time'),
      401: error(401, 'authentication_failed', 'Incorrect authentication credentials.'),
      404: error(404, 'not_found', 'Not found.'),
      429: error(429, 'throttled', 'Request was throttled.'),
      500: error(500, 'error', 'A server error occurred.'),
    },
  })
const track = of('track', { event: 'Renewed', properties: '{"plan":"pro"}', value: '9.90', currency: 'EUR', timestamp: '2026-11-26T10:00:00Z', email: 'ada@example.com' }) // prettier-ignore
const update = of('update_profile', {
  externalId: 'u7',
  phone: '+34600111222',
  attributes: '{"first_name":"Ada"}',
  properties: '{"plan":"pro"}',
})
conforms('destinations/klaviyo', track)
conforms('destinations/klaviyo', update)

const stubbed = (work: (vendor: Vendor, stub: Stub, events: Map<string, Attributes>) => Promise<void>): Promise<void> =>
  withVendor(klaviyo, rules, new Map<string, Attributes>(), work)

test('requests are as documented, and a repeat is known by its unique_id', () =>
  stubbed(async ({ actions }, stub, events) => {
    for (const each of [track, track, update]) await actions[each.action]!.send(callOf(each))
    expect(events.size).toBe(1)
    await actions.track!.send(callOf(track, { key: 'another' }))
    expect(events.size).toBe(2)
    expect(stub.seen[1]!.json).toEqual({
      data: {
        type: 'event',
        attributes: {
          unique_id: callOf(track).key,
          metric: { data: { type: 'metric', attributes: { name: 'Renewed' } } },
          profile: { data: { type: 'profile', attributes: { external_id: 'ada', email: 'ada@example.com' } } },
          properties: { plan: 'pro' },
          value: 9.9,
          value_currency: 'EUR',
          time: '2026-11-26T10:00:00Z',
        },
      },
    })
    expect(stub.seen[2]!.json).toEqual({
      data: { type: 'profile', attributes: { first_name: 'Ada', external_id: 'u7', phone_number: '+34600111222', properties: { plan: 'pro' } } }, // prettier-ignore
    })
  }))

test('its errors are told apart', () =>
  stubbed(async ({ actions }, stub) => {
    const fields = { ...update.fields, email: 'ada@.example' }
    await expect(actions.update_profile!.send(callOf(update, { fields }))).rejects.toMatchObject({ kind: 'permanent', code: 'bad_recipient' }) // prettier-ignore
    stub.trouble.push(error(409, 'duplicate_profile', 'A profile already exists with one of these identifiers.'))
    await expect(actions.update_profile!.send(callOf(update))).rejects.toMatchObject({ kind: 'permanent', code: 'klaviyo_duplicate_profile' }) // prettier-ignore
  }))

test('fields that Klaviyo would not take are refused', () => {
  const { actions } = klaviyo(createHttp())
  const takes = (more: object): boolean => actions.track!.fields.safeParse({ event: 'e', ...more }).success
  expect(takes({})).toBe(true)
  expect(takes({ value: '', currency: '', phone: '' })).toBe(true)
  const many = JSON.stringify(Object.fromEntries(Array.from({ length: 401 }, (_, n) => [`p${n}`, n])))
  for (const more of [{ event: 'e'.repeat(128) }, { value: 'ten' }, { currency: 'euro' }, { phone: '600111222' }, { properties: many }])
    expect(takes(more)).toBe(false)
})

test('the connection is tested without a send, also of a key that may not read the account', () =>
  stubbed(async (vendor, stub) => {
    await vendor.test(callOf(track))
    stub.trouble.push(error(403, 'permission_denied', 'You do not have permission to perform this action.'))
    await vendor.test(callOf(track))
    await expect(vendor.test(callOf(track, { secrets: { apiKey: 'pk_wrong' } }))).rejects.toMatchObject({ code: 'bad_credentials' })
    expect(stub.seen.every(({ method }) => method === 'GET')).toBe(true)
  }))
