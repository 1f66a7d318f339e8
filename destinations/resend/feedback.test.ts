import { svixSigned } from '../../test/vendors/signers.js'
import { asked } from '../../test/support/feedback.js'
import { feedback, signingSecret } from './feedback.js'

/* The secret of the example of Svix's documentation. */
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const secrets = { signingSecret: SECRET }

test('a signature of Svix is right; another body, secret, id or time, or none, is wrong', async () => {
  const signed = await svixSigned(SECRET, 'msg_1', '{}')
  const check = (more: Partial<typeof signed>, secret = SECRET) => feedback.verify(asked({ ...signed, ...more }, { secrets: { signingSecret: secret } })) // prettier-ignore
  expect(check({})).toBe(true)
  expect(check({ body: Buffer.from('{} ') })).toBe(false)
  expect(check({}, 'whsec_AAAAr8GKYqrTwjUPD8ILPZIo2LaLaSw=')).toBe(false)
  expect(check({ headers: { ...signed.headers, 'svix-id': 'msg_2' } })).toBe(false)
  expect(check({ headers: {} })).toBe(false)
  for (const minutes of [-10, 10]) {
    const other = await svixSigned(SECRET, 'msg_1', '{}', new Date(Date.now() + minutes * 60_000))
    expect(check(other)).toBe(false)
  }
})

test('the example of Svix has the signature that is documented for it', async () => {
  const { headers } = await svixSigned(SECRET, 'msg_p5jXN8AQM9LWM0D4loKWxJek', '{"test": 2432232314}', new Date(1614265330_000))
  expect(headers['svix-signature']).toContain('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
})

test('secrets are checked when they are given', () => {
  expect(signingSecret.safeParse(SECRET).success).toBe(true)
  expect(signingSecret.safeParse('re_123456').success).toBe(false)
  expect(feedback.missing({ config: {}, secrets: {} })).toMatch(/signing secret/)
})

const data = {
  created_at: '2024-11-22T23:41:11.894719+00:00',
  email_id: '56761188-7520-42d8-8898-ff6fc54ce618',
  from: 'Acme <onboarding@resend.dev>',
  to: ['ada@example.com'],
  subject: 'Sending this example',
  tags: { tilework_key: 'mem_1--hello--1' },
}

test.each([
  ['email.delivered', {}, { what: 'delivered' }],
  ['email.delivery_delayed', {}, { what: 'deferred' }],
  ['email.opened', {}, { what: 'opened' }],
  ['email.clicked', { click: { ipAddress: '122.115.53.11', link: 'https://resend.com', timestamp: '2024-11-24T05:00:57.163Z', userAgent: 'M' } }, { what: 'clicked', url: 'https://resend.com' }], // prettier-ignore
  ['email.bounced', { bounce: { message: 'No such user', subType: 'General', type: 'Permanent' } }, { what: 'bounced', bounce: 'hard', reason: 'No such user' }], // prettier-ignore
  ['email.bounced', { bounce: { message: 'Full', subType: 'MailboxFull', type: 'Transient' } }, { what: 'bounced', bounce: 'soft', reason: 'Full' }], // prettier-ignore
  ['email.complained', {}, { what: 'complained' }],
  ['email.failed', { failed: { reason: 'reached_daily_quota' } }, { what: 'failed', reason: 'reached_daily_quota' }],
  ['email.suppressed', { suppressed: { message: 'On the list', type: 'OnAccountSuppressionList' } }, { what: 'failed', reason: 'On the list' }], // prettier-ignore
])('%s, as the documentation shows it', async (type, more, expected) => {
  const body = JSON.stringify({ type, created_at: '2024-11-22T23:41:12.126Z', data: { ...data, ...more } })
  const items = await feedback.read(asked(await svixSigned(SECRET, 'msg_1', body), { secrets }))
  const common = { id: 'msg_1', channel: 'email', at: new Date('2024-11-22T23:41:12.126Z'), key: 'mem_1:hello:1', vendorId: data.email_id, address: 'ada@example.com' } // prettier-ignore
  expect(items).toEqual([{ url: undefined, reason: undefined, ...common, ...expected }])
})

test.each(['email.sent', 'email.scheduled', 'email.received', 'contact.updated', 'domain.created'])('%s is let go', async (type) => {
  const body = JSON.stringify({ type, created_at: '2024-11-22T23:41:12.126Z', data: { ...data, email: 'ada@example.com' } })
  expect(await feedback.read(asked(await svixSigned(SECRET, 'msg_1', body)))).toEqual([])
})
