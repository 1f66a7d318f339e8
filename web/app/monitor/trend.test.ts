import type { Trend } from '../api/monitor.js'
import { bucketWords, seriesOf } from './trend.js'

const bucket = (at: string, entered: number, exited: Record<string, number>, sent = 0) => ({
  at,
  entered,
  exited,
  converted: 0,
  sent,
  failed: 0,
})
const trend: Trend = {
  from: '2026-11-24T00:00:00Z',
  to: '2026-11-26T00:00:00Z',
  interval: 'day',
  timezone: 'Europe/Madrid',
  buckets: [
    bucket('2026-11-23T23:00:00Z', 4, { completed: 1, bought: 2 }),
    bucket('2026-11-24T23:00:00Z', 9, {}),
    bucket('2026-11-25T23:00:00Z', 0, {}),
  ],
}

test('entries and exits are always told, the rest where there was some', () => {
  expect(seriesOf(trend).map(({ name, total, most }) => [name, total, most])).toEqual([
    ['entered', 13, { at: '2026-11-24T23:00:00Z', n: 9 }],
    ['exited', 3, { at: '2026-11-23T23:00:00Z', n: 3 }],
  ])
  const sending = { ...trend, buckets: [bucket('2026-11-24T23:00:00Z', 0, {}, 5)] }
  expect(seriesOf(sending).map(({ name, most }) => [name, most?.n])).toEqual([['entered', undefined], ['exited', undefined], ['sent', 5]]) // prettier-ignore
})

test('a bucket is named by when it begins in the zone of the trend', () => {
  expect(bucketWords('2026-11-23T23:00:00Z', trend)).toBe('24 Nov')
  expect(bucketWords('2026-11-23T23:00:00Z', { interval: 'hour', timezone: 'UTC' })).toBe('23 Nov, 23:00')
})
