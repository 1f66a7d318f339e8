import { callOf, conformance, conforms } from '../../test/vendors/conform.js'
import { startStub, type Reply, type Rules, type Stub } from '../../test/vendors/stub.js'
import { closeAgents } from '../outbound/guard.js'
import { createHttp } from '../outbound/http.js'
import { onesignal } from './index.js'

/* Rules: documentation.onesignal.com/reference/push-notification, …/idempotent-notification-requests. */

const KEY = 'os_v2_app_123'
const APP = '5eb5a37e-b458-11e3-ac11-000c2940e62c'
const TEMPLATE = 'be4a8044-bbd6-11e4-a581-000c2940e62c'
const KNOWN = ['app_id', 'idempotency_key', 'include_aliases', 'target_channel', 'headings', 'contents', 'url', 'data', 'ttl', 'collapse_id', 'template_id', 'custom_data'] // prettier-ignore
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[34][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const error = (status: number, errors: unknown): Reply => ({ status, json: { errors } })

const rules = (): Rules => {
  const taken = new Map<string, Reply>()
  let sent = 0
  return ({ method, path, query, host, headers, json }) => {
    if (host !== 'api.onesignal.com') return { status: 421 }
    if (headers.authorization !== `Key ${KEY}`) return error(403, ['Access denied.  Please include an "Authorization: ..." header with a valid API key.']) // prettier-ignore
    if (path !== '/notifications') return error(404, ['Not found'])
    if (method === 'GET') return query.get('app_id') === APP ? { status: 200, json: { total_count: 0, notifications: [] } } : error(400, ['app_id not found']) // prettier-ignore
    if (json.app_id !== APP) return error(400, ['app_id not found'])
    const extra = Object.keys(json).find((name) => !KNOWN.includes(name))
    if (extra) return error(400, [{ code: 'unknown_field', title: `Unknown field ${extra}` }])
    const key = json.idempotency_key as string
    if (!UUID.test(key)) return error(400, ['idempotency_key must be a UUID'])
    const before = taken.get(key)
    if (before) return { ...before, headers: { 'idempotent-replayed': 'true' } }
    const { external_id: ids } = json.include_aliases as { external_id: string[] }
    if (json.target_channel !== 'push') return error(400, ['target_channel is required'])
    if (!json.template_id && !(json.contents as { en?: string } | undefined)?.en) return error(400, ['Message Notifications must have English language content']) // prettier-ignore
    if (Buffer.byteLength((json.collapse_id as string | undefined) ?? '') > 64) return error(400, ['collapse_id is too long'])
    const id = `notification-${++sent}`
    const errors = ids[0] === 'nobody' ? { invalid_aliases: { external_id: ids } } : ids[0] === 'left' ? ['All included players are not subscribed'] : undefined // prettier-ignore
    const reply = { status: 200, json: { id: ids[0] === 'left' ? '' : id, external_id: null, ...(errors && { errors }) } }
    taken.set(key, reply)
    return reply
  }
}

const shared = {
  vendor: onesignal,
  config: { appId: APP },
  secrets: { apiKey: KEY },
  errors: {
    400: error(400, ['Message Notifications must have English language content']),
    401: error(403, ['Access denied.  Please include an "Authorization: ..." header with a valid API key.']),
    404: error(404, ['Not found']),
    429: error(429, ['API rate limit exceeded']),
    500: error(500, ['Internal error']),
  },
  inside: { status: 200, json: { id: '', external_id: null, errors: ['All included players are not subscribed'] } },
}
const push = conformance({ ...shared, rules: rules(), action: 'send_push', fields: { to: 'ada', title: 'Hello', body: 'Ada' } })
const template = conformance({ ...shared, rules: rules(), action: 'send_template', fields: { to: 'ada', templateId: TEMPLATE } })

conforms('destinations/onesignal', push)
conforms('destinations/onesignal', template)

describe('a request', () => {
  let stub: Stub
  const vendor = () => onesignal(createHttp(stub.toward))
  beforeEach(async () => (stub = await startStub(rules())))
  afterEach(async () => {
    await closeAgents()
    await stub.stop()
  })

  test('the whole of it; a repeat with the same key has its effect once', async () => {
    const fields = { ...push.fields, url: 'https://example.com', data: '{"a":1}', collapseId: 'cart', ttlSeconds: '60' }
    const call = callOf({ ...push, fields })
    const { send } = vendor().actions.send_push!
    expect([(await send(call)).vendorId, (await send(call)).vendorId, (await send({ ...call, key: 'another' })).vendorId]).toEqual([
      'notification-1',
      'notification-1',
      'notification-2',
    ])
    expect(stub.seen[0]!.json).toEqual({
      app_id: APP,
      idempotency_key: expect.stringMatching(UUID) as string,
      include_aliases: { external_id: ['ada'] },
      target_channel: 'push',
      headings: { en: 'Hello' },
      contents: { en: 'Ada' },
      url: 'https://example.com',
      data: { a: 1 },
      ttl: 60,
      collapse_id: 'cart',
    })
  })

  test('a title alone is the contents; a template has its data', async () => {
    await vendor().actions.send_push!.send(callOf({ ...push, fields: { to: 'ada', title: 'Hello' } }))
    expect(stub.seen[0]!.json).toMatchObject({ contents: { en: 'Hello' }, collapse_id: expect.stringMatching(/^[0-9a-f]{32}$/) as string })
    expect(stub.seen[0]!.json.headings).toBeUndefined()
    await vendor().actions.send_template!.send(callOf({ ...template, fields: { ...template.fields, customData: '{"plan":"pro"}' } }))
    expect(stub.seen[1]!.json).toMatchObject({ template_id: TEMPLATE, custom_data: { plan: 'pro' } })
  })

  test('who is not known, or not subscribed, got nothing, although it says 200', async () => {
    const { send } = vendor().actions.send_push!
    const sent = (to: string) => send(callOf({ ...push, fields: { ...push.fields, to } }, { key: to }))
    await expect(sent('nobody')).rejects.toMatchObject({ kind: 'permanent', code: 'bad_recipient' })
    await expect(sent('left')).rejects.toMatchObject({ kind: 'permanent', code: 'suppressed' })
    stub.trouble.push({ status: 200, json: { id: '' } })
    await expect(sent('ada')).rejects.toMatchObject({ kind: 'permanent', code: 'onesignal_not_sent' })
  })

  test.each([
    ['a text', 'Wrong', 'onesignal_400', 'Wrong'],
    ['a list of texts', ['Wrong', 'again'], 'onesignal_400', 'Wrong again'],
    ['a list of objects', [{ code: 'field_invalid', title: 'Wrong' }], 'onesignal_field_invalid', 'Wrong'],
    ['an object', { invalid_player_ids: ['x'] }, 'onesignal_400', 'invalid_player_ids'],
  ])('errors are read: %s', async (_shape, errors, code, says) => {
    stub.trouble.push(error(400, errors))
    await expect(vendor().actions.send_push!.send(callOf(push))).rejects.toMatchObject({ kind: 'permanent', code, message: expect.stringContaining(says) as string }) // prettier-ignore
  })

  test('the connection is tested without a send', async () => {
    await vendor().test(callOf(push))
    expect(stub.seen.map(({ method }) => method)).toEqual(['GET'])
    await expect(vendor().test(callOf(push, { secrets: { apiKey: 'wrong' } }))).rejects.toMatchObject({ code: 'bad_credentials' })
    await expect(vendor().test(callOf(push, { config: { appId: TEMPLATE } }))).rejects.toMatchObject({ code: 'onesignal_400' })
  })
})
