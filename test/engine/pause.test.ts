import { startRouter, type Router } from '../../ingest/router.js'
import { mergeTraits } from '../../store/customers.js'
import { insertEvents } from '../../store/events.js'
import { pauseJourney, resumeJourney, type PauseOptions, type ResumeOptions } from '../../store/gate.js'
import { getMember } from '../../store/members.js'
import { memberTimeline } from '../../store/timeline.js'
import { entry, eventually, exit, row, send, wait } from '../support/canvas.js'
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

async function enters(customerId: string, canvas: unknown) {
  const journeyId = await rig.launch(canvas)
  const memberId = await rig.enter({ journeyId, customerId })
  const member = () => getMember(rig.db, WORKSPACE, journeyId, memberId)
  return {
    memberId,
    becomes: (status: string, tileId?: string) =>
      eventually(member, (found) => found.status === status && (tileId === undefined || found.tileId === tileId)),
    pause: (options?: PauseOptions) => pauseJourney(rig.db, WORKSPACE, journeyId, 'test', options),
    resume: async (options?: ResumeOptions) => {
      const { pause } = await resumeJourney(rig.db, WORKSPACE, journeyId, options)
      await rig.temporal.startResume({ workspaceId: WORKSPACE, journeyId, pause })
    },
  }
}

const arrivals = async (memberId: string): Promise<Record<string, number>> =>
  Object.fromEntries(
    (
      await rig.db.query<{ tile: string; at: Date }>('select tile_id as tile, arrived_at as at from step where member_id = $1', [memberId])
    ).map(({ tile, at }) => [tile, at.getTime()]),
  )

const pauseMs = async (memberId: string): Promise<number> => {
  const row = await rig.db.one<{ ms: number }>(
    `select sum(extract(epoch from p.ended_at - p.began_at) * 1000)::float8 as ms from pause p join member m on m.journey_id = p.journey_id where m.id = $1`,
    [memberId],
  )
  return row!.ms
}

const napping = row([entry(), wait('w', { kind: 'duration', duration: 'PT1.5S' }), send('bye', 'Bye'), exit()])

test('frozen clocks add the time paused to a wait that ends meanwhile', async () => {
  const { memberId, becomes, pause, resume } = await enters('frozen', napping)
  await becomes('active', 'w')
  await pause({ clocks: 'freeze' })
  await becomes('held', 'w')
  await resume()
  await becomes('exited')
  const { w, bye } = await arrivals(memberId)
  expect(bye! - w!).toBeGreaterThanOrEqual(1_500 + (await pauseMs(memberId)) - 1)
}, 30_000)

test('frozen clocks also add to a wait that ends after the resume', async () => {
  const { memberId, becomes, pause, resume } = await enters('frozen-short', napping)
  await becomes('active', 'w')
  await pause({ clocks: 'freeze' })
  await resume()
  await becomes('exited')
  const { w, bye } = await arrivals(memberId)
  expect(bye! - w!).toBeGreaterThanOrEqual(1_500 + (await pauseMs(memberId)) - 1)
}, 30_000)

test('an event meets a wait whose clock is frozen, although its time-out has passed', async () => {
  const { memberId, becomes, pause, resume } = await enters(
    'frozen-met',
    row(
      [entry(), wait('w', { kind: 'event', event: 'go', timeout: 'PT0.5S' }), exit(), exit('late', 'late')],
      [
        { from: 'w', port: 'met', to: 'done' },
        { from: 'w', port: 'timeout', to: 'late' },
      ],
    ),
  )
  await becomes('active', 'w')
  await pause({ clocks: 'freeze' })
  await becomes('held', 'w')
  await insertEvents(rig.db, WORKSPACE, [
    { messageId: 'go-1', customerId: 'frozen-met', type: 'track', event: 'go', properties: {}, context: {}, timestamp: new Date() },
  ])
  router.wake()
  await eventually(
    () => rig.db.one<{ met: Date | null }>(`select met_at as met from step where member_id = $1 and tile_id = 'w'`, [memberId]),
    (step) => (step?.met ?? null) !== null,
  )
  expect((await becomes('held')).tileId).toBe('w')
  await resume()
  expect(await rig.finished(memberId)).toBe('completed')
}, 30_000)

test('sends that were due too long ago are skipped until the next wait', async () => {
  const canvas = row([
    entry(),
    wait('w', { kind: 'duration', duration: 'PT0.3S' }),
    send('stale', 'Stale'),
    send('too', 'Stale too'),
    wait('breath', { kind: 'duration', duration: 'PT0.2S' }),
    send('fresh', 'Fresh'),
    exit(),
  ])
  const { memberId, becomes, pause, resume } = await enters('overdue', canvas)
  await becomes('active', 'w')
  await pause()
  await becomes('held', 'w')
  await resume({ skipSendsOlderThanMs: 0 })
  expect(await rig.finished(memberId)).toBe('completed')
  const sent = await rig.db.query<{ subject: string }>(
    `select fields ->> 'subject' as subject from sandbox_message where customer_id = 'overdue'`,
  )
  expect(sent).toEqual([{ subject: 'Fresh' }])
  const { data } = await memberTimeline(rig.db, WORKSPACE, memberId, {})
  expect(data.filter(({ event }) => event === 'skipped')).toMatchObject([
    { tileId: 'stale', reason: 'overdue' },
    { tileId: 'too', reason: 'overdue' },
  ])
}, 30_000)

test('what is not overdue enough is sent', async () => {
  const { memberId, becomes, pause, resume } = await enters(
    'recent',
    row([entry(), wait('w', { kind: 'duration', duration: 'PT0.3S' }), send('s', 'Sent'), exit()]),
  )
  await becomes('active', 'w')
  await pause()
  await becomes('held', 'w')
  await resume({ skipSendsOlderThanMs: 3_600_000 })
  expect(await rig.finished(memberId)).toBe('completed')
  expect(await rig.db.query(`select 1 from sandbox_message where customer_id = 'recent'`)).toHaveLength(1)
}, 30_000)

describe('an event wait whose time-out frozen clocks have put off', () => {
  const patient = row(
    [entry(), wait('w', { kind: 'event', event: 'clicked', timeout: 'PT0.5S' }), send('hello', 'Hello'), exit()],
    [
      { from: 'w', port: 'met', to: 'hello' },
      { from: 'w', port: 'timeout', to: 'hello' },
      { from: 'hello', to: 'done' },
    ],
  )
  const clicks = (customerId: string) =>
    insertEvents(rig.db, WORKSPACE, [
      { messageId: crypto.randomUUID(), customerId, type: 'track', event: 'clicked', properties: {}, context: {}, timestamp: new Date() },
    ]).finally(() => router.wake())
  const hour = 3_600_000

  test('is met in a later pause that lets clocks run', async () => {
    const { memberId, becomes, pause, resume } = await enters('put-off', patient)
    const from = await becomes('active', 'w')
    await pause({ clocks: 'freeze' })
    await resume({ now: new Date(Date.now() + hour) })
    await pause({ clocks: 'run' })
    // The timer of the workflow knows of no pause.
    await eventually(
      async () => Date.now(),
      (now) => now > from.enteredAt.getTime() + 1_500,
    )
    await becomes('active', 'w')
    await clicks('put-off')
    await becomes('held', 'w')
    await resume()
    expect(await rig.finished(memberId)).toBe('completed')
  }, 30_000)

  test('and one for a condition is met when time makes it hold', async () => {
    const nearly = row(
      [entry(), wait('w', { kind: 'condition', when: { trait: 'renewal', op: 'withinNext', value: 'P1D' }, timeout: 'PT0.5S' }), exit()],
      [
        { from: 'w', port: 'met', to: 'done' },
        { from: 'w', port: 'timeout', to: 'done' },
      ],
    )
    await mergeTraits(rig.db, WORKSPACE, 'renews', { renewal: new Date(Date.now() + 24 * hour + 3_000).toISOString() })
    const { memberId, becomes, pause, resume } = await enters('renews', nearly)
    await becomes('active', 'w')
    await pause({ clocks: 'freeze' })
    await becomes('held', 'w')
    await resume({ now: new Date(Date.now() + hour) })
    expect(await rig.finished(memberId)).toBe('completed')
  }, 30_000)

  test('and that is met at last is overdue from then on, not since its timer ended', async () => {
    const { memberId, becomes, pause, resume } = await enters('met-late', patient)
    await becomes('active', 'w')
    await pause({ clocks: 'freeze' })
    await becomes('held', 'w')
    await rig.db.query(`update member set held_at = held_at - interval '1 hour' where id = $1`, [memberId])
    await clicks('met-late')
    await eventually(
      () => rig.db.one<{ frozen: boolean }>('select frozen from member where id = $1', [memberId]),
      (found) => found?.frozen === false,
    )
    await resume({ skipSendsOlderThanMs: hour / 2 })
    expect(await rig.finished(memberId)).toBe('completed')
    expect(await rig.db.query(`select 1 from sandbox_message where customer_id = 'met-late'`)).toHaveLength(1)
  }, 30_000)
})
