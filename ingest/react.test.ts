import { mergeTraits } from '../store/customers.js'
import { pauseJourney } from '../store/gate.js'
import { DEFAULT_WORKSPACE as WORKSPACE } from '../store/workspaces.js'
import { entry, eventually, exit, row, wait } from '../test/support/canvas.js'
import { startIngest, type Ingest } from '../test/support/ingest.js'
import { routeBatch } from './batch.js'
import { customerChanged } from './react.js'

let ingest: Ingest
beforeEach(async () => {
  ingest = await startIngest()
})
afterEach(() => ingest.stop())

/** Entry, one wait, exit. */
const waiting = (config: Record<string, unknown>, settings = {}) =>
  row(
    [entry(), wait('w', config), exit()],
    ['event', 'condition'].includes(config.kind as string)
      ? ['met', ...(config.timeout ? ['timeout'] : [])].map((port) => ({ from: 'w', port, to: 'done' }))
      : [],
    settings,
  )

/** Without a time-out the port stays, and leads nowhere that matters here. */
const waitingFor = (config: Record<string, unknown>, settings = {}) => waiting({ timeout: 'PT24H', ...config }, settings)

const route = async (): Promise<void> => {
  while ((await routeBatch(ingest, { stopping: false, unexplained: new Map() })) > 0);
}
const member = async (canvas: unknown, customerId = 'ada') => ingest.enter(await ingest.launch(canvas), customerId)
const change = async (traits: Record<string, unknown>, customerId = 'ada'): Promise<void> => {
  await mergeTraits(ingest.db, WORKSPACE, customerId, traits)
  await customerChanged(ingest, WORKSPACE, customerId)
}
const stepOf = async (memberId: string) =>
  (
    await ingest.db.query<{ output: unknown; met: boolean; reads: unknown; until: number }>(
      `select output, met_at is not null as met, reads, (decision ->> 'until')::float8 as until from step where member_id = $1 and tile_id = 'w'`,
      [memberId],
    )
  )[0]!

const met = { kind: 'wake', tile: 'w', visit: 1, port: 'met' }

describe('event waits', () => {
  const canvas = waitingFor({ kind: 'event', event: 'bought', where: { property: 'total', op: 'gt', value: 50 } })

  test('the first event that matches meets the wait, and is kept for the tiles behind', async () => {
    const ada = await member(canvas)
    await ingest.arrive(ada, 'w')
    await ingest.keep(
      { customerId: 'ada', properties: { total: 10 } },
      { customerId: 'grace', properties: { total: 100 } },
      { customerId: 'ada', event: 'other', properties: { total: 100 } },
    )
    await route()
    expect(ingest.told()).toEqual([])
    await ingest.keep({ customerId: 'ada', properties: { total: 60 } }, { customerId: 'ada', properties: { total: 70 } })
    await route()
    expect(ingest.told()).toEqual([met])
    expect((await stepOf(ada.memberId)).output).toEqual({ event: 'bought', properties: { total: 60 } })
  })

  test('an event routed again tells the member again, and changes nothing', async () => {
    const ada = await member(canvas)
    await ingest.arrive(ada, 'w')
    await ingest.keep({ customerId: 'ada', properties: { total: 60 } }, { customerId: 'ada', properties: { total: 70 } })
    await route()
    await ingest.db.query('update event set routed_at = null')
    await route()
    expect(ingest.told()).toEqual([met, met])
    expect((await stepOf(ada.memberId)).output).toMatchObject({ properties: { total: 60 } })
  })

  test('an event from before the arrival does not count, to the microsecond', async () => {
    const ada = await member(canvas)
    await ingest.keep({ customerId: 'ada', properties: { total: 60 } })
    expect(await ingest.arrive(ada, 'w')).toMatchObject({ do: 'wait' })
    await ingest.db.query(`update event e set received_at = s.arrived_at - interval '1 microsecond' from step s where s.tile_id = 'w'`)
    await route()
    expect(ingest.told()).toEqual([])
    await ingest.db.query(`update event e set received_at = s.arrived_at, routed_at = null from step s where s.tile_id = 'w'`)
    await route()
    expect(ingest.told()).toEqual([met])
  })

  test('an event that the arrival finds is not met twice', async () => {
    const ada = await member(canvas)
    await ingest.keep({ customerId: 'ada', properties: { total: 60 } })
    // Committed before the step reads the events, received after it began.
    await ingest.db.query(`update event set received_at = clock_timestamp() + interval '1 second'`)
    expect(await ingest.arrive(ada, 'w')).toEqual({ do: 'go', port: 'met' })
    await ingest.keep({ customerId: 'ada', properties: { total: 70 } })
    await ingest.db.query(`update event set received_at = clock_timestamp() + interval '2 seconds' where properties ->> 'total' = '70'`)
    await route()
    expect((await stepOf(ada.memberId)).output).toMatchObject({ properties: { total: 60 } })
  })

  test('an event that comes between the arrival and its commit is seen by the step, for the router cannot', async () => {
    const ada = await member(canvas)
    const blocked = () =>
      ingest.db.query(`select 1 as one from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)
    const arrival = await ingest.db.tx(async (tx) => {
      await tx.query('select id from member where id = $1 for update', [ada.memberId])
      const arriving = ingest.arrive(ada, 'w')
      await eventually(blocked, (rows) => rows.length === 1)
      await ingest.keep({ customerId: 'ada', properties: { total: 60 } })
      await route()
      return { arriving }
    })
    expect(await arrival.arriving).toEqual({ do: 'go', port: 'met' })
    expect(ingest.told()).toEqual([])
    expect(await stepOf(ada.memberId)).toMatchObject({ met: true, output: { properties: { total: 60 } } })
  })

  test('a member that waits in a paused orchestration is told; one that is held has left its wait', async () => {
    const [ada, grace] = [await member(canvas), await member(canvas, 'grace')]
    await ingest.arrive(ada, 'w')
    await ingest.arrive(grace, 'w')
    for (const { journeyId } of [ada, grace]) await pauseJourney(ingest.db, WORKSPACE, journeyId, 'test')
    expect(await ingest.arrive(grace, 'done', { tile: 'w', port: 'timeout' })).toMatchObject({ do: 'held' })
    await ingest.keep({ customerId: 'ada', properties: { total: 60 } }, { customerId: 'grace', properties: { total: 60 } })
    await route()
    expect(ingest.temporal.calls).toEqual([{ name: 'send', args: [ada.memberId, met] }])
    expect((await stepOf(grace.memberId)).met).toBe(false)
  })

  test('an event that starts a member does not meet its wait, also when it is routed again', async () => {
    const canvas = row(
      [entry({ type: 'event', event: 'bought' }), wait('w', { kind: 'event', event: 'bought', timeout: 'P1D' }), exit()],
      ['met', 'timeout'].map((port) => ({ from: 'w', port, to: 'done' })),
    )
    await ingest.launch(canvas)
    await ingest.keep({ customerId: 'ada' })
    await route()
    const [{ memberId, journeyId }] = (await ingest.db.query<{ memberId: string; journeyId: string }>(
      `select id as "memberId", journey_id as "journeyId" from member`,
    )) as [{ memberId: string; journeyId: string }]
    await ingest.arrive({ memberId, journeyId, workspaceId: WORKSPACE, version: 1, customerId: 'ada' }, 'w')
    await ingest.db.query('update event set routed_at = null')
    await route()
    expect(ingest.told()).toEqual([])
  })
})

describe('what time alone may change', () => {
  const HOUR = 3_600_000
  const FROM = Date.now() - 6 * HOUR
  const idle = { not: { trait: 'activeAt', op: 'withinLast', value: 'P1D' } }
  const look = { kind: 'look' }
  const CANVASES = {
    'a wait for a condition': waitingFor({ kind: 'condition', when: idle }),
    'an exit criterion': waiting({ kind: 'duration', duration: 'PT24H' }, { exitCriteria: [{ name: 'Idle', when: idle }] }),
  }
  const active = (hours: number) => change({ activeAt: new Date(FROM + hours * HOUR).toISOString() })
  const due = (hours: number) => FROM + (24 + hours) * HOUR + 1

  test.each(Object.entries(CANVASES))('%s: the member is told to look only when the instant of its next look moves', async (_, canvas) => {
    await active(0)
    const ada = await member(canvas)
    expect(await ingest.arrive(ada, 'w')).toMatchObject({ do: 'wait', look: due(0) })
    await change({ plan: 'gold' })
    await active(0)
    expect(ingest.told()).toEqual([])
    await active(5)
    expect(ingest.told()).toEqual([look])
    // It has not looked yet, and may be reading what was before.
    await active(0)
    expect(ingest.told()).toEqual([look, look])
    expect(await ingest.look(ada, 'w')).toEqual({ do: 'stay', look: due(0) })
    await change({ plan: 'silver' })
    expect(ingest.told()).toHaveLength(2)
    await active(5)
    expect(await ingest.look(ada, 'w')).toEqual({ do: 'stay', look: due(5) })
    // Back to where it was on arrival: another instant than it looks at now.
    await active(0)
    expect(ingest.told()).toEqual([look, look, look, look])
  })
})

describe('entries by event', () => {
  const starts = async (trigger: Record<string, unknown>, settings = {}) =>
    ingest.launch(row([entry({ type: 'event', event: 'bought', ...trigger }), exit()], [], settings))
  const members = () =>
    ingest.db.query<{ customerId: string; key: string; entry: object }>(
      'select customer_id as "customerId", entry_key as key, entry from member order by id',
    )

  test('where looks at the event and at the profile', async () => {
    await starts({
      where: {
        all: [
          { property: 'total', op: 'gt', value: 50 },
          { trait: 'plan', op: 'eq', value: 'gold' },
        ],
      },
    })
    await ingest.keep(
      { customerId: 'ada', properties: { total: 60 } },
      { customerId: 'ada', type: 'identify', event: '$identify', properties: { plan: 'gold' } },
      { customerId: 'ada', properties: { total: 40 } },
      { customerId: 'ada', properties: { total: 70 } },
    )
    await route()
    expect((await members()).map(({ entry }) => entry)).toMatchObject([{ event: 'bought', properties: { total: 70 } }])
  })

  test('the key tells members apart; each refusal is counted', async () => {
    const journeyId = await starts({ key: 'properties.order.id' }, { reentry: { mode: 'always' } })
    const bought = (id: unknown) => ({ customerId: 'ada', properties: { order: { id } } })
    await ingest.keep(bought('a'), bought(7), bought('a'), { customerId: 'ada' })
    await route()
    expect((await members()).map(({ key }) => key)).toEqual(['a', '7', ''])
    const refusals = await ingest.db.query('select journey_id as "journeyId", reason from refusal')
    expect(refusals).toEqual([{ journeyId, reason: 'in_orchestration' }])
  })
})

describe('condition waits', () => {
  test('a trait that changes meets the wait, whether by identify or by the API', async () => {
    const canvas = waitingFor({ kind: 'condition', when: { trait: 'plan', op: 'eq', value: 'gold' } })
    const [ada, grace] = [await member(canvas), await member(canvas, 'grace')]
    for (const each of [ada, grace]) expect(await ingest.arrive(each, 'w')).toMatchObject({ do: 'wait' })
    await change({ plan: 'silver' })
    expect(ingest.told()).toEqual([])
    await change({ plan: 'gold' })
    expect(ingest.temporal.calls).toEqual([{ name: 'send', args: [ada.memberId, met] }])
    expect(await stepOf(ada.memberId)).toMatchObject({ met: true, reads: { 'traits.plan': 'gold' } })
    await ingest.keep({ customerId: 'grace', type: 'identify', event: '$identify', properties: { plan: 'gold' } })
    await route()
    expect(ingest.temporal.calls[1]).toEqual({ name: 'send', args: [grace.memberId, met] })
  })

  test('events are counted, with what they must hold', async () => {
    const when = { event: 'bought', op: 'performed', count: { atLeast: 2 }, where: { property: 'total', op: 'gt', value: 50 } }
    const ada = await member(waitingFor({ kind: 'condition', when }))
    await ingest.arrive(ada, 'w')
    await ingest.keep({ customerId: 'ada', properties: { total: 60 } }, { customerId: 'ada', properties: { total: 5 } })
    await route()
    expect(ingest.told()).toEqual([])
    await ingest.keep({ customerId: 'ada', properties: { total: 70 } })
    await route()
    expect(ingest.told()).toEqual([met])
    expect(await stepOf(ada.memberId)).toMatchObject({ reads: { 'event.bought': 2 } })
  })

  test('when Temporal is away nothing is recorded, and the next try tells', async () => {
    const ada = await member(waitingFor({ kind: 'condition', when: { trait: 'plan', op: 'eq', value: 'gold' } }))
    await ingest.arrive(ada, 'w')
    ingest.temporal.down = true
    await expect(change({ plan: 'gold' })).rejects.toThrow('Temporal cannot be reached')
    expect((await stepOf(ada.memberId)).met).toBe(false)
    ingest.temporal.down = false
    await change({ plan: 'gold' })
    expect(ingest.told()).toEqual([met])
  })
})

describe('waits that depend on data are armed anew', () => {
  const rearmed = (until: string | number) => ({ kind: 'rearm', tile: 'w', visit: 1, until: new Date(until).getTime() })

  test('a trait that names another date, then none', async () => {
    await mergeTraits(ingest.db, WORKSPACE, 'ada', { renewal: '2099-05-10' })
    const ada = await member(waiting({ kind: 'trait', trait: 'renewal', offset: '-P7D', time: '09:00' }))
    await ingest.arrive(ada, 'w')
    await change({ renewal: '2099-05-20' })
    await change({ other: 1 })
    expect(ingest.told()).toEqual([rearmed('2099-05-13T09:00:00Z')])
    expect(await stepOf(ada.memberId)).toMatchObject({ until: Date.parse('2099-05-13T09:00:00Z') })
    await change({ renewal: null })
    expect(ingest.told()[1]).toEqual(rearmed(0))
  })

  test('a time zone that changes, for dates and for time-outs by the calendar', async () => {
    const dated = await member(waiting({ kind: 'date', date: '2099-12-24T09:00' }))
    const counted = await member(waitingFor({ kind: 'event', event: 'x', timeout: 'P1M' }))
    const exact = await member(waitingFor({ kind: 'event', event: 'x', timeout: 'PT720H' }))
    const fixed = await member(waiting({ kind: 'date', date: '2099-12-24T09:00', timezone: 'Asia/Tokyo' }))
    for (const each of [dated, counted, exact, fixed]) await ingest.arrive(each, 'w')
    await change({ timezone: 'America/New_York' })
    const told = new Map(ingest.temporal.calls.map(({ args }) => [args[0], args[1]]))
    expect(told.get(dated.memberId)).toEqual(rearmed('2099-12-24T14:00:00Z'))
    expect(told.has(exact.memberId) || told.has(fixed.memberId)).toBe(false)
  })

  test('when Temporal is away the row stays as it was, and the next try tells', async () => {
    const ada = await member(waiting({ kind: 'date', date: '2099-12-24T09:00' }))
    await ingest.arrive(ada, 'w')
    ingest.temporal.down = true
    await expect(change({ timezone: 'Europe/Madrid' })).rejects.toThrow('Temporal cannot be reached')
    expect((await stepOf(ada.memberId)).until).toBe(Date.parse('2099-12-24T09:00:00Z'))
    ingest.temporal.down = false
    await change({})
    expect(ingest.told()).toEqual([rearmed('2099-12-24T08:00:00Z')])
  })
})

test('a customer in no orchestration costs one query', async () => {
  let queries = 0
  const counting = {
    ...ingest.db,
    hot: ((...args: Parameters<typeof ingest.db.hot>) => (queries++, ingest.db.hot(...args))) as typeof ingest.db.hot,
  }
  await customerChanged({ db: counting, temporal: ingest.temporal }, WORKSPACE, 'nobody')
  expect(queries).toBe(1)
})
