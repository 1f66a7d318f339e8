import { startRouter, type Router } from '../../ingest/router.js'
import { pauseJourney, resumeJourney } from '../../store/gate.js'
import { mergeTraits } from '../../store/customers.js'
import { insertEvents } from '../../store/events.js'
import { getMember } from '../../store/members.js'
import { entry, eventually, exit, row, send, tile, wait } from '../support/canvas.js'
import { startRig, WORKSPACE, type Rig } from '../support/rig.js'

/*
 * Members that live so long that their histories grow full: they go on in a new run at the boundary between two tiles, and nobody else sees a
 * difference. The server of the tests calls a history full at 200 events (test/setup/global-setup.ts).
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

/** Waits for an event and counts it, until it has counted so many. */
const rounds = (count: number) =>
  row(
    [
      entry(),
      wait('w', { kind: 'event', event: 'tick' }),
      tile('up', 'updateProfile', { changes: [{ op: 'increment', trait: 'n', by: 1 }] }),
      tile('again', 'branch', { kind: 'condition', paths: [{ id: 'yes', when: { trait: 'n', op: 'lt', value: count } }] }),
      send('bye', '{{ customer.traits.n }} rounds'),
      exit(),
      exit('late', 'late'),
    ],
    [
      { from: 'w', port: 'met', to: 'up' },
      { from: 'w', port: 'timeout', to: 'late' },
      { from: 'again', port: 'yes', to: 'w' },
      { from: 'again', port: 'else', to: 'bye' },
    ],
  )

let customers = 0
async function start(canvas: unknown): Promise<Walker> {
  const journeyId = await rig.launch(canvas)
  const customerId = `long-${++customers}`
  await mergeTraits(rig.db, WORKSPACE, customerId, { n: 0 })
  return { journeyId, customerId, memberId: await rig.enter({ journeyId, customerId }) }
}
interface Walker {
  journeyId: string
  memberId: string
  customerId: string
}

const arrives = (memberId: string, round: number) =>
  eventually(
    () => visitsOf(memberId, 'w'),
    (visits) => visits.length === round,
  )

/** Has the event come in one round after another, each once the member waits for it. */
async function tick({ memberId, customerId }: Walker, from: number, to: number): Promise<void> {
  for (let round = from; round <= to; round++) {
    await arrives(memberId, round)
    await insertEvents(rig.db, WORKSPACE, [
      {
        messageId: crypto.randomUUID(),
        customerId,
        type: 'track',
        event: 'tick',
        properties: { round },
        context: {},
        timestamp: new Date(),
      },
    ])
    router.wake()
  }
}

/** How many runs a member's workflow has had, first to last. */
async function runsOf(memberId: string): Promise<number> {
  const { client } = rig.temporal
  const runs = new Set<string>()
  for (let runId: string | undefined = (await client.workflow.getHandle(memberId).describe()).runId; runId;) {
    runs.add(runId)
    const { events } = await client.workflow.getHandle(memberId, runId).fetchHistory()
    expect(events!.length).toBeLessThan(260)
    runId = events![0]!.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? undefined
  }
  return runs.size
}

const visitsOf = async (memberId: string, tileId: string): Promise<number[]> =>
  (
    await rig.db.query<{ visit: number }>('select visit from step where member_id = $1 and tile_id = $2 order by visit', [memberId, tileId])
  ).map(({ visit }) => visit)

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)

test('a loop goes on over several runs: every event once the member has arrived is met, visits are counted on, nothing is made twice', async () => {
  const walker = await start(rounds(60))
  await tick(walker, 1, 60)
  expect(await rig.finished(walker.memberId)).toBe('completed')
  expect(await runsOf(walker.memberId)).toBeGreaterThanOrEqual(3)
  const met = await rig.db.query<{ visit: number; round: number }>(
    `select visit, (output -> 'properties' ->> 'round')::int as round from step where member_id = $1 and tile_id = 'w' order by visit`,
    [walker.memberId],
  )
  expect(met).toEqual(upTo(60).map((round) => ({ visit: round, round })))
  const sent = await rig.db.query(`select fields ->> 'subject' as subject from sandbox_message where customer_id = $1`, [walker.customerId])
  expect(sent).toEqual([{ subject: '60 rounds' }])
}, 60_000)

test('pauses, resumes and an exit reach whichever run the member is in', async () => {
  const walker = await start(rounds(1000))
  const { journeyId, memberId } = walker
  let next = 1
  for (const round of [20, 45, 70]) {
    await tick(walker, next, round - 1)
    next = round + 1
    await arrives(memberId, round)
    await pauseJourney(rig.db, WORKSPACE, journeyId, 'test')
    await tick(walker, round, round)
    await eventually(
      () => getMember(rig.db, WORKSPACE, journeyId, memberId),
      ({ status }) => status === 'held',
    )
    const { pause } = await resumeJourney(rig.db, WORKSPACE, journeyId)
    await rig.temporal.startResume({ workspaceId: WORKSPACE, journeyId, pause })
  }
  await tick(walker, 71, 71)
  await rig.temporal.operate(memberId, { kind: 'exit', id: 'enough', reason: 'enough' })
  expect(await rig.finished(memberId)).toBe('enough')
  expect(await runsOf(memberId)).toBeGreaterThanOrEqual(3)
}, 60_000)
