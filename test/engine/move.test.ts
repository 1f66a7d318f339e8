import { insertEvents } from '../../store/events.js'
import { getMember } from '../../store/members.js'
import { journeyStats } from '../../store/stats.js'
import { memberTimeline } from '../../store/timeline.js'
import { entry, eventually, exit, hook, row, send, tile, wait } from '../support/canvas.js'
import { startRig, WORKSPACE, type Rig } from '../support/rig.js'

let rig: Rig
beforeAll(async () => {
  rig = await startRig()
}, 60_000)
afterAll(() => rig?.stop())

async function enters(customerId: string, canvas: unknown) {
  const journeyId = await rig.launch(canvas)
  const memberId = await rig.enter({ journeyId, customerId })
  const member = () => getMember(rig.db, WORKSPACE, journeyId, memberId)
  const becomes = (status: string, tileId?: string) =>
    eventually(member, (found) => found.status === status && (tileId === undefined || found.tileId === tileId))
  return { journeyId, memberId, becomes }
}

const DAY = { kind: 'duration', duration: 'P1D' }

test('an operator moves a member that waits; the journal says so, and the counts stay right', async () => {
  const { journeyId, memberId, becomes } = await enters('moved', row([entry(), wait('w', DAY), wait('x', DAY), send('bye', 'Bye'), exit()]))
  await becomes('active', 'w')
  await rig.temporal.operate(memberId, { kind: 'move', id: 'm1', to: 'bye', reason: 'they asked' })
  expect(await rig.finished(memberId)).toBe('completed')
  const stats = await journeyStats(rig.db, WORKSPACE, journeyId)
  expect(stats.tiles).toMatchObject({ w: { entered: 1, left: 1, here: 0 }, x: { entered: 0 }, bye: { entered: 1, left: 1, here: 0 } })
  const { data } = await memberTimeline(rig.db, WORKSPACE, memberId, {})
  expect(data).toContainEqual(expect.objectContaining({ event: 'moved', tileId: 'w', to: 'bye', reason: 'they asked' }))
}, 30_000)

test('a wait that a member is moved to is reckoned from when the one before it began', async () => {
  const { memberId, becomes } = await enters(
    'reckoned',
    row([entry(), wait('w', DAY), wait('x', { kind: 'duration', duration: 'PT1S' }), exit()]),
  )
  await becomes('active', 'w')
  const step = (tileId: string) =>
    rig.db.one<{ at: Date; until: number }>(
      `select arrived_at as at, (decision ->> 'until')::float8 as until from step where member_id = $1 and tile_id = $2`,
      [memberId, tileId],
    )
  const began = (await step('w'))!.at.getTime()
  await rig.temporal.operate(memberId, { kind: 'move', id: 'm1', to: 'x' })
  expect(await rig.finished(memberId)).toBe('completed')
  expect((await step('x'))!.until).toBe(began + 1_000)
}, 30_000)

test('a wait for an event that a member is moved to is met by one that came since the wait before it began', async () => {
  const { memberId, becomes } = await enters(
    'met-before',
    row(
      [entry(), wait('w', DAY), wait('x', { kind: 'event', event: 'clicked' }), exit()],
      [
        { from: 'x', port: 'met', to: 'done' },
        { from: 'x', port: 'timeout', to: 'done' },
      ],
    ),
  )
  await becomes('active', 'w')
  await insertEvents(rig.db, WORKSPACE, [
    { messageId: 'c-1', customerId: 'met-before', type: 'track', event: 'clicked', properties: {}, context: {}, timestamp: new Date() },
  ])
  await rig.temporal.operate(memberId, { kind: 'move', id: 'm1', to: 'x' })
  expect(await rig.finished(memberId)).toBe('completed')
}, 30_000)

test('a parked member is moved, and back to the tile where it was: another visit', async () => {
  const { memberId, becomes } = await enters(
    'parked-moved',
    row([entry(), hook('call', 'http://127.0.0.1:1/', { retry: { maxAttempts: 1 } }), wait('w', DAY), exit()]),
  )
  await becomes('parked')
  await rig.temporal.operate(memberId, { kind: 'move', id: 'm1', to: 'w' })
  await becomes('active', 'w')
  await rig.temporal.operate(memberId, { kind: 'move', id: 'm2', to: 'call' })
  await becomes('parked', 'call')
  await rig.temporal.operate(memberId, { kind: 'move', id: 'm3', to: 'done' })
  expect(await rig.finished(memberId)).toBe('completed')
  const keys = await rig.db.query<{ key: string }>('select key from delivery where member_id = $1 order by key', [memberId])
  expect(keys.map(({ key }) => key)).toEqual([`${memberId}:call:1`, `${memberId}:call:2`])
}, 30_000)

test('a member that is moved away from where it was parked is not parked any more: to retry it is refused', async () => {
  const failing = (id: string, retry: unknown) => hook(id, 'http://127.0.0.1:1/', { retry })
  const slowly = { maxAttempts: 5, initialInterval: 'PT20S', maxInterval: 'PT20S' }
  const { memberId, becomes } = await enters(
    'not-parked',
    row([entry(), failing('call', { maxAttempts: 1 }), failing('again', slowly), exit()]),
  )
  await becomes('parked', 'call')
  await rig.temporal.operate(memberId, { kind: 'move', id: 'm1', to: 'again' })
  await becomes('active', 'again')
  await expect(rig.temporal.operate(memberId, { kind: 'retry', id: 'r1' })).rejects.toMatchObject({ extra: { status: 'active' } })
  await rig.temporal.operate(memberId, { kind: 'exit', id: 'e1', reason: 'operator' })
  expect(await rig.finished(memberId)).toBe('operator')
}, 30_000)

test('a repeated move is one', async () => {
  const { memberId, becomes } = await enters('twice', row([entry(), wait('w', DAY), wait('x', DAY), exit()]))
  await becomes('active', 'w')
  await rig.temporal.operate(memberId, { kind: 'move', id: 'm1', to: 'x' })
  await rig.temporal.operate(memberId, { kind: 'move', id: 'm1', to: 'x' })
  await becomes('active', 'x')
  const visits = await rig.db.query(`select 1 from step where member_id = $1 and tile_id = 'x'`, [memberId])
  expect(visits).toHaveLength(1)
  await rig.temporal.operate(memberId, { kind: 'exit', id: 'e1' })
}, 30_000)

test('moved away from a child that it waits for, the child walks on', async () => {
  const inner = await rig.launch(row([entry(), wait('w', DAY), exit()]))
  const sub = tile('sub', 'subOrchestration', { orchestrationId: inner, mode: 'wait' })
  const { memberId, becomes } = await enters('away', row([entry(), sub, exit()]))
  await becomes('active', 'sub')
  const child = await eventually(
    () => rig.db.one<{ id: string; tile: string }>('select id, tile_id as tile from member where parent_member_id = $1', [memberId]),
    (found) => found?.tile === 'w',
  )
  await rig.temporal.operate(memberId, { kind: 'move', id: 'm1', to: 'done' })
  expect(await rig.finished(memberId)).toBe('completed')
  await rig.temporal.operate(child!.id, { kind: 'exit', id: 'e1', reason: 'operator' })
  expect(await rig.finished(child!.id)).toBe('operator')
}, 30_000)
