import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { sweep } from '../../api/started.js'
import { startRouter } from '../../ingest/router.js'
import { enrol } from '../../store/enrol.js'
import { insertEvents } from '../../store/events.js'
import { pauseJourney, resumeJourney } from '../../store/gate.js'
import { getJob } from '../../store/jobs.js'
import { getMember } from '../../store/members.js'
import { journeyStats } from '../../store/stats.js'
import { memberTimeline } from '../../store/timeline.js'
import { entry, eventually, exit, hook, row, send, tile, wait } from '../support/canvas.js'
import { startRig, WORKSPACE, type Rig } from '../support/rig.js'
import { publish } from '../support/versions.js'

let rig: Rig
beforeAll(async () => {
  rig = await startRig()
}, 60_000)
afterAll(() => rig?.stop())

const DAY = { kind: 'duration', duration: 'P1D' }
const SECOND = { kind: 'duration', duration: 'PT1S' }

async function enters(journeyId: string, customerId: string, tileId: string, status = 'active') {
  const memberId = await rig.enter({ journeyId, customerId })
  const member = () => getMember(rig.db, WORKSPACE, journeyId, memberId)
  await eventually(member, (found) => found.status === status && found.tileId === tileId)
  return { memberId, member, finished: () => rig.finished(memberId) }
}

const done = (jobId: string, ms?: number) =>
  eventually(
    () => getJob(rig.db, WORKSPACE, jobId),
    ({ status }) => status === 'done',
    ms,
  )

const stepOf = (memberId: string, tileId: string) =>
  rig.db.one<{ at: Date; until: number; version: number }>(
    `select arrived_at as at, (decision ->> 'until')::float8 as until, version from step where member_id = $1 and tile_id = $2`,
    [memberId, tileId],
  )

/** At every tile, as many have entered as have left or are here. */
async function balanced(journeyId: string): Promise<void> {
  const stats = await journeyStats(rig.db, WORKSPACE, journeyId)
  const here = await rig.db.query<{ tile: string; n: number }>(
    `select tile_id as tile, count(*)::int as n from member where journey_id = $1 and status <> 'exited' group by tile_id`,
    [journeyId],
  )
  const counted = new Map(here.map(({ tile, n }) => [tile, n]))
  for (const [id, { entered, left, here }] of Object.entries(stats.tiles))
    expect([id, entered - left, here]).toEqual([id, counted.get(id) ?? 0, counted.get(id) ?? 0])
}

test('members move with their wait reckoned anew, exit, or stay, as planned', async () => {
  const waits = (ending: string, ...tiles: Parameters<typeof row>[0]) => row([entry(), ...tiles, exit('done', ending)])
  const journeyId = await rig.launch(waits('old', wait('same', DAY), wait('other', DAY), wait('out', DAY), wait('stays', DAY)))
  const at = async (customerId: string, tileId: string) => {
    const entered = await enters(journeyId, customerId, 'same')
    if (tileId === 'same') return entered
    await rig.temporal.operate(entered.memberId, { kind: 'move', id: 'there', to: tileId })
    await eventually(entered.member, (found) => found.tileId === tileId)
    return entered
  }
  const [same, other, out, stays] = await Promise.all([at('a', 'same'), at('b', 'other'), at('c', 'out'), at('d', 'stays')])
  const jobId = await publish(
    rig.db,
    journeyId,
    waits('new', wait('same', SECOND), wait('next', { kind: 'duration', duration: 'PT2S' })),
    { same: { do: 'move' }, other: { do: 'move', to: 'next' }, out: { do: 'exit' } },
  ) // prettier-ignore
  await rig.temporal.startMigrate(jobId)

  expect([await same.finished(), await other.finished(), await out.finished()]).toEqual(['new', 'new', 'version_published'])
  const kept = (await stepOf(same.memberId, 'same'))!
  expect([kept.until - kept.at.getTime(), kept.version]).toEqual([1_000, 2])
  const began = (await stepOf(other.memberId, 'other'))!.at.getTime()
  expect((await stepOf(other.memberId, 'next'))!.until).toBeGreaterThan(began)
  expect(await done(jobId)).toMatchObject({ total: 3, done: 3 })

  // Who stayed walks the old version to its end; who enters now walks the new one.
  expect(await stays.member()).toMatchObject({ status: 'active', tileId: 'stays', version: 1 })
  await rig.temporal.operate(stays.memberId, { kind: 'move', id: 'on', to: 'done' })
  expect(await stays.finished()).toBe('old')
  const late = await rig.enter({ journeyId, customerId: 'late' })
  expect(await rig.finished(late)).toBe('new')
  await balanced(journeyId)
  const { data } = await memberTimeline(rig.db, WORKSPACE, other.memberId, {})
  expect(data).toContainEqual(expect.objectContaining({ event: 'moved', tileId: 'other', to: 'next', version: 2 }))
  const left = await memberTimeline(rig.db, WORKSPACE, out.memberId, {})
  expect(left.data).toContainEqual(
    expect.objectContaining({ event: 'exited', tileId: 'out', reason: 'version_published', cause: { version: 2 } }),
  )
}, 60_000)

test('a parked member that moves to the mended tile is tried again, under the same key', async () => {
  const keys: string[] = []
  const server = http.createServer((req, res) => {
    keys.push(String(req.headers['webhook-id']))
    res.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const calls = (url: string) => row([entry(), hook('call', url, { retry: { maxAttempts: 1 } }), exit()])
    const journeyId = await rig.launch(calls('http://127.0.0.1:1/'))
    const { memberId, finished } = await enters(journeyId, 'parked', 'call', 'parked')
    const mended = calls(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    await rig.temporal.startMigrate(await publish(rig.db, journeyId, mended, { call: { do: 'move' } }))
    expect(await finished()).toBe('completed')
    expect(keys).toEqual([`${memberId}:call:1`])
    await balanced(journeyId)
  } finally {
    server.close()
  }
}, 60_000)

test('what was sent is not sent again by a move to the same tile', async () => {
  const journeyId = await rig.launch(row([entry(), send('hello', 'Hello'), wait('w', DAY), exit()]))
  const { finished } = await enters(journeyId, 'once', 'w')
  await rig.temporal.startMigrate(
    await publish(rig.db, journeyId, row([entry(), send('hello', 'Hello'), wait('w', SECOND), exit()]), {}, 'move'),
  )
  expect(await finished()).toBe('completed')
  expect(await rig.db.query(`select 1 as one from sandbox_message where customer_id = 'once'`)).toHaveLength(1)
}, 60_000)

test('a held member moves while the orchestration is paused, and is held there until the resume', async () => {
  const journeyId = await rig.launch(row([entry(), wait('w', SECOND), send('hello', 'Old'), exit('done', 'old')]))
  const { memberId, member, finished } = await enters(journeyId, 'held', 'w')
  await pauseJourney(rig.db, WORKSPACE, journeyId, 'test')
  await eventually(member, ({ status }) => status === 'held')
  const jobId = await publish(rig.db, journeyId, row([entry(), wait('v', DAY), send('bye', 'New'), exit('done', 'new')]), {
    w: { do: 'move', to: 'bye' },
  })
  await rig.temporal.startMigrate(jobId)
  await done(jobId)
  await eventually(member, ({ status, version }) => status === 'held' && version === 2)
  expect(await rig.db.query(`select 1 as one from sandbox_message where customer_id = 'held'`)).toHaveLength(0)
  const { pause } = await resumeJourney(rig.db, WORKSPACE, journeyId)
  await rig.temporal.send(memberId, { kind: 'resume', pause })
  expect(await finished()).toBe('new')
  await balanced(journeyId)
}, 60_000)

test('who waits for a child moves away from it', async () => {
  const inner = await rig.launch(row([entry(), wait('w', DAY), exit()]))
  const sub = tile('sub', 'subOrchestration', { orchestrationId: inner, mode: 'wait' })
  const journeyId = await rig.launch(row([entry(), sub, exit()]))
  const { finished } = await enters(journeyId, 'parent', 'sub')
  await rig.temporal.startMigrate(
    await publish(rig.db, journeyId, row([entry(), wait('v', SECOND), exit('done', 'new')]), { sub: { do: 'move', to: 'v' } }),
  )
  expect(await finished()).toBe('new')
  await balanced(journeyId)
}, 60_000)

describe('while the migration runs', () => {
  const V1 = row([
    entry(),
    wait('first', { kind: 'duration', duration: 'PT3S' }),
    wait('second', SECOND),
    send('hello', 'Old'),
    exit('done', 'old'),
  ])
  const V2 = row([entry(), wait('second', DAY), wait('third', SECOND), send('bye', 'New'), exit('done', 'new')])

  test('nobody steps on from a tile that moves, and who comes to one is brought over too', async () => {
    const journeyId = await rig.launch(V1)
    const { memberId, finished } = await enters(journeyId, 'comes', 'first')
    // The job is not started: the gate alone has to hold them.
    const jobId = await publish(rig.db, journeyId, V2, { second: { do: 'move', to: 'third' } })
    expect(await finished()).toBe('new')
    expect((await stepOf(memberId, 'second'))!.version).toBe(1)
    await rig.temporal.startMigrate(jobId)
    expect(await done(jobId)).toMatchObject({ total: 0 })
    await balanced(journeyId)
  }, 60_000)

  test('the gate takes out who would step on from a tile that exits', async () => {
    const journeyId = await rig.launch(V1)
    const { finished } = await enters(journeyId, 'goes', 'first')
    await publish(rig.db, journeyId, V2, { second: { do: 'exit' } })
    expect(await finished()).toBe('version_published')
    await balanced(journeyId)
  }, 60_000)

  test('who comes to such a tile after its end walks the old version', async () => {
    const journeyId = await rig.launch(V1)
    const { finished } = await enters(journeyId, 'after', 'first')
    const jobId = await publish(rig.db, journeyId, V2, { second: { do: 'exit' } })
    await rig.temporal.startMigrate(jobId)
    await done(jobId)
    expect(await finished()).toBe('old')
  }, 60_000)
})

test('a member that was ended from outside does not block it', async () => {
  const journeyId = await rig.launch(row([entry(), wait('w', DAY), exit()]))
  const [ended, other] = [await enters(journeyId, 'ended', 'w'), await enters(journeyId, 'other', 'w')]
  await rig.temporal.client.workflow.getHandle(ended.memberId).terminate()
  const jobId = await publish(rig.db, journeyId, row([entry(), wait('w', SECOND), exit()]), { w: { do: 'move' } })
  await rig.temporal.startMigrate(jobId)
  expect(await done(jobId)).toMatchObject({ total: 2, done: 2 })
  expect(await ended.member()).toMatchObject({ status: 'exited', exitReason: 'terminated' })
  expect(await other.finished()).toBe('completed')
}, 60_000)

test('a member whose workflow is yet to start is waited for', async () => {
  const journeyId = await rig.launch(row([entry(), wait('w', DAY), exit()]))
  await enters(journeyId, 'started', 'w')
  const entered = await enrol(rig.db, { workspaceId: WORKSPACE, journeyId, customerId: 'unstarted', triggerId: 'unstarted' })
  if (!('start' in entered)) throw new Error('It did not enter.')
  const jobId = await publish(rig.db, journeyId, row([entry(), wait('w', SECOND), exit('done', 'new')]), { w: { do: 'move' } }, 'exit')
  await rig.temporal.startMigrate(jobId)
  // Everybody has been told once.
  await eventually(
    () => getJob(rig.db, WORKSPACE, jobId),
    ({ done }) => done === 1,
  )
  expect(await getMember(rig.db, WORKSPACE, journeyId, entered.memberId)).toMatchObject({ status: 'active', tileId: 'entry' })
  await rig.temporal.startMember(entered.start)
  expect(await rig.finished(entered.memberId)).toBe('version_published')
  await done(jobId)
}, 60_000)

test('who moves to the same tile goes on waiting for the child there', async () => {
  const inner = await rig.launch(row([entry(), wait('w', DAY), exit()]))
  const sub = tile('sub', 'subOrchestration', { orchestrationId: inner, mode: 'wait' })
  const journeyId = await rig.launch(row([entry(), sub, exit('done', 'old')]))
  const { memberId, member, finished } = await enters(journeyId, 'same-parent', 'sub')
  const child = await eventually(
    () => rig.db.one<{ id: string; tile: string }>('select id, tile_id as tile from member where parent_member_id = $1', [memberId]),
    (found) => found?.tile === 'w',
  )
  const jobId = await publish(rig.db, journeyId, row([entry(), sub, exit('done', 'new')]), { sub: { do: 'move' } })
  await rig.temporal.startMigrate(jobId)
  await done(jobId)
  expect(await member()).toMatchObject({ status: 'active', tileId: 'sub', version: 2 })
  await rig.temporal.operate(child!.id, { kind: 'move', id: 'on', to: 'done' })
  expect(await finished()).toBe('new')
  expect(await rig.db.query('select 1 as one from member where parent_member_id = $1', [memberId])).toHaveLength(1)
}, 60_000)

test('killed half-way and begun again, every one of many goes on in the new version with its wait reckoned anew', async () => {
  const many = 1_000
  const journeyId = await rig.launch(row([entry(), wait('w', DAY), exit()]))
  const customers = Array.from({ length: many }, (_, n) => `many-${n}`).values()
  const enter = async (): Promise<void> => {
    for (const customerId of customers) await rig.enter({ journeyId, customerId })
  }
  await Promise.all(Array.from({ length: 20 }, enter))
  const waiting = (version: number, tileId: string) => async (): Promise<number> =>
    (await rig.db.one<{ n: number }>('select count(*)::int as n from member where journey_id = $1 and version = $2::int and tile_id = $3', [
      journeyId,
      version,
      tileId,
    ]))!.n
  await eventually(waiting(1, 'w'), (n) => n === many, 120_000)

  const jobId = await publish(rig.db, journeyId, row([entry(), wait('v', { kind: 'duration', duration: 'P2D' }), exit()]), {
    w: { do: 'move', to: 'v' },
  })
  await rig.temporal.startMigrate(jobId)
  await eventually(waiting(2, 'v'), (n) => n > 50, 60_000)
  await rig.temporal.client.workflow.getHandle(jobId).terminate()
  expect((await getJob(rig.db, WORKSPACE, jobId)).status).toBe('running')
  await sweep({ db: rig.db, temporal: rig.temporal })
  expect(await done(jobId, 120_000)).toMatchObject({ total: many, done: many })
  // The last have left the old version, and are on their way to the tile.
  await eventually(waiting(2, 'v'), (n) => n === many)

  const [moved] = await rig.db.query<{ n: number; once: boolean; reckoned: boolean }>(
    `select count(*)::int as n, bool_and(v.visit = 1) as once,
       bool_and(abs((v.decision ->> 'until')::float8 - extract(epoch from w.arrived_at + interval '2 days') * 1000) < 1) as reckoned
     from member m join step v on v.member_id = m.id and v.tile_id = 'v' join step w on w.member_id = m.id and w.tile_id = 'w'
     where m.journey_id = $1 and m.version = 2 and m.status = 'active'`,
    [journeyId],
  )
  expect(moved).toEqual({ n: many, once: true, reckoned: true })
  await balanced(journeyId)
}, 300_000)

test('a wait that was met while paused, and is another one in the new version, can be met again', async () => {
  const waits = (event: string) =>
    row(
      [entry(), wait('w', { kind: 'event', event }), exit()],
      [
        { from: 'w', port: 'met', to: 'done' },
        { from: 'w', port: 'timeout', to: 'done' },
      ],
    )
  const router = startRouter({ db: rig.db, temporal: rig.temporal })
  try {
    const happens = (event: string) =>
      insertEvents(rig.db, WORKSPACE, [
        { messageId: crypto.randomUUID(), customerId: 'again', type: 'track', event, properties: {}, context: {}, timestamp: new Date() },
      ]).finally(() => router.wake())
    const journeyId = await rig.launch(waits('first'))
    const { member, finished } = await enters(journeyId, 'again', 'w')
    await pauseJourney(rig.db, WORKSPACE, journeyId, 'test')
    await happens('first')
    await eventually(member, ({ status }) => status === 'held')
    await rig.temporal.startMigrate(await publish(rig.db, journeyId, waits('second'), { w: { do: 'move' } }))
    await eventually(member, ({ status, version }) => status === 'active' && version === 2)
    await happens('second')
    await eventually(member, ({ status }) => status === 'held')
    const { pause } = await resumeJourney(rig.db, WORKSPACE, journeyId)
    await rig.temporal.startResume({ workspaceId: WORKSPACE, journeyId, pause })
    expect(await finished()).toBe('completed')
  } finally {
    await router.stop()
  }
}, 30_000)

test('what an operator has skipped is not sent when the visit goes on in the new version', async () => {
  const canvas = row([entry(), hook('call', 'http://127.0.0.1:1/', { retry: { maxAttempts: 1 } }), exit()])
  const journeyId = await rig.launch(canvas)
  const { memberId, member, finished } = await enters(journeyId, 'skipped', 'call', 'parked')
  await pauseJourney(rig.db, WORKSPACE, journeyId, 'test')
  await rig.temporal.operate(memberId, { kind: 'skip', id: 's1' })
  await eventually(member, ({ status }) => status === 'held')
  await rig.temporal.startMigrate(await publish(rig.db, journeyId, canvas, { call: { do: 'move' } }))
  await eventually(member, ({ status, version }) => status === 'held' && version === 2)
  const { pause } = await resumeJourney(rig.db, WORKSPACE, journeyId)
  await rig.temporal.startResume({ workspaceId: WORKSPACE, journeyId, pause })
  expect(await finished()).toBe('completed')
  const deliveries = await rig.db.query('select attempts, state from delivery where member_id = $1', [memberId])
  expect(deliveries).toEqual([{ attempts: 1, state: 'skipped' }])
}, 30_000)
