import { jest } from '@jest/globals'
import pg from 'pg'
import { startRouter, type Router } from '../../ingest/router.js'
import { mergeTraits } from '../../store/customers.js'
import { insertEvents } from '../../store/events.js'
import { customerChanged } from '../../ingest/react.js'
import { pauseJourney, resumeJourney } from '../../store/gate.js'
import { getMember } from '../../store/members.js'
import { entry, eventually, exit, hook, row, send, tile, wait } from '../support/canvas.js'
import { costPath } from '../support/paths.js'
import { startRig, WORKSPACE, type Rig } from '../support/rig.js'

/*
 * What a walk costs in Temporal: events in its history, and state transitions. An engine change that adds one fails here.
 * Beginning and end cost 5: started, the first workflow task (3), completed.
 */

// A busy machine can only add events: a wait that is over before its event is there, a workflow task that is asked for twice. A cost is what it is at best.
jest.retryTimes(2, { logErrorsBeforeRetry: true })

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

const ENDS = 5

async function walk(
  canvas: unknown,
  act?: (journeyId: string, memberId: string) => Promise<void>,
): Promise<{ events: number; transitions: number; customerId: string }> {
  const journeyId = await rig.launch(canvas)
  const customerId = `ada-${journeyId}`
  const soon = new Date().toISOString()
  await mergeTraits(rig.db, WORKSPACE, customerId, { name: 'Ada', email: 'ada@example.com', vip: true, soon })
  const memberId = await rig.enter({ journeyId, customerId })
  await act?.(journeyId, memberId)
  expect(await rig.finished(memberId)).toBe('completed')
  const handle = rig.temporal.client.workflow.getHandle(memberId)
  const { events } = await handle.fetchHistory()
  const described = await handle.describe()
  return { events: events!.length, transitions: Number(described.raw.workflowExecutionInfo?.stateTransitionCount), customerId }
}

const emit = (customerId: string, event: string) =>
  insertEvents(rig.db, WORKSPACE, [
    { messageId: crypto.randomUUID(), customerId, type: 'track', event, properties: {}, context: {}, timestamp: new Date() },
  ])

const at = (journeyId: string, memberId: string, tileId: string) =>
  eventually(
    () => getMember(rig.db, WORKSPACE, journeyId, memberId),
    (member) => member.tileId === tileId,
  )

/** Emits once the member has arrived at a tile. */
const emitAt = (tileId: string, event: string) => async (journeyId: string, memberId: string) => {
  const { customerId } = await at(journeyId, memberId, tileId)
  await emit(customerId, event)
  router.wake()
}

test('the path of eight tiles costs 34 events and 21 state transitions (the design allows 37)', async () => {
  const { events, transitions, customerId } = await walk(costPath())
  expect({ events, transitions }).toEqual({ events: 34, transitions: 21 })
  const sent = await rig.db.query<{ subject: string }>(
    `select fields ->> 'subject' as subject from sandbox_message where customer_id = $1 order by id`,
    [customerId],
  )
  expect(sent.map(({ subject }) => subject)).toEqual(['Welcome Ada', 'A gift for Ada', 'Goodbye Ada'])
}, 60_000)

test('the same path makes 16 round trips to the database: enrolment 1, sends 4 each (consent and caps in one) with the steps behind them, the branch 2, the event wait 1', async () => {
  const asked = jest.spyOn(pg.Pool.prototype, 'query')
  const journeyId = await rig.launch(costPath())
  await mergeTraits(rig.db, WORKSPACE, 'trip', { name: 'Trip', email: 'trip@example.com', vip: true })
  const memberId = await rig.enter({ journeyId, customerId: 'trip' })
  await rig.finished(memberId)
  const calls = asked.mock.calls as unknown as { text: string; values?: unknown[] }[][]
  const statements = calls.flatMap(([query]) => (query?.values?.includes(memberId) ? [query.text] : []))
  asked.mockRestore()
  expect({ count: statements.length, statements }).toMatchObject({ count: 16 })
}, 60_000)

test('the same path with the event costs no more', async () => {
  const { events } = await walk(costPath('PT2S'), emitAt('opened', 'email_opened'))
  expect(events).toBe(34)
}, 60_000)

test('criteria, a goal, a pause and a change of the profile cost nothing when they do not fire', async () => {
  const settings = {
    exitCriteria: [
      { name: 'Never', when: { trait: 'plan', op: 'eq', value: 'none' } },
      { name: 'Nor this', event: 'nothing', where: { property: 'total', op: 'gt', value: 1 } },
      { name: 'Old', after: 'PT30H' },
    ],
    goal: { name: 'Bought', event: 'bought' },
  }
  const { events, transitions } = await walk({ ...costPath('PT2S'), settings }, async (journeyId, memberId) => {
    const { customerId } = await at(journeyId, memberId, 'pause')
    await emit(customerId, 'something')
    await mergeTraits(rig.db, WORKSPACE, customerId, { plan: 'gold' })
    await customerChanged({ db: rig.db, temporal: rig.temporal }, WORKSPACE, customerId)
    await pauseJourney(rig.db, WORKSPACE, journeyId, 'test')
    await resumeJourney(rig.db, WORKSPACE, journeyId)
  })
  expect({ events, transitions }).toEqual({ events: 34, transitions: 21 })
}, 60_000)

const EVENT_WAIT = { kind: 'event', event: 'opened', timeout: 'PT1S' }
const both = [
  { from: 'w', port: 'met', to: 'done' },
  { from: 'w', port: 'timeout', to: 'done' },
]

const VIP = { trait: 'vip', op: 'eq', value: true }
const NEVER = { kind: 'condition', when: { trait: 'vip', op: 'eq', value: 'never' } }
const branch = (config: Record<string, unknown>) =>
  row(
    [entry(), tile('b', 'branch', config), exit()],
    [{ from: 'b', port: 'a', to: 'done' }, ...(config.kind === 'percentage' ? [] : [{ from: 'b', port: 'else', to: 'done' }])],
  )

const TABLE: [string, number, unknown, ((journeyId: string, memberId: string) => Promise<void>)?][] = [
  ['entry and exit', 1, row([entry(), exit()])],
  // A delivery makes the step behind it, too: the exit costs no event of its own.
  ['send', 6, row([entry(), send('s', 'Hi'), exit()])],
  [
    'webhook that fails and goes on',
    6,
    row([entry(), hook('s', 'http://127.0.0.1:1/', { onFailure: 'continue', retry: { maxAttempts: 1 } }), exit()]),
  ],
  ['wait by duration', 1 + 6, row([entry(), wait('w', { kind: 'duration', duration: 'PT0.2S' }), exit()])],
  ['wait by date, past', 1 + 1, row([entry(), wait('w', { kind: 'date', date: '2020-01-01' }), exit()])],
  ['wait for an event, timed out', 1 + 6, row([entry(), wait('w', EVENT_WAIT), exit()], both)],
  ['wait for an event, met', 1 + 6, row([entry(), wait('w', { ...EVENT_WAIT, timeout: 'PT20S' }), exit()], both), emitAt('w', 'opened')],
  ['wait by trait', 1 + 6, row([entry(), wait('w', { kind: 'trait', trait: 'soon', offset: 'PT0.2S' }), exit()])],
  ['wait for a condition, timed out', 1 + 6, row([entry(), wait('w', { ...NEVER, timeout: 'PT0.2S' }), exit()], both)],
  ['wait for a condition, met on arrival', 1 + 1, row([entry(), wait('w', { kind: 'condition', when: VIP }), exit()], both)],
  ['branch by percentage', 1 + 1, branch({ kind: 'percentage', paths: [{ id: 'a', weight: 100 }] })],
  ['branch by condition', 1 + 1, branch({ kind: 'condition', paths: [{ id: 'a', when: VIP }] })],
  ['branch by time', 1 + 1, branch({ kind: 'time', paths: [{ id: 'a', from: '00:00', to: '23:59' }] })],
  ['profile update', 1 + 1, row([entry(), tile('u', 'updateProfile', { changes: [{ op: 'set', trait: 'seen', value: true }] }), exit()])],
]
for (const [name, cost, canvas, act] of TABLE) {
  test(`${name}: ${cost} events beyond the ends`, async () => {
    expect((await walk(canvas, act)).events - ENDS).toBe(cost)
  }, 60_000)
}

test('wait for a time of day: 7 events beyond the ends', async () => {
  // The next full minute, so at most one to wait.
  const time = new Date(Date.now() + 60_000).toISOString().slice(11, 16)
  const { events } = await walk(row([entry(), wait('w', { kind: 'time', time, timezone: 'UTC' }), exit()]))
  expect(events - ENDS).toBe(1 + 6)
}, 120_000)

test.each([
  // Its step, and the child's start: initiated, started, a workflow task (3).
  ['continue', 1 + 1 + 5],
  // Besides, its end and a workflow task.
  ['wait', 1 + 1 + 5 + 4],
])(
  'sub-orchestration, %s: %d events beyond the ends',
  async (mode, cost) => {
    const inner = await rig.launch(row([entry(), wait('w', { kind: 'duration', duration: 'PT0.2S' }), exit()]))
    const { events } = await walk(row([entry(), tile('s', 'subOrchestration', { orchestrationId: inner, mode }), exit()]))
    expect(events - ENDS).toBeLessThanOrEqual(cost)
  },
  60_000,
)
