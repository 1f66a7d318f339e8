import { createAudience } from '../store/audiences.js'
import { changeMembers } from '../store/audiences-members.js'
import { openDb } from '../store/db.js'
import { recentEvents } from '../store/events.js'
import { completeJourney, pauseJourney } from '../store/gate.js'
import { journeyStats } from '../store/stats.js'
import { DEFAULT_WORKSPACE } from '../store/workspaces.js'
import { entry, exit, row, wait } from '../test/support/canvas.js'
import { startIngest, type Ingest } from '../test/support/ingest.js'
import { routeBatch, type RouteState } from './batch.js'

let ingest: Ingest
beforeEach(async () => {
  ingest = await startIngest()
})
afterEach(() => ingest.stop())

const launch = (triggers: object[], settings: Record<string, unknown> = { reentry: { mode: 'always' } }) =>
  ingest.launch(row([entry(...triggers), wait('w', { kind: 'duration', duration: 'P1D' }), exit()], [], settings))

const state: RouteState = { stopping: false, unexplained: new Map() }
async function route(): Promise<void> {
  while ((await routeBatch(ingest, state)) > 0);
  expect(await ingest.db.query('select error from event where error is not null')).toEqual([])
}

/** Routes once more what was routed, as after a crash before the mark. */
async function routeAgain(): Promise<void> {
  await ingest.db.query('update event set routed_at = null')
  await route()
}

const members = (journeyId: string) =>
  ingest.db.query<{ customerId: string; trigger: string; key: string; entry: object }>(
    `select customer_id as "customerId", split_part(trigger_id, ':', 1) as trigger, entry_key as key, entry from member
     where journey_id = $1 order by customer_id, entered_at`,
    [journeyId],
  )
const refused = async (journeyId: string) => (await journeyStats(ingest.db, DEFAULT_WORKSPACE, journeyId)).refused
const list = async (name = 'List') => (await createAudience(ingest.db, DEFAULT_WORKSPACE, name)).id
const change = (id: string, add: string[], remove: string[] = []) => changeMembers(ingest.db, DEFAULT_WORKSPACE, id, { add, remove })

describe('several triggers', () => {
  test('each with its own where and key; the first that an event satisfies starts the one member', async () => {
    const audience = await list()
    const big = { property: 'total', op: 'gt', value: 100 }
    const journeyId = await launch([
      { type: 'manual' },
      { type: 'event', event: 'bought', where: big, key: 'properties.order.id' },
      { type: 'audience', audienceId: audience },
      { type: 'event', event: 'bought', where: { property: 'gift', op: 'eq', value: true }, key: 'properties.total' },
      { type: 'event', event: 'signed_up' },
    ])
    const bought = (customerId: string, properties: object) => ({ customerId, properties: properties as Record<string, unknown> })
    await ingest.keep(
      bought('both', { total: 200, gift: true, order: { id: 'o1' } }),
      bought('gift', { total: 20, gift: true }),
      bought('none', { total: 20 }),
      { customerId: 'new', event: 'signed_up' },
      { customerId: 'other', event: 'signed_out' },
    )
    await change(audience, ['joiner'])
    await route()
    await routeAgain()
    const found = (await members(journeyId)).map(({ customerId, trigger, key }) => [customerId, trigger, key])
    expect(found).toEqual([
      ['both', 'event', 'o1'],
      ['gift', 'event', '20'],
      ['joiner', 'join', ''],
      ['new', 'event', ''],
    ])
    // The same key again while inside, by the other trigger too.
    await ingest.keep(bought('both', { total: 300, order: { id: 'o1' } }), bought('both', { gift: true, total: 'o1' }))
    await ingest.keep(bought('both', { total: 300, order: { id: 'o2' } }))
    await route()
    expect((await members(journeyId)).filter(({ customerId }) => customerId === 'both').map(({ key }) => key)).toEqual(['o1', 'o2'])
    expect(await refused(journeyId)).toEqual({ in_orchestration: 2 })
  })

  test('an event enters every orchestration that it triggers', async () => {
    const journeys = [await launch([{ type: 'event', event: 'bought' }]), await launch([{ type: 'event', event: 'bought' }])]
    await ingest.keep({ customerId: 'ada' })
    await route()
    for (const journeyId of journeys) expect(await members(journeyId)).toHaveLength(1)
  })
})

describe('lists', () => {
  test('who joins enters, once per membership', async () => {
    const [audience, another] = [await list(), await list('Another')]
    const journeyId = await launch([{ type: 'audience', audienceId: audience }])
    await change(audience, ['ada', 'bob', 'ada'])
    await change(another, ['cy'])
    await change(audience, ['ada'])
    await route()
    await routeAgain()
    expect((await members(journeyId)).map(({ customerId }) => customerId)).toEqual(['ada', 'bob'])
    // Leaving does nothing by itself; joining again is another join.
    await change(audience, [], ['ada'])
    await route()
    expect(await members(journeyId)).toHaveLength(2)
    await change(audience, ['ada'])
    await route()
    await routeAgain()
    expect((await members(journeyId)).map(({ customerId }) => customerId)).toEqual(['ada', 'ada', 'bob'])
  })

  test('who is named to join and to leave is out', async () => {
    const audience = await list()
    await change(audience, ['bob'])
    expect(await change(audience, ['ada', 'bob'], ['ada', 'bob'])).toEqual(['bob'])
    expect(await ingest.db.query('select customer_id from audience_member')).toEqual([])
  })

  test('the rules of re-entry hold, and each refusal is counted', async () => {
    const audience = await list()
    const journeyId = await launch([{ type: 'audience', audienceId: audience }], {})
    for (const [add, remove] of [[['ada'], []], [[], ['ada']], [['ada'], []]] as [string[], string[]][]) await change(audience, add, remove) // prettier-ignore
    await route()
    await routeAgain()
    expect(await members(journeyId)).toHaveLength(1)
    expect(await refused(journeyId)).toEqual({ already_entered: 1 })
  })

  test('paused and completed orchestrations refuse, and count it', async () => {
    const audience = await list()
    const [paused, completed] = [
      await launch([{ type: 'audience', audienceId: audience }]),
      await launch([{ type: 'audience', audienceId: audience }]),
    ]
    await pauseJourney(ingest.db, DEFAULT_WORKSPACE, paused!, 'test')
    await completeJourney(ingest.db, DEFAULT_WORKSPACE, completed!)
    await change(audience, ['ada'])
    await route()
    expect([await refused(paused!), await refused(completed!)]).toEqual([{ paused: 1 }, { completed: 1 }])
  })

  test('a join that is undone leaves nothing behind', async () => {
    const audience = await list()
    const journeyId = await launch([{ type: 'audience', audienceId: audience }])
    await expect(
      ingest.db.tx(async (tx) => {
        await changeMembers(tx, DEFAULT_WORKSPACE, audience, { add: ['ada'], remove: [] })
        throw new Error('Cut off.')
      }),
    ).rejects.toThrow('Cut off.')
    await route()
    expect(await members(journeyId)).toEqual([])
  })

  test('a join is no event of the customer: no list shows it, no trigger or wait by name meets it', async () => {
    const audience = await list()
    const journeyId = await launch([
      { type: 'event', event: 'bought' },
      { type: 'event', event: `$audience:${audience}` },
    ])
    await change(audience, ['ada'])
    await route()
    expect(await members(journeyId)).toEqual([])
    expect((await recentEvents(ingest.db, DEFAULT_WORKSPACE, {})).data).toEqual([])
    // Nor does an event by that name enter as a join does.
    const joined = await launch([{ type: 'audience', audienceId: audience }])
    await ingest.keep({ customerId: 'eve', event: `$audience:${audience}`, properties: { audienceId: audience, number: '1' } })
    await route()
    expect(await members(joined)).toEqual([])
    expect(await members(journeyId)).toHaveLength(1)
  })
})

test('eight connections at once, the same message and the same join, mixed with others, while two routers route', async () => {
  const audience = await list()
  const journeyId = await launch([
    { type: 'event', event: 'bought' },
    { type: 'audience', audienceId: audience },
  ])
  const customers = ['ada', 'bob', 'cy', 'dan']
  const connections = Array.from({ length: 8 }, () => openDb(ingest.databaseUrl, { max: 1 }))
  let writing = true
  const routing = [0, 1].map(async () => {
    const own: RouteState = { stopping: false, unexplained: new Map() }
    while (writing || (await routeBatch(ingest, own)) > 0) await routeBatch(ingest, own)
  })
  try {
    await Promise.all(
      connections.flatMap((db, n) =>
        customers.flatMap((_, index) => {
          const customerId = customers[(index + n) % customers.length]!
          return [
            ingest.keep({ customerId, messageId: `once ${customerId}` }),
            ingest.keep({ customerId, messageId: `${n} ${customerId}` }),
            changeMembers(db, DEFAULT_WORKSPACE, audience, { add: [customerId], remove: [] }),
            changeMembers(db, DEFAULT_WORKSPACE, audience, { add: [...customers].reverse(), remove: [] }),
          ]
        }),
      ),
    )
  } finally {
    writing = false
    await Promise.all([...routing, ...connections.map((db) => db.close())])
  }
  await routeAgain()
  const found = (await members(journeyId)).map(({ customerId, trigger }) => `${customerId} ${trigger}`)
  for (const customer of customers) {
    expect(found.filter((each) => each === `${customer} join`)).toHaveLength(1)
    expect(found.filter((each) => each === `${customer} event`)).toHaveLength(9)
  }
}, 60_000)
