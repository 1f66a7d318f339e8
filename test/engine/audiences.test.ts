import { startAudienceClock, type AudienceClock } from '../../ingest/audience-clock.js'
import { insertEvents } from '../../store/events.js'
import { entry, eventually, exit, row, send, tile, wait } from '../support/canvas.js'
import { WORKSPACE } from '../support/rig.js'
import { startServer, type RunningServer } from '../support/server.js'

/* Orchestrations that live by audiences by condition: on real PostgreSQL and Temporal, with the router and the worker. */

let server: RunningServer
let clock: AudienceClock
beforeAll(async () => {
  server = await startServer()
  clock = startAudienceClock({ db: server.db }, 100)
}, 60_000)
afterAll(async () => {
  await clock?.stop()
  await server?.stop()
})

// eslint-disable-next-line @typescript-eslint/no-explicit-any
async function call(method: string, path: string, body?: unknown): Promise<any> {
  const answer = await server.call(method, path, body)
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
  return answer.body as unknown
}
async function audience(when: object): Promise<string> {
  const { id } = await call('POST', '/audiences', { name: 'A', kind: 'condition', when })
  await eventually(() => call('GET', `/audiences/${id}`), ({ status }) => status === 'ready') // prettier-ignore
  return id as string
}
const active = async (canvas: object): Promise<string> => {
  const { id } = await call('POST', '/journeys', { name: 'J', ...canvas })
  await call('POST', `/journeys/${id}/activate`)
  return id as string
}
const happens = (customerId: string, event: string, properties: object = {}, type: 'track' | 'identify' = 'track') =>
  insertEvents(server.db, WORKSPACE, [{ messageId: crypto.randomUUID(), customerId, type, event, properties: { ...properties }, context: {}, timestamp: new Date() }]) // prettier-ignore
const identify = (customerId: string, traits: object) => happens(customerId, '$identify', traits, 'identify')
const members = (
  journeyId: string,
): Promise<{ data: { customerId: string; exitReason: string | null; status: string; tileId: string }[] }> =>
  call('GET', `/journeys/${journeyId}/members`)
const exits = async (journeyId: string, n: number): Promise<string[]> => {
  const { data } = await eventually(
    () => members(journeyId),
    (page) => page.data.filter(({ status }) => status === 'exited').length === n,
  )
  return data.map(({ customerId, exitReason }) => `${customerId} ${exitReason}`).sort()
}
const reentry = { mode: 'always' }

test('who joins enters, by a trait, by an event, by another audience; who was in before does not', async () => {
  const inner = await audience({ trait: 'entry_plan', op: 'eq', value: 'gold' })
  const outer = await audience({
    any: [
      { audience: inner, op: 'in' },
      { event: 'entry_bought', op: 'performed' },
    ],
  })
  await identify('before', { entry_plan: 'gold' })
  await eventually(() => call('GET', `/audiences/${outer}`), ({ size }) => size === 1) // prettier-ignore
  // One whose joining is still on its way through the router would enter.
  await eventually(() => server.db.query('select from event where routed_at is null'), (waiting) => waiting.length === 0) // prettier-ignore
  const id = await active(
    row([entry({ type: 'audience', audienceId: outer, includeExisting: false }), send('hi', 'Hi'), exit()], [], { reentry }),
  )
  await identify('by-trait', { entry_plan: 'gold' })
  await happens('by-event', 'entry_bought')
  await identify('not', { entry_plan: 'silver' })
  expect(await exits(id, 2)).toEqual(['by-event completed', 'by-trait completed'])
  // Who leaves and joins again enters again.
  await identify('by-trait', { entry_plan: 'silver' })
  await identify('by-trait', { entry_plan: 'gold' })
  expect(await exits(id, 3)).toEqual(['by-event completed', 'by-trait completed', 'by-trait completed'])
}, 60_000)

test('a profile that an orchestration changes joins, and who is in is included at activation', async () => {
  const marked = await audience({ trait: 'marked', op: 'eq', value: true })
  const marks = await active(
    row([entry(), tile('mark', 'updateProfile', { changes: [{ op: 'set', trait: 'marked', value: true }] }), exit()]),
  )
  await call('POST', `/journeys/${marks}/members`, { customerIds: ['m1'] })
  await eventually(() => call('GET', `/audiences/${marked}`), ({ size }) => size === 1) // prettier-ignore
  const id = await active(row([entry({ type: 'audience', audienceId: marked, includeExisting: true }), exit()]))
  await call('POST', `/journeys/${marks}/members`, { customerIds: ['m2'] })
  expect(await exits(id, 2)).toEqual(['m1 completed', 'm2 completed'])
}, 60_000)

test('an exit criterion and a wait react to joins and leaves, also when a window slides with no event', async () => {
  const recent = await audience({ event: 'pinged', op: 'performed', within: 'PT3S' })
  const vip = await audience({ trait: 'vip', op: 'eq', value: true })
  const canvas = (condition: object, settings: Record<string, unknown> = {}) =>
    row(
      [entry(), wait('w', { kind: 'condition', when: condition }), exit('done', 'met')],
      ['met', 'timeout'].map((port) => ({ from: 'w', port, to: 'done' })),
      settings,
    )
  await happens('w1', 'pinged')
  await happens('w2', 'pinged')
  const lapses = await active(
    canvas({ audience: recent, op: 'notIn' }, { exitCriteria: [{ name: 'VIP', when: { audience: vip, op: 'in' } }] }),
  )
  await eventually(() => call('GET', `/audiences/${recent}`), ({ size }) => size === 2) // prettier-ignore
  await call('POST', `/journeys/${lapses}/members`, { customerIds: ['w1', 'w2'] })
  await identify('w2', { vip: true })
  expect(await exits(lapses, 2)).toEqual(['w1 met', 'w2 VIP'])
  const joins = await active(canvas({ audience: vip, op: 'in' }))
  await call('POST', `/journeys/${joins}/members`, { customerIds: ['w3'] })
  await eventually(() => members(joins), ({ data }) => data[0]?.tileId === 'w') // prettier-ignore
  await identify('w3', { vip: true })
  expect(await exits(joins, 1)).toEqual(['w3 met'])
}, 60_000)

test('a build while events stream in, with the worker gone for a while, ends exactly', async () => {
  await server.db.query(
    `insert into customer (workspace_id, id, traits) select $1, 'b' || n, jsonb_build_object('tier', n % 4) from generate_series(1, 6000) n`,
    [WORKSPACE],
  )
  const { id } = await call('POST', '/audiences', { name: 'Tier', kind: 'condition', when: { trait: 'tier', op: 'eq', value: 1 } })
  const tier = (n: number) => identify(`b${1 + ((n * 7919) % 6_500)}`, { tier: n % 3 })
  const stream = async (from: number, to: number) => {
    for (let n = from; n < to; n++) await tier(n)
  }
  await Promise.all([
    stream(0, 300),
    (async () => {
      await call('PUT', `/audiences/${id}`, { name: 'Tier', when: { trait: 'tier', op: 'gte', value: 1 } })
      await server.withoutWorker(() => stream(300, 400))
      await call('PUT', `/audiences/${id}`, { name: 'Tier', when: { trait: 'tier', op: 'in', value: [0, 2] } })
    })(),
  ])
  await eventually(() => call('GET', `/audiences/${id}`), ({ status }) => status === 'ready', 60_000) // prettier-ignore
  const wrong = () =>
    server.db.query(
      `select c.id from customer c left join audience_member m on m.audience_id = $1 and m.customer_id = c.id
       where (c.traits ->> 'tier' is not null and c.traits ->> 'tier' in ('0', '2')) <> (m.customer_id is not null)`,
      [id],
    )
  await eventually(wrong, (rows) => rows.length === 0)
  const unrouted = () => server.db.query('select from event where routed_at is null limit 1')
  await eventually(unrouted, (rows) => rows.length === 0, 60_000)
  expect(await wrong()).toEqual([])
  const { size } = await call('GET', `/audiences/${id}`)
  const [{ n } = { n: -1 }] = await server.db.query<{ n: number }>(
    'select count(*)::int as n from audience_member where audience_id = $1',
    [id],
  )
  expect(size).toBe(n)
}, 120_000)
