import { createFrequencyCap } from '../../store/frequency-caps.js'
import { mergeTraits } from '../../store/customers.js'
import { pauseJourney } from '../../store/gate.js'
import type { TimelineEntry } from '../../store/timeline.js'
import { entry, eventually, exit, row, send, wait } from '../support/canvas.js'
import { DAY, instantAt, nextClockChange, text, wall } from '../support/clocks.js'
import { WORKSPACE } from '../support/rig.js'
import { LATE, startTimeRig, type TimeRig, type Walker } from '../support/time-rig.js'

/* Quiet hours and frequency caps on the real workflow, where days pass. What must come out is reckoned by Intl alone. */

const HOUR = 3_600_000
const NIGHT = { from: '22:00', to: '08:00' }

let time: TimeRig
beforeAll(async () => {
  time = await startTimeRig()
}, 120_000)
afterAll(() => time?.stop())
afterEach(() => workspace(null))

const workspace = async (quietHours: unknown): Promise<void> => {
  await time.rig.db.query(`update workspace set settings = jsonb_build_object('quietHours', $2::jsonb) where id = $1`, [
    WORKSPACE,
    JSON.stringify(quietHours),
  ])
  // It is felt within a second.
  await new Promise((resolve) => setTimeout(resolve, 1_100))
}

/** Comes to the message at 23:00 of its own clocks. */
const late = { kind: 'time', time: '23:00', timezone: 'customer' }
const walk = (
  mail: Record<string, unknown>,
  settings: Record<string, unknown> = {},
  traits: Record<string, unknown> = {},
  first: object = late,
) => time.start(row([entry(), wait('w', { ...first }), send('mail', 'Hello', mail), exit()], [], settings), traits)

const find = (timeline: TimelineEntry[], event: TimelineEntry['event']) =>
  timeline.find((each) => each.tileId === 'mail' && each.event === event)

interface Ended {
  /** When it came to the message, ms. */
  came: number
  sent: number | undefined
  timeline: TimelineEntry[]
  reason: string
}

async function ended(walker: Walker): Promise<Ended> {
  const { stays, reason } = await time.end(walker, 'w')
  const timeline = await time.timeline(walker)
  return { came: stays[0]!.left, sent: find(timeline, 'sent')?.at.getTime(), timeline, reason }
}

/** The next instant after another when the clocks show 08:00. */
function morningAfter(ms: number, zone: string): number {
  const midnight = Math.floor(wall(ms, zone) / DAY) * DAY
  return [0, DAY].map((days) => instantAt(midnight + days + 8 * HOUR, zone)).find((at) => at > ms)!
}

function onTime(sent: number | undefined, due: number): void {
  expect(sent).toBeGreaterThanOrEqual(due)
  expect(sent).toBeLessThan(due + LATE)
}

it.each<[string, Record<string, unknown>, Record<string, unknown>, unknown, string]>([
  ['the tile', { quietHours: NIGHT }, {}, null, 'tile'],
  ['the orchestration', {}, { quietHours: NIGHT }, null, 'orchestration'],
  ['the workspace', {}, {}, { windows: [NIGHT] }, 'workspace'],
  ['the nearest', { quietHours: NIGHT }, { quietHours: 'none' }, { windows: [{ from: '00:00', to: '23:00' }] }, 'tile'],
])(
  'of %s a message waits for the morning of its customer',
  async (_, mail, settings, ofWorkspace, level) => {
    if (ofWorkspace) await workspace(ofWorkspace)
    const { came, sent, timeline } = await ended(await walk(mail, settings, { timezone: 'Asia/Tokyo' }))
    const due = morningAfter(came, 'Asia/Tokyo')
    onTime(sent, due)
    expect(find(timeline, 'waiting')).toMatchObject({
      reason: 'quiet_hours',
      until: new Date(due),
      reads: { level, timezone: 'Asia/Tokyo' },
    })
    expect(find(timeline, 'sent')!.delivery).toMatchObject({ attempts: 1, state: 'sent' })
  },
  60_000,
)

it.each<[string, Record<string, unknown>, unknown]>([
  ['a tile that has none', { quietHours: 'none' }, { windows: [NIGHT] }],
  ['a channel that they are not for', {}, { windows: [NIGHT], channels: ['sms'] }],
  ['what is transactional', { transactional: true }, { windows: [NIGHT] }],
])(
  'do not hold for %s',
  async (_, mail, ofWorkspace) => {
    await workspace(ofWorkspace)
    const { came, sent } = await ended(await walk(mail, {}, { timezone: 'Asia/Tokyo' }))
    onTime(sent, came)
  },
  60_000,
)

it('can have a message left out', async () => {
  const { sent, timeline, reason } = await ended(await walk({ quietHours: { ...NIGHT, otherwise: 'skip' } }))
  expect([sent, reason]).toEqual([undefined, 'completed'])
  expect(find(timeline, 'skipped')).toMatchObject({
    reason: 'quiet_hours',
    reads: { level: 'tile', hours: ['22:00–08:00'], timezone: 'UTC' },
    delivery: { state: 'skipped', attempts: 0 },
  })
})

it.each(['forward', 'back'] as const)(
  'end by the clocks of a night in which they go %s',
  async (way) => {
    for (const zone of ['Europe/Madrid', 'America/New_York']) {
      const { at } = nextClockChange(await time.now(), zone, way)!
      const evening = Math.floor(wall(at, zone) / DAY) * DAY - HOUR
      const walker = await walk({ quietHours: NIGHT }, {}, { timezone: zone }, { kind: 'date', date: text(evening), timezone: 'customer' })
      const { sent } = await ended(walker)
      onTime(sent, morningAfter(instantAt(evening, zone), zone))
    }
  },
  120_000,
)

const delayed = (walker: Walker) =>
  eventually(
    () => time.timeline(walker),
    (timeline) => find(timeline, 'waiting') !== undefined,
  )
/** Quiet now, and until so many hours from now. */
async function quietFor(hours: number): Promise<{ quietHours: { from: string; to: string }; until: number }> {
  const now = await time.now()
  const until = Math.floor(now / 60_000) * 60_000 + hours * HOUR
  return { quietHours: { from: text(now - HOUR).slice(11, 16), to: text(until).slice(11, 16) }, until }
}
const ATONCE = { kind: 'duration', duration: 'PT1S' }
/** Lets hours pass. */
const pass = async (hours: number): Promise<unknown> =>
  time.end(await time.start(row([entry(), wait('w', { kind: 'duration', duration: `PT${hours}H` }), exit()])), 'w')

it('a criterion takes a member out of them in time', async () => {
  const { quietHours, until } = await quietFor(10)
  const { sent, timeline, reason } = await ended(await walk({ quietHours }, { exitCriteria: [{ name: 'old', after: 'PT2H' }] }, {}, ATONCE))
  expect([sent, reason]).toEqual([undefined, 'old'])
  expect(timeline.at(-1)!.at.getTime()).toBeLessThan(until - HOUR)
})

it('a look in between does not send it, and the time zone counts that the customer has when it comes again', async () => {
  const { quietHours, until } = await quietFor(3)
  // Something to look at after an hour, which then does not hold.
  const criteria = [
    {
      name: 'never',
      when: {
        all: [
          { trait: 'renewal', op: 'withinNext', value: 'PT1H' },
          { trait: 'no', op: 'exists' },
        ],
      },
    },
  ]
  const renewal = new Date((await time.now()) + 2 * HOUR).toISOString()
  const walker = await walk({ quietHours }, { exitCriteria: criteria }, { renewal }, ATONCE)
  await delayed(walker)
  // There it is an hour earlier.
  await mergeTraits(time.rig.db, WORKSPACE, walker.customerId, { timezone: 'Atlantic/Cape_Verde' })
  onTime((await ended(walker)).sent, until + HOUR)
}, 60_000)

it('a pause in between holds the member when they end', async () => {
  const { quietHours } = await quietFor(3)
  const walker = await walk({ quietHours }, {}, {}, ATONCE)
  await delayed(walker)
  await pauseJourney(time.rig.db, WORKSPACE, walker.customerId.slice(2), 'test')
  await pass(4)
  const held = await eventually(
    () => time.timeline(walker),
    (timeline) => timeline.some(({ event }) => event === 'held'),
  )
  expect(find(held, 'sent')).toBeUndefined()
}, 60_000)

describe('frequency caps', () => {
  afterEach(() => time.rig.db.query('delete from frequency_cap'))

  it('hold back what is beyond them, over orchestrations, but for what is transactional', async () => {
    const { db } = time.rig
    await createFrequencyCap(db, WORKSPACE, { name: 'Daily', channel: 'email', topic: null, most: 1, per: 'P1D', otherwise: 'skip' })
    const enter = async (mail: Record<string, unknown> = {}): Promise<Walker> => {
      const journeyId = await time.rig.launch(row([entry(), send('mail', 'Hello', mail), exit()]))
      return { memberId: await time.rig.enter({ journeyId, customerId: 'capped' }), customerId: 'capped' }
    }
    // Not waiting for the end of a workflow: then the clock would run ahead.
    const comesTo = async (walker: Walker, event: TimelineEntry['event']): Promise<TimelineEntry> =>
      find(
        await eventually(
          () => time.timeline(walker),
          (timeline) => find(timeline, event) !== undefined,
        ),
        event,
      )!
    const reads = { cap: 'Daily', had: 1, most: 1, per: 'P1D', channel: 'email' }
    const first = (await comesTo(await enter(), 'sent')).at.getTime()
    expect(await comesTo(await enter(), 'skipped')).toMatchObject({ reason: 'frequency_cap', reads })
    await comesTo(await enter({ transactional: true }), 'sent')
    await db.query(`update frequency_cap set otherwise = 'delay'`)
    const [normal, high] = [await enter(), await enter({ priority: 'high' })]
    for (const walker of [normal, high]) expect(await comesTo(walker, 'waiting')).toMatchObject({ reason: 'frequency_cap', reads })
    await time.end(normal, 'w')
    const sent = await Promise.all([high, normal].map((walker) => comesTo(walker, 'sent')))
    onTime(sent[0]!.at.getTime(), first + DAY)
    expect(sent[1]!.at.getTime()).toBeGreaterThanOrEqual(sent[0]!.at.getTime() + DAY)
    expect(sent[1]!.at.getTime()).toBeLessThan(sent[0]!.at.getTime() + DAY + 2 * HOUR)
    expect(sent[1]!.delivery).toMatchObject({ attempts: 1 })
  }, 60_000)
})
