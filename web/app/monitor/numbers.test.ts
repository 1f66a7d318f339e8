import type { Stats } from '../api/monitor.js'
import { drawn } from '../canvas/doc/fixture.js'
import { funnel, percent, shareOf, spanOf, spell, widthOf, widthsOf } from './numbers.js'

const doc = drawn(
  [
    ['entry', 'entry'],
    ['mail', 'action'],
    ['vip', 'branch', { kind: 'condition', paths: [{ id: 'yes', when: {} }] }],
    ['gift', 'action'],
    ['done', 'exit'],
  ],
  ['entry>mail', 'mail>vip', 'vip:yes>gift', 'vip:else>done', 'gift>done'],
)

const tile = (entered: number, left: number) => ({ entered, left, here: entered - left, failed: 0, conversionRate: 0, medianSeconds: null })
const stats: Stats = {
  members: { entered: 100, active: 30, held: 0, parked: 0, exited: 70, converted: 0 },
  refused: {},
  tiles: { entry: tile(100, 100), mail: tile(100, 90), vip: tile(80, 80), gift: tile(20, 10), done: tile(70, 70) },
  // As the API names edges that were drawn without ids.
  edges: { 'entry:next': 100, 'mail:next': 80, 'vip:yes': 20, 'vip:else': 60, 'gift:next': 10 },
  asOf: '2026-11-25T10:00:00Z',
}
const edge = (id: string) => doc.edges.find((each) => each.id === id)!

test('an edge has the share of those who left the tile before it', () => {
  expect(shareOf(stats, edge('e3'))).toBe(0.25)
  expect(shareOf(stats, edge('e2'))).toBeCloseTo(80 / 90)
  expect(shareOf({ ...stats, tiles: {} }, edge('e2'))).toBeUndefined()
  expect(shareOf({ ...stats, edges: { e3: 40 } }, edge('e3'))).toBe(0.5)
})

test('an edge is the wider the more went along it, within bounds', () => {
  expect([...widthsOf(doc, stats)].map(([id, width]) => [id, Number(width.toFixed(2))])).toEqual([
    ['e1', 9], ['e2', 8.21], ['e3', 4.85], ['e4', 7.31], ['e5', 3.87],
  ]) // prettier-ignore
  expect([0, 1, 25, 100, 400].map((flow) => Number(widthOf(flow, 100).toFixed(2)))).toEqual([1.5, 2.25, 5.25, 9, 9])
  expect(widthOf(0, 0)).toBe(1.5)
})

test('the funnel goes from the entry on and says who was lost where', () => {
  expect(funnel(doc, stats)).toEqual([
    { tileId: 'entry', entered: 100, here: 0, lost: 0, share: 1 },
    { tileId: 'mail', entered: 100, here: 10, lost: 10, share: 1 },
    { tileId: 'vip', entered: 80, here: 0, lost: 0, share: 0.8 },
    { tileId: 'gift', entered: 20, here: 10, lost: 0, share: 0.2 },
    { tileId: 'done', entered: 70, here: 0, lost: 0, share: 0.7 },
  ])
  expect(funnel(drawn([['a', 'exit']]), stats)).toEqual([])
})

test('a range is an instant on a whole minute; days of the viewer are whole', () => {
  const now = new Date('2026-11-25T10:20:30.456Z')
  const none = { from: '', to: '' }
  expect(spanOf('all', now, none)).toEqual({})
  expect(spanOf('hour', now, none)).toEqual({ from: '2026-11-25T09:20:00.000Z' })
  expect(spanOf('week', now, none)).toEqual({ from: '2026-11-18T10:20:00.000Z' })
  const { from, to } = spanOf('custom', now, { from: '2026-11-24', to: '2026-11-24' })
  expect(from).toBe(new Date(2026, 10, 24).toISOString())
  expect(to).toBe(new Date(2026, 10, 25).toISOString())
  expect(spanOf('custom', now, { from: '2026-11-24', to: 'x' })).toEqual({ from })
  // An end before the beginning is no end.
  expect(spanOf('custom', now, { from: '2026-11-24', to: '2026-11-20' })).toEqual({ from })
})

test('shares and times are told in words', () => {
  expect([0, 0.0001, 0.004, 0.12, 0.996, 0.9999, 1].map((share) => percent(share))).toEqual([
    '0 %', '< 0.1 %', '0.4 %', '12 %', '99.6 %', '99.9 %', '100 %',
  ]) // prettier-ignore
  expect([0.2, 1, 61, 3_600, 90_061].map((seconds) => spell(seconds))).toEqual(['< 1 sec', '1 sec', '1 min 1 sec', '1 hr', '1 day 1 hr'])
})
