import { asked } from '../../test/support/feedback.js'
import { feedback, webhookToken } from './feedback.js'
import { sendIdOf } from './send-id.js'

const TOKEN = 'a-token-of-our-choice'
const secrets = { webhookToken: TOKEN }
const body = Buffer.from('{}')

test.each([
  ['a bearer token', { headers: { authorization: `Bearer ${TOKEN}` } }, true],
  ['the token in the address', { token: TOKEN }, true],
  ['another bearer token', { headers: { authorization: 'Bearer another-token-xxx' } }, false],
  ['another in the address', { token: 'another-token-xxx' }, false],
  ['another scheme', { headers: { authorization: `Basic ${TOKEN}` } }, false],
  ['nothing', {}, false],
])('%s: %j is taken: %j', (_, request, taken) => {
  expect(feedback.verify(asked({ body, ...request }, { secrets }))).toBe(taken)
  expect(feedback.verify(asked({ body, ...request }))).toBe(false)
})

test('tokens are checked when they are given', () => {
  expect(webhookToken.safeParse('short').success).toBe(false)
  expect(feedback.missing({ config: {}, secrets: {} })).toMatch(/webhook token/)
})

test('events of Currents, as the documentation shows them; the others are let go', async () => {
  const event = (event_type: string, id: string, properties = {}) => ({
    event_type: `users.messages.${event_type}`,
    id,
    time: 1477502783,
    user: { user_id: '0123456789abcdef01234567', external_user_id: 'ada', timezone: 'America/Chicago' },
    properties: { campaign_id: '11234567-89ab', dispatch_id: '12345qwert', email_address: 'ada@example.com', send_id: 'f1', ...properties },
  })
  const events = [
    event('email.Delivery', '1'),
    event('email.Open', '2', { user_agent: 'Mozilla/5.0', machine_open: 'true' }),
    event('email.Click', '3', { url: 'https://example.com/' }),
    event('email.Bounce', '4', { bounce_reason: '550 No such user' }),
    event('email.SoftBounce', '5', { bounce_reason: '452 Full' }),
    event('email.MarkAsSpam', '6'),
    event('email.Unsubscribe', '7'),
    event('sms.DeliveryFailure', '8', { to_phone_number: '+34600111222', error: 'Unreachable' }),
    event('pushnotification.Open', '9', { platform: 'ios' }),
    event('email.Send', '10'),
    { event_type: 'users.behaviors.CustomEvent', id: '11', properties: {} },
    { id: '12' },
  ]
  const items = await feedback.read(asked({ body: Buffer.from(JSON.stringify({ events })) }))
  expect(items.map(({ id, channel, what, bounce, machine }) => [id, `${channel}_${what}`, bounce ?? machine].filter(Boolean))).toEqual([
    ['1', 'email_delivered'],
    ['2', 'email_opened', true],
    ['3', 'email_clicked'],
    ['4', 'email_bounced', 'hard'],
    ['5', 'email_bounced', 'soft'],
    ['6', 'email_complained'],
    ['7', 'email_unsubscribed'],
    ['8', 'sms_failed'],
    ['9', 'push_opened'],
  ])
  expect(items[3]).toMatchObject({ vendorId: '12345qwert', address: 'ada@example.com', reason: '550 No such user', at: new Date('2016-10-26T17:26:23Z') }) // prettier-ignore
})

test.each([
  ['delivered', { delivered_at: '2020-08-31T18:27:32.000+00:00' }, { what: 'delivered', at: new Date('2020-08-31T18:27:32Z') }],
  ['bounced', { bounced_at: '2020-08-31T18:58:43.000+00:00', reason: '550 5.1.1 The email account does not exist' }, { what: 'bounced', bounce: 'hard' }], // prettier-ignore
  [
    'bounced',
    { bounced_at: '2020-08-31T18:58:43.000+00:00', reason: '452 4.2.2 The mailbox is full' },
    { what: 'bounced', bounce: 'soft' },
  ],
  ['aborted', { aborted_at: '2020-08-31T19:04:51.000+00:00', reason: 'User not emailable' }, { what: 'failed', reason: 'User not emailable' }], // prettier-ignore
])('a postback of a transactional email: %s', async (status, metadata, expected) => {
  const key = 'mem_1:hello:1'
  const posted = { dispatch_id: 'acf4', status, metadata: { campaign_api_id: '4172', external_send_id: sendIdOf(key), ...metadata } }
  const items = await feedback.read(asked({ body: Buffer.from(JSON.stringify(posted)) }))
  expect(items).toMatchObject([{ id: `acf4:${status}`, channel: 'email', key, vendorId: 'acf4', ...expected }])
})

test.each(['sent', 'processed'])('the status %s is let go', async (status) => {
  const posted = { dispatch_id: 'acf4', status, metadata: { campaign_api_id: '4172' } }
  expect(await feedback.read(asked({ body: Buffer.from(JSON.stringify(posted)) }))).toEqual([])
})
