import { startRouter, type Router } from '../../ingest/router.js'
import { newId } from '../../model/ids.js'
import { insertEvents } from '../../store/events.js'
import { entry, eventually, exit, hook, row, send, tile, wait } from '../support/canvas.js'
import { startRig, WORKSPACE, type Rig } from '../support/rig.js'

/* What Temporal's Web UI shows of a member: who and where it is, in words, and each timer and activity under the name of its tile. */

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

const handleOf = (memberId: string) => rig.temporal.client.workflow.getHandle(memberId)

/** What the UI asks for its tab User Metadata. */
const details = async (memberId: string): Promise<string> =>
  (await handleOf(memberId).query<{ currentDetails: string }>('__temporal_workflow_metadata')).currentDetails

const says = (memberId: string, text: string) =>
  eventually(
    () => details(memberId),
    (now) => now === text,
  )

/** Summaries in a history, in order, each once. */
async function summaries(memberId: string): Promise<string[]> {
  const { events } = await handleOf(memberId).fetchHistory()
  const found = (events ?? []).flatMap(({ userMetadata }) => {
    const data = userMetadata?.summary?.data
    return data ? [JSON.parse(Buffer.from(data).toString()) as string] : []
  })
  return [...new Set(found)]
}

const named = <T extends { id: string }>(part: T, name: string): T & { name: string } => ({ ...part, name })

/** Ids of the members that a filter of the UI finds; visibility lags. */
const filtered = (query: string, n: number) =>
  eventually(
    async () => {
      const found: string[] = []
      for await (const { workflowId } of rig.temporal.client.workflow.list({ query })) found.push(workflowId)
      return found
    },
    (found) => found.length === n,
  )

test('a walk reads well: summaries by the names of tiles, details in words, filters by orchestration, version and customer', async () => {
  const canvas = row(
    [
      entry(),
      named(send('hello', 'Hello'), 'Say hello'),
      named(wait('order', { kind: 'event', event: 'ordered', timeout: 'P1D' }), 'An order within a day'),
      named(tile('mark', 'updateProfile', { changes: [{ op: 'set', trait: 'bought', value: true }] }), 'Remember it'),
      exit(),
      exit('late', 'late'),
    ],
    [
      { from: 'order', port: 'met', to: 'mark' },
      { from: 'order', port: 'timeout', to: 'late' },
      { from: 'mark', to: 'done' },
    ],
  )
  const journeyId = await rig.launch(canvas, 'Welcome')
  const customerId = newId('evt')
  const memberId = await rig.enter({ journeyId, customerId })
  await says(memberId, "Waits at 'An order within a day'")
  const event = { messageId: newId('evt'), customerId, type: 'track' as const, event: 'ordered', properties: {}, context: {} }
  await insertEvents(rig.db, WORKSPACE, [{ ...event, timestamp: new Date() }])
  router.wake()
  expect(await rig.finished(memberId)).toBe('completed')

  expect(await summaries(memberId)).toEqual(['Welcome v1', 'Say hello', 'An order within a day', 'Remember it', 'done'])
  const described = await handleOf(memberId).describe()
  expect(await described.staticSummary()).toBe('Welcome v1')
  expect(described.searchAttributes).toMatchObject({ OrchestrationId: [journeyId], OrchestrationVersion: [1], CustomerId: [customerId] })
  expect(described.priority?.fairnessKey).toBe(journeyId)
  for (const query of [`OrchestrationId = '${journeyId}' and OrchestrationVersion = 1`, `CustomerId = '${customerId}'`])
    expect(await filtered(query, 1)).toEqual([memberId])
}, 60_000)

test('a parked member says where and why, and is found by its status until it goes on', async () => {
  const canvas = row([
    entry(),
    named(hook('call', 'http://127.0.0.1:1/', { retry: { maxAttempts: 1 } }), 'Call the shop'),
    named(wait('rest', { kind: 'duration', duration: 'P1D' }), 'A rest'),
    exit(),
  ])
  const journeyId = await rig.launch(canvas)
  const memberId = await rig.enter({ journeyId, customerId: 'parker' })
  await eventually(
    () => details(memberId),
    (now) => now.startsWith("Parked at 'Call the shop': "),
  )
  const parked = `OrchestrationId = '${journeyId}' and TileworkStatus = 'parked'`
  expect(await filtered(parked, 1)).toEqual([memberId])
  await rig.temporal.operate(memberId, { kind: 'skip', id: 's1' })
  await says(memberId, "Waits at 'A rest'")
  await filtered(parked, 0)
  await rig.temporal.operate(memberId, { kind: 'exit', id: 'x1' })
  expect(await rig.finished(memberId)).toBe('operator')
}, 60_000)
