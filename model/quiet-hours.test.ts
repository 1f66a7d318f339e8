import { instantAt, wall } from '../test/support/clocks.js'
import { seeded } from '../test/simulation/generate.js'
import { DAYS } from './choices.js'
import { everQuiet, hushed, quietFor, quietUntil, type QuietWindow } from './quiet-hours.js'

const NIGHT: QuietWindow = { from: '22:00', to: '08:00' }
const until = (windows: readonly QuietWindow[], at: string, zone: string): string | undefined => {
  const end = quietUntil(windows, Date.parse(at), zone)
  return end === undefined ? undefined : new Date(end).toISOString().replace(':00.000', '')
}

test.each<[string, QuietWindow, string, string, string | undefined]>([
  ['within the day', { from: '12:00', to: '14:00' }, 'UTC', '2026-06-01T13:59:59.999Z', '2026-06-01T14:00Z'],
  ['its first instant', NIGHT, 'UTC', '2026-06-01T22:00:00Z', '2026-06-02T08:00Z'],
  ['just before', NIGHT, 'UTC', '2026-06-01T21:59:59.999Z', undefined],
  ['its end is not quiet', NIGHT, 'UTC', '2026-06-02T08:00:00Z', undefined],
  ['after midnight', NIGHT, 'UTC', '2026-06-02T03:00:00Z', '2026-06-02T08:00Z'],
  ['by the clocks of the zone', NIGHT, 'Asia/Kathmandu', '2026-06-01T16:15:00Z', '2026-06-02T02:15Z'],
  ['on the day it begins', { ...NIGHT, days: ['mon'] }, 'UTC', '2026-06-02T03:00:00Z', '2026-06-02T08:00Z'],
  ['not on the day it ends', { ...NIGHT, days: ['tue'] }, 'UTC', '2026-06-02T03:00:00Z', undefined],
  ['a whole day', { from: '00:00', to: '00:00', days: ['sun'] }, 'UTC', '2026-06-07T12:00:00Z', '2026-06-08T00:00Z'],
  ['over the night when the clocks go forward', NIGHT, 'Europe/Madrid', '2026-03-28T21:00:00Z', '2026-03-29T06:00Z'],
  ['over the night when they go back', NIGHT, 'Europe/Madrid', '2026-10-24T20:00:00Z', '2026-10-25T07:00Z'],
  ['an end that is skipped moves forward', { from: '22:00', to: '02:30' }, 'Europe/Madrid', '2026-03-28T23:00:00Z', '2026-03-29T01:30Z'],
  ['an end that comes twice is the first', { from: '22:00', to: '02:30' }, 'Europe/Madrid', '2026-10-25T00:00:00Z', '2026-10-25T00:30Z'],
  ['and then it is over', { from: '22:00', to: '02:30' }, 'Europe/Madrid', '2026-10-25T01:00:00Z', undefined],
  ['a beginning that is skipped', { from: '02:30', to: '06:00' }, 'Europe/Madrid', '2026-03-29T01:10:00Z', undefined],
  ['moves forward', { from: '02:30', to: '06:00' }, 'Europe/Madrid', '2026-03-29T01:30:00Z', '2026-03-29T04:00Z'],
  ['skipped as a whole', { from: '02:00', to: '03:00' }, 'Europe/Madrid', '2026-03-29T01:00:00Z', undefined],
  ['an hour that comes twice is quiet twice', { from: '02:30', to: '03:00' }, 'Europe/Madrid', '2026-10-25T01:10:00Z', '2026-10-25T02:00Z'],
  ['half an hour of Lord Howe', NIGHT, 'Australia/Lord_Howe', '2026-10-03T12:00:00Z', '2026-10-03T21:00Z'],
])('%s', (_, window, zone, at, end) => {
  expect(until([window], at, zone)).toBe(end)
})

it('takes the part of a millisecond that a database tells', () => {
  const night = Date.parse('2026-06-01T23:00:00Z')
  expect(quietUntil([NIGHT], night + 0.123, 'UTC')).toBe(night + 9 * 3_600_000)
  expect(quietUntil([NIGHT], Date.parse('2026-06-02T08:00:00Z') - 0.5, 'UTC')).toBe(night + 9 * 3_600_000)
})

it('goes on through windows that follow each other', () => {
  const windows: QuietWindow[] = [
    { from: '22:00', to: '08:00' },
    { from: '08:00', to: '11:00', days: ['sat', 'sun'] },
  ]
  expect(until(windows, '2026-06-05T23:00:00Z', 'UTC')).toBe('2026-06-06T11:00Z')
  expect(until(windows, '2026-06-04T23:00:00Z', 'UTC')).toBe('2026-06-05T08:00Z')
})

it('knows windows that leave no hour', () => {
  expect(everQuiet([{ from: '09:00', to: '09:00' }])).toBe(true)
  expect(everQuiet([NIGHT, { from: '08:00', to: '22:00' }])).toBe(true)
  expect(everQuiet([NIGHT, { from: '08:00', to: '21:59' }])).toBe(false)
  expect(everQuiet([{ from: '00:00', to: '00:00', days: ['sat', 'sun'] }])).toBe(false)
})

it('agrees, at random instants of the whole year, with windows that Intl reckons', () => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9))
  const random = seeded(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  const time = (): string => `${String(Math.floor(random() * 24)).padStart(2, '0')}:${pick(['00', '15', '30'])}`
  const zones = ['UTC', 'Europe/Madrid', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'America/Santiago']
  const CHANGES = [
    '2026-03-08T07:00Z',
    '2026-03-29T01:00Z',
    '2026-04-04T15:00Z',
    '2026-10-03T15:30Z',
    '2026-10-25T01:00Z',
    '2026-11-01T06:00Z',
  ]
  for (let n = 0; n < 400; n++) {
    const zone = pick(zones)
    const windows = Array.from({ length: pick([1, 1, 2]) }, (): QuietWindow => {
      const [from, to] = [time(), time()]
      return { from, to, ...(random() < 0.4 && { days: DAYS.filter(() => random() < 0.5) }) }
    })
    const near =
      random() < 0.7
        ? Date.parse(pick(CHANGES)) + (random() - 0.5) * 2 * 86_400_000
        : Date.parse('2026-01-01') + random() * 365 * 86_400_000
    const ms = Math.floor(near / 60_000) * 60_000
    const told = `seed ${seed}, ${JSON.stringify({ n, zone, windows, at: new Date(ms) })}`
    if (everQuiet(windows)) continue
    let end: number | undefined
    for (let at = ms; ; at = end) {
      const next = endByIntl(windows, at, zone)
      if (next === undefined) break
      end = next
    }
    expect([told, quietUntil(windows, ms, zone)]).toEqual([told, end])
  }
})

/** The last end of the windows around an instant, by the clocks as Intl tells them. */
function endByIntl(windows: readonly QuietWindow[], ms: number, zone: string): number | undefined {
  const midnight = Math.floor(wall(ms, zone) / 86_400_000) * 86_400_000
  const minutes = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3))
  const ends = [-2, -1, 0].flatMap((day) =>
    windows.flatMap(({ from, to, days }) => {
      const date = midnight + day * 86_400_000
      if (days && !days.includes(DAYS[(new Date(date).getUTCDay() + 6) % 7]!)) return []
      const over = minutes(to) <= minutes(from) ? 86_400_000 : 0
      const [begins, ends] = [instantAt(date + minutes(from) * 60_000, zone), instantAt(date + over + minutes(to) * 60_000, zone)]
      return begins <= ms && ms < ends ? [ends] : []
    }),
  )
  return ends.length === 0 ? undefined : Math.max(...ends)
}

describe('the nearest level that says something holds', () => {
  const [tile, orchestration] = [
    { ...NIGHT, otherwise: 'skip' as const },
    { from: '20:00', to: '09:00' },
  ]
  const workspace = { windows: [{ from: '21:00', to: '10:00' }], timezone: 'UTC', channels: ['sms' as const] }
  test.each([
    ['the tile', { tile, orchestration, workspace }, { level: 'tile', windows: [NIGHT], otherwise: 'skip' }],
    ['the orchestration', { orchestration, workspace }, { level: 'orchestration', windows: [orchestration] }],
    ['the workspace', { workspace }, { level: 'workspace', windows: workspace.windows, timezone: 'UTC' }],
    ['none at the tile', { tile: 'none' as const, orchestration, workspace }, undefined],
    ['none at the orchestration', { orchestration: 'none' as const, workspace }, undefined],
    ['nobody', {}, undefined],
  ])('%s', (_, levels, quiet) => {
    expect(quietFor(levels, 'sms')).toEqual(quiet && expect.objectContaining(quiet))
  })

  it('the workspace for its channels only', () => {
    expect(quietFor({ workspace }, 'email')).toBeUndefined()
    expect(quietFor({ orchestration, workspace }, 'email')).toMatchObject({ level: 'orchestration' })
  })
})

test.each([
  ["the customer's", { timezone: 'Asia/Tokyo' }, undefined, 'Europe/Madrid', 'Asia/Tokyo'],
  ['one for all', { timezone: 'Asia/Tokyo' }, 'Europe/London', 'Europe/Madrid', 'Europe/London'],
  ['that of the settings', {}, 'customer', 'Europe/Madrid', 'Europe/Madrid'],
  ['UTC', { timezone: 'nowhere' }, undefined, undefined, 'UTC'],
])('reckons in %s', (_, traits, timezone, settingsZone, zone) => {
  const quiet = { level: 'tile', windows: [{ from: '00:00', to: '23:59' }], timezone } as const
  expect(hushed(quiet, Date.parse('2026-06-01T12:00:00Z'), traits, settingsZone)).toMatchObject({ zone, otherwise: 'delay' })
})
