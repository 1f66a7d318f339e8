import { twilioSigned } from '../../test/vendors/signers.js'
import { asked } from '../../test/support/feedback.js'
import { authToken, feedback } from './feedback.js'

const TOKEN = '0123456789abcdef0123456789abcdef'
const secrets = { authToken: TOKEN }
const URL_OF_US = 'https://tilework.example/feedback/dst_1?key=mem_1%3Ahello%3A1'
const STATUS = { MessageSid: 'SM1', SmsSid: 'SM1', MessageStatus: 'delivered', AccountSid: 'AC1', From: '+14155550100', To: '+34600111222' }

test("the signature of Twilio's own example is right", () => {
  const form = { CallSid: 'CA1234567890ABCDE', Caller: '+14158675309', Digits: '1234', From: '+14158675309', To: '+18005551212' }
  const request = {
    url: 'https://mycompany.com/myapp.php?foo=1&bar=2',
    headers: { 'x-twilio-signature': 'RSOYDt4T1cUTdK1PDd93/VVr8B8=' },
    body: Buffer.from(new URLSearchParams(form).toString()),
  }
  expect(feedback.verify(asked(request, { secrets: { authToken: '12345' } }))).toBe(true)
  expect(feedback.verify(asked({ ...request, url: `${request.url}&baz=3` }, { secrets: { authToken: '12345' } }))).toBe(false)
})

test('a signature of another token, address or form, or none, is wrong', async () => {
  const signed = await twilioSigned(TOKEN, URL_OF_US, STATUS)
  const check = (more: object, token = TOKEN) =>
    feedback.verify(asked({ url: URL_OF_US, ...signed, ...more }, { secrets: { authToken: token } }))
  expect(check({})).toBe(true)
  expect(check({}, TOKEN.replace('0', '1'))).toBe(false)
  expect(check({ url: URL_OF_US.replace('hello', 'other') })).toBe(false)
  expect(check({ body: Buffer.from(`${signed.body.toString()}&X=1`) })).toBe(false)
  expect(check({ headers: {} })).toBe(false)
  expect(authToken.safeParse('x').success).toBe(false)
  expect(feedback.missing({ config: {}, secrets: {} })).toMatch(/auth token/)
})

const read = async (form: Record<string, string>, url = URL_OF_US) =>
  feedback.read(asked({ url, ...(await twilioSigned(TOKEN, url, form)) }, { secrets }))

test.each([
  [{ MessageStatus: 'delivered' }, { id: 'SM1:delivered', what: 'delivered', channel: 'sms' }],
  [
    { MessageStatus: 'undelivered', ErrorCode: '30003' },
    { id: 'SM1:undelivered', what: 'failed', channel: 'sms', reason: 'twilio_30003' },
  ],
  [
    { MessageStatus: 'failed', ErrorCode: '30008' },
    { id: 'SM1:failed', what: 'failed', channel: 'sms', reason: 'twilio_30008' },
  ],
  [
    { MessageStatus: 'read', To: 'whatsapp:+34600111222', From: 'whatsapp:+14155550100' },
    { id: 'SM1:read', what: 'opened', channel: 'whatsapp' },
  ],
])('a status: %j', async (form, expected) => {
  expect(await read({ ...STATUS, ...form })).toEqual([
    { key: 'mem_1:hello:1', vendorId: 'SM1', address: '+34600111222', at: expect.any(Date), ...expected },
  ])
})

test.each(['queued', 'sending', 'sent', 'accepted', 'scheduled'])('the status %s is let go', async (MessageStatus) => {
  expect(await read({ ...STATUS, MessageStatus })).toEqual([])
})

const WRITTEN = { MessageSid: 'SM2', SmsStatus: 'received', From: '+34600111222', To: '+14155550100', NumMedia: '0' }

test.each([
  [{ Body: 'Yes please, stop by tomorrow' }, ['replied']],
  [{ Body: 'YES' }, ['replied']],
  [{ Body: ' Stop ' }, ['replied', 'unsubscribed']],
  [{ Body: 'unsubscribe' }, ['replied', 'unsubscribed']],
  [{ Body: 'ALTO', OptOutType: 'STOP' }, ['replied', 'unsubscribed']],
  [{ Body: 'start' }, ['replied', 'subscribed']],
  [{ Body: 'YES', OptOutType: 'START' }, ['replied', 'subscribed']],
  [{ Body: 'HELP', OptOutType: 'HELP' }, ['replied']],
])('a message that a customer writes: %j', async (form, expected) => {
  const items = await read({ ...WRITTEN, ...form }, 'https://tilework.example/feedback/dst_1')
  expect(items.map(({ what }) => what)).toEqual(expected)
  for (const item of items) expect(item).toMatchObject({ channel: 'sms', address: '+34600111222', text: form.Body, id: `SM2:${item.what}` })
  expect(items[0]).not.toHaveProperty('key')
})
