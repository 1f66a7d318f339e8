import { startRouter, type Router } from './router.js'
import { routeBatch, type RouteState } from './batch.js'
import { getCustomer } from '../store/customers.js'
import { DEFAULT_WORKSPACE } from '../store/workspaces.js'
import { entry, eventually, exit, row } from '../test/support/canvas.js'
import { startIngest, type Ingest } from '../test/support/ingest.js'

let ingest: Ingest
const routers: Router[] = []
beforeEach(async () => {
  ingest = await startIngest()
})
afterEach(async () => {
  await Promise.all(routers.splice(0).map((router) => router.stop()))
  await ingest.stop()
})

function run(options: { concurrency?: number; databaseUrl?: string } = {}): Router {
  const router = startRouter({ db: ingest.db, temporal: ingest.temporal, ...options })
  routers.push(router)
  return router
}

const fresh = (): RouteState => ({ stopping: false, unexplained: new Map() })

/** Every purchase starts a member of its own. */
const purchases = () => row([entry({ type: 'event', event: 'bought', key: 'properties.n' }), exit()], [], { reentry: { mode: 'always' } })

const allRouted = () =>
  eventually(
    () => ingest.db.query<{ n: number }>('select count(*)::int as n from event where routed_at is null'),
    ([left]) => left!.n === 0,
  )

/** Numbers of the purchases of each customer, in the order in which their members were started. */
async function started(): Promise<Map<string, number[]>> {
  const members = await ingest.db.query<{ id: string; customerId: string; n: number }>(
    `select id, customer_id as "customerId", (entry -> 'properties' ->> 'n')::int as n from member`,
  )
  const byId = new Map(members.map((member) => [member.id, member]))
  const order = new Map<string, number[]>()
  for (const { name, args } of ingest.temporal.calls) {
    if (name !== 'startMember') continue
    const { customerId, n } = byId.get((args[0] as { memberId: string }).memberId)!
    order.set(customerId, [...(order.get(customerId) ?? []), n])
  }
  return order
}

const CUSTOMERS = [...Array(20).keys()].map((n) => `customer-${n}`)
const NUMBERS = [...Array(25).keys()]

/** Purchases of all customers, mixed. */
const stream = () => ingest.keep(...NUMBERS.flatMap((n) => CUSTOMERS.map((customerId) => ({ customerId, properties: { n } }))))

test('events of a customer are routed in order by four loops, each once', async () => {
  await ingest.launch(purchases())
  await stream()
  run({ concurrency: 4 })
  await allRouted()
  const order = await started()
  expect(order.size).toBe(CUSTOMERS.length)
  for (const customer of CUSTOMERS) expect([customer, order.get(customer)]).toEqual([customer, NUMBERS])
})

test('two routers share the work and keep the order', async () => {
  await ingest.launch(purchases())
  run({ concurrency: 2 })
  run({ concurrency: 2 })
  for (let n = 0; n < 25; n += 5)
    await ingest.keep(
      ...NUMBERS.slice(n, n + 5).flatMap((each) => CUSTOMERS.map((customerId) => ({ customerId, properties: { n: each } }))),
    )
  await allRouted()
  for (const numbers of (await started()).values()) expect(numbers).toEqual(NUMBERS)
})

test('a router that loses its connection in the middle: the events are routed again, nobody enters twice', async () => {
  await ingest.launch(purchases())
  await stream()
  const startMember = ingest.temporal.startMember.bind(ingest.temporal)
  let starts = 0
  ingest.temporal.startMember = async (start) => {
    await startMember(start)
    if (++starts !== 30 && starts !== 90) return
    await ingest.db.query(
      `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and classid = 84217 and database = (select oid from pg_database where datname = current_database())`,
    )
  }
  run({ concurrency: 2 })
  await allRouted()
  const order = await started()
  for (const customer of CUSTOMERS) expect([...new Set(order.get(customer))]).toEqual(NUMBERS)
  const [count] = await ingest.db.query<{ n: number }>('select count(*)::int as n from member')
  expect(count!.n).toBe(CUSTOMERS.length * NUMBERS.length)
  expect(starts).toBeGreaterThan(count!.n)
})

test('entry is exactly once, whatever the same message comes as', async () => {
  await ingest.launch(purchases())
  run({ concurrency: 4 })
  const event = { customerId: 'ada', messageId: 'once', properties: { n: 1 } }
  const kept = await Promise.all(Array.from({ length: 10 }, () => ingest.keep(event)))
  expect(kept.reduce((sum, n) => sum + n, 0)).toBe(1)
  await allRouted()
  // Routed again, as after a crash between the start and the mark.
  await ingest.db.query('update event set routed_at = null')
  await allRouted()
  expect(await ingest.db.query('select id from member')).toHaveLength(1)
})

test('an event at fault is marked with why, and those behind it go on', async () => {
  await ingest.launch(purchases())
  await ingest.keep({ customerId: 'ada', type: 'identify', event: '$identify' }, { customerId: 'ada', properties: { n: 1 } })
  // Traits that are no object: kept by no way in, and still no reason to stop.
  await ingest.db.query(`update event set properties = '7'::jsonb where type = 'identify'`)
  expect(await routeBatch(ingest, fresh())).toBe(2)
  const events = await ingest.db.query<{ type: string; error: string | null }>('select type, error from event order by id')
  expect(events[0]!.error).not.toBeNull()
  expect(events[1]!.error).toBeNull()
  expect((await started()).get('ada')).toEqual([1])
})

test('an identify changes only traits that were not written since its timestamp; a clock that is ahead counts as ours', async () => {
  const identify = (properties: Record<string, unknown>, ms: number) =>
    ingest.keep({ customerId: 'ada', type: 'identify', event: '$identify', properties, timestamp: new Date(ms) })
  const now = Date.now()
  await identify({ plan: 'gold', city: 'Madrid' }, now - 5_000)
  await identify({ plan: 'free', age: 36 }, now - 9_000)
  await identify({ city: 'Kyiv' }, now + 3_600_000)
  while ((await routeBatch(ingest, fresh())) > 0);
  await identify({ city: 'Lima' }, Date.now())
  while ((await routeBatch(ingest, fresh())) > 0);
  expect((await getCustomer(ingest.db, DEFAULT_WORKSPACE, 'ada')).traits).toEqual({ plan: 'gold', city: 'Lima', age: 36 })
})

test('an identify that would make the profile too large is kept with its error', async () => {
  const identify = (name: string) => ({
    customerId: 'ada',
    type: 'identify' as const,
    event: '$identify',
    properties: { [name]: 'x'.repeat(30_000) },
  })
  await ingest.keep(...Array.from({ length: 9 }, (_, n) => identify(`t${n}`)))
  while ((await routeBatch(ingest, fresh())) > 0);
  const events = await ingest.db.query<{ error: string | null }>('select error from event order by id')
  expect(events.map(({ error }) => error)).toEqual([...Array<null>(8).fill(null), expect.stringContaining('256 KB')])
})

test('a failure that nobody can explain is tried five times, then marked', async () => {
  await ingest.launch(purchases())
  await ingest.keep({ customerId: 'ada', properties: { n: 1 } }, { customerId: 'ada', event: 'other' })
  ingest.temporal.startMember = () => Promise.reject(new Error('The moon is in the way.'))
  const state = fresh()
  for (let tries = 1; tries < 5; tries++) await expect(routeBatch(ingest, state)).rejects.toThrow('The moon is in the way.')
  expect(await routeBatch(ingest, state)).toBe(2)
  expect(await ingest.db.query('select error from event order by id')).toEqual([{ error: 'The moon is in the way.' }, { error: null }])
  expect(state.unexplained.size).toBe(0)
})

test('while Temporal is away events wait in order; those before are marked', async () => {
  await ingest.launch(purchases())
  await ingest.keep(...NUMBERS.map((n) => ({ customerId: 'ada', properties: { n } })))
  const startMember = ingest.temporal.startMember.bind(ingest.temporal)
  ingest.temporal.startMember = async (start) => {
    if (ingest.temporal.calls.length === 10) ingest.temporal.down = true
    await startMember(start)
  }
  await expect(routeBatch(ingest, fresh())).rejects.toThrow('Temporal cannot be reached')
  expect(await ingest.db.query('select id from event where routed_at is not null')).toHaveLength(10)
  ingest.temporal.startMember = startMember
  ingest.temporal.down = false
  run()
  await allRouted()
  expect((await started()).get('ada')).toEqual(NUMBERS)
})

test('it listens again when its connection is lost', async () => {
  await ingest.launch(purchases())
  run({ databaseUrl: ingest.databaseUrl })
  const listening = () =>
    ingest.db.query<{ pid: number }>(
      `select pid from pg_stat_activity where datname = current_database() and query = 'listen tilework_events' and state = 'idle'`,
    )
  const [before] = await eventually(listening, (rows) => rows.length === 1)
  await ingest.db.query('select pg_terminate_backend($1::int)', [before!.pid])
  await eventually(listening, ([after]) => after !== undefined && after.pid !== before!.pid)
  await ingest.keep({ customerId: 'ada', properties: { n: 1 } })
  await allRouted()
})

test('a wake-up while it looks for events is not lost', async () => {
  await ingest.launch(purchases())
  const router = run({ concurrency: 1 })
  // Each event comes right after the one before was seen: the loop is anywhere between looking and falling asleep.
  const from = Date.now()
  for (const n of NUMBERS) {
    await ingest.keep({ customerId: 'ada', properties: { n } })
    router.wake()
    await eventually(
      () => Promise.resolve(ingest.temporal.calls.length),
      (calls) => calls === n + 1,
    )
  }
  // Polling alone would take a second for each.
  expect(Date.now() - from).toBeLessThan(NUMBERS.length * 500)
})

test('stopping lets go at once and leaves the rest to others', async () => {
  await ingest.launch(purchases())
  await stream()
  const router = run({ concurrency: 4 })
  await eventually(
    () => Promise.resolve(ingest.temporal.calls.length),
    (calls) => calls > 0,
  )
  await router.stop()
  const calls = ingest.temporal.calls.length
  expect(calls).toBeLessThan(CUSTOMERS.length * NUMBERS.length)
  run({ concurrency: 4 })
  await allRouted()
  expect(ingest.temporal.calls).toHaveLength(CUSTOMERS.length * NUMBERS.length)
})
