import { callOf, conformance, conforms } from '../../test/vendors/conform.js'
import { startStub, type Reply, type Rules, type Stub } from '../../test/vendors/stub.js'
import { createHttp } from '../outbound/http.js'
import type { Vendor } from '../vendor.js'
import { twilio } from './index.js'

/* Rules: twilio.com/docs/messaging/api/message-resource, github.com/twilio/twilio-oai, twilio.com/docs/api/errors. */

const hex = '0123456789abcdef'.repeat(2)
const [ACCOUNT, SERVICE, KEY, TEMPLATE] = [`AC${hex}`, `MG${hex}`, `SK${hex}`, `HX${hex}`]
const error = (status: number, code: number, message: string): Reply => ({
  status,
  json: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
})
const PARAMETERS = ['To', 'From', 'MessagingServiceSid', 'Body', 'ContentSid', 'ContentVariables', 'StatusCallback']
const UNSUBSCRIBED = '+34600000000'

const rules =
  (host = 'api.twilio.com'): Rules =>
  ({ method, path, headers, form, ...seen }) => {
    if (seen.host !== host) return { status: 421 }
    const basic = (user: string, password: string) => `Basic ${btoa(`${user}:${password}`)}`
    if (![basic(KEY, 'secret'), basic(ACCOUNT, 'token')].includes(headers.authorization ?? '')) return error(401, 20003, 'Authenticate')
    if (method !== 'POST' || path !== `/2010-04-01/Accounts/${ACCOUNT}/Messages.json`)
      return error(404, 20404, `The requested resource ${path} was not found`)
    if (headers['content-type'] !== 'application/x-www-form-urlencoded') return { status: 415 }
    const extra = [...form.keys()].find((name) => !PARAMETERS.includes(name) || form.get(name) === '')
    if (extra) return error(400, 20001, `Invalid parameter ${extra}`)
    const { To, From, MessagingServiceSid, Body, ContentSid, ContentVariables } = Object.fromEntries(form)
    if (!To) return error(400, 21604, "A 'To' phone number is required.")
    if (!/^(whatsapp:)?\+[1-9]\d{6,14}$/.test(To)) return error(400, 21211, `The 'To' number ${To} is not a valid phone number.`)
    if (!From === !MessagingServiceSid) return error(400, 21603, "A 'From' phone number is required.")
    if (MessagingServiceSid && MessagingServiceSid !== SERVICE) return error(404, 21609, 'The messaging service was not found.')
    if (From && To.startsWith('whatsapp:') !== From.startsWith('whatsapp:'))
      return error(400, 63007, 'Twilio could not find a Channel with the specified From address')
    if (!Body === !ContentSid) return error(400, 21602, 'Message body is required.')
    if ((Body ?? '').length > 1600) return error(400, 21617, 'The concatenated message body exceeds the 1600 character limit.')
    if (ContentSid && !/^HX[0-9a-f]{32}$/.test(ContentSid)) return error(400, 21655, 'The ContentSid is invalid.')
    if (ContentVariables && (Body || !Object.values(JSON.parse(ContentVariables) as object).every((value) => typeof value === 'string')))
      return error(400, 21656, 'The ContentVariables Parameter is invalid.')
    if (To.endsWith(UNSUBSCRIBED)) return error(400, 21610, 'Attempt to send to unsubscribed recipient')
    return { status: 201, json: { sid: `SM${hex}`, status: 'queued', error_code: null, error_message: null, body: Body, to: To } }
  }

const shared = {
  vendor: twilio,
  config: { accountSid: ACCOUNT, from: '+15005550006', whatsappFrom: '+14155238886', region: 'us1' as const },
  secrets: { apiKeySid: KEY, secret: 'secret' },
  rules: rules(),
  errors: {
    400: error(400, 21211, "The 'To' number +1500 is not a valid phone number."),
    401: error(401, 20003, 'Authenticate'),
    404: error(404, 20404, 'The requested resource was not found'),
    429: error(429, 20429, 'Too Many Requests'),
    500: error(500, 20500, 'Internal Server Error'),
  },
  inside: {
    status: 201,
    json: { sid: `SM${hex}`, status: 'failed', error_code: 21610, error_message: 'Attempt to send to unsubscribed recipient' },
  },
}
const sms = conformance({ ...shared, action: 'send_sms', fields: { to: '+34600111222', body: 'Hello & welcome' } })
const whatsapp = conformance({
  ...shared,
  action: 'send_whatsapp',
  fields: { to: '+34600111222', template: TEMPLATE, data: '{"1": "Ada", "2": 3}' },
})

conforms('destinations/twilio', sms)
conforms('destinations/twilio', whatsapp)

describe('Twilio', () => {
  let stub: Stub
  const started = async (by: Rules = rules()): Promise<Vendor> => {
    stub = await startStub(by)
    return twilio(createHttp(stub.toward)) as Vendor
  }
  afterEach(() => stub?.stop())
  const forms = () => stub.seen.map(({ form }) => Object.fromEntries(form))

  test('the parameters are as documented, from a number and from a messaging service', async () => {
    const { actions } = await started()
    const service = { ...shared.config, from: SERVICE, whatsappFrom: SERVICE }
    for (const config of [shared.config, service]) {
      await actions.send_sms!.send(callOf(sms, { config }))
      await actions.send_whatsapp!.send(callOf(whatsapp, { config }))
    }
    await actions.send_whatsapp!.send(callOf(whatsapp, { fields: { to: '+34600111222', body: 'Hi' } }))
    const message = { To: '+34600111222', Body: 'Hello & welcome' }
    const template = { To: 'whatsapp:+34600111222', ContentSid: TEMPLATE, ContentVariables: '{"1":"Ada","2":"3"}' }
    expect(forms()).toEqual([
      { ...message, From: '+15005550006' },
      { ...template, From: 'whatsapp:+14155238886' },
      { ...message, MessagingServiceSid: SERVICE },
      { ...template, MessagingServiceSid: SERVICE },
      { To: 'whatsapp:+34600111222', From: 'whatsapp:+14155238886', Body: 'Hi' },
    ])
  })

  test('each message asks to be told of where it is wanted, with its key', async () => {
    const { actions } = await started()
    const feedbackUrl = 'https://tilework.example/feedback/dst_1'
    await actions.send_sms!.send(callOf(sms, { feedbackUrl }))
    await actions.send_sms!.send(callOf(sms))
    const StatusCallback = `${feedbackUrl}?key=mem_01j000000000000000000000000%3Asend%3A1`
    expect(forms().map((form) => form.StatusCallback)).toEqual([StatusCallback, undefined])
  })

  test('Ireland has its own host; the auth token goes with the account', async () => {
    const { actions } = await started(rules('api.dublin.ie1.twilio.com'))
    await actions.send_sms!.send(callOf(sms, { config: { ...shared.config, region: 'ie1' }, secrets: { secret: 'token' } }))
    expect(stub.seen).toHaveLength(1)
  })

  test.each([
    [400, 21614, 'permanent', 'bad_recipient'],
    [400, 21635, 'permanent', 'bad_recipient'],
    [400, 21610, 'permanent', 'suppressed'],
    [400, 21408, 'permanent', 'twilio_21408'],
    [429, 21611, 'retry', 'rate_limited'],
    [400, 14107, 'retry', 'rate_limited'],
    [500, 20500, 'ambiguous', 'twilio_20500'],
    [503, 20503, 'retry', 'twilio_20503'],
  ])('%i %i is %s %s', async (status, number, kind, code) => {
    const { actions } = await started()
    stub.trouble.push(error(status, number, 'As documented'))
    await expect(actions.send_sms!.send(callOf(sms))).rejects.toMatchObject({ kind, code })
  })

  test('who unsubscribed is told apart, by the rules of the stub too', async () => {
    const { actions } = await started()
    await expect(actions.send_sms!.send(callOf(sms, { fields: { to: UNSUBSCRIBED, body: 'Hi' } }))).rejects.toMatchObject({
      code: 'suppressed',
    })
  })

  test('without a sender, or with text and template both, nothing is asked', async () => {
    const { actions } = await started()
    const config = { accountSid: ACCOUNT, region: 'us1' as const }
    const thrown = async (send: () => unknown) =>
      (await Promise.resolve()
        .then(send)
        .catch((each: unknown) => each)) as object
    expect(await thrown(() => actions.send_sms!.send(callOf(sms, { config })))).toMatchObject({ code: 'no_sender' })
    expect(await thrown(() => actions.send_whatsapp!.send(callOf(whatsapp, { config })))).toMatchObject({ code: 'no_sender' })
    for (const fields of [{ to: '+34600111222' }, { to: '+34600111222', body: 'Hi', template: TEMPLATE }] as Record<string, string>[])
      expect(await thrown(() => actions.send_whatsapp!.send(callOf(whatsapp, { fields })))).toMatchObject({ code: 'invalid_fields' })
    expect(stub.seen).toEqual([])
  })

  test('the connection is tested without a send', async () => {
    const vendor = await started()
    await vendor.test(callOf(sms))
    await expect(vendor.test(callOf(sms, { secrets: { secret: 'wrong' } }))).rejects.toMatchObject({ code: 'bad_credentials' })
    expect(forms()).toEqual([{}, {}])
  })

  test('refuses before it is sent what Twilio would refuse', () => {
    const { actions, config } = twilio(createHttp())
    const valid = (fields: object) => actions.send_sms!.fields.safeParse({ ...sms.fields, ...fields }).success
    expect([{}, { to: '600111222' }, { body: 'x'.repeat(1600) }, { body: 'x'.repeat(1601) }, { body: '' }].map(valid)).toEqual([true, false, true, false, false]) // prettier-ignore
    const data = (text: string) => actions.send_whatsapp!.fields.safeParse({ ...whatsapp.fields, data: text }).success
    expect(['{}', '{"1": {}}', '["a"]', 'Ada', JSON.stringify({ 1: 'x'.repeat(1601) })].map(data)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ])
    const from = (text: string) => config.safeParse({ ...shared.config, from: text }).success
    expect(['+15005550006', '12345', 'My Company', SERVICE, 'My Company Ltd', '+0600', 'MG123'].map(from)).toEqual([true, true, true, true, false, false, true]) // prettier-ignore
  })
})
