import { addDuration, localToInstant, nextTime, resolveZone } from './zone.js'

const at = (text: string): number => Date.parse(text)
const iso = (ms: number): string => new Date(ms).toISOString()

describe('calendar durations follow the clocks of the zone', () => {
  test.each([
    ['Europe/Madrid, spring', 'Europe/Madrid', '2026-03-28T08:00:00Z', 'P1D', '2026-03-29T07:00:00.000Z'],
    ['Europe/Madrid, autumn', 'Europe/Madrid', '2026-10-24T07:00:00Z', 'P1D', '2026-10-25T08:00:00.000Z'],
    ['Europe/Madrid, exact hours', 'Europe/Madrid', '2026-03-28T08:00:00Z', 'PT24H', '2026-03-29T08:00:00.000Z'],
    ['America/New_York, spring', 'America/New_York', '2026-03-07T14:00:00Z', 'P1D', '2026-03-08T13:00:00.000Z'],
    ['America/New_York, autumn', 'America/New_York', '2026-10-31T13:00:00Z', 'P1D', '2026-11-01T14:00:00.000Z'],
    ['Australia/Lord_Howe, half an hour', 'Australia/Lord_Howe', '2026-04-03T22:00:00Z', 'P2D', '2026-04-05T22:30:00.000Z'],
    ['Australia/Lord_Howe, back', 'Australia/Lord_Howe', '2026-10-02T22:30:00Z', 'P2D', '2026-10-04T22:00:00.000Z'],
    ['Asia/Kathmandu, no change', 'Asia/Kathmandu', '2026-03-28T03:15:00Z', 'P3D', '2026-03-31T03:15:00.000Z'],
    ['months clamp', 'UTC', '2026-01-31T09:00:00Z', 'P1M', '2026-02-28T09:00:00.000Z'],
    ['calendar first, then exact', 'Europe/Madrid', '2026-03-28T08:00:00Z', 'P1DT2H', '2026-03-29T09:00:00.000Z'],
    ['backwards', 'Europe/Madrid', '2026-03-29T07:00:00Z', '-P1D', '2026-03-28T08:00:00.000Z'],
  ])('%s', (_, zone, from, duration, due) => {
    expect(iso(addDuration(at(from), duration, zone))).toBe(due)
  })
})

describe('local times', () => {
  test('one that is skipped moves forward by the gap', () => {
    expect(iso(localToInstant('2026-03-29T02:30', 'Europe/Madrid'))).toBe('2026-03-29T01:30:00.000Z')
    expect(iso(localToInstant('2026-10-04T02:15', 'Australia/Lord_Howe'))).toBe('2026-10-03T15:45:00.000Z')
  })
  test('one that is repeated takes the first', () => {
    expect(iso(localToInstant('2026-10-25T02:30', 'Europe/Madrid'))).toBe('2026-10-25T00:30:00.000Z')
  })
  test('an offset is exact', () => {
    expect(iso(localToInstant('2026-12-24T09:00:00+02:00', 'Europe/Madrid'))).toBe('2026-12-24T07:00:00.000Z')
  })
  test('a date alone is at midnight, or at the time given', () => {
    expect(iso(localToInstant('2026-12-24', 'Asia/Kathmandu'))).toBe('2026-12-23T18:15:00.000Z')
    expect(iso(localToInstant('2026-12-24', 'UTC', '09:00'))).toBe('2026-12-24T09:00:00.000Z')
  })
})

describe('the next time of day', () => {
  test('today when it is still to come, and when it is now', () => {
    expect(iso(nextTime(at('2026-06-01T06:00:00Z'), '09:00', undefined, 'Europe/Madrid'))).toBe('2026-06-01T07:00:00.000Z')
    expect(iso(nextTime(at('2026-06-01T07:00:00Z'), '09:00', undefined, 'Europe/Madrid'))).toBe('2026-06-01T07:00:00.000Z')
  })
  test('a minute later it is tomorrow', () => {
    expect(iso(nextTime(at('2026-06-01T07:01:00Z'), '09:00', undefined, 'Europe/Madrid'))).toBe('2026-06-02T07:00:00.000Z')
  })
  test('only on the days named', () => {
    // 2026-06-05 is a Friday.
    expect(iso(nextTime(at('2026-06-05T20:00:00Z'), '09:00', ['mon', 'tue'], 'UTC'))).toBe('2026-06-08T09:00:00.000Z')
    expect(iso(nextTime(at('2026-06-05T20:00:00Z'), '09:00', ['fri'], 'UTC'))).toBe('2026-06-12T09:00:00.000Z')
  })
})

test('the zone in force: tile, customer, settings, UTC', () => {
  const traits = { timezone: 'Asia/Kathmandu' }
  expect(resolveZone('Europe/Madrid', traits, 'UTC')).toBe('Europe/Madrid')
  expect(resolveZone('customer', traits, 'Europe/Madrid')).toBe('Asia/Kathmandu')
  expect(resolveZone(undefined, { timezone: 'Nowhere/City' }, 'Europe/Madrid')).toBe('Europe/Madrid')
  expect(resolveZone(undefined, {}, undefined)).toBe('UTC')
})
