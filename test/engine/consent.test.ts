import { z } from 'zod'
import { SendError } from '../../destinations/index.js'
import type { SendCall } from '../../destinations/vendor.js'
import type { Channel } from '../../model/channels.js'
import { createCipher } from '../../store/cipher.js'
import { mergeTraits } from '../../store/customers.js'
import { beginDelivery, endDelivery } from '../../store/deliveries.js'
import { createDestination } from '../../store/destinations.js'
import { listErrors } from '../../store/errors.js'
import { setSubscriptions, unsubscribe } from '../../store/subscriptions.js'
import { suppress } from '../../store/suppressions.js'
import { memberTimeline, type TimelineEntry } from '../../store/timeline.js'
import { createTopic, deleteTopic } from '../../store/topics.js'
import { entry, eventually, exit, row, send } from '../support/canvas.js'
import { startRig, WORKSPACE, type Rig } from '../support/rig.js'
import { fakeVendor } from '../support/vendor.js'

/* Who is written to, and what the timeline of who is not says. */

const cipher = createCipher('a key for tests, thirty-two characters')
let calls: SendCall[] = []
/** What the vendor does before it answers. */
let before: (call: SendCall) => Promise<void> = () => Promise.resolve()

const act = (channel?: Channel) => ({
  title: 'Send',
  ...(channel && { channel }),
  fields: z.strictObject({ to: z.string(), text: z.string().min(1) }),
  send: async (call: SendCall) => {
    calls.push(call)
    await before(call)
    return {}
  },
})
const vendor = fakeVendor({ send_email: act('email'), send_sms: act('sms'), track: act() })

let rig: Rig
let destinationId: string
let news: string
let offers: string
beforeAll(async () => {
  rig = await startRig({ vendors: new Map([[vendor.type, vendor]]) })
  destinationId = (await createDestination(rig.db, cipher, WORKSPACE, { name: 'F', type: 'fake', config: {} })).id
  news = (await createTopic(rig.db, WORKSPACE, { name: 'News', description: '', optIn: false })).id
  offers = (await createTopic(rig.db, WORKSPACE, { name: 'Offers', description: '', optIn: true })).id
}, 60_000)
afterAll(() => rig?.stop())
beforeEach(() => {
  calls = []
  before = () => Promise.resolve()
})

let count = 0
const somebody = async (): Promise<string> => {
  const id = `c${count++}`
  await mergeTraits(rig.db, WORKSPACE, id, { email: `${id}@example.com` })
  return id
}
const TO = '{{ customer.traits.email | upcase }}'
const mail = (more: Record<string, unknown> = {}) =>
  send('mail', '', { destinationId, action: 'send_email', fields: { to: TO, text: '-' }, ...more })

async function walk(customerId: string, tile = mail()): Promise<TimelineEntry[]> {
  const journeyId = await rig.launch(row([entry(), tile, exit()]))
  const memberId = await rig.enter({ journeyId, customerId })
  expect(await rig.finished(memberId)).toBe('completed')
  return (await memberTimeline(rig.db, WORKSPACE, memberId, {})).data
}

const skipOf = (timeline: TimelineEntry[]) => timeline.find(({ event }) => event === 'skipped')
const said = (customerId: string, ...changes: Parameters<typeof setSubscriptions>[2]) =>
  setSubscriptions(rig.db, { workspaceId: WORKSPACE, customerId, via: 'api' }, changes)
const barred = (customerId: string, reason: Parameters<typeof suppress>[1]['reason'], channel: Channel = 'email') =>
  suppress(rig.db, { workspaceId: WORKSPACE, channel, address: `${customerId}@example.com`, reason })

describe('who is kept out, by the reason in the timeline', () => {
  const cases: [string, Record<string, unknown>, (id: string) => Promise<unknown>, Record<string, unknown>][] = [
    [
      'unsubscribed',
      {},
      (id) => said(id, { channel: 'email', state: 'unsubscribed' }),
      { channel: 'email', unsubscribedFrom: 'channel', via: 'api' },
    ],
    [
      'unsubscribed',
      { topic: 'news' },
      (id) => said(id, { channel: 'email', topic: news, state: 'unsubscribed' }),
      { channel: 'email', topic: 'News', unsubscribedFrom: 'topic', via: 'api' },
    ],
    [
      'unsubscribed',
      { topic: 'news' },
      (id) => said(id, { channel: 'email', topic: news, state: 'subscribed' }, { channel: 'email', state: 'unsubscribed' }),
      { channel: 'email', topic: 'News', unsubscribedFrom: 'channel', via: 'api' },
    ],
    ['not_subscribed', { topic: 'offers' }, () => Promise.resolve(), { channel: 'email', topic: 'Offers' }],
    [
      'not_subscribed',
      { topic: 'offers' },
      (id) => said(id, { channel: 'email', state: 'subscribed' }, { channel: 'sms', topic: offers, state: 'subscribed' }),
      { channel: 'email', topic: 'Offers' },
    ],
    ['suppressed_hard_bounce', {}, (id) => barred(id, 'hard_bounce'), { channel: 'email' }],
    ['suppressed_complaint', { topic: 'news' }, (id) => barred(id, 'complaint'), { channel: 'email', topic: 'News' }],
    ['suppressed_manual', {}, (id) => barred(id, 'manual'), { channel: 'email' }],
    ['suppressed_hard_bounce', { transactional: true }, (id) => barred(id, 'hard_bounce'), { channel: 'email' }],
    ['suppressed_complaint', { transactional: true }, (id) => barred(id, 'complaint'), { channel: 'email' }],
  ]
  test.each(cases)(
    '%s %j',
    async (reason, more, set, reads) => {
      const id = await somebody()
      await set(id)
      const topic = more.topic === 'news' ? news : more.topic === 'offers' ? offers : undefined
      const timeline = await walk(id, mail({ ...more, ...(topic && { topic }) }))
      expect(calls).toHaveLength(0)
      expect(skipOf(timeline)).toMatchObject({
        tileId: 'mail',
        reason,
        reads: expect.objectContaining(reads) as unknown,
        delivery: {
          state: 'skipped',
          attempts: 0,
          error: { code: reason, message: expect.stringMatching(/^The (address|customer) /) as unknown },
          rendered: { to: `${id.toUpperCase()}@EXAMPLE.COM`, text: '-' },
        },
      })
      expect(timeline.find(({ event, tileId }) => event === 'left' && tileId === 'mail')).toMatchObject({ port: 'next' })
      expect(timeline.filter(({ event }) => event === 'failed' || event === 'sent')).toEqual([])
    },
    30_000,
  )

  test('is no error of the orchestration', async () => {
    const { data } = await listErrors(rig.db, WORKSPACE, {})
    expect(data).toEqual([])
    expect((await rig.db.query(`select from tally_change where kind = 'failed'`)).length).toBe(0)
  })
})

describe('who is written to', () => {
  const cases: [string, Record<string, unknown>, (id: string) => Promise<unknown>][] = [
    ['one who said nothing', {}, () => Promise.resolve()],
    ['one who said nothing of a topic that takes no consent', { topic: 'news' }, () => Promise.resolve()],
    ['one who asked for a topic', { topic: 'offers' }, (id) => said(id, { channel: 'email', topic: offers, state: 'subscribed' })],
    [
      'one who left another topic and another channel',
      { topic: 'news' },
      (id) => said(id, { channel: 'email', topic: offers, state: 'unsubscribed' }, { channel: 'sms', state: 'unsubscribed' }),
    ],
    ['one whose address is suppressed on another channel', {}, (id) => barred(id, 'complaint', 'sms')],
    [
      'one who unsubscribed, of what is transactional',
      { transactional: true },
      (id) => said(id, { channel: 'email', state: 'unsubscribed' }),
    ],
    ['one who was suppressed by hand, of what is transactional', { transactional: true }, (id) => barred(id, 'manual')],
    [
      'one who unsubscribed, through an action that is no message',
      { action: 'track' },
      (id) => said(id, { channel: 'email', state: 'unsubscribed' }),
    ],
  ]
  test.each(cases)(
    '%s',
    async (_, more, set) => {
      const id = await somebody()
      await set(id)
      const topic = more.topic === 'news' ? news : more.topic === 'offers' ? offers : undefined
      const timeline = await walk(id, mail({ ...more, ...(topic && { topic }) }))
      expect(calls).toHaveLength(1)
      expect(skipOf(timeline)).toBeUndefined()
    },
    30_000,
  )
})

test('a topic that is gone has nobody’s consent', async () => {
  const { id: topic } = await createTopic(rig.db, WORKSPACE, { name: 'Gone', description: '', optIn: false })
  await deleteTopic(rig.db, WORKSPACE, topic)
  expect(skipOf(await walk(await somebody(), mail({ topic })))).toMatchObject({ reason: 'not_subscribed', reads: { topic } })
}, 30_000)

test('one who unsubscribed goes by a message that could not be rendered', async () => {
  const id = await somebody()
  await said(id, { channel: 'email', state: 'unsubscribed' })
  expect(skipOf(await walk(id, mail({ fields: { to: TO, text: '{{ nothing.here }}' } })))).toMatchObject({ reason: 'unsubscribed' })
}, 30_000)

test('what is committed before an attempt asks counts: of one who leaves while the vendor is tried, the next attempt is kept back', async () => {
  const id = await somebody()
  before = async () => {
    await unsubscribe(rig.db, { workspaceId: WORKSPACE, customerId: id, channel: 'email', via: 'one_click' })
    throw new SendError('retry', 'http_500', 'It answered 500.')
  }
  const timeline = await walk(id, mail({ retry: { maxAttempts: 3, initialInterval: 'PT1S' } }))
  expect(calls).toHaveLength(1)
  expect(skipOf(timeline)).toMatchObject({
    reason: 'unsubscribed',
    reads: { via: 'one_click' },
    delivery: { state: 'skipped', attempts: 1, error: { code: 'unsubscribed' } },
  })
}, 30_000)

test('a merge keeps a no: one who unsubscribed as a visitor is not written to as a customer', async () => {
  const [visitor, known] = [await somebody(), await somebody()]
  await said(visitor, { channel: 'email', state: 'unsubscribed' })
  await rig.db.query('select tw_merge_customers($1, $2, $3, $4, 1)::text as merged', [WORKSPACE, visitor, known, 'alias'])
  expect(skipOf(await walk(known))).toMatchObject({ reason: 'unsubscribed' })
}, 30_000)

test('of many who unsubscribe while a blast runs, nobody is sent anything that begins after their word was committed', async () => {
  const journeyId = await rig.launch(row([entry(), mail(), exit()]))
  const ids = await Promise.all(Array.from({ length: 60 }, somebody))
  const committedAt = new Map<string, number>()
  const [members] = await Promise.all([
    Promise.all(ids.map((customerId) => rig.enter({ journeyId, customerId }))),
    ...ids.map(async (customerId) => {
      await unsubscribe(rig.db, { workspaceId: WORKSPACE, customerId, channel: 'email', via: 'page' })
      committedAt.set(customerId, Date.now())
    }),
  ])
  for (const member of members) expect(await rig.finished(member)).toBe('completed')
  const deliveries = await rig.db.query<{ customerId: string; state: string; began: Date }>(
    'select customer_id as "customerId", state, created_at as began from delivery where journey_id = $1',
    [journeyId],
  )
  expect(deliveries).toHaveLength(60)
  const sent = new Set(calls.map(({ customerId }) => customerId))
  for (const { customerId, state, began } of deliveries) {
    expect([customerId, state]).toEqual([customerId, sent.has(customerId) ? 'sent' : 'skipped'])
    if (sent.has(customerId)) expect(committedAt.get(customerId)).toBeGreaterThanOrEqual(began.getTime())
  }
  expect(sent.size).toBeLessThan(60)
}, 60_000)

test('what is put off is pending with its reason, and has had no attempt', async () => {
  const id = await somebody()
  before = () => Promise.reject(new SendError('permanent', 'no', 'No.'))
  const journeyId = await rig.launch(row([entry(), mail(), exit()]))
  const memberId = await rig.enter({ journeyId, customerId: id })
  await eventually(
    async () => (await rig.db.one<{ status: string }>('select status from member where id = $1', [memberId]))!.status,
    (status) => status === 'parked',
  )
  await rig.db.query(`update delivery set state = 'pending', attempts = 0, error_code = null, first_error_at = null where member_id = $1`, [
    memberId,
  ])
  const arrival = { tile: 'mail', visit: 1 }
  const begin = () => beginDelivery(rig.db, { memberId, journeyId, arrival, destinationId, action: 'send_email' })
  expect(await begin()).toMatchObject({ do: 'send', attempt: 1 })
  const retryAt = new Date(Date.now() + 3_600_000)
  await endDelivery(rig.db, { memberId, arrival, attempt: 1, state: 'later', code: 'unsubscribed', message: 'Later.', retryAt })
  expect(
    await rig.db.one(
      'select state, attempts, error_code as code, next_retry_at as at, first_error_at as failed from delivery where member_id = $1',
      [memberId],
    ),
  ).toEqual({ state: 'pending', attempts: 0, code: 'unsubscribed', at: retryAt, failed: null })
  expect((await listErrors(rig.db, WORKSPACE, { status: 'retrying' })).data).toEqual([])
  expect(await begin()).toMatchObject({ do: 'send', attempt: 1, ambiguous: false })
}, 30_000)
