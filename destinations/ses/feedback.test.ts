import { createSigning, type Signing } from '../../test/vendors/certificate.js'
import { snsSigned, type Signed, type SnsMessage } from '../../test/vendors/signers.js'
import { startStub, type Stub } from '../../test/vendors/stub.js'
import { asked } from '../../test/support/feedback.js'
import { closeAgents } from '../outbound/guard.js'
import { createHttp } from '../outbound/http.js'
import { feedback, topicArn } from './feedback.js'

const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:ses-events'
const DAY = 86_400_000
const notification: SnsMessage = { Message: 'Hello', MessageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324', TopicArn: TOPIC }
const confirmation: SnsMessage = {
  ...notification,
  Type: 'SubscriptionConfirmation',
  Token: '2336412f37',
  SubscribeURL: `https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${TOPIC}&Token=2336412f37`,
}

let signing: Signing
let other: Signing
let past: Signing
beforeAll(async () => {
  const [now, then] = [Date.now(), Date.now() - 400 * DAY]
  signing = await createSigning({ from: new Date(now - DAY), to: new Date(now + 365 * DAY) })
  other = await createSigning({ from: new Date(now - DAY), to: new Date(now + 365 * DAY) })
  past = await createSigning({ from: new Date(then), to: new Date(then + 365 * DAY) })
})
afterEach(() => closeAgents())

let stub: Stub
let confirmed: string[]
/** SES's feedback, where SNS shows a certificate and confirms subscriptions. */
async function started(pem = signing.pem, status = 200) {
  confirmed = []
  stub = await startStub(({ host, path, query }) => {
    if (path.endsWith('.pem')) return { status, text: pem }
    confirmed.push(`${host}${path}?${query.toString()}`)
    return { status, text: '<ConfirmSubscriptionResponse/>' }
  })
  return feedback(createHttp(stub.toward))
}
const calling = (signed: Signed, now?: number) => asked(signed, { config: { topicArn: TOPIC }, ...(now !== undefined && { now }) })
const verifies = async (of: ReturnType<typeof feedback>, signed: Signed, now?: number) => of.verify(calling(signed, now))

test.each(['1', '2'] as const)('signatures of version %s are right, with a subject or without', async (version) => {
  const ses = await started()
  expect(await verifies(ses, await snsSigned(signing, notification, version))).toBe(true)
  expect(await verifies(ses, await snsSigned(signing, { ...notification, Subject: 'Amazon SES' }, version))).toBe(true)
  expect(await verifies(ses, await snsSigned(signing, confirmation, version))).toBe(true)
  // The certificate was asked for once.
  expect(stub.seen.map(({ host, path }) => host + path)).toEqual([
    'sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem',
  ])
})

test('what was changed, signed by another, or long ago, is wrong', async () => {
  const ses = await started()
  const { body, headers } = await snsSigned(signing, notification)
  const changed = (more: object): Signed => ({ headers, body: Buffer.from(JSON.stringify({ ...JSON.parse(body.toString()), ...more })) })
  expect(await verifies(ses, { headers, body })).toBe(true)
  for (const more of [
    { Message: 'Hello!' },
    { MessageId: 'x' },
    { Timestamp: new Date(Date.now() - 1000).toISOString() },
    { Subject: 'x' },
    { Type: 'UnsubscribeConfirmation' },
    { Signature: 'AAAA' },
    { SignatureVersion: '3' },
    { TopicArn: `${TOPIC}2` },
  ])
    // prettier-ignore
    expect([more, await verifies(ses, changed(more))]).toEqual([more, false])
  expect(await verifies(ses, await snsSigned(other, notification))).toBe(false)
  expect(await verifies(ses, { headers, body }, Date.now() + 3 * DAY)).toBe(false)
  expect(await verifies(ses, { headers, body: Buffer.from('{}') })).toBe(false)
})

test.each([
  'http://sns.eu-west-1.amazonaws.com/a.pem',
  'https://sns.eu-west-1.amazonaws.com.evil.example/a.pem',
  'https://evil.example/sns.eu-west-1.amazonaws.com/a.pem',
  'https://sns.eu-west-1.amazonaws.com:8443/a.pem',
  'https://sns.eu-west-1.amazonaws.com@evil.example/a.pem',
  'https://evil.sns.eu-west-1.amazonaws.com/a.pem',
  'https://sns-eu-west-1.amazonaws.com/a.pem',
  'https://s3.amazonaws.com/a.pem',
  'https://sns.eu.west.amazonaws.com/a.pem',
  'https://sns.eu-west-1.amazonaws.com/?x=a.pem',
  'https://sns.eu-west-1.amazonaws.com/a.pem/../x',
  'file:///a.pem',
  'nonsense',
])('a certificate is not asked for at %s', async (SigningCertURL) => {
  const ses = await started()
  expect(await verifies(ses, await snsSigned(signing, { ...notification, SigningCertURL }))).toBe(false)
  expect(stub.seen).toEqual([])
})

test('a topic of somebody else is not taken, though SNS signed it, and no certificate is asked for', async () => {
  const ses = await started()
  const TopicArn = 'arn:aws:sns:eu-west-1:999999999999:ses-events'
  expect(await verifies(ses, await snsSigned(signing, { ...notification, TopicArn }))).toBe(false)
  expect(stub.seen).toEqual([])
  expect(ses.missing({ config: {}, secrets: {} })).toMatch(/SNS topic/)
  expect(topicArn.safeParse('ses-events').success).toBe(false)
})

test('a certificate that is over, or none, is wrong; one that cannot be had now is asked for again', async () => {
  expect(await verifies(await started(past.pem), await snsSigned(past, notification))).toBe(false)
  expect(await verifies(await started('nonsense'), await snsSigned(signing, notification))).toBe(false)
  const ses = await started(signing.pem, 503)
  await expect(verifies(ses, await snsSigned(signing, notification))).rejects.toMatchObject({ name: 'SendError' })
})

test('a subscription is confirmed where SNS says, and nowhere else', async () => {
  const ses = await started()
  expect(await ses.read(calling(await snsSigned(signing, confirmation)))).toEqual([])
  expect(confirmed).toHaveLength(1)
  expect(confirmed[0]).toMatch(/^sns\.eu-west-1\.amazonaws\.com\/\?Action=ConfirmSubscription&/)
  const astray = await snsSigned(signing, { ...confirmation, SubscribeURL: 'https://evil.example/' })
  await expect(ses.read(calling(astray))).rejects.toMatchObject({ code: 'blocked_address' })
  expect(confirmed).toHaveLength(1)
  const late = await started(signing.pem, 500)
  await expect(late.read(calling(await snsSigned(signing, confirmation)))).rejects.toMatchObject({ name: 'SendError' })
})

const mail = {
  timestamp: '2017-08-05T00:40:02.012Z',
  messageId: 'EXAMPLE7c191be45-e9aedb9a-02f9-4d12-a87d-dd0099a07f8a-000000',
  destination: ['ada@example.com'],
  tags: { 'ses:configuration-set': ['events'], tilework_key: ['mem_1--a--b--1'] },
}
const when = '2017-08-05T00:41:02.669Z'

test.each([
  ['Delivery', { delivery: { timestamp: when, recipients: ['ada@example.com'] } }, { what: 'delivered' }],
  ['DeliveryDelay', { deliveryDelay: { timestamp: when, delayType: 'TransientCommunicationFailure' } }, { what: 'deferred', reason: 'TransientCommunicationFailure' }], // prettier-ignore
  ['Bounce', { bounce: { bounceType: 'Permanent', bounceSubType: 'General', bouncedRecipients: [{ emailAddress: 'ada@example.com', diagnosticCode: '550 5.1.1' }], timestamp: when } }, { what: 'bounced', bounce: 'hard', reason: '550 5.1.1' }], // prettier-ignore
  ['Bounce', { bounce: { bounceType: 'Transient', bounceSubType: 'MailboxFull', bouncedRecipients: [{ emailAddress: 'ada@example.com' }], timestamp: when } }, { what: 'bounced', bounce: 'soft' }], // prettier-ignore
  ['Complaint', { complaint: { complainedRecipients: [{ emailAddress: 'ada@example.com' }], timestamp: when, complaintFeedbackType: 'abuse' } }, { what: 'complained', reason: 'abuse' }], // prettier-ignore
  ['Open', { open: { ipAddress: '192.0.2.1', timestamp: when, userAgent: 'Mozilla/5.0' } }, { what: 'opened' }],
  ['Click', { click: { ipAddress: '192.0.2.1', link: 'https://example.com/', timestamp: when } }, { what: 'clicked', url: 'https://example.com/' }], // prettier-ignore
  ['Reject', { reject: { reason: 'Bad content' } }, { what: 'failed', reason: 'Bad content' }],
  ['Rendering Failure', { failure: { errorMessage: "Attribute 'name' is not present", templateName: 'T' } }, { what: 'failed', reason: "Attribute 'name' is not present" }], // prettier-ignore
  ['Subscription', { subscription: { contactList: 'L', timestamp: when, newTopicPreferences: { unsubscribeAll: true } } }, { what: 'unsubscribed' }], // prettier-ignore
])('%s, as the documentation shows it', async (eventType, more, expected) => {
  const ses = await started()
  const message = await snsSigned(signing, { ...notification, Message: JSON.stringify({ eventType, mail, ...more }) })
  const items = await ses.read(calling(message))
  expect(items).toMatchObject([{ id: notification.MessageId, channel: 'email', key: 'mem_1:a--b:1', vendorId: mail.messageId, address: 'ada@example.com', ...expected }]) // prettier-ignore
  if (expected.what !== 'failed') expect(items[0]!.at).toEqual(new Date(when))
})

test('a notification that is set at an identity has no tags, and is known by the id', async () => {
  const ses = await started()
  const { tags: _, ...bare } = mail
  const Message = JSON.stringify({ notificationType: 'Delivery', mail: bare, delivery: { timestamp: when } })
  expect(await ses.read(calling(await snsSigned(signing, { ...notification, Message })))).toMatchObject([
    { what: 'delivered', key: undefined, vendorId: mail.messageId },
  ])
})

test.each(['Successfully validated SNS topic for Amazon SES event publishing.', '{}', JSON.stringify({ eventType: 'Send', mail })])(
  '%s is let go',
  async (Message) => {
    const ses = await started()
    expect(await ses.read(calling(await snsSigned(signing, { ...notification, Message })))).toEqual([])
  },
)
