import { operateActivities } from '../../activities/operate.js'
import { pauseJourney } from '../../store/gate.js'
import { getJob } from '../../store/jobs.js'
import { getMember, type MemberStatus } from '../../store/members.js'
import {
  completeAndExit,
  createOperateJob,
  finishOperated,
  operatedAlready,
  operationId,
  type OperateFilter,
  type Operation,
} from '../../store/operate.js'
import { journeyStats } from '../../store/stats.js'
import { memberTimeline } from '../../store/timeline.js'
import { MockActivityEnvironment } from '@temporalio/testing'
import { entry, eventually, exit, hook, row, send, wait } from '../support/canvas.js'
import { startHooks, type Hooks } from '../support/hooks.js'
import { startRig, WORKSPACE, type Rig } from '../support/rig.js'
import { STATUS } from '../../workflows/start.js'

let rig: Rig
let hooks: Hooks
beforeAll(async () => {
  ;[rig, hooks] = await Promise.all([startRig(), startHooks()])
}, 60_000)
afterAll(async () => {
  await rig?.stop()
  await hooks?.stop()
})

const DAY = { kind: 'duration', duration: 'P1D' }
const ONCE = { retry: { maxAttempts: 1 } }
const calling = () => row([entry(), hook('call', hooks.url, ONCE), wait('w', DAY), send('bye', 'Bye'), exit()])

async function enterAll(journeyId: string, customers: readonly string[], status: MemberStatus, tileId: string): Promise<string[]> {
  const members = await Promise.all(customers.map((customerId) => rig.enter({ journeyId, customerId })))
  await eventually(
    () => Promise.all(members.map((id) => getMember(rig.db, WORKSPACE, journeyId, id))),
    (found) => found.every((member) => member.status === status && (status === 'held' || member.tileId === tileId)),
  )
  return members
}

const statuses = async (journeyId: string, members: string[]) =>
  (await Promise.all(members.map((id) => getMember(rig.db, WORKSPACE, journeyId, id)))).map(({ status, tileId }) => `${status} ${tileId}`)

async function order(journeyId: string, filter: OperateFilter, operation: Omit<Operation, 'actor' | 'reason'>): Promise<string> {
  const made = await createOperateJob(rig.db, WORKSPACE, journeyId, filter, { reason: 'tested', actor: 'key:tester', ...operation })
  return made.jobId
}

const ended = (jobId: string) =>
  eventually(
    () => getJob(rig.db, WORKSPACE, jobId),
    ({ status }) => status === 'done',
  )

async function bulk(...args: Parameters<typeof order>) {
  const jobId = await order(...args)
  await rig.temporal.startOperate(jobId)
  return { ...(await ended(jobId)), jobId }
}

async function balanced(journeyId: string) {
  const { tiles, members } = await journeyStats(rig.db, WORKSPACE, journeyId)
  for (const tile of Object.values(tiles)) expect(tile.entered).toBe(tile.left + tile.here)
  return { tiles, members }
}

test('retry takes all parked members on, under the same keys, and their timelines say who and why', async () => {
  hooks.answer = 400
  const journeyId = await rig.launch(calling())
  const members = await enterAll(journeyId, ['r1', 'r2', 'r3'], 'parked', 'call')
  hooks.answer = 200
  const job = await bulk(
    journeyId,
    { errorCode: (await getMember(rig.db, WORKSPACE, journeyId, members[0]!)).error!.code },
    { action: 'retry' },
  )
  expect(job).toEqual(expect.objectContaining({ total: 3, done: 3, entered: 0, refused: {} }))
  await eventually(
    () => statuses(journeyId, members),
    (found) => found.every((each) => each === 'active w'),
  )
  for (const id of members) expect(hooks.ids.filter((key) => key.startsWith(id))).toEqual([expect.any(String), expect.any(String)])
  expect(new Set(hooks.ids.filter((key) => members.some((id) => key.startsWith(id)))).size).toBe(3)
  const { data } = await memberTimeline(rig.db, WORKSPACE, members[0]!, {})
  expect(data).toContainEqual(expect.objectContaining({ event: 'retried', actor: 'key:tester', reason: 'tested' }))
  await balanced(journeyId)
}, 60_000)

test('skip passes the tile; who is not parked any more when the turn comes is counted by the state', async () => {
  hooks.answer = 400
  const journeyId = await rig.launch(calling())
  const members = await enterAll(journeyId, ['s1', 's2', 's3'], 'parked', 'call')
  const jobId = await order(journeyId, {}, { action: 'skip' })
  await rig.temporal.operate(members[0]!, { kind: 'skip', id: 'before' })
  await rig.temporal.operate(members[1]!, { kind: 'exit', id: 'before' })
  await rig.temporal.startOperate(jobId)
  expect(await ended(jobId)).toEqual(expect.objectContaining({ total: 3, done: 3, refused: { active: 1, exited: 1 } }))
  await eventually(
    () => statuses(journeyId, members),
    (found) => JSON.stringify(found) === JSON.stringify(['active w', 'exited call', 'active w']),
  )
}, 60_000)

test('move and exit reach members in every state, in pages', async () => {
  const journeyId = await rig.launch(row([entry(), wait('w', DAY), wait('x', DAY), send('bye', 'Bye'), exit()]))
  const customers = Array.from({ length: 130 }, (_, n) => `m${n}`)
  const members = await enterAll(journeyId, customers, 'active', 'w')
  const moved = await bulk(journeyId, { tileId: 'w' }, { action: 'move', to: 'x' })
  expect(moved).toEqual(expect.objectContaining({ total: 130, done: 130, refused: {} }))
  await eventually(
    () => statuses(journeyId, members),
    (found) => found.every((each) => each === 'active x'),
  )
  const left = await bulk(journeyId, { customerIds: customers.slice(0, 30) }, { action: 'exit' })
  expect(left).toEqual(expect.objectContaining({ total: 30, done: 30, refused: {} }))
  const { data } = await memberTimeline(rig.db, WORKSPACE, members[0]!, {})
  expect(data).toContainEqual(expect.objectContaining({ event: 'moved', to: 'x', actor: 'key:tester', reason: 'tested' }))
  expect(data.at(-1)).toMatchObject({ event: 'exited', reason: 'tested', actor: 'key:tester' })
  expect((await balanced(journeyId)).members).toMatchObject({ entered: 130, active: 100, exited: 30 })
  expect(await bulk(journeyId, {}, { action: 'move', to: 'nowhere' })).toEqual(
    expect.objectContaining({
      total: 100,
      done: 100,
      refused: { unknown_tile: 100 },
    }),
  )
  expect(await bulk(journeyId, {}, { action: 'exit' })).toEqual(expect.objectContaining({ total: 100, done: 100, refused: {} }))
}, 120_000)

test('a page that runs again, after a crash before its counts were written or after, does nothing twice and counts each member once', async () => {
  const journeyId = await rig.launch(row([entry(), wait('w', DAY), wait('x', DAY), exit()]))
  const members = await enterAll(journeyId, ['c1', 'c2', 'c3'], 'active', 'w')
  const page = (jobId: string) =>
    new MockActivityEnvironment().run(() => operateActivities({ db: rig.db, temporal: rig.temporal }).operatePage(jobId, 0, 100))

  const moving = await order(journeyId, {}, { action: 'move', to: 'x' })
  // The first try: two are moved, and then the worker is lost.
  for (const id of members.slice(0, 2))
    await rig.temporal.operate(id, { kind: 'move', id: operationId(moving, id), to: 'x', reason: 'tested' })
  await Promise.all([page(moving), page(moving)])
  await page(moving)
  expect(await getJob(rig.db, WORKSPACE, moving)).toEqual(expect.objectContaining({ total: 3, done: 3, refused: {} }))
  await eventually(
    () => statuses(journeyId, members),
    (found) => found.every((each) => each === 'active x'),
  )
  expect(await rig.db.query(`select 1 from step where journey_id = $1 and tile_id = 'x'`, [journeyId])).toHaveLength(3)

  const leaving = await order(journeyId, {}, { action: 'exit' })
  // Exited by the first try: its workflow is gone and cannot tell any more; the journal can.
  await rig.temporal.operate(members[0]!, { kind: 'exit', id: operationId(leaving, members[0]!), reason: 'tested' })
  await rig.temporal.operate(members[1]!, { kind: 'exit', id: 'another' })
  await rig.finished(members[0]!)
  await rig.finished(members[1]!)
  await page(leaving)
  expect(await getJob(rig.db, WORKSPACE, leaving)).toEqual(expect.objectContaining({ total: 3, done: 3, refused: { exited: 1 } }))
  await finishOperated(rig.db, leaving, [{ position: 1, outcome: 'active' }])
  expect((await getJob(rig.db, WORKSPACE, leaving)).done).toBe(3)
  expect(await operatedAlready(rig.db, new Map(members.map((id) => [id, operationId(leaving, id)])))).toEqual(
    new Set([members[0], members[2]]),
  )
}, 60_000)

test('two commands in one moment: one is done, the other is refused with the state, and none is left waiting', async () => {
  hooks.answer = 400
  const journeyId = await rig.launch(calling())
  const [member] = await enterAll(journeyId, ['both'], 'parked', 'call')
  const handle = rig.temporal.client.workflow.getHandle(member!)
  await eventually(
    () => handle.describe(),
    ({ typedSearchAttributes }) => typedSearchAttributes.get(STATUS) === 'parked',
  )
  let tried!: Promise<PromiseSettledResult<unknown>[]>
  await rig.withoutWorker(() => {
    // Not through rig.temporal, which gives up after ten seconds: the server may wait as long for the worker that is gone.
    const skip = (id: string) => handle.executeUpdate('operate', { args: [{ kind: 'skip', id }], updateId: id })
    tried = Promise.allSettled([skip('a'), skip('b')])
    return Promise.resolve()
  })
  expect((await tried).filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  const refused = (await tried).find((each) => each.status === 'rejected')
  expect(refused!.reason).toMatchObject({ cause: { type: expect.stringMatching(/^(parked|active)$/) } })
  await eventually(
    () => statuses(journeyId, [member!]),
    ([found]) => found === 'active w',
  )
  await rig.temporal.operate(member!, { kind: 'exit', id: 'end' })
}, 60_000)

const waitThenSend = (duration: string) => row([entry(), wait('w', { kind: 'duration', duration }), send('bye', 'Bye'), exit()])

test('completing a paused orchestration with its members: the held leave and send nothing', async () => {
  const journeyId = await rig.launch(waitThenSend('PT2S'))
  const members = await Promise.all(['h1', 'h2'].map((customerId) => rig.enter({ journeyId, customerId })))
  await pauseJourney(rig.db, WORKSPACE, journeyId, 'key:tester')
  await eventually(
    () => statuses(journeyId, members),
    (found) => found.every((each) => each.startsWith('held')),
  )
  const { jobId } = await completeAndExit(rig.db, WORKSPACE, journeyId, 'key:tester')
  await rig.temporal.startOperate(jobId)
  expect(await ended(jobId)).toEqual(expect.objectContaining({ total: 2, done: 2, refused: {} }))
  for (const id of members) expect(await rig.finished(id)).toBe('orchestration_completed')
  expect(await rig.db.query(`select 1 from delivery where journey_id = $1`, [journeyId])).toEqual([])
  expect((await balanced(journeyId)).members).toMatchObject({ exited: 2, held: 0, active: 0 })
}, 60_000)

test('nothing is sent after it was completed with its members, also by those who come to the gate before the job comes to them', async () => {
  const journeyId = await rig.launch(waitThenSend('PT2S'))
  const members = await Promise.all(['g1', 'g2'].map((customerId) => rig.enter({ journeyId, customerId })))
  // As if the process died before it started the workflow.
  const { jobId } = await completeAndExit(rig.db, WORKSPACE, journeyId, 'key:tester')
  for (const id of members) expect(await rig.finished(id)).toBe('orchestration_completed')
  await rig.temporal.startOperate(jobId)
  expect(await ended(jobId)).toEqual(expect.objectContaining({ total: 2, done: 2, refused: {} }))
  expect(await rig.db.query(`select 1 from delivery where journey_id = $1`, [journeyId])).toEqual([])
  const { data } = await memberTimeline(rig.db, WORKSPACE, members[0]!, {})
  expect(data.at(-1)).toMatchObject({ event: 'exited', reason: 'orchestration_completed', actor: 'key:tester' })
  await balanced(journeyId)
}, 60_000)
