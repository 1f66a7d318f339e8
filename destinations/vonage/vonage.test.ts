import { callOf, conformance, conforms } from '../../test/vendors/conform.js'
import { startStub, type Reply, type Rules, type Stub } from '../../test/vendors/stub.js'
import { createHttp } from '../outbound/http.js'
import type { Vendor } from '../vendor.js'
import { vonage } from './index.js'

/* Rules: developer.vonage.com/en/api/messages, /en/api-errors/messages and /en/api-errors. */

const problem = (status: number, code: string, title: string, detail: string, more: object = {}): Reply => ({
  status,
  json: {
    type: `https://developer.vonage.com/api-errors/messages#${code}`,
    title,
    detail,
    instance: 'bf0ca0bf927b3b52e3cb03217e1a1ddf',
    ...more,
  },
})
const invalid = (name: string): Reply =>
  problem(422, '1150', 'Invalid params', 'The value of one or more parameters is invalid.', {
    invalid_parameters: [{ name, reason: `Invalid value for ${name}` }],
  })

const rules =
  (host = 'api.nexmo.com'): Rules =>
  ({ method, path, headers, json, ...seen }) => {
    if (seen.host !== host) return { status: 421 }
    if (headers.authorization !== `Basic ${btoa('abcd1234:secret')}`)
      return {
        status: 401,
        json: {
          type: 'https://developer.vonage.com/api-errors#unauthorized',
          title: 'Unauthorized',
          detail: 'You did not provide correct credentials.',
        },
      }
    if (method !== 'POST' || path !== '/v1/messages') return problem(404, 'not-found', 'Not found', 'The requested resource does not exist')
    if (!headers['content-type']?.startsWith('application/json')) return { status: 415 }
    const extra = Object.keys(json).find((name) => !['channel', 'message_type', 'to', 'from', 'text', 'client_ref'].includes(name))
    if (extra) return invalid(extra)
    const { channel, message_type, to, from, text, client_ref } = json as Record<string, string>
    if (channel !== 'sms' || message_type !== 'text') return invalid('channel')
    if (!/^[1-9]\d{6,14}$/.test(to ?? '')) return invalid('to')
    if (!/^([1-9]\d{2,14}|[A-Za-z0-9 ]{1,11})$/.test(from ?? '')) return invalid('from')
    if (!text || text.length > 1000) return invalid('text')
    if (client_ref !== undefined && client_ref.length > 100) return invalid('client_ref')
    return { status: 202, json: { message_uuid: 'aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab' } }
  }

const sms = conformance({
  vendor: vonage,
  action: 'send_sms',
  config: { apiKey: 'abcd1234', from: '+34600999888', region: 'global' },
  secrets: { apiSecret: 'secret' },
  fields: { to: '+34600111222', body: 'Olá' },
  rules: rules(),
  errors: {
    400: invalid('to'),
    401: {
      status: 401,
      json: {
        type: 'https://developer.vonage.com/api-errors#unauthorized',
        title: 'Unauthorized',
        detail: 'You did not provide correct credentials.',
      },
    },
    404: problem(404, 'not-found', 'Not found', 'The requested resource does not exist'),
    429: problem(429, '1000', 'Throttled', 'You have exceeded the submission capacity allowed on this account. Please wait and retry'),
    500: problem(500, '1030', 'Internal error', 'There was an error processing your request in the Platform.'),
  },
})

conforms('destinations/vonage', sms)

describe('Vonage', () => {
  let stub: Stub
  const started = async (by: Rules = rules()): Promise<Vendor> => {
    stub = await startStub(by)
    return vonage(createHttp(stub.toward)) as Vendor
  }
  afterEach(() => stub.stop())

  test('the fields are as documented, with the key of the delivery', async () => {
    const { actions } = await started()
    await actions.send_sms!.send(callOf(sms))
    await actions.send_sms!.send(callOf(sms, { config: { ...sms.config, from: 'Example' }, key: 'k'.repeat(120) }))
    const each = { channel: 'sms', message_type: 'text', to: '34600111222', text: 'Olá' }
    expect(stub.seen.map(({ json }) => json)).toEqual([
      { ...each, from: '34600999888', client_ref: callOf(sms).key },
      { ...each, from: 'Example', client_ref: 'k'.repeat(100) },
    ])
  })

  test('a region has its own host', async () => {
    const { actions } = await started(rules('api-eu.nexmo.com'))
    await actions.send_sms!.send(callOf(sms, { config: { ...sms.config, region: 'eu' } }))
    expect(stub.seen).toHaveLength(1)
  })

  test.each([
    [402, '1070', 'permanent', 'vonage_1070'],
    [422, '1050', 'permanent', 'suppressed'],
    [422, '1120', 'permanent', 'vonage_1120'],
    [422, '1100', 'retry', 'vonage_1100'],
    [403, 'forbidden', 'permanent', 'vonage_forbidden'],
  ])('%i %s is %s %s', async (status, number, kind, code) => {
    const { actions } = await started()
    stub.trouble.push(problem(status, number, 'Title', 'As documented'))
    await expect(actions.send_sms!.send(callOf(sms))).rejects.toMatchObject({ kind, code })
  })

  test('the connection is tested without a send', async () => {
    const vendor = await started()
    await vendor.test(callOf(sms))
    await expect(vendor.test(callOf(sms, { secrets: { apiSecret: 'wrong' } }))).rejects.toMatchObject({ code: 'bad_credentials' })
    expect(stub.seen.map(({ body }) => body)).toEqual(['{}', '{}'])
  })

  test('refuses before it is sent what Vonage would refuse', () => {
    const { actions } = vonage(createHttp())
    const valid = (fields: object) => actions.send_sms!.fields.safeParse({ ...sms.fields, ...fields }).success
    expect([{}, { to: '600111222' }, { body: 'x'.repeat(1000) }, { body: 'x'.repeat(1001) }, { body: '' }].map(valid)).toEqual([true, false, true, false, false]) // prettier-ignore
  })
})
