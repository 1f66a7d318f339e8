import { asked } from '../../test/support/feedback.js'
import { feedback, webhookPassword } from './feedback.js'

/* Postmark signs nothing: postmarkapp.com/developer/webhooks/webhooks-overview. The records are those of the pages below it. */

const PASSWORD = 'a-password-of-our-choice'
const secrets = { webhookPassword: PASSWORD }
const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })
const body = Buffer.from('{}')

test.each([
  ['Basic authentication', { headers: basic(`tilework:${PASSWORD}`) }, true],
  ['any user', { headers: basic(`:${PASSWORD}`) }, true],
  ['the password in the address', { token: PASSWORD }, true],
  ['another password', { headers: basic('tilework:another-password-x') }, false],
  ['another in the address', { token: 'another-password-x' }, false],
  ['a part of it', { token: PASSWORD.slice(0, -1) }, false],
  ['no colon', { headers: basic(PASSWORD) }, false],
  ['another scheme', { headers: { authorization: `Bearer ${PASSWORD}` } }, false],
  ['nothing', {}, false],
  ['nothing in it', { headers: basic(':') }, false],
])('%s: %j is taken: %j', (_, request, taken) => {
  expect(feedback.verify(asked({ body, ...request }, { secrets }))).toBe(taken)
})

test('without a password nothing is taken', () => {
  expect(feedback.verify(asked({ body, headers: basic(':') }))).toBe(false)
  expect(feedback.missing({ config: {}, secrets: {} })).toMatch(/webhook password/)
  expect(webhookPassword.safeParse('short').success).toBe(false)
})

const key = `mem_01j000000000000000000000000:${'t'.repeat(64)}:1`
const common = {
  MessageID: '883953f4-6105-42a2-a16a-77a8eac79483',
  MessageStream: 'outbound',
  Metadata: { tilework_key: key.slice(0, 80), tilework_key_more: key.slice(80) },
}
const bounce = { ...common, RecordType: 'Bounce', ID: 42, Email: 'ada@example.com', BouncedAt: '2019-11-05T16:33:54.9070259Z', Description: 'Unknown user' } // prettier-ignore

test.each([
  [{ ...common, RecordType: 'Delivery', Recipient: 'ada@example.com', DeliveredAt: '2019-11-05T16:33:54.9070259Z', Details: 'Test' }, { what: 'delivered' }], // prettier-ignore
  [{ ...common, RecordType: 'Open', FirstOpen: true, Recipient: 'ada@example.com', ReceivedAt: '2019-11-05T16:33:54.9070259Z' }, { what: 'opened' }], // prettier-ignore
  [{ ...common, RecordType: 'Click', ClickLocation: 'HTML', Recipient: 'ada@example.com', ReceivedAt: '2019-11-05T16:33:54.9070259Z', OriginalLink: 'https://example.com' }, { what: 'clicked', url: 'https://example.com' }], // prettier-ignore
  [
    { ...bounce, Type: 'HardBounce', TypeCode: 1 },
    { what: 'bounced', bounce: 'hard', reason: 'Unknown user' },
  ],
  [
    { ...bounce, Type: 'SoftBounce', TypeCode: 4096 },
    { what: 'bounced', bounce: 'soft', reason: 'Unknown user' },
  ],
  [
    { ...bounce, Type: 'SpamNotification', TypeCode: 512 },
    { what: 'complained', reason: 'Unknown user' },
  ],
  [{ ...bounce, RecordType: 'SpamComplaint', Type: 'SpamComplaint', TypeCode: 100001 }, { what: 'complained' }],
  [{ ...common, RecordType: 'SubscriptionChange', ChangedAt: '2019-11-05T16:33:54.9070259Z', Recipient: 'ada@example.com', Origin: 'Recipient', SuppressSending: true, SuppressionReason: 'ManualSuppression' }, { what: 'unsubscribed' }], // prettier-ignore
])('%j', async (record, expected) => {
  const [item, ...more] = await feedback.read(asked({ body: Buffer.from(JSON.stringify(record)) }))
  expect(more).toEqual([])
  expect(item).toMatchObject({ channel: 'email', key, vendorId: common.MessageID, address: 'ada@example.com', at: new Date('2019-11-05T16:33:54.907Z'), ...expected }) // prettier-ignore
})

test.each([
  { ...bounce, Type: 'AutoResponder' },
  { ...common, RecordType: 'SubscriptionChange', SuppressSending: true, SuppressionReason: 'HardBounce' },
  { ...common, RecordType: 'SubscriptionChange', MessageID: null, SuppressSending: false, SuppressionReason: null, Metadata: {} },
  { RecordType: 'Inbound', MessageID: '1' },
  [],
])('%j is let go', async (record) => {
  expect(await feedback.read(asked({ body: Buffer.from(JSON.stringify(record)) }))).toEqual([])
})

test('what is told again has the same id, what happens again another', async () => {
  const open = { ...common, RecordType: 'Open', Recipient: 'ada@example.com', ReceivedAt: '2019-11-05T16:33:54Z' }
  const ids = [open, open, { ...open, ReceivedAt: '2019-11-05T16:33:55Z' }, { ...open, RecordType: 'Click', OriginalLink: 'https://example.com' }].map(async (record) => (await feedback.read(asked({ body: Buffer.from(JSON.stringify(record)) })))[0]!.id) // prettier-ignore
  const [one, again, ...others] = await Promise.all(ids)
  expect(again).toBe(one)
  expect(new Set([one, ...others]).size).toBe(3)
})
