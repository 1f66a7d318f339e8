import { DAYS } from '../../model/choices.js'
import { entry, exit, row, wait } from '../support/canvas.js'
import { DAY, instantAt, nextClockChange, text, wall } from '../support/clocks.js'
import { LATE, startTimeRig, type Stay, type TimeRig } from '../support/time-rig.js'

/*
 * Every kind of wait over the next change of the clocks of four zones, each way, on the real workflow. A first wait, until an exact instant,
 * brings the member to the day before. What must come out is reckoned by Intl alone.
 */

const HOUR = 3_600_000

let time: TimeRig
beforeAll(async () => {
  time = await startTimeRig()
}, 120_000)
afterAll(() => time?.stop())

/** The night of a change: what the clocks show in the middle of what they skip or repeat, as wall time. */
interface Night {
  zone: string
  middle: number
  by: number
}

interface Case {
  name: string
  /** Wall time to arrive at, at the earliest. */
  from: number
  config: Record<string, unknown>
  traits?: Record<string, unknown>
  timesOut?: boolean
  due: (arrived: number) => number
}

/** The kinds of wait that meet the night, and when each is due. */
function casesOf({ zone, middle }: Night): Case[] {
  const midnight = Math.floor(middle / DAY) * DAY
  const noonBefore = midnight - DAY / 2
  const clock = text(middle).slice(11)
  const inNight = instantAt(middle, zone)
  const dayBefore = middle - DAY
  const nextDay = (arrived: number) => instantAt(wall(arrived, zone) + DAY, zone)
  const weekday = DAYS[(new Date(midnight).getUTCDay() + 6) % 7]!
  return [
    { name: 'a day over the night', from: noonBefore, config: { kind: 'duration', duration: 'P1D' }, due: nextDay },
    { name: 'a day into the night', from: dayBefore, config: { kind: 'duration', duration: 'P1D' }, due: nextDay },
    {
      name: 'hours over the night',
      from: noonBefore,
      config: { kind: 'duration', duration: 'PT24H' },
      due: (arrived) => arrived + 24 * HOUR,
    },
    {
      name: 'a day, then hours',
      from: noonBefore,
      config: { kind: 'duration', duration: 'P1DT2H' },
      due: (arrived) => nextDay(arrived) + 2 * HOUR,
    },
    { name: 'a time of the night', from: noonBefore, config: { kind: 'time', time: clock }, due: () => inNight },
    {
      name: 'a time of the night, on its weekday',
      from: noonBefore - 2 * DAY,
      config: { kind: 'time', time: clock, days: [weekday] },
      due: () => inNight,
    },
    {
      name: 'noon after the night',
      from: noonBefore + HOUR,
      config: { kind: 'time', time: '12:00' },
      due: () => instantAt(noonBefore + DAY, zone),
    },
    { name: 'a date in the night', from: noonBefore, config: { kind: 'date', date: text(middle) }, due: () => inNight },
    {
      name: 'a date with an offset',
      from: noonBefore,
      config: { kind: 'date', date: `${text(inNight)}:00+00:00` },
      due: () => inNight,
    },
    {
      name: 'a trait in the night',
      from: noonBefore,
      config: { kind: 'trait', trait: 'renewal' },
      traits: { renewal: text(middle) },
      due: () => inNight,
    },
    {
      name: 'a trait two days later, a date alone, with an offset and a time',
      from: noonBefore,
      config: { kind: 'trait', trait: 'renewal', offset: '-P2D', time: clock },
      traits: { renewal: text(midnight + 2 * DAY).slice(0, 10) },
      due: () => inNight,
    },
    {
      name: 'a trait that passes the night by its offset',
      from: noonBefore - DAY,
      config: { kind: 'trait', trait: 'renewal', offset: 'P1D' },
      traits: { renewal: text(noonBefore) },
      due: () => instantAt(noonBefore + DAY, zone),
    },
    {
      name: 'the time-out of an event',
      from: dayBefore,
      config: { kind: 'event', event: 'never', timeout: 'P1D' },
      timesOut: true,
      due: nextDay,
    },
    {
      name: 'the time-out of a condition',
      from: noonBefore,
      config: { kind: 'condition', when: { trait: 'plan', op: 'exists' }, timeout: 'P1DT1H' },
      timesOut: true,
      due: (arrived) => nextDay(arrived) + HOUR,
    },
  ]
}

async function walk(night: Night, { from, config, traits, timesOut }: Case): Promise<Stay> {
  const begin = wait('begin', { kind: 'date', date: new Date(instantAt(from, night.zone)).toISOString() })
  const tested = wait('w', { ...config, timezone: night.zone })
  const canvas = timesOut
    ? row(
        [entry(), begin, tested, exit('met', 'met'), exit('late', 'late')],
        [
          { from: 'w', port: 'met', to: 'met' },
          { from: 'w', port: 'timeout', to: 'late' },
        ],
      )
    : row([entry(), begin, tested, exit()])
  const { stays } = await time.end(await time.start(canvas, traits), 'w')
  expect(stays).toHaveLength(1)
  expect(stays[0]!.at).toBeGreaterThanOrEqual(instantAt(from, night.zone))
  return stays[0]!
}

type Way = 'forward' | 'back' | 'none'

async function nightOf(zone: string, way: Way): Promise<Night> {
  const now = await time.now()
  if (way === 'none') return { zone, by: 0, middle: Math.floor(wall(now, zone) / DAY) * DAY + 40 * DAY + 2.5 * HOUR }
  // Not so soon that there is no room for the days before.
  const { at, by } = nextClockChange(now + 5 * DAY, zone, way)!
  // Afterwards the clocks show what comes after the skipped, or the beginning of the repeated.
  return { zone, by, middle: wall(at, zone) - by / 2 }
}

const NIGHTS: [zone: string, way: Way, by: number][] = [
  ['Europe/Madrid', 'forward', HOUR],
  ['Europe/Madrid', 'back', -HOUR],
  ['America/New_York', 'forward', HOUR],
  ['America/New_York', 'back', -HOUR],
  ['Australia/Lord_Howe', 'forward', HOUR / 2],
  ['Australia/Lord_Howe', 'back', -HOUR / 2],
  ['Asia/Kathmandu', 'none', 0],
]

const iso = (ms: number | undefined): string => (ms === undefined ? 'none' : new Date(ms).toISOString())

// One member after the other, each to the next such night: while one acts, the clock must not skip for another.
test.each(casesOf({ zone: 'UTC', middle: 0, by: 0 }).map(({ name }, index) => [name, index] as const))(
  '%s',
  async (_, index) => {
    const nights = await Promise.all(NIGHTS.map(async ([zone, way, by]) => ({ zone, way, by, first: (await nightOf(zone, way)).middle })))
    const [came, due]: [string[], string[]] = [[], []]
    for (const { zone, way, by } of nights.sort((a, b) => a.first - b.first)) {
      const night = await nightOf(zone, way)
      expect([zone, night.by]).toEqual([zone, by])
      const tested = casesOf(night)[index]!
      const { at, until, left } = await walk(night, tested)
      came.push(`${zone} ${way} ${iso(until)}`)
      due.push(`${zone} ${way} ${iso(tested.due(at))}`)
      expect(left).toBeGreaterThanOrEqual(until!)
      expect(left).toBeLessThan(until! + LATE)
    }
    expect(came).toEqual(due)
  },
  120_000,
)
