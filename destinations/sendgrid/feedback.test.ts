import { sendgridSigner } from '../../test/vendors/signers.js'
import { asked } from '../../test/support/feedback.js'
import { feedback, verificationKey } from './feedback.js'

/* The example of github.com/sendgrid/sendgrid-nodejs, packages/eventwebhook. */
const EXAMPLE = {
  key: 'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEDr2LjtURuePQzplybdC+u4CwrqDqBaWjcMMsTbhdbcwHBcepxo7yAQGhHPTnlvFYPAZFceEu/1FwCM/QmGUhA==',
  signature: 'MEUCIQCtIHJeH93Y+qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6BpSzoQsbVRamr2nlxFDWYNH2j/0=',
  timestamp: '1588788367',
  body: '{"category":"example_payload","event":"test_event","message_id":"message_id"}',
}

const verified = (body: string, headers: Record<string, string>, key: string, now?: number) =>
  feedback.verify(asked({ body: Buffer.from(body), headers }, { secrets: { verificationKey: key }, ...(now !== undefined && { now }) }))

test("the signature of SendGrid's own example is right, in its time and over its body alone", () => {
  const headers = {
    'x-twilio-email-event-webhook-signature': EXAMPLE.signature,
    'x-twilio-email-event-webhook-timestamp': EXAMPLE.timestamp,
  }
  const then = Number(EXAMPLE.timestamp) * 1000
  expect(verified(EXAMPLE.body, headers, EXAMPLE.key, then)).toBe(true)
  expect(verified(EXAMPLE.body, headers, EXAMPLE.key, then + 3 * 86_400_000)).toBe(false)
  expect(verified(EXAMPLE.body, headers, EXAMPLE.key, then - 600_000)).toBe(false)
  expect(verified(`${EXAMPLE.body} `, headers, EXAMPLE.key, then)).toBe(false)
})

test('a signature of another key, of another time, or none is wrong', async () => {
  const [mine, theirs] = [await sendgridSigner(), await sendgridSigner()]
  const { headers } = await mine.sign('[]')
  expect(verified('[]', headers, mine.verificationKey)).toBe(true)
  expect(verified('[]', headers, theirs.verificationKey)).toBe(false)
  expect(verified('[]', { ...headers, 'x-twilio-email-event-webhook-timestamp': '1' }, mine.verificationKey)).toBe(false)
  expect(verified('[]', { ...headers, 'x-twilio-email-event-webhook-signature': 'AAAA' }, mine.verificationKey)).toBe(false)
  expect(verified('[]', {}, mine.verificationKey)).toBe(false)
  const old = await mine.sign('[]', new Date(Date.now() - 3 * 86_400_000))
  expect(verified('[]', old.headers, mine.verificationKey)).toBe(false)
})

test('keys are checked when they are given', () => {
  expect(verificationKey.safeParse(EXAMPLE.key).success).toBe(true)
  expect(verificationKey.safeParse('whsec_AAAA').success).toBe(false)
  expect(feedback.missing({ config: {}, secrets: {} })).toMatch(/verification key/)
})

test('each kind of event, as the documentation shows it; the others are let go', async () => {
  const common = { email: 'ada@example.com', timestamp: 1513299569, sg_message_id: '14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0', tilework_key: 'mem_1:hello:1' } // prettier-ignore
  const body = [
    { ...common, event: 'processed', sg_event_id: '1' },
    { ...common, event: 'deferred', sg_event_id: '2', response: '400 try again later', attempt: '5' },
    { ...common, event: 'delivered', sg_event_id: '3', response: '250 OK' },
    { ...common, event: 'open', sg_event_id: '4', useragent: 'Mozilla/5.0', ip: '255.255.255.255', sg_machine_open: true },
    { ...common, event: 'open', sg_event_id: '5', sg_machine_open: false },
    { ...common, event: 'click', sg_event_id: '6', url: 'https://www.sendgrid.com/' },
    { ...common, event: 'bounce', sg_event_id: '7', type: 'bounce', reason: '500 unknown recipient', status: '5.0.0' },
    { ...common, event: 'bounce', sg_event_id: '8', type: 'blocked', reason: 'IP address has been greylisted' },
    { ...common, event: 'dropped', sg_event_id: '9', reason: 'Bounced Address', status: '5.0.0' },
    { ...common, event: 'spamreport', sg_event_id: '10' },
    { ...common, event: 'unsubscribe', sg_event_id: '11' },
    { ...common, event: 'group_unsubscribe', sg_event_id: '12', asm_group_id: 10 },
    { ...common, event: 'account_status_change', sg_event_id: '13' },
    'nonsense',
  ]
  const items = await feedback.read(asked({ body: Buffer.from(JSON.stringify(body)) }))
  expect(items.map(({ id, what, bounce, machine }) => [id, what, bounce, machine].filter((each) => each !== undefined))).toEqual([
    ['2', 'deferred'],
    ['3', 'delivered'],
    ['4', 'opened', true],
    ['5', 'opened'],
    ['6', 'clicked'],
    ['7', 'bounced', 'hard'],
    ['8', 'bounced', 'soft'],
    ['9', 'failed'],
    ['10', 'complained'],
    ['11', 'unsubscribed'],
    ['12', 'unsubscribed'],
  ])
  expect(items[4]).toEqual({
    id: '6',
    what: 'clicked',
    channel: 'email',
    at: new Date('2017-12-15T00:59:29Z'),
    key: 'mem_1:hello:1',
    vendorId: '14c5d75ce93',
    address: 'ada@example.com',
    url: 'https://www.sendgrid.com/',
    reason: undefined,
  })
})
