import { completeJourney, pauseJourney, resumeJourney } from '../../store/gate.js'
import { enrol } from '../../store/enrol.js'
import { getMember, type Member } from '../../store/members.js'
import { queuedEntries } from '../../store/queue.js'
import { journeyStats } from '../../store/stats.js'
import { memberTimeline } from '../../store/timeline.js'
import { reconcile } from '../../worker/reconcile.js'
import { entry, eventually, exit, row, tile, wait } from '../support/canvas.js'
import { resetMember } from '../support/reset.js'
import { startRig, WORKSPACE, type Rig } from '../support/rig.js'

/* A member that waits for its child: also for one that is queued, and when it was reset meanwhile. */

let rig: Rig
beforeAll(async () => {
  rig = await startRig()
}, 60_000)
afterAll(() => rig?.stop())

const DAY = { kind: 'duration', duration: 'P1D' }

/** Two orchestrations: one waits for members of the other. */
async function pair(settings = {}): Promise<{ inner: string; outer: string }> {
  const inner = await rig.launch(row([entry(), wait('w', DAY), exit()], [], settings))
  const sub = tile('sub', 'subOrchestration', { orchestrationId: inner, mode: 'wait' })
  return { inner, outer: await rig.launch(row([entry(), sub, wait('after', DAY), exit()])) }
}

const becomes = (journeyId: string, memberId: string, is: Partial<Member>) =>
  eventually(
    () => getMember(rig.db, WORKSPACE, journeyId, memberId),
    (member) => Object.entries(is).every(([key, value]) => member[key as keyof Member] === value),
  )
const childOf = async (parent: string, tileId = 'w') =>
  (await eventually(
    () => rig.db.one<{ id: string; tile: string }>('select id, tile_id as tile from member where parent_member_id = $1', [parent]),
    (found) => found?.tile === tileId,
  ))!.id
const queued = (inner: string, n: number) =>
  eventually(
    () => queuedEntries(rig.db, inner, 10),
    (entries) => entries.length === n,
  )
const pauses = (inner: string) => pauseJourney(rig.db, WORKSPACE, inner, 'test', { entries: 'queue' })
async function resumes(inner: string): Promise<void> {
  const { pause } = await resumeJourney(rig.db, WORKSPACE, inner)
  await rig.temporal.startResume({ workspaceId: WORKSPACE, journeyId: inner, pause })
}
async function timeline(memberId: string): Promise<string[]> {
  const { data } = await memberTimeline(rig.db, WORKSPACE, memberId, {})
  return data.map(({ event, tileId, reason }) => [event, tileId, reason].filter(Boolean).join(' '))
}
const leaves = (memberId: string, id = 'leave') => rig.temporal.operate(memberId, { kind: 'exit', id })

/** Starts one whose child is queued. */
async function waitsForQueued(settings = {}) {
  const { inner, outer } = await pair(settings)
  await pauses(inner)
  const memberId = await rig.enter({ journeyId: outer, customerId: `c-${outer}` })
  await queued(inner, 1)
  return { inner, outer, memberId }
}

describe('a child that is queued', () => {
  test('enters on the resume; the parent waits until it has exited', async () => {
    const { inner, outer, memberId } = await waitsForQueued()
    expect(await getMember(rig.db, WORKSPACE, outer, memberId)).toMatchObject({ status: 'active', tileId: 'sub' })
    await resumes(inner)
    const child = await childOf(memberId)
    await queued(inner, 0)
    expect(await getMember(rig.db, WORKSPACE, outer, memberId)).toMatchObject({ tileId: 'sub' })
    await leaves(child)
    await becomes(outer, memberId, { tileId: 'after' })
    expect(await timeline(memberId)).toEqual([
      'arrived entry', 'left entry', 'arrived sub', 'decided sub', 'queued sub', 'entered sub', 'left sub', 'arrived after', 'waiting after',
    ]) // prettier-ignore
    await leaves(memberId)
  }, 60_000)

  test('is refused by the rules of the resume: the parent goes on, and its timeline says why, once', async () => {
    const { inner, outer, memberId } = await waitsForQueued()
    await completeJourney(rig.db, WORKSPACE, inner)
    await rig.temporal.startResume({ workspaceId: WORKSPACE, journeyId: inner, pause: 1 })
    await becomes(outer, memberId, { tileId: 'after' })
    expect((await timeline(memberId)).filter((line) => /refused|entered/.test(line))).toEqual(['refused sub completed'])
    await leaves(memberId)
  }, 60_000)

  test('waits on in the queue when the orchestration is paused again before its turn', async () => {
    const { inner, outer, memberId } = await waitsForQueued()
    await resumeJourney(rig.db, WORKSPACE, inner)
    await pauses(inner)
    await rig.temporal.startResume({ workspaceId: WORKSPACE, journeyId: inner, pause: 1 })
    await rig.temporal.client.workflow.getHandle(`resume_${inner}_1`).result()
    await queued(inner, 1)
    await resumes(inner)
    await leaves(await childOf(memberId))
    await becomes(outer, memberId, { tileId: 'after' })
    await leaves(memberId)
  }, 60_000)

  test('does not enter when the parent has left', async () => {
    const { inner, memberId } = await waitsForQueued()
    await leaves(memberId)
    expect(await rig.finished(memberId)).toBe('operator')
    expect(await queuedEntries(rig.db, inner, 10)).toEqual([])
    await resumes(inner)
    await rig.temporal.client.workflow.getHandle(`resume_${inner}_1`).result()
    const { members, refused } = await journeyStats(rig.db, WORKSPACE, inner)
    expect([members.entered, refused]).toEqual([0, { parent_exited: 1 }])
  }, 60_000)

  test('leaves with the parent once it is in', async () => {
    const { inner, outer, memberId } = await waitsForQueued()
    await resumes(inner)
    const child = await childOf(memberId)
    await eventually(
      async () => (await rig.temporal.client.workflow.getHandle(child).fetchHistory()).events ?? [],
      (events) => events.some(({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName === 'watch'),
    )
    await leaves(memberId)
    await becomes(outer, memberId, { status: 'exited', exitReason: 'operator' })
    expect(await rig.finished(child)).toBe('parent_exited')
  }, 60_000)

  test('leaves too when the parent left between its entry and its start', async () => {
    const { inner, memberId } = await waitsForQueued()
    const { pause } = await resumeJourney(rig.db, WORKSPACE, inner)
    const { enrolment } = (await queuedEntries(rig.db, inner, 1))[0]!
    expect(await enrol(rig.db, enrolment)).toMatchObject({ fresh: true, memberId: enrolment.memberId })
    await leaves(memberId)
    expect(await rig.finished(memberId)).toBe('operator')
    await queued(inner, 1)
    await rig.temporal.startResume({ workspaceId: WORKSPACE, journeyId: inner, pause })
    await queued(inner, 0)
    expect(await rig.finished(enrolment.memberId!)).toBe('parent_exited')
  }, 60_000)

  test('enters by itself when the parent was moved away, also if that one has left', async () => {
    const { inner, outer, memberId } = await waitsForQueued()
    await rig.temporal.operate(memberId, { kind: 'move', id: 'm', to: 'after' })
    await becomes(outer, memberId, { tileId: 'after' })
    await leaves(memberId)
    await resumes(inner)
    const child = await childOf(memberId)
    await queued(inner, 0)
    expect(await getMember(rig.db, WORKSPACE, inner, child)).toMatchObject({ status: 'active' })
    await leaves(child)
  }, 60_000)
})

describe.each(['first', 'last'] as const)('a parent that is reset to after its %s task while it waits', (task) => {
  async function isReset() {
    const { inner, outer } = await pair()
    const memberId = await rig.enter({ journeyId: outer, customerId: `c-${outer}` })
    const child = await childOf(memberId)
    // The child is in the history, so that a reset to the last task is one to after its start.
    await eventually(
      async () => (await rig.temporal.client.workflow.getHandle(memberId).fetchHistory()).events ?? [],
      (events) =>
        events.some((each) => each.childWorkflowExecutionStartedEventAttributes) && !!events.at(-1)?.workflowTaskCompletedEventAttributes,
    )
    await resetMember(rig, memberId, task)
    if (task === 'first')
      await eventually(
        async () => (await rig.temporal.client.workflow.getHandle(child).fetchHistory()).events ?? [],
        (events) => events.some((each) => each.workflowExecutionSignaledEventAttributes?.signalName === 'watch'),
      )
    return { inner, outer, memberId, child }
  }

  test('waits on, and goes on when the child exits', async () => {
    const { outer, memberId, child } = await isReset()
    // Twice is as once.
    await resetMember(rig, memberId, task)
    await rig.temporal.operate(child, { kind: 'move', id: 'm', to: 'w' })
    expect(await getMember(rig.db, WORKSPACE, outer, memberId)).toMatchObject({ status: 'active', tileId: 'sub' })
    await leaves(child)
    await becomes(outer, memberId, { tileId: 'after' })
    await leaves(memberId)
  }, 60_000)

  test('goes on when the child is terminated', async () => {
    const { inner, outer, memberId, child } = await isReset()
    await rig.temporal.client.workflow.getHandle(child).terminate()
    await eventually(
      async () => {
        await reconcile(rig)
        return getMember(rig.db, WORKSPACE, inner, child)
      },
      ({ status }) => status === 'exited',
    )
    await becomes(outer, memberId, { tileId: 'after' })
    await leaves(memberId)
  }, 60_000)

  test('takes the child along when it leaves', async () => {
    const { memberId, child } = await isReset()
    await leaves(memberId)
    expect(await rig.finished(child)).toBe('parent_exited')
  }, 60_000)
})
