import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { pauseJourney, resumeJourney } from '../../store/gate.js'
import { getCustomer, mergeTraits, traitHistory } from '../../store/customers.js'
import { insertEvents } from '../../store/events.js'
import { getMember } from '../../store/members.js'
import { listErrors } from '../../store/errors.js'
import { journeyStats } from '../../store/stats.js'
import { memberTimeline } from '../../store/timeline.js'
import { startRouter, type Router } from '../../ingest/router.js'
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

const subjects = async (customerId: string): Promise<string[]> =>
  (
    await rig.db.query<{ subject: string }>(
      `select fields ->> 'subject' as subject from sandbox_message where customer_id = $1 order by id`,
      [customerId],
    )
  ).map(({ subject }) => subject)

const track = (customerId: string, event: string, properties: Record<string, unknown> = {}): Promise<number> =>
  insertEvents(rig.db, WORKSPACE, [
    { messageId: crypto.randomUUID(), customerId, type: 'track', event, properties, context: {}, timestamp: new Date() },
  ]).finally(() => router.wake())

const memberOf = (journeyId: string, id: string) => getMember(rig.db, WORKSPACE, journeyId, id)
const becomes = (journeyId: string, id: string, status: string, tileId?: string) =>
  eventually(
    () => memberOf(journeyId, id),
    (member) => member.status === status && (tileId === undefined || member.tileId === tileId),
  )

describe('event waits', () => {
  const canvas = row(
    [
      entry(),
      wait('order', { kind: 'event', event: 'ordered', where: { property: 'total', op: 'gt', value: 50 }, timeout: 'P1D' }),
      send('thanks', 'Thanks for {{ tiles.order.properties.item }}'),
      exit(),
      exit('late', 'late'),
    ],
    [
      { from: 'order', port: 'met', to: 'thanks' },
      { from: 'order', port: 'timeout', to: 'late' },
    ],
  )

  test('the first event that matches ends the wait, and templates read it', async () => {
    const journeyId = await rig.launch(canvas)
    const memberId = await rig.enter({ journeyId, customerId: 'waiter' })
    await becomes(journeyId, memberId, 'active', 'order')
    await track('waiter', 'ordered', { total: 10, item: 'a pen' })
    await track('waiter', 'ordered', { total: 60, item: 'a book' })
    expect(await rig.finished(memberId)).toBe('completed')
    expect(await subjects('waiter')).toEqual(['Thanks for a book'])
    const { data } = await memberTimeline(rig.db, WORKSPACE, memberId, {})
    expect(data).toContainEqual(expect.objectContaining({ tileId: 'order', event: 'decided', port: 'met' }))
  }, 30_000)

  test('an event from before the arrival does not count', async () => {
    const journeyId = await rig.launch(canvas)
    await track('early', 'ordered', { total: 99, item: 'nothing' })
    const memberId = await rig.enter({ journeyId, customerId: 'early' })
    await becomes(journeyId, memberId, 'active', 'order')
    await track('early', 'noise')
    expect((await memberOf(journeyId, memberId)).tileId).toBe('order')
    await rig.temporal.operate(memberId, { kind: 'exit', id: 'x1', reason: 'operator' })
    expect(await rig.finished(memberId)).toBe('operator')
  }, 30_000)
})

test('a condition wait ends when the trait changes', async () => {
  const journeyId = await rig.launch(
    row(
      [
        entry(),
        wait('gold', { kind: 'condition', when: { trait: 'plan', op: 'eq', value: 'gold' }, timeout: 'P1D' }),
        exit(),
        exit('late', 'late'),
      ],
      [
        { from: 'gold', port: 'met', to: 'done' },
        { from: 'gold', port: 'timeout', to: 'late' },
      ],
    ),
  )
  const memberId = await rig.enter({ journeyId, customerId: 'changer' })
  await becomes(journeyId, memberId, 'active', 'gold')
  await insertEvents(rig.db, WORKSPACE, [
    {
      messageId: 'i1',
      customerId: 'changer',
      type: 'identify',
      event: '$identify',
      properties: { plan: 'gold' },
      context: {},
      timestamp: new Date(),
    },
  ])
  router.wake()
  expect(await rig.finished(memberId)).toBe('completed')
}, 30_000)

test('branches, profile changes and percentages decide, and the journal keeps why', async () => {
  const journeyId = await rig.launch(
    row(
      [
        entry(),
        tile('count', 'updateProfile', {
          changes: [
            { op: 'increment', trait: 'visits', by: 1 },
            { op: 'append', trait: 'tags', value: 'seen' },
            { op: 'unset', trait: 'temporary' },
          ],
        }),
        tile('often', 'branch', { kind: 'condition', paths: [{ id: 'yes', when: { trait: 'visits', op: 'gte', value: 3 } }] }),
        tile('half', 'branch', {
          kind: 'percentage',
          paths: [
            { id: 'a', weight: 0 },
            { id: 'b', weight: 100 },
          ],
        }),
        exit('rare', 'rare'),
        exit('often-exit', 'often'),
        exit('a-exit', 'a'),
      ],
      [
        { from: 'often', port: 'yes', to: 'half' },
        { from: 'often', port: 'else', to: 'rare' },
        { from: 'half', port: 'a', to: 'a-exit' },
        { from: 'half', port: 'b', to: 'often-exit' },
      ],
    ),
  )
  await mergeTraits(rig.db, WORKSPACE, 'counter', { visits: 2, temporary: true })
  const memberId = await rig.enter({ journeyId, customerId: 'counter' })
  expect(await rig.finished(memberId)).toBe('often')
  expect((await getCustomer(rig.db, WORKSPACE, 'counter')).traits).toEqual({ visits: 3, tags: ['seen'] })
  const { data } = await memberTimeline(rig.db, WORKSPACE, memberId, {})
  expect(data).toContainEqual(expect.objectContaining({ tileId: 'often', event: 'decided', port: 'yes', reads: { 'traits.visits': 3 } }))
}, 30_000)

test('a profile change is kept with the tile that made it; one that would pass the limit changes nothing, and the timeline says so', async () => {
  const big = { op: 'set', trait: 'big', value: 'x'.repeat(1_000) }
  const canvas = row([
    entry(),
    tile('small', 'updateProfile', { changes: [{ op: 'set', trait: 'plan', value: 'gold' }] }),
    tile('large', 'updateProfile', { changes: [big, { op: 'unset', trait: 'plan' }] }),
    exit(),
  ])
  await mergeTraits(rig.db, WORKSPACE, 'brim', { text: 'x'.repeat(261_500) })
  const memberId = await rig.enter({ journeyId: await rig.launch(canvas), customerId: 'brim' })
  expect(await rig.finished(memberId)).toBe('completed')
  const { traits } = await getCustomer(rig.db, WORKSPACE, 'brim')
  expect(Object.keys(traits).sort()).toEqual(['plan', 'text'])
  expect((await traitHistory(rig.db, WORKSPACE, 'brim', {})).data[0]).toMatchObject({
    trait: 'plan',
    old: null,
    new: 'gold',
    source: { type: 'tile', memberId, tileId: 'small' },
  })
  const { data } = await memberTimeline(rig.db, WORKSPACE, memberId, {})
  expect(data.filter(({ event }) => event === 'failed')).toEqual([
    expect.objectContaining({ tileId: 'large', error: { code: 'too_large', message: expect.stringContaining('256 KB') as string } }),
  ])
}, 30_000)

describe('failures', () => {
  let server: http.Server
  let answers: number[] = []
  let keys: string[] = []
  let url = ''
  beforeAll(async () => {
    server = http.createServer((req, res) => {
      keys.push(String(req.headers['webhook-id']))
      res.statusCode = answers.shift() ?? 200
      res.end(JSON.stringify({ data: { reward: 'mug' } }))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  })
  afterAll(() => new Promise((resolve) => server.close(resolve)))
  beforeEach(() => {
    answers = []
    keys = []
  })
  const quick = { retry: { maxAttempts: 3, initialInterval: 'PT0.05S', maxInterval: 'PT0.1S' } }

  test('is tried again with the same key, and what it saves is read later', async () => {
    answers = [503, 429]
    const journeyId = await rig.launch(
      row([
        entry(),
        hook('call', url, { ...quick, save: { reward: '/data/reward' } }),
        send('tell', 'You get a {{ tiles.call.reward }}'),
        exit(),
      ]),
    )
    const memberId = await rig.enter({ journeyId, customerId: 'retried' })
    expect(await rig.finished(memberId)).toBe('completed')
    expect(keys).toEqual(Array(3).fill(`${memberId}:call:1`))
    expect(await subjects('retried')).toEqual(['You get a mug'])
  }, 30_000)

  test('parks for good; a retry by an operator keeps the key, a skip passes', async () => {
    answers = [500, 500, 500, 400]
    const journeyId = await rig.launch(row([entry(), hook('call', url, quick), exit()]))
    const memberId = await rig.enter({ journeyId, customerId: 'parked' })
    const parked = await becomes(journeyId, memberId, 'parked')
    expect(parked.error).toMatchObject({ code: 'http_500', tileId: 'call' })
    expect((await listErrors(rig.db, WORKSPACE, { journeyId })).data).toMatchObject([{ status: 'parked', attempts: 3, code: 'http_500' }])
    await rig.temporal.operate(memberId, { kind: 'retry', id: 'r1' })
    await eventually(
      () => memberOf(journeyId, memberId),
      ({ status, error }) => status === 'parked' && error?.code === 'http_400',
    )
    await rig.temporal.operate(memberId, { kind: 'skip', id: 's1' })
    expect(await rig.finished(memberId)).toBe('completed')
    expect(new Set(keys)).toEqual(new Set([`${memberId}:call:1`]))
    expect(keys).toHaveLength(4)
    const stats = await journeyStats(rig.db, WORKSPACE, journeyId)
    expect(stats.tiles.call).toMatchObject({ entered: 1, left: 1, here: 0, failed: 1 })
    const events = (await memberTimeline(rig.db, WORKSPACE, memberId, {})).data.map(({ event }) => event)
    expect(events).toEqual(expect.arrayContaining(['failed', 'parked', 'retried', 'skipped', 'left', 'exited']))
  }, 30_000)

  test.each([
    ['continue', 'completed'],
    ['exit', 'failed'],
    ['branch', 'failed-path'],
  ])(
    'onFailure %s',
    async (onFailure, reason) => {
      answers = [404]
      const edges =
        onFailure === 'branch'
          ? [
              { from: 'call', port: 'failed', to: 'bad' },
              { from: 'call', to: 'done' },
            ]
          : []
      const tiles = [
        entry(),
        hook('call', url, { ...quick, onFailure }),
        exit(),
        ...(onFailure === 'branch' ? [exit('bad', 'failed-path')] : []),
      ]
      const journeyId = await rig.launch(row(tiles, edges))
      const memberId = await rig.enter({ journeyId, customerId: `fails-${onFailure}` })
      expect(await rig.finished(memberId)).toBe(reason)
      expect((await memberOf(journeyId, memberId)).exitReason).toBe(reason)
    },
    30_000,
  )

  test('retry and skip of a member that is not parked are refused with its state', async () => {
    const journeyId = await rig.launch(row([entry(), wait('w', { kind: 'duration', duration: 'P1D' }), exit()]))
    const memberId = await rig.enter({ journeyId, customerId: 'not-parked' })
    await becomes(journeyId, memberId, 'active', 'w')
    await expect(rig.temporal.operate(memberId, { kind: 'retry', id: 'r2' })).rejects.toMatchObject({
      code: 'wrong_state',
      extra: { status: 'active' },
    })
    await rig.temporal.operate(memberId, { kind: 'exit', id: 'e2', reason: 'operator' })
    expect(await memberOf(journeyId, memberId)).toMatchObject({ status: 'exited', exitReason: 'operator', tileId: 'w' })
    await expect(rig.temporal.operate(memberId, { kind: 'exit', id: 'e3' })).rejects.toMatchObject({
      code: 'wrong_state',
      extra: { status: 'exited' },
    })
  }, 30_000)
})

describe('pause and resume', () => {
  test('holds at the next step, sends nothing, and goes on after resume', async () => {
    const journeyId = await rig.launch(row([entry(), wait('w', { kind: 'duration', duration: 'PT0.5S' }), send('bye', 'Bye'), exit()]))
    const memberId = await rig.enter({ journeyId, customerId: 'held' })
    await becomes(journeyId, memberId, 'active', 'w')
    expect(await pauseJourney(rig.db, WORKSPACE, journeyId, 'test')).toEqual({ inFlight: 0 })
    await becomes(journeyId, memberId, 'held', 'w')
    expect(await subjects('held')).toEqual([])
    expect(await rig.refused({ journeyId, customerId: 'late-comer' })).toBe('paused')
    const { held, pause } = await resumeJourney(rig.db, WORKSPACE, journeyId)
    expect(held).toBe(1)
    await rig.temporal.startResume({ workspaceId: WORKSPACE, journeyId, pause, ratePerSecond: 50 })
    expect(await rig.finished(memberId)).toBe('completed')
    expect(await subjects('held')).toEqual(['Bye'])
    const events = (await memberTimeline(rig.db, WORKSPACE, memberId, {})).data.map(({ event }) => event)
    expect(events.indexOf('held')).toBeLessThan(events.indexOf('resumed'))
  }, 30_000)

  test('an exit by an operator applies to a held member', async () => {
    const journeyId = await rig.launch(row([entry(), wait('w', { kind: 'duration', duration: 'PT0.2S' }), send('bye', 'Bye'), exit()]))
    const memberId = await rig.enter({ journeyId, customerId: 'held-exit' })
    await pauseJourney(rig.db, WORKSPACE, journeyId, 'test')
    await becomes(journeyId, memberId, 'held')
    await rig.temporal.operate(memberId, { kind: 'exit', id: 'h1', reason: 'operator' })
    expect(await rig.finished(memberId)).toBe('operator')
    expect(await subjects('held-exit')).toEqual([])
  }, 30_000)
})

describe('sub-orchestrations', () => {
  const child = row([entry(), wait('w', { kind: 'duration', duration: 'PT0.3S' }), send('inside', 'From inside'), exit()])
  test.each(['wait', 'continue'])(
    'mode %s',
    async (mode) => {
      const inner = await rig.launch(child)
      const outer = await rig.launch(
        row([entry(), tile('sub', 'subOrchestration', { orchestrationId: inner, mode }), send('after', 'From outside'), exit()]),
      )
      const customerId = `parent-${mode}`
      const memberId = await rig.enter({ journeyId: outer, customerId })
      expect(await rig.finished(memberId)).toBe('completed')
      const sent = await eventually(
        () => subjects(customerId),
        (all) => all.length === 2,
      )
      expect(sent).toEqual(mode === 'wait' ? ['From inside', 'From outside'] : ['From outside', 'From inside'])
    },
    30_000,
  )

  test('a child that is refused is passed by, and the timeline says why', async () => {
    const inner = await rig.launch(child)
    await rig.enter({ journeyId: inner, customerId: 'again' })
    const outer = await rig.launch(row([entry(), tile('sub', 'subOrchestration', { orchestrationId: inner, mode: 'wait' }), exit()]))
    const memberId = await rig.enter({ journeyId: outer, customerId: 'again' })
    expect(await rig.finished(memberId)).toBe('completed')
    const { data } = await memberTimeline(rig.db, WORKSPACE, memberId, {})
    expect(data).toContainEqual(expect.objectContaining({ event: 'refused', reason: 'already_entered' }))
  }, 30_000)
})

test('events enter members once, by where and key; repeated and concurrent triggers start nothing twice', async () => {
  const journeyId = await rig.launch(
    row([
      entry({ type: 'event', event: 'signed_up', where: { property: 'plan', op: 'eq', value: 'pro' } }),
      send('hi', 'Hi from {{ entry.properties.plan }}'),
      exit(),
    ]),
  )
  const event = (messageId: string, plan: string) => ({
    messageId,
    customerId: 'newcomer',
    type: 'track' as const,
    event: 'signed_up',
    properties: { plan },
    context: {},
    timestamp: new Date(),
  })
  await Promise.all(
    Array.from({ length: 5 }, () => insertEvents(rig.db, WORKSPACE, [event('m1', 'free'), event('m2', 'pro'), event('m3', 'pro')])),
  )
  router.wake()
  await eventually(
    () => subjects('newcomer'),
    (all) => all.length === 1,
  )
  await eventually(
    () => journeyStats(rig.db, WORKSPACE, journeyId),
    ({ refused }) => refused.already_entered === 1,
  )
  expect(await subjects('newcomer')).toEqual(['Hi from pro'])
}, 30_000)
