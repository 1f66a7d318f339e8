import { createHttp, type Http } from '../../destinations/outbound/http.js'
import { createVendors } from '../../destinations/index.js'
import { sendIdOf } from '../../destinations/braze/send-id.js'
import { tagOf } from '../../destinations/derived.js'
import { createCipher } from '../../store/cipher.js'
import { createDestination } from '../../store/destinations.js'
import { putMessage } from '../../store/sandbox.js'
import { listSubscriptions } from '../../store/subscriptions.js'
import { listSuppressions } from '../../store/suppressions.js'
import { DEFAULT_WORKSPACE } from '../../store/workspaces.js'
import { startTestApi, type TestApi } from '../../test/support/api.js'
import { keptEvents, sentDelivery } from '../../test/support/feedback.js'
import { createSigning } from '../../test/vendors/certificate.js'
import { sendgridSigner, snsSigned, svixSigned, twilioSigned, type Signed } from '../../test/vendors/signers.js'
import { startStub } from '../../test/vendors/stub.js'

/* What vendors tell, by HTTP, of deliveries in a real database. */

const PUBLIC = 'https://tilework.example'
const cipher = createCipher('a key for tests, thirty-two characters')
const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:ses-events'
const SVIX = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const PASSWORD = 'a-password-of-our-choice'
const TOKEN = '0123456789abcdef0123456789abcdef'

let test: TestApi
/** Where requests of this process to vendors lead. */
let toward: (origin: string) => string = () => 'http://127.0.0.1:1'
beforeAll(async () => {
  const http: Http = (...args) => createHttp((origin) => toward(origin))({ ...args[0], outboundAllow: ['127.0.0.0/8'] }, ...[args[1], args[2]]) // prettier-ignore
  test = await startTestApi({
    publicUrl: PUBLIC,
    vendors: createVendors({ putSandboxMessage: (message) => putMessage(test.db, message), http }),
  })
})
afterAll(() => test.stop())
beforeEach(async () => {
  for (const table of ['event', 'event_seen', 'delivery', 'delivery_content', 'suppression', 'subscription', 'subscription_change'])
    await test.db.query(`delete from ${table}`)
})

const made = async (type: string, secrets: Record<string, unknown>, config: Record<string, unknown> = {}): Promise<string> =>
  (await createDestination(test.db, cipher, DEFAULT_WORKSPACE, { name: type, type, config, secrets })).id

async function post(path: string, { headers = {}, body }: Partial<Signed> = {}): Promise<{ status: number; body: string; type: string }> {
  const answer = await fetch(`${test.url}/feedback/${path}`, { method: 'POST', headers, body: body?.toString() ?? null })
  return { status: answer.status, type: answer.headers.get('content-type') ?? '', body: await answer.text() }
}

const named = async () => (await keptEvents(test.db)).map(({ event }) => event)
const suppressed = async () => (await listSuppressions(test.db, DEFAULT_WORKSPACE, {})).data.map(({ channel, address, reason }) => [channel, address, reason]) // prettier-ignore

describe('SendGrid', () => {
  it('keeps a batch of mixed events, each once, and lets go of messages that it does not know', async () => {
    const { verificationKey, sign } = await sendgridSigner()
    const id = await made('sendgrid', { verificationKey })
    const [mine, theirs] = [
      await sentDelivery(test.db, { destinationId: id, customerId: 'ada', vendorId: 'sg-1' }),
      await sentDelivery(test.db, { destinationId: 'dst_other', customerId: 'eve' }),
    ]
    const event = (sg_event_id: string, more: object) => ({ email: 'ada@example.com', timestamp: 1_764_000_000, sg_event_id, ...more })
    const batch = [
      event('1', { event: 'delivered', tilework_key: mine }),
      event('2', { event: 'open', tilework_key: mine, sg_machine_open: true }),
      event('3', { event: 'click', sg_message_id: 'sg-1.recvd-1', url: 'https://example.com/' }),
      event('4', { event: 'delivered', tilework_key: theirs }),
      event('5', { event: 'delivered', tilework_key: 'mem_x:hello:1', sg_message_id: 'nobody.1' }),
      event('6', { event: 'processed', tilework_key: mine }),
      event('1', { event: 'delivered', tilework_key: mine }),
    ]
    const signed = await sign(JSON.stringify(batch))
    expect(await post(id, signed)).toMatchObject({ status: 200, body: '{"received":true}' })
    expect((await post(id, await sign(JSON.stringify(batch)))).status).toBe(200)
    const kept = await keptEvents(test.db)
    const properties = { deliveryKey: mine, memberId: mine.split(':')[0], orchestrationId: 'jrn_1', tileId: 'hello', destinationId: id, messageId: 'sg-1' } // prettier-ignore
    expect(kept.map(({ messageId: _, ...event }) => event)).toEqual([
      { customerId: 'ada', event: 'email_delivered', timestamp: new Date(1_764_000_000_000), properties },
      { customerId: 'ada', event: 'email_opened', timestamp: new Date(1_764_000_000_000), properties: { ...properties, machine: true } },
      { customerId: 'ada', event: 'email_clicked', timestamp: new Date(1_764_000_000_000), properties: { ...properties, url: 'https://example.com/' } }, // prettier-ignore
    ])
    const metrics = await (await fetch(`${test.url}/metrics`)).text()
    expect(metrics).toMatch(/tilework_feedback_total\{type="sendgrid",outcome="kept"\} 3/)
    expect(metrics).toMatch(/tilework_feedback_total\{type="sendgrid",outcome="unknown"\} 4/)
  })

  it('two at once keep each event once', async () => {
    const { verificationKey, sign } = await sendgridSigner()
    const id = await made('sendgrid', { verificationKey })
    const tilework_key = await sentDelivery(test.db, { destinationId: id })
    const batch = Array.from({ length: 50 }, (_, n) => ({ event: 'open', sg_event_id: String(n % 25), tilework_key }))
    const bounces = Array.from({ length: 5 }, (_, n) => ({ event: 'bounce', type: 'bounce', email: `${n}@example.com`, sg_event_id: `b${n}`, tilework_key })) // prettier-ignore
    const [one, other] = [await sign(JSON.stringify([...batch, ...bounces])), await sign(JSON.stringify([...batch, ...bounces].reverse()))]
    expect((await Promise.all([post(id, one), post(id, other)])).map(({ status }) => status)).toEqual([200, 200])
    expect((await named()).length).toBe(30)
    expect((await suppressed()).length).toBe(5)
  })

  it('an address that takes nothing and a complaint are not written to again, by the channel; a soft bounce changes nothing', async () => {
    const { verificationKey, sign } = await sendgridSigner()
    const id = await made('sendgrid', { verificationKey })
    const tilework_key = await sentDelivery(test.db, { destinationId: id, to: 'Kept@Example.com' })
    const batch = [
      { event: 'bounce', type: 'bounce', email: 'Hard@Example.com', reason: '550', sg_event_id: '1', tilework_key },
      { event: 'bounce', type: 'blocked', email: 'soft@example.com', sg_event_id: '2', tilework_key },
      { event: 'spamreport', sg_event_id: '3', tilework_key },
      { event: 'bounce', type: 'bounce', email: 'unknown@example.com', sg_event_id: '4', tilework_key: 'mem_x:hello:1' },
    ]
    expect((await post(id, await sign(JSON.stringify(batch)))).status).toBe(200)
    expect((await suppressed()).sort()).toEqual([
      ['email', 'hard@example.com', 'hard_bounce'],
      ['email', 'kept@example.com', 'complaint'],
    ])
    expect((await named()).sort()).toEqual(['email_bounced', 'email_bounced', 'email_complained'])
    expect((await keptEvents(test.db)).find(({ properties }) => properties.bounce === 'hard')!.properties).toMatchObject({ reason: '550' })
  })

  it('an unsubscription ends the channel; told again late, it does not undo what the customer said since', async () => {
    const { verificationKey, sign } = await sendgridSigner()
    const id = await made('sendgrid', { verificationKey })
    await test.api('PUT', '/customers/ada', { body: { traits: {} } })
    const tilework_key = await sentDelivery(test.db, { destinationId: id })
    const body = JSON.stringify([{ event: 'unsubscribe', sg_event_id: '1', tilework_key }])
    await post(id, await sign(body))
    const states = async () => (await listSubscriptions(test.db, DEFAULT_WORKSPACE, 'ada')).map(({ channel, topic, state, via }) => [channel, topic, state, via]) // prettier-ignore
    expect(await states()).toEqual([['email', null, 'unsubscribed', id]])
    await test.db.query(`update subscription set state = 'subscribed'`)
    await post(id, await sign(body))
    expect(await states()).toEqual([['email', null, 'subscribed', id]])
    expect(await named()).toEqual(['email_unsubscribed'])
  })
})

it('Resend: by the tag, or by the id', async () => {
  const id = await made('resend', { signingSecret: SVIX })
  const key = await sentDelivery(test.db, { destinationId: id, vendorId: 'email-1' })
  const tell = async (message: string, data: object) =>
    post(id, await svixSigned(SVIX, message, JSON.stringify({ type: 'email.opened', created_at: '2026-11-22T23:41:12.126Z', data })))
  expect((await tell('msg_1', { email_id: 'email-2', tags: { tilework_key: tagOf(key) } })).status).toBe(200)
  expect((await tell('msg_1', { email_id: 'email-1' })).status).toBe(200)
  expect((await tell('msg_2', { email_id: 'email-1' })).status).toBe(200)
  expect((await tell('msg_3', { email_id: 'email-3' })).status).toBe(200)
  expect(await named()).toEqual(['email_opened', 'email_opened'])
})

it('Postmark: with the password in either place', async () => {
  const id = await made('postmark', { webhookPassword: PASSWORD })
  const key = await sentDelivery(test.db, { destinationId: id, vendorId: 'pm-1' })
  const body = (ReceivedAt: string) => Buffer.from(JSON.stringify({ RecordType: 'Open', MessageID: 'pm-1', ReceivedAt, Metadata: { tilework_key: key } })) // prettier-ignore
  const authorization = `Basic ${Buffer.from(`tilework:${PASSWORD}`).toString('base64')}`
  expect((await post(id, { headers: { authorization }, body: body('2026-11-05T16:33:54Z') })).status).toBe(200)
  expect((await post(`${id}/${PASSWORD}`, { body: body('2026-11-05T16:33:55Z') })).status).toBe(200)
  expect((await post(`${id}/${PASSWORD}x`, { body: body('2026-11-05T16:33:56Z') })).status).toBe(401)
  expect(await named()).toEqual(['email_opened', 'email_opened'])
})

it('SES: the topic of the settings alone; a subscription is confirmed; without an answer SNS has to come again', async () => {
  const day = 86_400_000
  const signing = await createSigning({ from: new Date(Date.now() - day), to: new Date(Date.now() + day) })
  const id = await made('ses', {}, { region: 'eu-west-1', from: 'a@example.com', topicArn: TOPIC })
  const key = await sentDelivery(test.db, { destinationId: id })
  const Message = JSON.stringify({ eventType: 'Open', mail: { messageId: 'ses-1', tags: { tilework_key: [tagOf(key)] } }, open: {} })
  const notification = { Message, MessageId: 'm1', TopicArn: TOPIC }
  expect((await post(id, await snsSigned(signing, notification))).status).toBe(503)
  const stub = await startStub(({ path }) => (path.endsWith('.pem') ? { status: 200, text: signing.pem } : { status: 200, text: '<ok/>' }))
  toward = (origin) => stub.toward(origin)
  expect((await post(id, await snsSigned(signing, notification))).status).toBe(200)
  expect((await post(id, await snsSigned(signing, notification))).status).toBe(200)
  expect((await post(id, await snsSigned(signing, { ...notification, TopicArn: `${TOPIC}2` }))).status).toBe(401)
  const SubscribeURL = 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription'
  const confirmation = { Type: 'SubscriptionConfirmation', Token: 't', SubscribeURL, Message: 'm', MessageId: 'm2', TopicArn: TOPIC }
  expect((await post(id, await snsSigned(signing, confirmation))).status).toBe(200)
  expect(stub.seen.at(-1)!.query.get('Action')).toBe('ConfirmSubscription')
  expect(await named()).toEqual(['email_opened'])
})

describe('Twilio', () => {
  const url = (path: string) => `${PUBLIC}/feedback/${path}`
  const tell = async (path: string, form: Record<string, string>) => post(path, await twilioSigned(TOKEN, url(path), form))

  it('tells of a message by the key in the address, else by its id, and is answered with an empty response', async () => {
    const id = await made('twilio', { authToken: TOKEN })
    const key = await sentDelivery(test.db, { destinationId: id, vendorId: 'SM1', to: '+34600111222' })
    const status = { MessageSid: 'SM1', MessageStatus: 'delivered', To: '+34600111222', From: '+14155550100' }
    const path = `${id}?key=${encodeURIComponent(key)}`
    expect(await tell(path, status)).toMatchObject({ status: 200, type: expect.stringMatching(/^text\/xml/), body: expect.stringContaining('<Response/>') }) // prettier-ignore
    expect((await tell(path, status)).status).toBe(200)
    expect((await tell(id, { ...status, MessageStatus: 'undelivered', ErrorCode: '30003' })).status).toBe(200)
    // Another application of the same account sent this one, to the same number.
    expect((await tell(id, { ...status, MessageSid: 'SM9' })).status).toBe(200)
    expect(await named()).toEqual(['sms_delivered', 'sms_failed'])
    const forged = await twilioSigned(TOKEN, url(path), status)
    expect((await post(`${id}?key=mem_other`, forged)).status).toBe(401)
  })

  it('a reply is of whoever was written to last at the number; STOP ends the channel, START opens it again', async () => {
    const id = await made('twilio', { authToken: TOKEN })
    for (const customer of ['bob', 'ada']) await test.api('PUT', `/customers/${customer}`, { body: { traits: {} } })
    await sentDelivery(test.db, { destinationId: id, customerId: 'bob', to: '+34600111222' })
    const key = await sentDelivery(test.db, { destinationId: id, customerId: 'ada', to: '+34600111222' })
    await sentDelivery(test.db, { destinationId: 'dst_other', customerId: 'eve', to: '+34600111222' })
    const write = (MessageSid: string, Body: string, From = '+34600111222') => tell(id, { MessageSid, Body, From, To: '+14155550100' })
    await write('SM1', 'Is it in blue?')
    await write('SM2', 'STOP')
    expect(await listSubscriptions(test.db, DEFAULT_WORKSPACE, 'ada')).toMatchObject([
      { channel: 'sms', topic: null, state: 'unsubscribed' },
    ])
    await write('SM3', 'START')
    expect(await listSubscriptions(test.db, DEFAULT_WORKSPACE, 'ada')).toMatchObject([{ channel: 'sms', topic: null, state: 'subscribed' }])
    expect((await write('SM4', 'Hi', '+34699999999')).status).toBe(200)
    const kept = await keptEvents(test.db)
    expect(kept.map(({ customerId, event }) => [customerId, event])).toEqual([
      ['ada', 'sms_replied'],
      ['ada', 'sms_replied'],
      ['ada', 'sms_unsubscribed'],
      ['ada', 'sms_replied'],
      ['ada', 'sms_subscribed'],
    ])
    expect(kept[0]!.properties).toMatchObject({ deliveryKey: key, text: 'Is it in blue?' })
    expect(await listSubscriptions(test.db, DEFAULT_WORKSPACE, 'bob')).toEqual([])
  })
})

it('Braze: Currents by the dispatch, postbacks by the send id', async () => {
  const id = await made('braze', { webhookToken: PASSWORD })
  const key = await sentDelivery(test.db, { destinationId: id, vendorId: 'dispatch-1' })
  const events = ['dispatch-1', 'dispatch-2'].map((dispatch_id, n) => ({ event_type: 'users.messages.email.Click', id: `c${n}`, properties: { dispatch_id, url: 'https://example.com/' } })) // prettier-ignore
  const headers = { authorization: `Bearer ${PASSWORD}` }
  expect((await post(id, { headers, body: Buffer.from(JSON.stringify({ events })) })).status).toBe(200)
  const posted = { dispatch_id: 'dispatch-3', status: 'delivered', metadata: { external_send_id: sendIdOf(key) } }
  expect((await post(`${id}/${PASSWORD}`, { body: Buffer.from(JSON.stringify(posted)) })).status).toBe(200)
  expect(await named()).toEqual(['email_clicked', 'email_delivered'])
})

describe('what is not taken', () => {
  it('says the same of a wrong signature, none, a destination that there is none of, and one that tells nothing', async () => {
    const { verificationKey, sign } = await sendgridSigner()
    const id = await made('sendgrid', { verificationKey })
    const signed = await sign('[]')
    const other = await (await sendgridSigner()).sign('[]')
    const old = await sign('[]', new Date(Date.now() - 3 * 86_400_000))
    const answers = [await post(id, other), await post(id, old), await post(id, { body: Buffer.from('[]') }), await post('dst_none', signed), await post('sandbox', signed)] // prettier-ignore
    const said = answers.map(({ status, body }) => [status, { ...(JSON.parse(body) as object), requestId: '' }])
    for (const each of said) expect(each).toEqual(said[0])
    expect(said[0]![0]).toBe(401)
  })

  it('says what lacks before it can be set up', async () => {
    const id = await made('sendgrid', { apiKey: 'SG.x' })
    const { status, body } = await post(id, { body: Buffer.from('[]') })
    expect([status, (JSON.parse(body) as { detail: string }).detail]).toEqual([
      403,
      'This destination is not set up for feedback. Give the verification key of the signed Event Webhook in the secrets.',
    ])
  })

  it('no other verb, no body that is no JSON, none that is too large', async () => {
    const { verificationKey, sign } = await sendgridSigner()
    const id = await made('sendgrid', { verificationKey })
    const got = await fetch(`${test.url}/feedback/${id}`)
    expect([got.status, got.headers.get('allow')]).toEqual([405, 'POST'])
    expect((await post(id, await sign('{'))).status).toBe(400)
    expect((await post(id, await sign(`"${'x'.repeat(5 * 1024 * 1024)}"`))).status).toBe(413)
  })
})

it('tells where a destination is told, and what lacks; secrets are laid over those that are kept', async () => {
  const config = { from: 'hello@example.com' }
  const { body } = await test.api('POST', '/destinations', { body: { name: 'SG', type: 'sendgrid', config, secrets: { apiKey: 'SG.x' } } })
  const url = `${PUBLIC}/feedback/${body.id}`
  expect(body.feedback).toEqual({ url, ready: false, missing: expect.stringContaining('verification key') })
  const { verificationKey, sign } = await sendgridSigner()
  const put = (secrets: object) => test.api('PUT', `/destinations/${body.id}`, { body: { name: 'SG', type: 'sendgrid', config, secrets } })
  expect((await put({ verificationKey })).body.feedback).toEqual({ url, ready: true })
  expect((await test.api('GET', `/destinations/${body.id}`)).body.feedback).toEqual({ url, ready: true })
  expect((await post(body.id as string, await sign('[]'))).status).toBe(200)
  expect((await put({ verificationKey: null })).body.feedback.ready).toBe(false)
  expect((await put({ apiKey: null })).body.errors[0].path).toBe('/secrets/apiKey')
  expect((await put({ verificationKey: 'nonsense' })).body.errors[0].path).toBe('/secrets/verificationKey')
  expect((await test.api('GET', '/destinations/sandbox')).body).not.toHaveProperty('feedback')
  const types = (await test.api('GET', '/destination-types')).body.data as { type: string; feedback?: { setup: string[] } }[]
  expect(types.filter((each) => each.feedback).map(({ type }) => type).sort()).toEqual(['braze', 'postmark', 'resend', 'sendgrid', 'ses', 'twilio']) // prettier-ignore
})
