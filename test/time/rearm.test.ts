import { customerChanged } from '../../ingest/react.js'
import { mergeTraits } from '../../store/customers.js'
import { entry, exit, row, wait } from '../support/canvas.js'
import { DAY, instantAt, text, wall } from '../support/clocks.js'
import { WORKSPACE } from '../support/rig.js'
import { LATE, startTimeRig, type TimeRig } from '../support/time-rig.js'

/*
 * Waits whose trait or time zone changes meanwhile. The member waits while the clock stands still, then its customer changes, then time
 * passes.
 */

let time: TimeRig
beforeAll(async () => {
  time = await startTimeRig()
}, 120_000)
afterAll(() => time?.stop())

type Traits = Record<string, unknown>

/** Waits with some traits, which then change to others; answers the stay, and until when it was to last at first. */
async function changed(config: Record<string, unknown>, traits: Traits, ...changes: Traits[]) {
  const timesOut = config.kind === 'event' || config.kind === 'condition'
  const edges = [
    { from: 'w', port: 'met', to: 'met' },
    { from: 'w', port: 'timeout', to: 'late' },
  ]
  const canvas = timesOut
    ? row([entry(), wait('w', config), exit('met', 'met'), exit('late', 'late')], edges)
    : row([entry(), wait('w', config), exit()])
  const walker = await time.start(canvas, traits)
  const first = await time.waiting(walker, 'w')
  for (const change of changes) {
    await mergeTraits(time.rig.db, WORKSPACE, walker.customerId, change)
    await customerChanged({ db: time.rig.db, temporal: time.rig.temporal }, WORKSPACE, walker.customerId)
  }
  const { stays } = await time.end(walker, 'w')
  return { ...stays[0]!, first }
}

const iso = (ms: number | undefined): string => (ms === undefined ? 'none' : new Date(ms).toISOString())

/** It left on time at the instant that it was last to wait until. */
function onTime({ left, until }: { left: number; until: number | undefined }): void {
  expect(left).toBeGreaterThanOrEqual(until!)
  expect(left).toBeLessThan(until! + LATE)
}

describe('the time zone changes', () => {
  const far = async () => text(wall((await time.now()) + 20 * DAY, 'UTC')).slice(0, 11) + '09:00'
  test.each([
    ['to the east: sooner', 'Europe/Madrid', 'Australia/Lord_Howe'],
    ['to the west: later', 'Europe/Madrid', 'America/New_York'],
    ['from none', undefined, 'Asia/Kathmandu'],
    ['to what is none', 'Asia/Kathmandu', 'Nowhere'],
  ])('%s', async (_, from, to) => {
    const date = await far()
    const stay = await changed({ kind: 'date', date, timezone: 'customer' }, from ? { timezone: from } : {}, { timezone: to })
    expect(iso(stay.first)).toBe(iso(instantAt(date, from ?? 'UTC')))
    expect(iso(stay.until)).toBe(iso(instantAt(date, to === 'Nowhere' ? 'UTC' : to)))
    onTime(stay)
  })
  test('there and back: as it was', async () => {
    const date = await far()
    const stay = await changed(
      { kind: 'date', date },
      { timezone: 'Europe/Madrid' },
      { timezone: 'Asia/Kathmandu' },
      { timezone: 'Europe/Madrid' },
    )
    expect(iso(stay.until)).toBe(iso(stay.first))
    onTime(stay)
  })
  test('that is the tile’s own does not', async () => {
    const date = await far()
    const stay = await changed({ kind: 'date', date, timezone: 'UTC' }, { timezone: 'Europe/Madrid' }, { timezone: 'Asia/Kathmandu' })
    expect(iso(stay.until)).toBe(iso(instantAt(date, 'UTC')))
    onTime(stay)
  })
  test.each([
    ['a duration', { kind: 'duration', duration: 'P182D' }],
    ['the time-out of an event', { kind: 'event', event: 'never', timeout: 'P182D' }],
    ['the time-out of a condition', { kind: 'condition', when: { trait: 'plan', op: 'exists' }, timeout: 'P182D' }],
  ])('%s is reckoned from when it began', async (_, config) => {
    // Half a year ahead the clocks of Lord Howe differ from now; those of Kathmandu do not.
    const stay = await changed(config, { timezone: 'Asia/Kathmandu' }, { timezone: 'Australia/Lord_Howe' })
    expect(iso(stay.first)).toBe(iso(stay.at + 182 * DAY))
    expect(iso(stay.until)).toBe(iso(instantAt(wall(stay.at, 'Australia/Lord_Howe') + 182 * DAY, 'Australia/Lord_Howe')))
    onTime(stay)
  })
})

describe('the date changes', () => {
  const config = { kind: 'trait', trait: 'renewal', offset: '-P1D', time: '09:00', timezone: 'Europe/Madrid' }
  const day = async (ahead: number) => text((await time.now()) + ahead * DAY).slice(0, 10)
  const due = (date: string) => instantAt(Date.parse(`${date}T09:00Z`) - DAY, 'Europe/Madrid')
  test.each([
    ['to an earlier one', 30, 10],
    ['to a later one', 10, 30],
  ])('%s', async (_, from, to) => {
    const [first, last] = [await day(from), await day(to)]
    const stay = await changed(config, { renewal: first }, { renewal: last })
    expect([iso(stay.first), iso(stay.until)]).toEqual([iso(due(first)), iso(due(last))])
    onTime(stay)
  })
  test.each([
    ['to a past one', '2020-01-01'],
    ['to none', null],
    ['to what is no date', 'soon'],
  ])('%s: the wait is over', async (_, renewal) => {
    const stay = await changed(config, { renewal: await day(30) }, { renewal })
    expect(stay.left - stay.at).toBeLessThan(LATE)
  })
})
