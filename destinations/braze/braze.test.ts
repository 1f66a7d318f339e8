import { callOf, conformance, conforms } from '../../test/vendors/conform.js'
import { startStub, type Reply, type Rules, type Seen, type Stub } from '../../test/vendors/stub.js'
import { createHttp } from '../outbound/http.js'
import { SendError, type SendCall, type Vendor } from '../vendor.js'
import type { Config } from './account.js'
import { braze } from './index.js'

/* Rules: braze.com/docs/api: endpoints user_data/post_user_track and messaging/send_messages/*, objects_filters, errors. */

const KEY = 'b0000000-1111-2222-3333-444444444444'
const refused = (message: string, errors: unknown[] = []): Reply => ({
  status: 400,
  json: { message, ...(errors.length > 0 && { errors }) },
})

type Objects = Record<string, unknown>[]
const LISTS: Record<string, string[]> = {
  attributes: ['external_id'],
  events: ['external_id', 'name', 'time'],
  purchases: ['external_id', 'product_id', 'currency', 'price', 'time'],
}

/** At most 75 objects; one that lacks something is told by its place, and the others are taken. */
function track({ json }: Seen): Reply {
  const lists = Object.entries(json as Record<string, Objects>)
  if (lists.length === 0 || lists.some(([list]) => !(list in LISTS))) return refused('Bad Request')
  if (lists.flatMap(([, objects]) => objects).length > 75) return refused('Max Input Length Exceeded')
  const errors = lists.flatMap(([list, objects]) =>
    objects.flatMap((object, index) => {
      const lacks = LISTS[list]!.find((name) => object[name] === undefined || object[name] === '')
      if (lacks) return [{ type: `'${lacks}' is required`, input_array: list, index }]
      return String(object.name ?? '').length > 255 ? [{ type: "'name' is too long", input_array: list, index }] : []
    }),
  )
  const processed = Object.fromEntries(lists.map(([list, objects]) => [`${list}_processed`, objects.length]))
  if (errors.length === lists.flatMap(([, objects]) => objects).length) return refused('Valid data must be provided', errors)
  return { status: 201, json: { message: 'success', ...processed, ...(errors.length > 0 && { errors }) } }
}

const unknown = (json: object, known: string[]): string | undefined => Object.keys(json).find((name) => !known.includes(name))

function trigger({ json }: Seen, kind: 'campaign' | 'canvas'): Reply {
  const properties = kind === 'campaign' ? 'trigger_properties' : 'canvas_entry_properties'
  const [recipient] = (json.recipients ?? [{}]) as Objects
  if (unknown(json, [`${kind}_id`, 'recipients']) ?? unknown(recipient!, ['external_user_id', properties])) return refused('Bad Request')
  if (json[`${kind}_id`] !== 'c1') return refused('Invalid Campaign ID')
  if (!recipient!.external_user_id) return refused('No Recipients')
  return { status: 201, json: { dispatch_id: 'd1', message: 'success' } }
}

function message({ json }: Seen): Reply {
  if (unknown(json, ['external_user_ids', 'campaign_id', 'recipient_subscription_state', 'messages'])) return refused('Bad Request')
  if (!Array.isArray(json.external_user_ids) || json.external_user_ids.length > 50) return refused('No Recipients')
  if (Object.keys(json.messages as object).length === 0) return refused('No message to send')
  return { status: 201, json: { dispatch_id: 'd1', message: 'success' } }
}

const rules = (): Rules => {
  const sent = new Map<string, string>()
  const transactional = ({ path, json }: Seen): Reply => {
    if (unknown(json, ['external_send_id', 'trigger_properties', 'recipient'])) return refused('Bad Request')
    if (path.split('/')[4] !== 'c1') return refused('Campaign does not exist')
    const id = String(json.external_send_id)
    if (!/^[a-zA-Z0-9-_+/=]+$/.test(id)) return refused('external_send_id is not valid')
    sent.set(id, sent.get(id) ?? `t${sent.size + 1}`)
    return { status: 201, json: { dispatch_id: sent.get(id), status: 'sent', metadata: {} } }
  }
  return (seen) => {
    if (seen.host !== 'rest.fra-01.braze.eu') return { status: 421 }
    if (seen.headers.authorization !== `Bearer ${KEY}`) return { status: 401, json: { message: 'Error authenticating credentials' } }
    if (seen.method === 'GET' && seen.path === '/campaigns/list') return { status: 200, json: { campaigns: [], message: 'success' } }
    if (seen.method !== 'POST') return { status: 404 }
    if (seen.path === '/users/track') return track(seen)
    if (seen.path === '/campaigns/trigger/send') return trigger(seen, 'campaign')
    if (seen.path === '/canvas/trigger/send') return trigger(seen, 'canvas')
    if (seen.path === '/messages/send') return message(seen)
    return /^\/transactional\/v1\/campaigns\/[^/]+\/send$/.test(seen.path) ? transactional(seen) : { status: 404 }
  }
}

const account = { config: { endpoint: 'https://rest.fra-01.braze.eu' } as Config, secrets: { apiKey: KEY } }
const of = (action: string, fields: Record<string, string>) =>
  conformance({
    vendor: braze,
    action,
    ...account,
    fields,
    rules: rules(),
    errors: {
      400: refused('Invalid Campaign ID'),
      401: { status: 401, json: { message: 'Error authenticating credentials' } },
      404: { status: 404, json: { message: 'Unknown REST API Key' } },
      429: { status: 429, json: { message: 'Over rate limit.' } },
      500: { status: 500, json: { message: 'Internal Server Error' } },
    },
    inside: { status: 201, json: { message: 'success', errors: [{ type: "'name' is required", input_array: 'events', index: 0 }] } },
  })

const tracked = of('track_user', { event: 'Renewed', properties: '{"plan":"pro"}', time: '2026-11-26T10:00:00Z' })
const transactional = of('send_transactional', { campaignId: 'c1', properties: '{"order":7}' })
const actions = [
  tracked,
  of('update_profile', { attributes: '{"plan":"pro"}' }),
  of('trigger_campaign', { campaignId: 'c1', properties: '{"order":7}' }),
  of('trigger_canvas', { canvasId: 'c1', properties: '{"order":7}', externalId: 'u7' }),
  of('send_message', { messages: '{"sms":{"app_id":"a","subscription_group_id":"g","body":"Hi"}}', subscribers: 'all' }),
  transactional,
]
for (const each of actions) conforms('destinations/braze', each)

const stubbed = async (work: (vendor: Vendor, stub: Stub) => Promise<void>): Promise<void> => {
  const stub = await startStub(rules())
  try {
    await work(braze(createHttp(stub.toward)) as Vendor, stub)
  } finally {
    await stub.stop()
  }
}

test('requests are as documented', () =>
  stubbed(async (vendor, stub) => {
    for (const each of actions.slice(2)) await vendor.actions[each.action]!.send(callOf(each))
    const purchase = '{"product_id":"plan","currency":"EUR","price":9.9}'
    const more = callOf(tracked, {
      config: { ...account.config, appId: 'app' },
      fields: { ...tracked.fields, purchase, attributes: '{"plan":"pro","external_id":"not this"}' },
    })
    await vendor.actions.track_user!.send(more)
    expect(stub.seen.map(({ json }) => json)).toEqual([
      { campaign_id: 'c1', recipients: [{ external_user_id: 'ada', trigger_properties: { order: 7 } }] },
      { canvas_id: 'c1', recipients: [{ external_user_id: 'u7', canvas_entry_properties: { order: 7 } }] },
      { external_user_ids: ['ada'], recipient_subscription_state: 'all', messages: { sms: { app_id: 'a', subscription_group_id: 'g', body: 'Hi' } } }, // prettier-ignore
      { external_send_id: Buffer.from(more.key).toString('base64url'), trigger_properties: { order: 7 }, recipient: { external_user_id: 'ada' } }, // prettier-ignore
      {
        attributes: [{ plan: 'pro', external_id: 'ada' }],
        events: [{ external_id: 'ada', app_id: 'app', time: '2026-11-26T10:00:00Z', name: 'Renewed', properties: { plan: 'pro' } }],
        purchases: [{ app_id: 'app', time: '2026-11-26T10:00:00Z', product_id: 'plan', currency: 'EUR', price: 9.9, external_id: 'ada' }],
      },
    ])
  }))

test('a transactional email that comes again is sent once, and one that is on its way is asked for again', () =>
  stubbed(async (vendor, stub) => {
    const { send } = vendor.actions.send_transactional!
    const call = callOf(transactional)
    const ids = [await send(call), await send(call), await send({ ...call, key: 'another' })].map(({ vendorId }) => vendorId)
    expect(ids).toEqual(['t1', 't1', 't2'])
    stub.trouble.push(refused('The external reference has been queued.  Please retry to obtain send_id.'))
    await expect(send(call)).rejects.toMatchObject({ kind: 'retry', code: 'braze_queued' })
  }))

/** The nth of many: the events of one customer come in order. */
const nth = (n: number, fields: Record<string, string> = {}): SendCall =>
  callOf(tracked, { key: `k${n}`, customerId: `c${n % 10}`, fields: { event: `e${n}`, time: '2026-11-26T10:00:00Z', ...fields } })

test('gathered: at most 75 objects a request, in order, and what is wrong with one is told of that one', () =>
  stubbed(async (vendor, stub) => {
    const calls = Array.from({ length: 75 }, (_, n) => nth(n, n === 40 ? { attributes: '{"vip":true}', time: '' } : {}))
    // What the schema would refuse.
    calls[7] = nth(7, { event: '', purchase: '{}' })
    calls[12] = nth(12, { event: 'x'.repeat(300) })
    const { most, send } = vendor.actions.track_user!.gather!
    const outcomes = await send(calls)
    expect(most).toBe(75)
    expect(stub.seen).toHaveLength(2)
    expect(outcomes[7]).toMatchObject({
      kind: 'permanent',
      code: 'braze_refused',
      message: expect.stringContaining('product_id') as string,
    })
    expect(outcomes[12]).toMatchObject({ kind: 'permanent', code: 'braze_refused', message: expect.stringContaining('too long') as string })
    expect(outcomes.filter((each) => each instanceof SendError)).toHaveLength(2)
    const names = stub.seen.flatMap(({ json }) => (json.events as Objects).map(({ name }) => name))
    expect(names).toEqual(calls.flatMap(({ fields }) => fields.event || []))
  }))

test('gathered: a request that is refused is taken apart; one whose fate is not known is that of each', () =>
  stubbed(async (vendor, stub) => {
    const { send } = vendor.actions.track_user!.gather!
    stub.trouble.push(refused('Bad Request'))
    expect(await send([nth(1), nth(2)])).toEqual([expect.objectContaining({ answer: expect.anything() as unknown }), expect.anything()])
    expect(stub.seen).toHaveLength(3)
    stub.trouble.push('reset')
    expect(await send([nth(1), nth(2)])).toMatchObject([{ kind: 'ambiguous' }, { kind: 'ambiguous' }])
    stub.trouble.push({ status: 401, json: { message: 'Error authenticating credentials' } })
    expect(await send([nth(1), nth(2)])).toMatchObject([{ code: 'bad_credentials' }, { code: 'bad_credentials' }])
    stub.trouble.push({ status: 201, json: { message: 'success', errors: ['something'] } })
    expect(await send([nth(1), nth(2)])).toMatchObject([{ kind: 'ambiguous' }, { kind: 'ambiguous' }])
    expect(stub.seen).toHaveLength(6)
  }))

test('the end of the window is waited for', () =>
  stubbed(async (vendor, stub) => {
    stub.trouble.push({ status: 429, headers: { 'x-ratelimit-reset': String(Math.floor(Date.now() / 1000) + 3600) } })
    const error = (await vendor.actions.track_user!.send(nth(1)).catch((error: unknown) => error)) as SendError
    expect(error.code).toBe('rate_limited')
    expect(Math.round(error.retryAfterMs! / 60_000)).toBeCloseTo(60, -1)
  }))

test('settings and fields that Braze would not take are refused', () => {
  const { config, actions } = braze(createHttp())
  for (const endpoint of ['http://rest.iad-01.braze.com', 'https://braze.example.com', 'https://rest.iad-01.braze.com.evil.com'])
    expect(config.safeParse({ endpoint }).success).toBe(false)
  const refuses = (action: string, fields: object): boolean => !actions[action]!.fields.safeParse(fields).success
  expect(refuses('track_user', {})).toBe(true)
  expect(refuses('track_user', { attributes: 'no JSON' })).toBe(true)
  expect(refuses('track_user', { purchase: '{"product_id":"p","currency":"EUR","price":"9"}' })).toBe(true)
  expect(refuses('track_user', { event: 'e', time: 'yesterday' })).toBe(true)
  expect(refuses('update_profile', { attributes: '{"visits":{"inc":1}}' })).toBe(true)
  expect(refuses('update_profile', { attributes: '{"tags":{"add":["a"]}}' })).toBe(false)
  expect(refuses('trigger_canvas', { canvasId: 'c1', properties: JSON.stringify({ text: 'a'.repeat(50_000) }) })).toBe(true)
})

test('the connection is tested without a send, also of a key that may not list campaigns', () =>
  stubbed(async (vendor, stub) => {
    await vendor.test(callOf(tracked))
    stub.trouble.push({ status: 401, json: { message: 'You do not have permission to access this resource' } })
    await vendor.test(callOf(tracked))
    await expect(vendor.test(callOf(tracked, { secrets: { apiKey: 'wrong' } }))).rejects.toMatchObject({ code: 'bad_credentials' })
    expect(stub.seen.every(({ method }) => method === 'GET')).toBe(true)
  }))
