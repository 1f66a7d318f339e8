import { drawn } from '../canvas/doc/fixture.js'
import type { Say } from '../canvas/words/say.js'
import { pathMarks } from './path.js'
import { readsWords, sentence, sinceWords, stopsOf, type Told } from './words.js'

const doc = drawn(
  [
    ['entry', 'entry'],
    ['vip', 'branch', { kind: 'condition', paths: [{ id: 'yes', when: {} }] }],
    ['gift', 'action'],
    ['done', 'exit'],
  ],
  ['entry>vip', 'vip:yes>gift', 'vip:else>done', 'gift>done'],
)
/** Keys with their values stand for the sentences. */
const say: Say = {
  t: (key, values) => `${key}${values ? JSON.stringify(values) : ''}`,
  locale: 'en',
  names: { tiles: new Map([['order', 'Wait for an order']]) },
}
const told = (event: Told['event'], tileId: string, more: Partial<Told> = {}): Told => ({
  at: '2026-11-25T10:00:00Z',
  tileId,
  visit: 1,
  event,
  ...more,
})

test('what happened on one visit is one stop; another visit of the same tile is another', () => {
  const line = [
    told('arrived', 'entry'),
    told('left', 'entry', { port: 'next' }),
    told('arrived', 'vip'),
    told('decided', 'vip', { port: 'yes' }),
    told('left', 'vip', { port: 'yes' }),
    told('arrived', 'vip', { visit: 2 }),
    told('sent', 'entry'),
  ]
  expect(stopsOf(line).map(({ tileId, visit, entries }) => [tileId, visit, entries.length])).toEqual([
    ['entry', 1, 3],
    ['vip', 1, 3],
    ['vip', 2, 1],
  ])
})

test('a decision says from which values and which way', () => {
  const reads = { 'traits.lifetime_value': 620, 'tile.order.total': 80, timezone: 'Europe/Madrid' }
  expect(readsWords(reads, say)).toBe(
    'timeline:was{"name":"lifetime value","value":"620"}, timeline:was{"name":"timeline:ofTile{\\"name\\":\\"total\\",\\"tile\\":\\"Wait for an order\\"}","value":"80"}',
  )
  const sure = sentence(told('decided', 'vip', { port: 'yes', reads: { 'traits.plan': 'gold' } }), doc, say)
  expect(sure).toBe('timeline:decidedFrom{"read":"timeline:was{\\"name\\":\\"plan\\",\\"value\\":\\"gold\\"}","way":"yes"}')
  expect(sentence(told('decided', 'vip', { port: 'else' }), doc, say)).toBe('timeline:decidedWay{"way":"canvas:port.else"}')
  expect(readsWords({ timezone: 'UTC' }, say)).toBeUndefined()
})

test('a wait names its instant in the zone that made it, and what it was before', () => {
  const reads = { timezone: 'Europe/Madrid' }
  const until = '2026-11-25T08:00:00Z'
  expect(sentence(told('waiting', 'gift', { until, reads }), doc, say)).toBe(
    'timeline:waitingUntil{"when":"25 Nov 2026, 09:00:00 (Europe/Madrid)"}',
  )
  const anew = sentence(told('waiting', 'gift', { until, previousUntil: '2026-11-24T08:00:00Z', reads }), doc, say)
  expect(anew).toContain('"before":"24 Nov 2026, 09:00:00 (Europe/Madrid)"')
  expect(sentence(told('waiting', 'gift'), doc, say)).toBe('timeline:waiting')
})

test('failures say why; an exit says by which criterion; the only way on is not worth a sentence', () => {
  const error = { code: 'smtp_550', message: 'No such mailbox' }
  expect(sentence(told('parked', 'gift', { error }), doc, say)).toBe('timeline:parkedFor{"code":"smtp_550","message":"No such mailbox"}')
  expect(sentence(told('failed', 'gift', { error: { code: '503', message: '503' } }), doc, say)).toBe('timeline:failedFor{"code":"503","message":"timeline:code"}') // prettier-ignore
  expect(sentence(told('exited', 'gift', { reason: 'bought', cause: { criterion: 'Bought' } }), doc, say)).toBe(
    'timeline:exitedFor{"reason":"bought"} (timeline:criterion{"name":"Bought"})',
  )
  expect(sentence(told('left', 'entry', { port: 'next' }), doc, say)).toBeUndefined()
  expect(sentence(told('left', 'vip', { port: 'yes' }), doc, say)).toBe('timeline:left{"way":"yes"}')
  expect(sentence(told('moved', 'gift', { to: 'done', version: 2 }), doc, say)).toBe('timeline:moved{"to":"canvas:type.exit","version":2}')
})

test('the path that was walked is lit, the rest dimmed', () => {
  const marks = pathMarks(doc, [
    told('arrived', 'entry'),
    told('left', 'entry', { port: 'next' }),
    told('arrived', 'vip'),
    told('left', 'vip', { port: 'else' }),
    told('arrived', 'done'),
  ])
  expect(Object.fromEntries(marks)).toEqual({
    entry: 'lit', vip: 'lit', gift: 'dim', done: 'lit', e1: 'lit', e2: 'dim', e3: 'lit', e4: 'dim',
  }) // prettier-ignore
  // Who decided and left the orchestration before they went on has not passed the edge.
  const gone = pathMarks(doc, [told('arrived', 'vip'), told('decided', 'vip', { port: 'yes' }), told('exited', 'vip')])
  expect([gone.get('vip'), gone.get('e2')]).toEqual(['lit', 'dim'])
})

test('how long after the start is told in the two largest parts', () => {
  const start = '2026-11-25T10:00:00Z'
  const since = (at: string) => sinceWords(at, start, say)
  expect(since(start)).toBeUndefined()
  expect(since('2026-11-25T10:00:00.400Z')).toBeUndefined()
  expect(since('2026-11-27T10:00:09Z')).toBe('+canvas:duration.days{"count":2}')
  expect(since('2026-11-26T13:30:00Z')).toBe('+canvas:duration.days{"count":1} canvas:duration.hours{"count":3}')
  expect(since('2026-11-25T11:01:30Z')).toBe('+canvas:duration.hours{"count":1} canvas:duration.minutes{"count":1}')
})

test('a zone that goes without saying is not named; another is', () => {
  const due = told('waiting', 'vip', { until: '2026-11-25T12:00:00Z' })
  expect(sentence(due, doc, say, 'Asia/Tokyo')).toBe('timeline:waitingUntil{"when":"25 Nov 2026, 21:00:00"}')
  expect(sentence({ ...due, reads: { timezone: 'Asia/Tokyo' } }, doc, say, 'Asia/Tokyo')).toBe('timeline:waitingUntil{"when":"25 Nov 2026, 21:00:00"}') // prettier-ignore
  expect(sentence({ ...due, reads: { timezone: 'UTC' } }, doc, say, 'Asia/Tokyo')).toBe('timeline:waitingUntil{"when":"25 Nov 2026, 12:00:00 (UTC)"}') // prettier-ignore
})

test('a message that a limit holds back says which, and what it counted', () => {
  const cap = { cap: 'Weekly', capId: 'cap_1', had: 3, most: 3, per: 'P7D', channel: 'email' }
  const counted = sentence(told('skipped', 'gift', { reason: 'frequency_cap', reads: cap }), doc, say)!
  for (const part of ['timeline:keptBack', 'timeline:limit.messages.email', 'count', 'Weekly']) expect(counted).toContain(part)
  const quiet = { level: 'workspace', hours: ['22:00–08:00'], timezone: 'Europe/Madrid' }
  const until = '2026-11-25T07:00:00Z'
  const waits = sentence(told('waiting', 'gift', { reason: 'quiet_hours', reads: quiet, until }), doc, say)!
  for (const part of ['timeline:limit.waitsUntil', 'timeline:limit.of.workspace', '22:00–08:00', '08:00:00']) expect(waits).toContain(part)
  expect(sentence(told('waiting', 'gift', { reason: 'frequency_cap', reads: { ...cap, kept: 1 } }), doc, say)).toContain(
    'timeline:limit.kept',
  )
})
