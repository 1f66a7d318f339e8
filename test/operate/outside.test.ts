import { getMember } from '../../store/members.js'
import { journeyStats } from '../../store/stats.js'
import { memberTimeline } from '../../store/timeline.js'
import { reconcile, startReconciler } from '../../worker/reconcile.js'
import { entry, eventually, exit, hook, row, send, tile, wait } from '../support/canvas.js'
import { startHooks, type Hooks } from '../support/hooks.js'
import { resetMember } from '../support/reset.js'
import { startRig, WORKSPACE, type Rig } from '../support/rig.js'

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
const handle = (id: string) => rig.temporal.client.workflow.getHandle(id)
const memberOf = (journeyId: string, id: string) => getMember(rig.db, WORKSPACE, journeyId, id)
const becomes = (journeyId: string, id: string, status: string, tileId?: string) =>
  eventually(
    () => memberOf(journeyId, id),
    (member) => member.status === status && (tileId === undefined || member.tileId === tileId),
  )

/** Looks until the member has left, for Temporal's list is behind. */
const noticed = (journeyId: string, id: string) =>
  eventually(
    async () => {
      await reconcile(rig)
      return memberOf(journeyId, id)
    },
    ({ status }) => status === 'exited',
  )

/** Resets a member's workflow to after its first task. */
const reset = (id: string) => resetMember(rig, id)

test('a terminated member is marked exited, with its timeline and its counts right', async () => {
  const journeyId = await rig.launch(row([entry(), wait('w', DAY), exit()]))
  const [gone, stays] = await Promise.all([rig.enter({ journeyId, customerId: 't1' }), rig.enter({ journeyId, customerId: 't2' })])
  await becomes(journeyId, gone, 'active', 'w')
  await becomes(journeyId, stays, 'active', 'w')
  // A run can be reset to after a task of it only.
  await eventually(
    async () => (await handle(gone).fetchHistory()).events ?? [],
    (events) => events.some((event) => event.workflowTaskCompletedEventAttributes),
  )
  await handle(gone).terminate('by hand')
  expect(await noticed(journeyId, gone)).toMatchObject({ exitReason: 'terminated', tileId: 'w', exitedAt: expect.any(Date) })
  expect((await memberTimeline(rig.db, WORKSPACE, gone, {})).data.at(-1)).toMatchObject({
    event: 'exited',
    tileId: 'w',
    reason: 'terminated',
  })
  const stats = await journeyStats(rig.db, WORKSPACE, journeyId)
  expect(stats.members).toMatchObject({ entered: 2, active: 1, exited: 1 })
  expect(stats.tiles.w).toMatchObject({ entered: 2, left: 1, here: 1 })
  // A reset of one that is marked changes nothing.
  await reset(gone)
  expect(await rig.finished(gone)).toBe('terminated')
  expect(await memberOf(journeyId, gone)).toMatchObject({ status: 'exited', exitReason: 'terminated' })
  expect(await memberOf(journeyId, stays)).toMatchObject({ status: 'active' })
  await rig.temporal.operate(stays, { kind: 'exit', id: 'end' })
}, 60_000)

test('it is noticed by itself, once for all processes', async () => {
  const journeyId = await rig.launch(row([entry(), wait('w', DAY), exit()]))
  const id = await rig.enter({ journeyId, customerId: 'by-itself' })
  await becomes(journeyId, id, 'active', 'w')
  await handle(id).terminate()
  const errors: unknown[] = []
  const running = [1, 2].map(() => startReconciler(rig, { everyMs: 500, onError: (error) => errors.push(error) }))
  await becomes(journeyId, id, 'exited')
  await Promise.all(running.map((each) => each.stop()))
  expect(errors).toEqual([])
  expect(await rig.db.query(`select 1 from incident where member_id = $1 and kind = 'exited'`, [id])).toHaveLength(1)
  // A look that began just now is enough.
  await reconcile(rig)
  const [before] = await rig.db.query<{ at: Date }>('select claimed_at as at from reconciliation')
  expect(await reconcile(rig, 60_000)).toBe(0)
  expect(await rig.db.query('select claimed_at as at from reconciliation')).toEqual([before])
}, 60_000)

test('a member whose workflow is cancelled leaves by itself, with what it waits for', async () => {
  const journeyId = await rig.launch(row([entry(), wait('w', DAY), exit()]))
  const id = await rig.enter({ journeyId, customerId: 'cancelled' })
  await becomes(journeyId, id, 'active', 'w')
  await handle(id).cancel()
  expect(await rig.finished(id)).toBe('cancelled')
  expect(await memberOf(journeyId, id)).toMatchObject({ status: 'exited', exitReason: 'cancelled' })
}, 60_000)

test('the child that a terminated parent waited for leaves too; one that it did not wait for stays', async () => {
  const inner = await rig.launch(row([entry(), wait('w', DAY), exit()]))
  const sub = (mode: string) =>
    row([entry(), tile('sub', 'subOrchestration', { orchestrationId: inner, mode }), wait('after', DAY), exit()])
  const childOf = (parent: string) =>
    eventually(
      () => rig.db.one<{ id: string; tile: string }>('select id, tile_id as tile from member where parent_member_id = $1', [parent]),
      (found) => found?.tile === 'w',
    )
  const [waiting, continuing] = await Promise.all([rig.launch(sub('wait')), rig.launch(sub('continue'))])
  const [waits, walks] = await Promise.all([
    rig.enter({ journeyId: waiting, customerId: 'p1' }),
    rig.enter({ journeyId: continuing, customerId: 'p2' }),
  ])
  const [taken, left] = [await childOf(waits), await childOf(walks)]
  await becomes(continuing, walks, 'active', 'after')
  for (const id of [waits, walks]) await handle(id).terminate()
  expect(await noticed(waiting, waits)).toMatchObject({ exitReason: 'terminated', tileId: 'sub' })
  await noticed(continuing, walks)
  expect(await rig.finished(taken!.id)).toBe('parent_exited')
  expect(await memberOf(inner, left!.id)).toMatchObject({ status: 'active' })
  await rig.temporal.operate(left!.id, { kind: 'exit', id: 'end' })
}, 60_000)

test('a member that was reset never sends again what it sent, is not taken for terminated, and ends right', async () => {
  const journeyId = await rig.launch(
    row([entry(), hook('call', hooks.url), send('hello', 'Hello'), wait('w', DAY), send('bye', 'Bye'), exit()]),
  )
  const id = await rig.enter({ journeyId, customerId: 'reset' })
  await becomes(journeyId, id, 'active', 'w')
  await reset(id)
  // The run that was reset closed as terminated: Temporal's list has it.
  const query = `WorkflowId = '${id}' AND ExecutionStatus = 'Terminated'`
  await eventually(
    async () => (await rig.temporal.client.workflow.count(query)).count,
    (count) => count === 1,
  )
  expect(await reconcile(rig)).toBe(0)
  await reset(id)
  expect(await memberOf(journeyId, id)).toMatchObject({ status: 'active', tileId: 'w' })
  await rig.temporal.operate(id, { kind: 'move', id: 'on', to: 'bye' })
  expect(await rig.finished(id)).toBe('completed')
  // Also when all of it is over.
  await reset(id)
  expect(await rig.finished(id)).toBe('completed')
  expect(hooks.ids.filter((key) => key.startsWith(id))).toHaveLength(1)
  const sent = await rig.db.query<{ tileId: string }>(`select tile_id as "tileId" from sandbox_message where member_id = $1 order by id`, [
    id,
  ])
  expect(sent.map(({ tileId }) => tileId)).toEqual(['hello', 'bye'])
  const { tiles, members } = await journeyStats(rig.db, WORKSPACE, journeyId)
  expect(members).toMatchObject({ entered: 1, exited: 1 })
  for (const each of Object.values(tiles)) expect(each).toMatchObject({ entered: 1, left: 1, here: 0 })
}, 60_000)
