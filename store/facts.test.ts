import { startIngest, type Ingest } from '../test/support/ingest.js'
import { DEFAULT_WORKSPACE } from './workspaces.js'
import { conditionReads, type EventCondition } from '../model/condition.js'
import { judge, loadFacts } from './facts.js'

let ingest: Ingest
beforeAll(async () => {
  ingest = await startIngest()
})
afterAll(() => ingest?.stop())

const of = { workspaceId: DEFAULT_WORKSPACE, customerId: 'ada', journeyId: 'jrn_1', tileId: 'w' }

test('events are counted over pages, each once', async () => {
  // Ids of 1 to 4 digits: they are paged as numbers.
  await ingest.keep(...Array.from({ length: 1_300 }, (_, n) => ({ customerId: 'ada', properties: { total: n } })))
  const performed = (atLeast: number) => ({
    event: 'bought',
    op: 'performed' as const,
    count: { atLeast },
    where: { property: 'total', op: 'gte' as const, value: 100 },
  })
  expect(await judge(ingest.db, of, performed(1_200))).toEqual({ holds: true, reads: { 'event.bought': 1_200 } })
  expect(await judge(ingest.db, of, performed(1_201))).toEqual({ holds: false, reads: { 'event.bought': 1_200 } })
})

test('an event of this very millisecond counts', async () => {
  await ingest.keep({ customerId: 'grace' })
  const [event] = await ingest.db.query<{ at: Date }>(`select received_at as at from event where customer_id = 'grace'`)
  const condition = { event: 'bought', op: 'performed' as const }
  expect(await judge(ingest.db, { ...of, customerId: 'grace', now: event!.at }, condition)).toMatchObject({ holds: true })
})

describe('the instant at which events cease to be enough', () => {
  const DAY = 86_400_000
  const at = (text: string) => new Date(text)
  const linus = { ...of, customerId: 'linus', settings: { timezone: 'Europe/Madrid' } }
  const changes = async (condition: Partial<EventCondition>, now = '2026-03-20T00:00:00Z', whose: object = linus) => {
    const asked = { event: 'bought', op: 'performed' as const, ...condition }
    const { events, changes } = await loadFacts(ingest.db, { ...linus, ...whose, now: at(now) }, conditionReads(asked))
    const [count, change] = [Object.values(events).at(-1), Object.values(changes ?? {}).at(-1)]
    return { count, ...(change !== undefined && { change: new Date(change).toISOString() }) }
  }

  beforeAll(async () => {
    await ingest.keep(...[10, 5, 1].map((total) => ({ customerId: 'linus', properties: { total } })))
    await ingest.db.query(
      `update event set received_at = timestamptz '2026-03-01T09:59:59.999500Z' + ((properties ->> 'total')::int - 1) * interval '24 hours'
       where customer_id = 'linus'`,
    )
  })

  test('is by the calendar of the zone in force; hours are exact', async () => {
    // 1 March 10:59:59.999 in Madrid, and the clocks go forward on the 29th.
    expect(await changes({ within: 'P30D', count: { atLeast: 3 } })).toEqual({ count: 3, change: '2026-03-31T09:00:00.000Z' })
    expect(await changes({ within: 'PT720H', count: { atLeast: 3 } })).toEqual({ count: 3, change: '2026-03-31T10:00:00.000Z' })
    expect(await changes({ within: 'P30D', count: { atLeast: 3 } }, undefined, { timezone: 'Asia/Kathmandu' })).toEqual({
      count: 3,
      change: '2026-03-31T10:00:00.000Z',
    })
  })
  test('and they count until just before it', async () => {
    for (const within of ['P30D', 'PT719H']) {
      const three = { within, count: { atLeast: 3 } }
      expect(await changes(three, '2026-03-31T08:59:59.999Z')).toEqual({ count: 3, change: '2026-03-31T09:00:00.000Z' })
      expect(await changes(three, '2026-03-31T09:00:00Z')).toEqual({ count: 2 })
    }
  })
  test('is that of the oldest of as many as are needed', async () => {
    expect(await changes({ within: 'P30D' })).toEqual({ count: 1, change: '2026-04-09T09:00:00.000Z' })
    expect(await changes({ within: 'PT720H' })).toEqual({ count: 1, change: '2026-04-09T10:00:00.000Z' })
    const where = { property: 'total', op: 'lt' as const, value: 10 }
    expect(await changes({ within: 'P30D', where })).toEqual({ count: 1, change: '2026-04-04T09:00:00.000Z' })
  })
  test('is none without a window, nor with too few', async () => {
    expect(await changes({})).toEqual({ count: 1 })
    expect(await changes({ within: 'P30D', count: { atLeast: 4 } })).toEqual({ count: 3 })
  })
  test('is looked for among more events than one page', async () => {
    const start = Date.parse('2026-01-01T00:00:00Z')
    await ingest.keep(...Array.from({ length: 1_200 }, (_, n) => ({ customerId: 'mary', properties: { at: start + (n * DAY) / 100 } })))
    await ingest.db.query(`update event set received_at = to_timestamp((properties ->> 'at')::float8 / 1000) where customer_id = 'mary'`)
    const mary = { customerId: 'mary' }
    const within = (atLeast: number) => changes({ within: 'P10D', count: { atLeast } }, '2026-01-12T00:00:00Z', mary)
    expect(await within(1_000)).toEqual({ count: 1_000, change: '2026-01-12T00:14:24.001Z' })
    expect(await within(1_001)).toEqual({ count: 1_001, change: '2026-01-12T00:00:00.001Z' })
    expect(await within(1_002)).toEqual({ count: 1_001 })
  })
})

test('a date without an offset is local to the zone in force', async () => {
  const traits = { timezone: 'Asia/Kathmandu', renewal: '2026-06-01T09:00' }
  await ingest.db.query(`insert into customer (id, workspace_id, traits, updated_at) values ('joan', $1, $2::jsonb, now())`, [
    DEFAULT_WORKSPACE,
    JSON.stringify(traits),
  ])
  const soon = { trait: 'renewal', op: 'withinNext' as const, value: 'PT1H' }
  const joan = { ...of, customerId: 'joan', settings: { timezone: 'Europe/Madrid' } }
  // 09:00 in Kathmandu is 03:15 in UTC.
  expect(await judge(ingest.db, { ...joan, now: new Date('2026-06-01T02:30:00Z') }, soon)).toMatchObject({ holds: true })
  expect(await judge(ingest.db, { ...joan, now: new Date('2026-06-01T06:30:00Z') }, soon)).toMatchObject({ holds: false })
  expect(await judge(ingest.db, { ...joan, timezone: 'Europe/Madrid', now: new Date('2026-06-01T06:30:00Z') }, soon)).toMatchObject({
    holds: true,
  })
})
