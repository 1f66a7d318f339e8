import { callOf, conformance, conforms } from '../../test/vendors/conform.js'
import { withVendor, type Reply, type Rules, type Seen, type Stub } from '../../test/vendors/stub.js'
import { createHttp } from '../outbound/http.js'
import type { Vendor } from '../vendor.js'
import { iterable } from './index.js'

/* Rules: api.iterable.com/api/docs, its OpenAPI. */

const KEY = 'c0ffee00c0ffee00c0ffee00c0ffee00'
const said = (status: number, code: string, msg = code): Reply => ({ status, json: { code, msg, params: null } })

/** Required and known fields of the bodies. */
const BODIES: Record<string, { required: string[]; known: string[] }> = {
  '/api/events/track': { required: ['eventName'], known: ['email', 'userId', 'id', 'createdAt', 'dataFields'] },
  '/api/users/update': { required: [], known: ['email', 'userId', 'preferUserId', 'dataFields'] },
  '/api/email/target': { required: ['campaignId'], known: ['recipientEmail', 'recipientUserId', 'dataFields', 'metadata'] },
  '/api/workflows/triggerWorkflow': { required: ['workflowId'], known: ['email', 'userId', 'dataFields'] },
}

function fault({ path, json }: Seen): string | undefined {
  const { required, known } = BODIES[path]!
  const strange = Object.keys(json).find((name) => !required.includes(name) && !known.includes(name))
  if (strange) return `unknown ${strange}`
  const who = ['email', 'userId', 'recipientEmail', 'recipientUserId'].filter((name) => json[name])
  if (who.length !== 1) return 'Provide an email or a userId, but not both'
  if (required.some((name) => !json[name])) return `missing ${required.join()}`
  if (Buffer.byteLength(String(json.id ?? '')) > 512) return 'id too long'
  return ['campaignId', 'workflowId', 'createdAt'].find((name) => name in json && !Number.isInteger(json[name]))
}

const rules = (events = new Map<unknown, object>()): Rules => {
  return (seen) => {
    if (seen.host !== 'api.eu.iterable.com') return { status: 421 }
    if (seen.headers['api-key'] !== KEY) return said(401, 'BadApiKey', 'Invalid API key')
    if (seen.method === 'GET' && seen.path === '/api/channels') return { status: 200, json: { channels: [] } }
    if (seen.method !== 'POST' || !(seen.path in BODIES)) return said(404, 'NotFound')
    const wrong = fault(seen)
    if (wrong) return said(400, 'BadParams', wrong)
    if (seen.path === '/api/events/track') events.set(seen.json.id ?? seen.body, seen.json)
    return said(200, 'Success')
  }
}

const of = (action: string, fields: Record<string, string>) =>
  conformance({
    vendor: iterable,
    action,
    config: { region: 'eu' as const },
    secrets: { apiKey: KEY },
    fields,
    rules: rules(),
    errors: {
      400: said(400, 'InvalidEmailAddressError', 'Invalid email: ada@'),
      401: said(401, 'BadApiKey', 'Invalid API key'),
      404: said(404, 'NotFound', 'No such campaign'),
      429: said(429, 'RateLimitExceeded', 'Rate limit exceeded'),
      500: said(500, 'GenericError', 'An error occurred. Please try again later.'),
    },
    inside: said(200, 'ForgottenUserError', 'The user has been forgotten'),
  })
const track = of('track', { event: 'Renewed', properties: '{"plan":"pro"}', timestamp: '2026-11-26T10:00:00Z' })
const update = of('update_profile', { attributes: '{"plan":"pro"}' })
const campaign = of('trigger_campaign', { campaignId: '42', data: '{"order":7}', email: 'ada@example.com' })
const journey = of('trigger_journey', { journeyId: '43', userId: 'u7' })
for (const each of [track, update, campaign, journey]) conforms('destinations/iterable', each)

const stubbed = (work: (vendor: Vendor, stub: Stub, events: Map<unknown, object>) => Promise<void>): Promise<void> =>
  withVendor(iterable, rules, new Map<unknown, object>(), work)

test('requests are as documented, and an event that comes again is the same event', () =>
  stubbed(async ({ actions }, stub, events) => {
    for (const each of [track, update, campaign, journey, track]) await actions[each.action]!.send(callOf(each))
    await actions.update_profile!.send(callOf(update, { fields: { ...update.fields, email: 'ada@example.com' } }))
    const { key } = callOf(track)
    expect(events.size).toBe(1)
    expect(stub.seen.map(({ json }) => json)).toEqual([
      { userId: 'ada', id: key, eventName: 'Renewed', createdAt: 1_795_687_200, dataFields: { plan: 'pro' } },
      { userId: 'ada', preferUserId: true, dataFields: { plan: 'pro' } },
      { campaignId: 42, recipientEmail: 'ada@example.com', dataFields: { order: 7 }, metadata: { tilework_key: key } },
      { workflowId: 43, userId: 'u7' },
      expect.anything(),
      { email: 'ada@example.com', dataFields: { plan: 'pro' } },
    ])
  }))

test('its codes are told apart', () =>
  stubbed(async ({ actions }, stub) => {
    const meets = async (reply: Reply): Promise<unknown> => {
      stub.trouble.push(reply)
      return actions.track!.send(callOf(track)).catch((error: unknown) => error)
    }
    expect(await meets(said(400, 'UnknownUserIdError'))).toMatchObject({ kind: 'permanent', code: 'bad_recipient' })
    expect(await meets(said(400, 'ForgottenUserError'))).toMatchObject({ kind: 'permanent', code: 'suppressed' })
    expect(await meets(said(400, 'RequestFieldsTypesMismatched'))).toMatchObject({ code: 'iterable_RequestFieldsTypesMismatched' })
    expect(await meets({ status: 429, json: { code: 'RateLimitExceeded', msg: 'slow', params: { rateLimitReset: 3 } } })).toMatchObject({ kind: 'retry', code: 'rate_limited', retryAfterMs: 3000 }) // prettier-ignore
  }))

test('a campaign is named by its number', () => {
  const { actions } = iterable(createHttp())
  expect(actions.trigger_campaign!.fields.safeParse({ campaignId: 'welcome' }).success).toBe(false)
})

test('the connection is tested without a send', () =>
  stubbed(async (vendor, stub) => {
    await vendor.test(callOf(track))
    await expect(vendor.test(callOf(track, { secrets: { apiKey: 'wrong' } }))).rejects.toMatchObject({ code: 'bad_credentials' })
    expect(stub.seen.every(({ method }) => method === 'GET')).toBe(true)
  }))
