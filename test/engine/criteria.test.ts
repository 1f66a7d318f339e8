import { startRouter, type Router } from '../../ingest/router.js'
import { mergeTraits } from '../../store/customers.js'
import { insertEvents } from '../../store/events.js'
import { pauseJourney } from '../../store/gate.js'
import { getMember } from '../../store/members.js'
import { memberTimeline } from '../../store/timeline.js'
import { entry, eventually, exit, hook, row, send, tile, wait } from '../support/canvas.js'
import { startRig, WORKSPACE, type Rig } from '../support/rig.js'

let rig: Rig
let router: Router
beforeAll(async () => {
  rig = await startRig()
  router = startRouter({ db: rig.db, temporal: rig.temporal })
}, 60_000)
afterAll(async () => {
  await router?.stop()
  await rig?.stop()
})

const DAY = wait('w', { kind: 'duration', duration: 'P1D' })
const canvas = (settings: unknown, tiles = [entry(), DAY, exit()]) => ({ ...row(tiles), settings })

const happens = (customerId: string, event: string, properties: Record<string, unknown> = {}, type: 'track' | 'identify' = 'track') =>
  insertEvents(rig.db, WORKSPACE, [
    { messageId: crypto.randomUUID(), customerId, type, event, properties, context: {}, timestamp: new Date() },
  ]).finally(() => router.wake())

async function enters(customerId: string, settings: unknown, tiles?: Parameters<typeof canvas>[1]) {
  const journeyId = await rig.launch(canvas(settings, tiles))
  const memberId = await rig.enter({ journeyId, customerId })
  const member = () => getMember(rig.db, WORKSPACE, journeyId, memberId)
  const becomes = (status: string, tileId?: string) =>
    eventually(member, (found) => found.status === status && (tileId === undefined || found.tileId === tileId))
  return { journeyId, memberId, member, becomes }
}

test('an event takes the member out of its wait, and the timeline says which', async () => {
  const { memberId, member, becomes } = await enters('unsubscriber', {
    exitCriteria: [{ name: 'Left us', event: 'unsubscribed', where: { property: 'list', op: 'eq', value: 'all' } }],
  })
  await becomes('active', 'w')
  await happens('unsubscriber', 'unsubscribed', { list: 'news' })
  await happens('unsubscriber', 'unsubscribed', { list: 'all' })
  expect(await rig.finished(memberId)).toBe('Left us')
  expect(await member()).toMatchObject({ status: 'exited', exitReason: 'Left us', converted: false, tileId: 'w' })
  const { data } = await memberTimeline(rig.db, WORKSPACE, memberId, {})
  expect(data).toContainEqual(expect.objectContaining({ event: 'decided', reason: 'Left us', reads: { 'event.list': 'all' } }))
  expect(data.at(-1)).toMatchObject({ event: 'exited', reason: 'Left us', cause: { criterion: 'Left us', eventId: expect.any(String) } })
}, 30_000)

test('the goal converts, by a condition on traits, also while the member is held', async () => {
  const { journeyId, memberId, member, becomes } = await enters(
    'buyer',
    { goal: { name: 'Became gold', when: { trait: 'plan', op: 'eq', value: 'gold' } } },
    [entry(), wait('w', { kind: 'duration', duration: 'PT0.3S' }), send('hello', 'Hello'), exit()],
  )
  await pauseJourney(rig.db, WORKSPACE, journeyId, 'test')
  await becomes('held')
  await happens('buyer', '$identify', { plan: 'gold' }, 'identify')
  expect(await rig.finished(memberId)).toBe('Became gold')
  expect(await member()).toMatchObject({ converted: true })
}, 30_000)

test('an event that fulfils the goal and an exit criterion converts: the goal comes first', async () => {
  const { memberId, member, becomes } = await enters('both', {
    goal: { name: 'Bought', when: { event: 'bought', op: 'performed' } },
    exitCriteria: [{ name: 'Any purchase', event: 'bought' }],
  })
  await becomes('active', 'w')
  await happens('both', 'bought')
  expect(await rig.finished(memberId)).toBe('Bought')
  expect(await member()).toMatchObject({ converted: true })
}, 30_000)

test('a criterion that holds on arrival takes the member out at its first step; nothing is sent', async () => {
  await mergeTraits(rig.db, WORKSPACE, 'already', { plan: 'gold' })
  const settings = { exitCriteria: [{ name: 'Gold', when: { trait: 'plan', op: 'eq', value: 'gold' } }] }
  const { memberId } = await enters('already', settings, [entry(), send('hello', 'Hello'), exit()])
  expect(await rig.finished(memberId)).toBe('Gold')
  const sent = await rig.db.query(`select 1 from sandbox_message where customer_id = 'already'`)
  expect(sent).toHaveLength(0)
}, 30_000)

test('age takes the member out of a wait and out of parking', async () => {
  const settings = { exitCriteria: [{ name: 'Too old', after: 'PT1.5S' }] }
  const waiting = await enters('old-waiter', settings)
  const parked = await enters('old-parked', settings, [entry(), hook('call', 'http://127.0.0.1:1/', { retry: { maxAttempts: 1 } }), exit()])
  await parked.becomes('parked')
  expect(await rig.finished(waiting.memberId)).toBe('Too old')
  expect(await rig.finished(parked.memberId)).toBe('Too old')
}, 30_000)

test('between two attempts, not in one', async () => {
  const retry = { maxAttempts: 5, initialInterval: 'PT20S', maxInterval: 'PT20S' }
  const settings = { exitCriteria: [{ name: 'Done', event: 'done' }] }
  const { memberId } = await enters('retrying', settings, [entry(), hook('call', 'http://127.0.0.1:1/', { retry }), exit()])
  await eventually(
    () => rig.db.one<{ state: string }>('select state from delivery where member_id = $1', [memberId]),
    (delivery) => delivery?.state === 'pending',
  )
  await happens('retrying', 'done')
  expect(await rig.finished(memberId)).toBe('Done')
}, 15_000)

test('a parent that leaves takes along the child that it waits for', async () => {
  const inner = await rig.launch(row([entry(), DAY, exit()]))
  const sub = tile('sub', 'subOrchestration', { orchestrationId: inner, mode: 'wait' })
  const { memberId, becomes } = await enters('parent', { exitCriteria: [{ name: 'Done', event: 'done' }] }, [entry(), sub, exit()])
  await becomes('active', 'sub')
  const child = await eventually(
    () => rig.db.one<{ id: string; tile: string }>('select id, tile_id as tile from member where parent_member_id = $1', [memberId]),
    (found) => found?.tile === 'w',
  )
  await happens('parent', 'done')
  expect(await rig.finished(memberId)).toBe('Done')
  expect(await rig.finished(child!.id)).toBe('parent_exited')
}, 30_000)

test('a profile update in one orchestration ends a wait in another', async () => {
  const waiting = await rig.launch(
    row(
      [entry(), wait('gold', { kind: 'condition', when: { trait: 'plan', op: 'eq', value: 'gold' } }), exit(), exit('late', 'late')],
      [
        { from: 'gold', port: 'met', to: 'done' },
        { from: 'gold', port: 'timeout', to: 'late' },
      ],
    ),
  )
  const memberId = await rig.enter({ journeyId: waiting, customerId: 'promoted' })
  await eventually(
    () => getMember(rig.db, WORKSPACE, waiting, memberId),
    ({ tileId }) => tileId === 'gold',
  )
  const update = tile('u', 'updateProfile', { changes: [{ op: 'set', trait: 'plan', value: 'gold' }] })
  const promoting = await rig.launch(row([entry(), update, exit()]))
  await rig.enter({ journeyId: promoting, customerId: 'promoted' })
  expect(await rig.finished(memberId)).toBe('completed')
}, 30_000)

describe('what time alone makes true', () => {
  const soon = (ms: number) => new Date(Date.now() + ms).toISOString()

  test('ends a condition wait, and one that was re-armed by another trait', async () => {
    const canvas = row(
      [
        entry(),
        wait('near', { kind: 'condition', when: { trait: 'renewal', op: 'withinNext', value: 'P1D' } }),
        exit(),
        exit('late', 'late'),
      ],
      [
        { from: 'near', port: 'met', to: 'done' },
        { from: 'near', port: 'timeout', to: 'late' },
      ],
    )
    const day = 86_400_000
    await mergeTraits(rig.db, WORKSPACE, 'renews', { renewal: soon(day + 1_500) })
    await mergeTraits(rig.db, WORKSPACE, 'renews-later', { renewal: soon(9 * day) })
    const journeyId = await rig.launch(canvas)
    const first = await rig.enter({ journeyId, customerId: 'renews' })
    const second = await rig.enter({ journeyId, customerId: 'renews-later' })
    expect(await rig.finished(first)).toBe('completed')
    await happens('renews-later', '$identify', { renewal: soon(day + 1_500) }, 'identify')
    expect(await rig.finished(second)).toBe('completed')
  }, 30_000)

  test('takes a member out when an event is too long ago', async () => {
    await happens('fades', 'visited')
    const settings = { exitCriteria: [{ name: 'Silent', when: { event: 'visited', op: 'notPerformed', within: 'PT2S' } }] }
    const { memberId, becomes } = await enters('fades', settings)
    await becomes('active', 'w')
    expect(await rig.finished(memberId)).toBe('Silent')
  }, 30_000)
})
