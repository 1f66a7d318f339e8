import { entry, exit, row, wait } from '../test/support/canvas.js'
import { startIngest, type Ingest } from '../test/support/ingest.js'
import { publish } from '../test/support/versions.js'
import { journeyStats, type JourneyStats, type StatsFilter } from './stats.js'
import { leaveMember, noteIncident } from './steps.js'
import { journeyTrend, type Bucket, type TrendQuery } from './trend.js'
import { DEFAULT_WORKSPACE as WS } from './workspaces.js'

/* Counts of some members, and of some time. That a filter which leaves all counts as the counters do is in tally.test.ts. */

let ingest: Ingest
beforeAll(async () => {
  ingest = await startIngest()
}, 60_000)
afterAll(() => ingest?.stop())

const canvas = (id = 'wait') => row([entry(), wait(id, { kind: 'duration', duration: 'P1D' }), exit()], [], { timezone: 'Europe/Madrid' })
const DAY = 86_400_000
const NOON = Date.parse('2026-03-28T12:00:00Z')
const at = (days: number): Date => new Date(NOON + days * DAY)

/** Members of an orchestration, one a day from `at(0)` on; each comes to its wait, and the next day it exits there, every second one converted. */
async function crowd(n: number): Promise<string> {
  const journeyId = await ingest.launch(canvas())
  for (let day = 0; day < n; day++) await walk(journeyId, day, 'wait')
  await ingest.db.query('update journey set activated_at = $2::timestamptz where id = $1', [journeyId, at(-1)])
  return journeyId
}

async function walk(journeyId: string, day: number, tile: string): Promise<void> {
  const member = await ingest.enter(journeyId, `c${day}`)
  const { memberId } = member
  await ingest.arrive(member, tile)
  await noteIncident(ingest.db, { memberId, tile, visit: 1 }, 'failed', {}, `failed:${day}`)
  await leaveMember(ingest.db, memberId, { reason: day % 2 ? 'bought' : 'left', converted: day % 2 === 1 })
  await ingest.db.query(`update step set arrived_at = $2::timestamptz where member_id = $1`, [memberId, at(day)])
  await ingest.db.query(`update incident set at = $2::timestamptz where member_id = $1 and kind = 'failed'`, [memberId, at(day)])
  await ingest.db.query(`update member set entered_at = $2::timestamptz, exited_at = $3::timestamptz where id = $1`, [
    memberId,
    at(day),
    at(day + 1),
  ])
  await ingest.db.query(
    `insert into delivery (key, member_id, tile_id, visit, workspace_id, journey_id, customer_id, action, state, sent_at, updated_at)
     values ($1 || ':x:1', $1, 'x', 1, $2, $3, 'c', 'a', 'sent', $4::timestamptz, $4::timestamptz)`,
    [memberId, WS, journeyId, at(day)],
  )
}

const stats = (journeyId: string, filter: StatsFilter): Promise<JourneyStats> => journeyStats(ingest.db, WS, journeyId, filter)
const trend = (journeyId: string, query: TrendQuery) => journeyTrend(ingest.db, WS, journeyId, query)

describe('stats of those who entered in a time', () => {
  it('counts all that they did, and nobody else: from counts, to does not', async () => {
    const journeyId = await crowd(4)
    const some = await stats(journeyId, { from: at(1), to: at(3) })
    expect(some.members).toEqual({ entered: 2, active: 0, held: 0, parked: 0, exited: 2, converted: 1 })
    expect(some.tiles.wait).toMatchObject({ entered: 2, left: 2, here: 0, failed: 2, conversionRate: 0.5 })
    expect(some.tiles.done).toMatchObject({ entered: 0 })
    expect(some.edges).toEqual({ 'entry:next': 2, 'wait:next': 0 })
    expect((await stats(journeyId, { from: at(1) })).members.entered).toBe(3)
    expect((await stats(journeyId, { to: at(1) })).members.entered).toBe(1)
    expect((await stats(journeyId, { from: at(9) })).members).toMatchObject({ entered: 0, converted: 0 })
  })

  it('counts the refusals of that time', async () => {
    const journeyId = await crowd(1)
    await ingest.db.query(
      `insert into refusal (journey_id, trigger_id, workspace_id, customer_id, reason, at)
       select $1, 't' || n, $2, 'c', 'paused', $3::timestamptz + n * interval '1 day' from generate_series(0, 2) n`,
      [journeyId, WS, at(0)],
    )
    expect((await stats(journeyId, { from: at(1) })).refused).toEqual({ paused: 2 })
    expect((await stats(journeyId, { from: at(0), to: at(1) })).refused).toEqual({ paused: 1 })
  })

  it('counts those who walk a version, on its tiles', async () => {
    const journeyId = await crowd(1)
    expect((await stats(journeyId, { version: 1 })).members.entered).toBe(1)
    await publish(ingest.db, journeyId, canvas('later'))
    await ingest.db.query(`update migration set status = 'done'`)
    for (const day of [1, 2]) await walk(journeyId, day, 'later')
    const [first, second, both] = [
      await stats(journeyId, { version: 1 }),
      await stats(journeyId, { version: 2 }),
      await stats(journeyId, {}),
    ]
    expect([first.members.entered, second.members.entered, both.members.entered]).toEqual([1, 2, 3])
    expect(Object.keys(first.tiles).sort()).toEqual(['done', 'entry', 'wait'])
    expect(first.edges).toEqual({ 'entry:next': 1, 'wait:next': 0 })
    expect(second.tiles.later).toMatchObject({ entered: 2, left: 2 })
    expect((await stats(journeyId, { version: 2, from: at(2) })).members.entered).toBe(1)
    await expect(stats(journeyId, { version: 3 })).rejects.toMatchObject({ code: 'not_found' })
    await expect(stats('jrn_nope', { version: 1 })).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('the trend', () => {
  it('puts each thing into the bucket of its time, in the time zone of the orchestration', async () => {
    const journeyId = await crowd(2)
    const { buckets, timezone, interval } = await trend(journeyId, { from: at(-1), to: at(3), interval: 'day' })
    expect([timezone, interval]).toEqual(['Europe/Madrid', 'day'])
    const none = { entered: 0, exited: {}, converted: 0, sent: 0, failed: 0 }
    // The clocks change in the night to the 29th.
    expect(buckets).toEqual([
      { at: new Date('2026-03-26T23:00:00Z'), ...none },
      { at: new Date('2026-03-27T23:00:00Z'), ...none, entered: 1, sent: 1, failed: 1 },
      { at: new Date('2026-03-28T23:00:00Z'), ...none, entered: 1, sent: 1, failed: 1, exited: { left: 1 } },
      { at: new Date('2026-03-29T22:00:00Z'), ...none, exited: { bought: 1 }, converted: 1 },
      { at: new Date('2026-03-30T22:00:00Z'), ...none },
    ])
  })

  it('has only what is within the time, and chooses an interval', async () => {
    const journeyId = await crowd(1)
    const within = await trend(journeyId, { from: new Date(NOON + 1), to: at(2), timezone: 'UTC' })
    expect([within.interval, within.timezone, within.buckets.length]).toEqual(['hour', 'UTC', 48])
    expect(within.buckets.reduce((sum, { entered }) => sum + entered, 0)).toBe(0)
    expect(within.buckets.flatMap(({ exited }) => Object.entries(exited))).toEqual([['left', 1]])
    expect((await trend(journeyId, { from: at(0), to: at(40) })).interval).toBe('day')
    expect((await trend(journeyId, { to: at(0) })).from).toEqual(at(-1))
  })

  it('has only what happened to members of a version', async () => {
    const journeyId = await crowd(1)
    await publish(ingest.db, journeyId, canvas('later'))
    await ingest.db.query(`update migration set status = 'done'`)
    for (const day of [1, 2]) await walk(journeyId, day, 'later')
    const told = async (version?: number) => {
      const { buckets } = await trend(journeyId, { version, from: at(-1), to: at(9), interval: 'month' })
      const sum = (of: (bucket: Bucket) => number): number => buckets.reduce((total, bucket) => total + of(bucket), 0)
      const exited = buckets.flatMap((bucket) => Object.entries(bucket.exited)).sort()
      return [sum((b) => b.entered), sum((b) => b.sent), sum((b) => b.failed), sum((b) => b.converted), exited]
    }
    expect(await told(1)).toEqual([1, 1, 1, 0, [['left', 1]]])
    expect(await told(2)).toEqual([2, 2, 2, 1, [['bought', 1], ['left', 1]]]) // prettier-ignore
    expect((await told()).slice(0, 4)).toEqual([3, 3, 3, 1])
    await expect(trend(journeyId, { version: 3 })).rejects.toMatchObject({ code: 'not_found' })
  })

  it('refuses more than a thousand buckets', async () => {
    const journeyId = await crowd(1)
    const refused = { code: 'invalid', errors: [{ path: '?interval', code: 'too_many' }] }
    await expect(trend(journeyId, { from: at(0), to: at(1), interval: 'minute' })).rejects.toMatchObject(refused)
    await expect(trend('jrn_nope', {})).rejects.toMatchObject({ code: 'not_found' })
  })
})
