import { MockActivityEnvironment } from '@temporalio/testing'
import { enterBy } from '../ingest/enter.js'
import { routeBatch } from '../ingest/batch.js'
import { newId } from '../model/ids.js'
import { createAudience } from '../store/audiences.js'
import { changeMembers } from '../store/audiences-members.js'
import { enrol } from '../store/enrol.js'
import { completeJourney, pauseJourney, resumeJourney } from '../store/gate.js'
import { createEnrolJob, getJob, type Job } from '../store/jobs.js'
import type { Db } from '../store/db.js'
import { leaveQueue, queuedEntries } from '../store/queue.js'
import { journeyStats } from '../store/stats.js'
import { memberTimeline } from '../store/timeline.js'
import { installTriggers } from '../store/triggers.js'
import { unfinishedEnrolments, unfinishedResumes } from '../store/unfinished.js'
import { DEFAULT_WORKSPACE as WS } from '../store/workspaces.js'
import { entry, eventually, exit, row, wait } from '../test/support/canvas.js'
import { startIngest, type Ingest } from '../test/support/ingest.js'
import type { Trigger } from '../tiles/index.js'
import { bulkActivities } from './bulk.js'

let ingest: Ingest
beforeEach(async () => {
  ingest = await startIngest()
})
afterEach(() => ingest.stop())

/** An activity, as a worker runs it. */
const pages = () => {
  const all = bulkActivities(ingest)
  const run = <A extends unknown[], R>(activity: (...args: A) => Promise<R>, ...args: A): Promise<R> =>
    new MockActivityEnvironment().run(activity, ...args)
  return {
    enrol: (jobId: string, limit = 3) => run(all.enrolPage, jobId, limit),
    end: (jobId: string) => run(all.endJob, jobId),
    queue: (journeyId: string, limit = 3, ratePerSecond?: number) =>
      run(all.queuePage, { workspaceId: WS, journeyId, pause: 1, ...(ratePerSecond !== undefined && { ratePerSecond }) }, limit),
  }
}
async function enrolAll(jobId: string): Promise<void> {
  while ((await pages().enrol(jobId)).more);
  await pages().end(jobId)
}
async function workOff(journeyId: string): Promise<void> {
  while ((await pages().queue(journeyId)).more);
}
const route = async (): Promise<void> => {
  while ((await routeBatch(ingest, { stopping: false, unexplained: new Map() })) > 0);
}

const launch = (triggers: object[] = [], settings: Record<string, unknown> = { reentry: { mode: 'always' } }) =>
  ingest.launch(row([entry({ type: 'manual' }, ...triggers), wait('w', { kind: 'duration', duration: 'P1D' }), exit()], [], settings))
const pauseQueueing = (journeyId: string) => pauseJourney(ingest.db, WS, journeyId, 'test', { entries: 'queue' })
const job = async (id: string): Promise<Partial<Job>> => {
  const { id: _, ...rest } = await getJob(ingest.db, WS, id)
  return rest
}
const stats = (journeyId: string) => journeyStats(ingest.db, WS, journeyId)
const members = (journeyId: string) =>
  ingest.db
    .query<{ customerId: string }>(`select customer_id as "customerId" from member where journey_id = $1 order by entered_at`, [journeyId])
    .then((rows) => rows.map(({ customerId }) => customerId))
const starts = () => ingest.temporal.calls.filter(({ name }) => name === 'startMember').length

let serial = 0
/** An entry by an event, as the router makes it. */
const trigger = (journeyId: string, customerId: string, more: object = {}) =>
  enrol(ingest.db, { workspaceId: WS, journeyId, customerId, triggerId: `event:${serial++}`, queue: {}, ...more })

describe('a list that a trigger includes', () => {
  const EVERYONE = [...'abcdefghijk']

  async function included(): Promise<{ audience: string; journeyId: string; jobId: string }> {
    const audience = (await createAudience(ingest.db, WS, 'List')).id
    await changeMembers(ingest.db, WS, audience, { add: EVERYONE, remove: [] })
    const journeyId = await launch([{ type: 'audience', audienceId: audience, includeExisting: true }])
    const [jobId] = await unfinishedEnrolments(ingest.db)
    return { audience, journeyId, jobId: jobId! }
  }

  test('enters page by page, once, whether the router has seen the joins or not', async () => {
    const { audience, journeyId, jobId } = await included()
    expect(await job(jobId)).toEqual({ status: 'running', total: 11, done: 0, entered: 0, refused: {} })
    await pages().enrol(jobId)
    expect(await job(jobId)).toMatchObject({ done: 3, entered: 3 })
    // The joins were not routed yet: their events come now, and some join and leave while the job runs.
    await changeMembers(ingest.db, WS, audience, { add: ['aa', 'z'], remove: ['j'] })
    await route()
    await enrolAll(jobId)
    expect((await members(journeyId)).sort()).toEqual([...EVERYONE, 'aa', 'z'].sort())
    const ended = await job(jobId)
    expect(ended).toMatchObject({ status: 'done', refused: {} })
    expect([ended.total, ended.done]).toEqual([ended.entered, ended.entered])
  })

  test('a page that is repeated, at once or later, enters and counts nobody twice', async () => {
    const { journeyId, jobId } = await included()
    const { down } = ingest.temporal
    const startMember = ingest.temporal.startMember.bind(ingest.temporal)
    ingest.temporal.startMember = async (start) => {
      ingest.temporal.startMember = startMember
      await startMember(start)
      throw new Error('Cut off.')
    }
    await expect(pages().enrol(jobId)).rejects.toThrow('Cut off.')
    expect(down).toBe(false)
    await Promise.all(Array.from({ length: 8 }, () => enrolAll(jobId)))
    expect((await members(journeyId)).sort()).toEqual(EVERYONE)
    expect(await job(jobId)).toEqual({ status: 'done', total: 11, done: 11, entered: 11, refused: {} })
  })

  test('is included at activation, and not again by a later version with the same list', async () => {
    const { audience, journeyId, jobId } = await included()
    await enrolAll(jobId)
    const list: Trigger = { type: 'audience', audienceId: audience, includeExisting: true }
    const other: Trigger = { ...list, audienceId: (await createAudience(ingest.db, WS, 'Other')).id }
    const install = (before: Trigger[], ...triggers: Trigger[]) =>
      ingest.db.tx((tx) => installTriggers(tx, { workspaceId: WS, journeyId, triggers, before }))
    const later: Trigger = { ...other, includeExisting: false }
    expect(await install([list], { type: 'manual' }, list, later)).toEqual([])
    // Now it is included; twice named is once.
    expect(await install([list, later], list, other, other)).toHaveLength(1)
    expect(await install([list, other], other)).toEqual([])
    // Who joined while no trigger was live is in the list, and in no orchestration.
    await changeMembers(ingest.db, WS, audience, { add: ['later'], remove: [] })
    await route()
    const [again] = await install([other], list, other)
    await enrolAll(again!)
    expect((await members(journeyId)).sort()).toEqual([...EVERYONE, 'later'])
  })

  test('an activation that is undone leaves no job', async () => {
    const { audience, journeyId, jobId } = await included()
    const triggers: Trigger[] = [{ type: 'audience', audienceId: audience, includeExisting: true }]
    await expect(
      ingest.db.tx(async (tx) => {
        await installTriggers(tx, { workspaceId: WS, journeyId, triggers })
        throw new Error('Cut off.')
      }),
    ).rejects.toThrow('Cut off.')
    expect(await unfinishedEnrolments(ingest.db)).toEqual([jobId])
  })
})

describe('a pause that queues', () => {
  test('keeps entries with what they entered by, and lets them in on resume, in order, by the rules of that moment', async () => {
    const journeyId = await launch([{ type: 'event', event: 'bought', key: 'properties.n' }])
    await trigger(journeyId, 'inside', { entryKey: '1' })
    await pauseQueueing(journeyId)
    await ingest.keep({ customerId: 'inside', properties: { n: 1 } }, { customerId: 'cy', properties: { n: 2 } })
    await route()
    for (const customerId of ['dan', 'eve', 'ada', 'bob']) await trigger(journeyId, customerId)
    expect(await pages().queue(journeyId)).toEqual({ more: false })
    expect(await stats(journeyId)).toMatchObject({ members: { entered: 1 }, refused: {} })
    await resumeJourney(ingest.db, WS, journeyId)
    // One at a time, to see the order.
    while ((await pages().queue(journeyId, 1)).more);
    expect((await members(journeyId)).slice(1)).toEqual(['cy', 'dan', 'eve', 'ada', 'bob'])
    expect(await stats(journeyId)).toMatchObject({ members: { entered: 6 }, refused: { in_orchestration: 1 } })
    const [member] = await ingest.db.query<object>(`select entry, entry_key as key, trigger_id as id from member where customer_id = 'cy'`)
    expect(member).toMatchObject({ entry: { event: 'bought', properties: { n: 2 } }, key: '2', id: expect.stringMatching(/^event:/) })
    expect(await ingest.db.query('select id from queued_entry')).toEqual([])
    expect(starts()).toBe(5)
  })

  test('a page that is repeated, by eight at once or after a cut, enters nobody twice', async () => {
    const journeyId = await launch()
    await pauseQueueing(journeyId)
    const triggers = Array.from({ length: 30 }, (_, n) => ({ customerId: `c${n % 10}`, triggerId: `event:r${n}` }))
    // Each trigger twice.
    for (const each of [...triggers, ...triggers]) expect(await trigger(journeyId, each.customerId, each)).toMatchObject({ queued: true })
    await resumeJourney(ingest.db, WS, journeyId)
    const startMember = ingest.temporal.startMember.bind(ingest.temporal)
    ingest.temporal.startMember = () => Promise.reject(new Error('Cut off.'))
    await expect(pages().queue(journeyId)).rejects.toThrow('Cut off.')
    ingest.temporal.startMember = startMember
    await Promise.all(Array.from({ length: 8 }, () => workOff(journeyId)))
    expect(await members(journeyId)).toHaveLength(30)
    const begun = ingest.temporal.calls.map(({ args }) => (args[0] as { memberId: string }).memberId)
    expect(new Set(begun).size).toBe(30)
  }, 60_000)

  test('nobody overtakes an earlier entry of the same customer', async () => {
    const journeyId = await launch([], {})
    await pauseQueueing(journeyId)
    await trigger(journeyId, 'ada', { triggerId: 'event:early' })
    await resumeJourney(ingest.db, WS, journeyId)
    expect(await trigger(journeyId, 'ada', { triggerId: 'event:late' })).toMatchObject({ queued: true })
    expect(await trigger(journeyId, 'bob')).toMatchObject({ fresh: true })
    await workOff(journeyId)
    const [ada] = await ingest.db.query<{ id: string }>(`select trigger_id as id from member where customer_id = 'ada'`)
    expect(ada!.id).toBe('event:early')
    expect((await stats(journeyId)).refused).toEqual({ already_entered: 1 })
  })

  test('paused again before their turn, they stay, whatever the second pause does; new ones are dropped', async () => {
    const journeyId = await launch()
    await pauseQueueing(journeyId)
    for (const customerId of ['ada', 'bob']) await trigger(journeyId, customerId)
    await resumeJourney(ingest.db, WS, journeyId)
    await pages().queue(journeyId, 1)
    await pauseJourney(ingest.db, WS, journeyId, 'test')
    expect(await pages().queue(journeyId)).toEqual({ more: false })
    expect(await trigger(journeyId, 'bob')).toEqual({ refused: 'paused' })
    expect(await members(journeyId)).toEqual(['ada'])
    await resumeJourney(ingest.db, WS, journeyId)
    await workOff(journeyId)
    expect(await members(journeyId)).toEqual(['ada', 'bob'])
  })

  test('completing drops them, counted as completed', async () => {
    const journeyId = await launch()
    await pauseQueueing(journeyId)
    for (const customerId of ['ada', 'bob']) await trigger(journeyId, customerId)
    expect(await completeJourney(ingest.db, WS, journeyId)).toMatchObject({ wasPaused: true })
    await workOff(journeyId)
    expect(await stats(journeyId)).toMatchObject({ members: { entered: 0 }, refused: { completed: 2 } })
    expect(await ingest.db.query('select id from queued_entry')).toEqual([])
  })

  test('a resume that was cut off before its workflow began is found', async () => {
    const journeyId = await launch()
    await pauseQueueing(journeyId)
    await trigger(journeyId, 'ada')
    await resumeJourney(ingest.db, WS, journeyId)
    expect(await unfinishedResumes(ingest.db)).toEqual([])
    await ingest.db.query(`update journey set updated_at = updated_at - interval '1 minute'`)
    expect(await unfinishedResumes(ingest.db)).toEqual([{ workspaceId: WS, journeyId, pause: 1 }])
    await workOff(journeyId)
    expect(await unfinishedResumes(ingest.db)).toEqual([])
  })

  test('the rate of the resume holds for them too', async () => {
    const journeyId = await launch()
    await pauseQueueing(journeyId)
    for (const customerId of [...'abcde']) await trigger(journeyId, customerId)
    await resumeJourney(ingest.db, WS, journeyId)
    await pages().queue(journeyId, 5, 20)
    const [{ ms }] = (await ingest.db.query<{ ms: number }>(
      `select (extract(epoch from max(entered_at) - min(entered_at)) * 1000)::float8 as ms from member where journey_id = $1`,
      [journeyId],
    )) as [{ ms: number }]
    // Four gaps of 50 ms; a little less, for the first may have been slow.
    expect(ms).toBeGreaterThan(120)
  })
})

describe('rows of a job', () => {
  test.each(['never', 'always'])('repeated by eight at once, mixed with events and joins, under re-entry %s', async (mode) => {
    const audience = (await createAudience(ingest.db, WS, 'List')).id
    const triggers = [
      { type: 'event', event: 'bought' },
      { type: 'audience', audienceId: audience },
    ]
    const journeyId = await launch(triggers, { reentry: { mode } })
    const customers = [...'abcdef']
    const jobId = await createEnrolJob(ingest.db, WS, journeyId, customers)
    await Promise.all(
      Array.from({ length: 8 }, async (_, n) => {
        if (n % 2 === 0) await ingest.keep(...customers.map((customerId) => ({ customerId, messageId: `m ${customerId}` })))
        else await changeMembers(ingest.db, WS, audience, { add: [...customers].reverse(), remove: [] })
        await Promise.all([enrolAll(jobId), route()])
      }),
    )
    await route()
    const perCustomer = mode === 'always' ? 3 : 1
    expect((await members(journeyId)).sort()).toEqual(customers.flatMap((each) => Array.from({ length: perCustomer }, () => each)))
    const { refused } = await stats(journeyId)
    expect(refused).toEqual(mode === 'always' ? {} : { already_entered: 12 })
    expect(await job(jobId)).toMatchObject({ status: 'done', total: 6, done: 6 })
  })

  test('that are queued keep it running, and end it', async () => {
    const journeyId = await launch()
    await trigger(journeyId, 'before')
    const jobId = await createEnrolJob(ingest.db, WS, journeyId, [...'abcd'])
    await pages().enrol(jobId, 1)
    await pauseQueueing(journeyId)
    await enrolAll(jobId)
    expect(await job(jobId)).toEqual({ status: 'running', total: 4, done: 1, entered: 1, refused: {}, queued: 3 })
    // It has gone through its rows: nobody starts it again.
    expect(await unfinishedEnrolments(ingest.db)).toEqual([])
    await resumeJourney(ingest.db, WS, journeyId)
    await Promise.all([workOff(journeyId), workOff(journeyId)])
    expect(await job(jobId)).toEqual({ status: 'done', total: 4, done: 4, entered: 4, refused: {} })
    const rows = await ingest.db.query<{ outcome: string; same: boolean }>(
      `select outcome, m.trigger_id = 'row:' || r.job_id || ':' || r.position as same from job_row r join member m on m.id = r.member_id`,
    )
    expect(rows).toEqual(Array.from({ length: 4 }, () => ({ outcome: 'entered', same: true })))
  })

  test('that are worked off before their page is written down count once', async () => {
    const journeyId = await launch([], {})
    await trigger(journeyId, 'a')
    const jobId = await createEnrolJob(ingest.db, WS, journeyId, ['a', 'b'])
    await pauseQueueing(journeyId)
    for (const [position, customerId] of [[1, 'a'], [2, 'b']] as const) {
      // As the page does, cut off before it ends.
      await trigger(journeyId, customerId, { triggerId: `row:${jobId}:${position}`, queue: { jobId, position } }) // prettier-ignore
    } // prettier-ignore
    await resumeJourney(ingest.db, WS, journeyId)
    await workOff(journeyId)
    expect(await job(jobId)).toMatchObject({ status: 'running', done: 2 })
    await enrolAll(jobId)
    expect(await job(jobId)).toEqual({ status: 'done', total: 2, done: 2, entered: 1, refused: { already_entered: 1 } })
  })

  test('the last two rows that leave the queue at once end the job', async () => {
    const journeyId = await launch()
    await pauseQueueing(journeyId)
    const jobId = await createEnrolJob(ingest.db, WS, journeyId, ['a', 'b'])
    await enrolAll(jobId)
    const [first, last] = await queuedEntries(ingest.db, journeyId, 2)
    const leave = (db: Db, id: string) => leaveQueue(db, id, { refused: 'cooldown' })
    let leaving: Promise<void> | undefined
    await ingest.db.tx(async (tx) => {
      await leave(tx, first!.id)
      leaving = leave(ingest.db, last!.id)
      await eventually(
        () => tx.query(`select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`),
        (waiting) => waiting.length > 0,
      )
    })
    await leaving
    expect(await job(jobId)).toEqual({ status: 'done', total: 2, done: 2, entered: 0, refused: { cooldown: 2 } })
  })

  test('a job that ends while its last row leaves the queue is done', async () => {
    for (let round = 0; round < 10; round++) {
      const journeyId = await launch()
      await pauseQueueing(journeyId)
      const jobId = await createEnrolJob(ingest.db, WS, journeyId, ['a'])
      await pages().enrol(jobId)
      await resumeJourney(ingest.db, WS, journeyId)
      await Promise.all([pages().end(jobId), workOff(journeyId)])
      expect(await job(jobId)).toMatchObject({ status: 'done', total: 1, done: 1, entered: 1 })
    }
  })

  test('a paused orchestration that drops refuses them', async () => {
    const journeyId = await launch()
    await pauseJourney(ingest.db, WS, journeyId, 'test')
    const jobId = await createEnrolJob(ingest.db, WS, journeyId, ['a', 'b'])
    await enrolAll(jobId)
    expect(await job(jobId)).toEqual({ status: 'done', total: 2, done: 2, entered: 0, refused: { paused: 2 } })
  })
})

test('a child that is queued is told of in the history of its parent, and again when it enters or is refused', async () => {
  const outer = await launch()
  const parents = await Promise.all(['ada', 'bob'].map((customerId) => ingest.enter(outer, customerId)))
  const inner = await launch([], {})
  await trigger(inner, 'bob')
  await pauseQueueing(inner)
  for (const { memberId, customerId } of parents)
    await trigger(inner, customerId, { triggerId: newId('evt'), parent: { memberId, tileId: 'entry', visit: 1 } })
  await resumeJourney(ingest.db, WS, inner)
  await workOff(inner)
  const told = async (memberId: string) =>
    (await memberTimeline(ingest.db, WS, memberId, {})).data
      .filter(({ orchestrationId }) => orchestrationId === inner)
      .map(({ event, childMemberId, reason }) => ({ event, ...(childMemberId && { child: true }), ...(reason && { reason }) }))
  expect(await told(parents[0]!.memberId)).toEqual([{ event: 'queued' }, { event: 'entered', child: true }])
  expect(await told(parents[1]!.memberId)).toEqual([{ event: 'queued' }, { event: 'refused', reason: 'already_entered' }])
})

test('an event that is routed again while its entry is queued is queued once', async () => {
  const journeyId = await launch([{ type: 'event', event: 'bought' }])
  await pauseQueueing(journeyId)
  const event = { id: '1', messageId: 'm', customerId: 'ada', type: 'track' as const, event: 'bought', properties: {}, timestamp: new Date(), receivedAt: new Date() } // prettier-ignore
  for (let n = 0; n < 3; n++) await enterBy(ingest, WS, event)
  expect(await ingest.db.query('select id from queued_entry')).toHaveLength(1)
})
