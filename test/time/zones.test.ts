import { entry, exit, row, wait } from '../support/canvas.js'
import { DAY, instantAt, text, wall } from '../support/clocks.js'
import { LATE, startTimeRig, type TimeRig } from '../support/time-rig.js'

let time: TimeRig
beforeAll(async () => {
  time = await startTimeRig()
}, 120_000)
afterAll(() => time?.stop())

/** The first instant at or after `from` at which the clocks show a time of day, on one of the days (0 is Sunday). */
function next(from: number, clock: string, zone: string, days = [0, 1, 2, 3, 4, 5, 6]): number {
  for (let day = Math.floor(wall(from, zone) / DAY) * DAY; ; day += DAY) {
    const due = instantAt(`${text(day).slice(0, 10)}T${clock}`, zone)
    if (due >= from && days.includes(new Date(day).getUTCDay())) return due
  }
}

type Config = Record<string, unknown>

/** Walks to a wait, and over it; answers its stay. */
async function stay(config: Config, { traits = {}, settings = {}, begin = '' } = {}) {
  const before = begin ? [wait('begin', { kind: 'date', date: begin })] : []
  const walker = await time.start(row([entry(), ...before, wait('w', config), exit()], [], settings), traits)
  const { stays, reason } = await time.end(walker, 'w')
  expect(reason).toBe('completed')
  if (stays[0]) {
    expect(stays[0].left).toBeGreaterThanOrEqual(stays[0].until!)
    expect(stays[0].left).toBeLessThan(stays[0].until! + LATE)
  }
  return stays[0]
}

describe('the zone in force', () => {
  const nine = { kind: 'time', time: '09:00' }
  const customer = { timezone: 'Asia/Kathmandu' }
  const settings = { timezone: 'America/New_York' }
  test.each<[string, Config, { traits?: object; settings?: object }, string]>([
    ['is the tile’s first', { ...nine, timezone: 'Australia/Lord_Howe' }, { traits: customer, settings }, 'Australia/Lord_Howe'],
    ['is the customer’s next', nine, { traits: customer, settings }, 'Asia/Kathmandu'],
    ['is the customer’s by name', { ...nine, timezone: 'customer' }, { traits: customer, settings }, 'Asia/Kathmandu'],
    ['is that of the settings without one', { ...nine, timezone: 'customer' }, { settings }, 'America/New_York'],
    ['passes by a trait that names none', nine, { traits: { timezone: 'Mars/Olympus' }, settings }, 'America/New_York'],
    ['passes by a trait that is no text', nine, { traits: { timezone: 5 } }, 'UTC'],
    ['is UTC in the end', nine, {}, 'UTC'],
  ])('%s', async (_, config, more, zone) => {
    const { at, until } = (await stay(config, more))!
    expect(new Date(until!)).toEqual(new Date(next(at, '09:00', zone)))
  })
})

describe('a time of day', () => {
  const zone = 'Europe/Madrid'
  const nine = { kind: 'time', time: '09:00', timezone: zone }
  test('is tomorrow for one who comes just after', async () => {
    const begin = next(await time.now(), '09:00', zone)
    const { at, until } = (await stay(nine, { begin: new Date(begin).toISOString() }))!
    expect(at - begin).toBeLessThan(LATE)
    expect(until).toBe(next(begin + 1, '09:00', zone))
  })
  test('is today for one who comes just before', async () => {
    const due = next((await time.now()) + DAY, '09:00', zone)
    expect((await stay(nine, { begin: new Date(due - 5 * LATE).toISOString() }))!.until).toBe(due)
  })
  test('is on the days named', async () => {
    for (const [days, numbers] of [
      [['mon'], [1]],
      [
        ['sat', 'sun'],
        [6, 0],
      ],
      [
        ['tue', 'fri'],
        [2, 5],
      ],
    ] as const) {
      const { at, until } = (await stay({ ...nine, days }))!
      expect(until).toBe(next(at, '09:00', zone, [...numbers]))
    }
  })
  test('is a week later for one who comes just after, on the only day', async () => {
    const begin = next(await time.now(), '09:00', zone, [3])
    const { until } = (await stay({ ...nine, days: ['wed'] }, { begin: new Date(begin).toISOString() }))!
    expect(until).toBe(next(begin + 1, '09:00', zone, [3]))
  })
})

describe('waits that are over at once', () => {
  test.each<[string, Config, object]>([
    ['a date that is past', { kind: 'date', date: '2020-01-01T09:00' }, {}],
    ['a trait that is past', { kind: 'trait', trait: 'renewal' }, { renewal: '2020-01-01' }],
    ['no such trait', { kind: 'trait', trait: 'renewal', time: '09:00' }, {}],
    ['a trait that is no date', { kind: 'trait', trait: 'renewal', offset: 'P7D' }, { renewal: 'soon' }],
    ['a trait that is a day no calendar has', { kind: 'trait', trait: 'renewal' }, { renewal: '2030-02-31' }],
    ['a trait that is a number', { kind: 'trait', trait: 'renewal' }, { renewal: 2050 }],
  ])('%s', async (_, config, traits) => {
    expect(await stay(config, { traits })).toBeUndefined()
  })
})

test('a date alone is local midnight, moved by calendar months', async () => {
  const zone = 'Asia/Kathmandu'
  const day = text((await time.now()) + 60 * DAY).slice(0, 8) + '01'
  const { until } = (await stay({ kind: 'trait', trait: 'renewal', offset: 'P1M' }, { traits: { renewal: day, timezone: zone } }))!
  const [year, month] = day.split('-').map(Number)
  expect(until).toBe(instantAt(Date.UTC(year!, month!, 1), zone))
})
