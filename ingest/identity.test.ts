import { createAudience } from '../store/audiences.js'
import { changeMembers } from '../store/audiences-members.js'
import { getCustomer, mergeTraits, traitHistory } from '../store/customers.js'
import { recentEvents, type NewEvent } from '../store/events.js'
import { customerMembers } from '../store/members.js'
import { memberTimeline } from '../store/timeline.js'
import { DEFAULT_WORKSPACE as WORKSPACE } from '../store/workspaces.js'
import { entry, eventually, exit, row, wait } from '../test/support/canvas.js'
import { startIngest, type Ingest } from '../test/support/ingest.js'
import { routeBatch } from './batch.js'

let ingest: Ingest
beforeEach(async () => {
  ingest = await startIngest()
})
afterEach(() => ingest.stop())

const route = async (): Promise<void> => {
  while ((await routeBatch(ingest, { stopping: false, unexplained: new Map() })) > 0);
}

type Given = Partial<NewEvent>
/** Before anybody is known. */
const visit = (anonymousId: string, more: Given = {}) => ingest.keep({ customerId: anonymousId, anonymousId, ...more })
const both = (customerId: string, anonymousId: string, more: Given = {}) => ingest.keep({ customerId, anonymousId, ...more })
const identify = (customerId: string, anonymousId: string | undefined, properties: Record<string, unknown> = {}, more: Given = {}) =>
  ingest.keep({ customerId, type: 'identify', event: '$identify', properties, ...(anonymousId !== undefined && { anonymousId }), ...more })
const alias = (previousId: string, customerId: string) =>
  ingest.keep({ customerId, type: 'alias', event: '$alias', properties: { previousId } })

const customer = (id: string) => getCustomer(ingest.db, WORKSPACE, id)
const eventsOf = async (id: string) => (await recentEvents(ingest.db, WORKSPACE, { customerId: id })).data
const membersOf = async (id: string) => (await customerMembers(ingest.db, WORKSPACE, id, {})).data
const means = async (id: string) => (await customer(id)).id

describe('a visitor who is identified', () => {
  test('brings traits, events, lists and members along; the old id means the customer from then on', async () => {
    const journeyId = await ingest.launch(row([entry({ type: 'event', event: 'looked' }), exit()]))
    const { id: list } = await createAudience(ingest.db, WORKSPACE, 'Beta')
    await visit('anon', { event: 'looked' })
    await identify('anon', 'anon', { city: 'Kyiv', plan: 'free' }, { timestamp: new Date(1_000) })
    await identify('ada', undefined, { plan: 'gold' }, { timestamp: new Date(2_000) })
    await route()
    await changeMembers(ingest.db, WORKSPACE, list, { add: ['anon'], remove: [] })
    await identify('ada', 'anon', { name: 'Ada' })
    await route()

    expect(await customer('ada')).toMatchObject({ id: 'ada', traits: { city: 'Kyiv', plan: 'gold', name: 'Ada' }, audiences: [list] })
    expect(await customer('anon')).toEqual(await customer('ada'))
    expect(await eventsOf('anon')).toHaveLength(4)
    expect((await membersOf('anon')).map((each) => [each.orchestrationId, each.customerId])).toEqual([[journeyId, 'ada']])
    expect((await memberTimeline(ingest.db, WORKSPACE, (await membersOf('ada'))[0]!.id, {})).data).toContainEqual(
      expect.objectContaining({ event: 'merged', cause: { previousId: 'anon', customerId: 'ada' } }),
    )
    expect((await traitHistory(ingest.db, WORKSPACE, 'ada', {})).data.map(({ trait, source }) => [trait, source.type])).toEqual(
      expect.arrayContaining([['city', 'merge'], ['city', 'event'], ['name', 'event']]), // prettier-ignore
    )
  })

  test('later: events, changes, lists and entries under the old id are those of the customer', async () => {
    const journeyId = await ingest.launch(row([entry(), exit()]))
    const { id: list } = await createAudience(ingest.db, WORKSPACE, 'Beta')
    await visit('anon')
    await both('ada', 'anon')
    await route()
    await visit('anon', { event: 'late' })
    await mergeTraits(ingest.db, WORKSPACE, 'anon', { plan: 'gold' })
    await changeMembers(ingest.db, WORKSPACE, list, { add: ['anon', 'ada'], remove: [] })
    expect((await ingest.enter(journeyId, 'anon')).memberId).toMatch(/^mem_/)
    await route()
    expect(await customer('ada')).toMatchObject({ traits: { plan: 'gold' }, audiences: [list] })
    expect((await eventsOf('ada'))[0]).toMatchObject({ event: 'late', customerId: 'ada' })
    expect((await membersOf('ada')).map(({ customerId }) => customerId)).toEqual(['ada'])
    expect(await ingest.db.query(`select 1 as one from customer where id = 'anon'`)).toEqual([])
  })

  test('an event that was being kept under the old id while they were merged is brought to the customer', async () => {
    await visit('anon')
    await both('ada', 'anon')
    await route()
    await visit('other', { event: 'stray' })
    await ingest.db.query(`update event set customer_id = 'anon', partition = tw_partition('anon') where event = 'stray'`)
    await route()
    expect((await eventsOf('ada'))[0]).toMatchObject({ event: 'stray' })
    expect(await ingest.db.query(`select 1 as one from event where routed_at is null`)).toEqual([])
  })

  test('what the visitor did before is routed before what the customer does', async () => {
    await ingest.launch(row([entry({ type: 'event', event: 'bought', key: 'properties.n' }), exit()], [], { reentry: { mode: 'always' } }))
    for (let n = 0; n < 5; n++) await visit('anon', { properties: { n } })
    await both('ada', 'anon', { properties: { n: 5 } })
    await both('ada', 'anon', { properties: { n: 6 } })
    // Another router has the visitor's partition: this one comes to the customer's events first, and waits.
    let going: Promise<void> | undefined
    await ingest.db.tx(async (tx) => {
      await tx.query(`select pg_advisory_xact_lock(84217, tw_partition('anon'))::text as locked`)
      going = route()
      await eventually(
        () => ingest.db.query(`select 1 as one from pg_locks where locktype = 'advisory' and classid = 84217 and not granted`),
        ({ length }) => length === 1,
      )
    })
    await going
    const members = await ingest.db.query<{ n: number; customerId: string }>(
      `select (entry -> 'properties' ->> 'n')::int as n, customer_id as "customerId" from member order by entered_at`,
    )
    expect(members.map(({ n }) => n)).toEqual([0, 1, 2, 3, 4, 5, 6])
    expect(new Set(members.map(({ customerId }) => customerId))).toEqual(new Set(['ada']))
  })

  test('routed again after a crash, nothing is another', async () => {
    await visit('anon')
    await identify('anon', 'anon', { n: 1 }, { timestamp: new Date(1_000) })
    await identify('ada', 'anon', { n: 2 }, { timestamp: new Date(2_000) })
    await alias('ada', 'grace')
    await route()
    const before = [await customer('anon'), await eventsOf('anon')]
    await ingest.db.query('update event set routed_at = null')
    await route()
    expect([await customer('anon'), await eventsOf('anon')]).toEqual(before)
  })
})

describe('who becomes whom', () => {
  test('chains resolve, whichever part comes first', async () => {
    await alias('a', 'b')
    await alias('b', 'c')
    await alias('y', 'z')
    await alias('x', 'y')
    await identify('c', undefined, { n: 1 })
    await identify('z', undefined, { n: 2 })
    await route()
    expect([await means('a'), await means('b'), await means('x'), await means('y')]).toEqual(['c', 'c', 'z', 'z'])
  })

  test('two known customers become one by alias only; an anonymousId belongs to the latest', async () => {
    await visit('device', { event: 'first' })
    await route()
    await identify('ada', 'device', { name: 'Ada' })
    await route()
    await identify('grace', 'device', { name: 'Grace' })
    await route()
    await visit('device', { event: 'last' })
    await route()
    expect([await means('device'), await means('ada'), await means('grace')]).toEqual(['grace', 'ada', 'grace'])
    expect((await eventsOf('ada')).map(({ event }) => event)).toEqual(['$identify', 'first'])
    expect((await eventsOf('grace')).map(({ event }) => event)).toEqual(['last', '$identify'])
    await alias('ada', 'grace')
    await route()
    expect((await customer('ada')).traits).toEqual({ name: 'Grace' })
    expect(await means('device')).toBe('grace')
  })

  test('in whichever order two claims of an anonymousId are routed, it belongs to the one that was received last', async () => {
    await visit('device')
    await route()
    await identify('ada', 'device')
    await identify('grace', 'device')
    await ingest.db.tx(async (tx) => {
      await tx.query(`select pg_advisory_xact_lock(84217, tw_partition('ada'))::text as locked`)
      await route()
    })
    expect(await means('device')).toBe('grace')
    await route()
    expect(await means('device')).toBe('grace')
  })

  test('a userId that is used as an anonymousId takes nobody over', async () => {
    await identify('victim', undefined, { email: 'v@example.com' })
    await mergeTraits(ingest.db, WORKSPACE, 'imported', { email: 'i@example.com' })
    await both('ada', 'victim')
    await both('ada', 'imported')
    await route()
    expect([await means('victim'), await means('imported')]).toEqual(['victim', 'imported'])
  })

  test('an id that was a known customer is not taken over as an anonymousId', async () => {
    await identify('ada', undefined, { n: 1 })
    await alias('ada', 'grace')
    await identify('grace', undefined, { n: 2 })
    await identify('mallory', 'ada', { n: 3 })
    await route()
    expect(await means('ada')).toBe('grace')
  })

  test('nobody is merged into themselves', async () => {
    await alias('ada', 'ada')
    await identify('ada', 'ada', { n: 1 })
    await visit('anon')
    await identify('ada', 'anon', { n: 1 })
    await route()
    await alias('ada', 'anon')
    await route()
    expect(await means('anon')).toBe('ada')
  })

  test('traits that would make the profile too large are left out; the rest is merged, and the event says so', async () => {
    await visit('anon')
    await mergeTraits(ingest.db, WORKSPACE, 'anon', { a: 'x'.repeat(150_000) })
    await mergeTraits(ingest.db, WORKSPACE, 'ada', { b: 'x'.repeat(150_000) })
    await route()
    await both('ada', 'anon')
    await route()
    expect(Object.keys((await customer('anon')).traits)).toEqual(['b'])
    const [event] = await ingest.db.query<{ error: string }>(`select error from event where error is not null`)
    expect(event!.error).toContain('256 KB')
  })
})

describe('members', () => {
  const waiting = (config: Record<string, unknown>, settings = {}) =>
    row(
      [entry(), wait('w', { timeout: 'P1D', ...config }), exit()],
      ['met', 'timeout'].map((port) => ({ from: 'w', port, to: 'done' })),
      settings,
    )
  const bought = { kind: 'event', event: 'bought' }

  test("an anonymous member goes on: the customer's events meet its wait", async () => {
    await visit('anon', { event: 'looked' })
    const member = await ingest.enter(await ingest.launch(waiting(bought)), 'anon')
    await ingest.arrive(member, 'w')
    await both('ada', 'anon', { event: 'looked' })
    await route()
    await ingest.keep({ customerId: 'ada' })
    await route()
    expect(ingest.told()).toEqual([{ kind: 'wake', tile: 'w', visit: 1, port: 'met' }])
  })

  test("what the visitor did since the arrival meets the customer's wait, at the merge", async () => {
    const member = await ingest.enter(await ingest.launch(waiting(bought)), 'ada')
    await visit('anon')
    await route()
    await ingest.arrive(member, 'w')
    await visit('anon', { properties: { n: 2 } })
    await route()
    expect(ingest.told()).toEqual([])
    await both('ada', 'anon', { event: 'looked' })
    await route()
    expect(ingest.told()).toEqual([{ kind: 'wake', tile: 'w', visit: 1, port: 'met' }])
    const [step] = await ingest.db.query<{ output: unknown }>(`select output from step where tile_id = 'w'`)
    expect(step!.output).toEqual({ event: 'bought', properties: { n: 2 } })
  })

  test('conditions see what both did and are', async () => {
    const when = { all: [{ event: 'bought', op: 'performed', count: { atLeast: 2 } }, { trait: 'plan', op: 'eq', value: 'gold' }] } // prettier-ignore
    const member = await ingest.enter(await ingest.launch(waiting({ kind: 'condition', when })), 'anon')
    await visit('anon')
    await ingest.keep({ customerId: 'ada' })
    await identify('ada', undefined, { plan: 'gold' })
    await ingest.arrive(member, 'w')
    await route()
    expect(ingest.told()).toEqual([])
    await both('ada', 'anon', { event: 'looked' })
    await route()
    expect(ingest.told()).toEqual([{ kind: 'wake', tile: 'w', visit: 1, port: 'met' }])
  })

  test('of two who meet, the one who entered first goes on', async () => {
    const journeyId = await ingest.launch(waiting(bought))
    await visit('anon', { event: 'looked' })
    const first = await ingest.enter(journeyId, 'anon')
    const second = await ingest.enter(journeyId, 'ada')
    await both('ada', 'anon', { event: 'looked' })
    await route()
    const told = [{ kind: 'exit', id: `merged:${first.memberId}`, reason: 'merged', cause: { memberId: first.memberId } }]
    expect(ingest.temporal.calls.filter(({ name }) => name === 'send').map(({ args }) => args)).toEqual([[second.memberId, ...told]])
    expect((await membersOf('ada')).map(({ customerId }) => customerId)).toEqual(['ada', 'ada'])
  })

  test('where re-entry is always, both go on', async () => {
    const journeyId = await ingest.launch(waiting(bought, { reentry: { mode: 'always' } }))
    await visit('anon', { event: 'looked' })
    await ingest.enter(journeyId, 'anon')
    await ingest.enter(journeyId, 'ada')
    await both('ada', 'anon', { event: 'looked' })
    await route()
    expect(ingest.told()).toEqual([])
  })

  test('re-entry looks at what both were in', async () => {
    const journeyId = await ingest.launch(row([entry({ type: 'event', event: 'looked' }), exit()]))
    await visit('anon', { event: 'looked' })
    await both('ada', 'anon', { event: 'looked' })
    await visit('anon', { event: 'looked' })
    await route()
    expect((await membersOf('ada')).map(({ orchestrationId }) => orchestrationId)).toEqual([journeyId])
  })
})
