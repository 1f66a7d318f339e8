import { startRouter, type Router } from '../../ingest/router.js'
import { mergeTraits } from '../../store/customers.js'
import { insertEvents } from '../../store/events.js'
import { getMember } from '../../store/members.js'
import { entry, eventually, exit, hook, row, send, tile, wait } from '../support/canvas.js'
import { costPath } from '../support/paths.js'
import { startRig, WORKSPACE, type Rig } from '../support/rig.js'

/*
 * What a walk costs in Temporal: events in its history, and state transitions. An engine change that adds one fails here.
 * Beginning and end cost 5: started, the first workflow task (3), completed.
 */

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
  await mergeTraits(rig.db, WORKSPACE, customerId, { name: 'Ada', email: 'ada@example.com', vip: true })
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

/** Emits once the member has arrived at a tile. */
const emitAt = (tileId: string, event: string) => async (journeyId: string, memberId: string) => {
  const { customerId } = await eventually(
    () => getMember(rig.db, WORKSPACE, journeyId, memberId),
    (member) => member.tileId === tileId,
  )
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

test('the same path with the event costs no more', async () => {
  const { events } = await walk(costPath('PT2S'), emitAt('opened', 'email_opened'))
  expect(events).toBe(34)
}, 60_000)

const EVENT_WAIT = { kind: 'event', event: 'opened', timeout: 'PT1S' }
const both = [
  { from: 'w', port: 'met', to: 'done' },
  { from: 'w', port: 'timeout', to: 'done' },
]

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
  [
    'branch',
    1 + 1,
    row(
      [entry(), tile('b', 'branch', { kind: 'percentage', paths: [{ id: 'a', weight: 100 }] }), exit()],
      [{ from: 'b', port: 'a', to: 'done' }],
    ),
  ],
  ['profile update', 1 + 1, row([entry(), tile('u', 'updateProfile', { changes: [{ op: 'set', trait: 'seen', value: true }] }), exit()])],
]
for (const [name, cost, canvas, act] of TABLE) {
  test(`${name}: ${cost} events beyond the ends`, async () => {
    expect((await walk(canvas, act)).events - ENDS).toBe(cost)
  }, 60_000)
}
