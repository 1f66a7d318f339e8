import { WORKSPACE } from '../support/rig.js'
import { entry, eventually, exit, row, wait } from '../support/canvas.js'
import { startServer, type RunningServer } from '../support/server.js'
import { seeded } from '../simulation/generate.js'

/*
 * Many customers' events from eight connections, each of which repeats and reorders what it sends. What they come to, of profiles, audiences and
 * members, is what a plain reading of the accepted log says.
 */

const SEED = Number(process.env.SEED ?? Date.now() % 1e9)
const CUSTOMERS = Number(process.env.CUSTOMERS ?? 200)
/** 500 are a run of some minutes. */
const EVENTS = Number(process.env.EVENTS ?? 100)
const CONNECTIONS = 8
const BATCH = 100
/** Of what a connection sends, so much is out of order. */
const WINDOW = 40
const ORDERS = 2

let server: RunningServer
beforeAll(async () => {
  server = await startServer()
}, 60_000)
afterAll(() => server?.stop())

interface Sent {
  messageId: string
  userId: string
  type: 'track' | 'identify'
  event?: string
  timestamp: string
  properties?: { total: number; orderId: string }
  traits?: Record<string, unknown>
}

/** An event as it was kept, in the order of the log. */
interface Kept extends Sent {
  receivedAt: number
}

const random = seeded(SEED)
const whole = (below: number): number => Math.floor(random() * below)
const pick = <T>(items: readonly T[]): T => items[whole(items.length)]!

/** The n-th thing that a customer does; each at a millisecond of its own. */
function happening(customer: number, n: number, from: number): Sent {
  const common = {
    messageId: `${SEED}-${customer}-${n}`,
    userId: `c${customer}`,
    timestamp: new Date(from + n * CUSTOMERS + customer).toISOString(),
  }
  if (n >= EVENTS - ORDERS)
    return { ...common, type: 'track', event: 'Ordered', properties: { total: whole(100), orderId: `${customer}-${n}` } }
  if (whole(4) === 0)
    return {
      ...common,
      type: 'identify',
      traits: { [pick(['plan', 'city'])]: pick(['gold', 'free', null]), ...(whole(2) && { score: whole(10) }) },
    }
  const event = pick(['Started', 'Bought', 'Bought', 'Paid', 'Looked', 'Looked'])
  return { ...common, type: 'track', event, properties: { total: whole(100), orderId: 'none' } }
}

/** Sends what a connection has: shuffled within a window, some of it again, one batch behind the other. */
async function sendAll(events: Sent[]): Promise<void> {
  const shuffled: Sent[] = []
  for (let from = 0; from < events.length; from += WINDOW) {
    const some = events.slice(from, from + WINDOW)
    for (let n = some.length - 1; n > 0; n--) {
      const other = whole(n + 1)
      ;[some[n], some[other]] = [some[other]!, some[n]!]
    }
    shuffled.push(...some, ...some.filter(() => whole(10) === 0))
  }
  for (let from = 0; from < shuffled.length; from += BATCH) {
    const batch = shuffled.slice(from, from + BATCH)
    const body = JSON.stringify({ batch, writeKey: server.writeKey })
    for (let times = whole(20) === 0 ? 2 : 1; times > 0; times--)
      expect((await fetch(`${server.url}/v1/batch`, { method: 'POST', body })).status).toBe(200)
  }
}

/** What a customer comes to, by the log alone. */
function profileOf(log: readonly Kept[]): Record<string, unknown> {
  const latest = new Map<string, { at: string; value: unknown }>()
  for (const { traits = {}, timestamp } of log)
    for (const [name, value] of Object.entries(traits))
      if ((latest.get(name)?.at ?? '') < timestamp) latest.set(name, { at: timestamp, value })
  return Object.fromEntries([...latest].flatMap(([name, { value }]) => (value === null ? [] : [[name, value]])))
}

const named = (log: readonly Kept[], event: string): Kept[] => log.filter((each) => each.event === event)

const AUDIENCES = {
  gold: { when: { trait: 'plan', op: 'eq', value: 'gold' }, holds: ({ traits }: Come) => traits.plan === 'gold' },
  regular: {
    when: { event: 'Bought', op: 'performed', count: { atLeast: 5 } },
    holds: ({ log }: Come) => named(log, 'Bought').length >= 5,
  },
  keen: {
    when: {
      all: [
        { trait: 'score', op: 'gt', value: 4 },
        { event: 'Bought', op: 'performed', count: { atLeast: 10 }, within: 'P30D' },
      ],
    },
    holds: ({ traits, log }: Come) => typeof traits.score === 'number' && traits.score > 4 && named(log, 'Bought').length >= 10,
  },
  large: {
    when: { event: 'Paid', op: 'performed', count: { atLeast: 2 }, where: { property: 'total', op: 'gte', value: 95 } },
    holds: ({ log }: Come) => named(log, 'Paid').filter(({ properties }) => properties!.total >= 95).length >= 2,
  },
} as const

interface Come {
  traits: Record<string, unknown>
  log: Kept[]
}

const idle = () =>
  eventually(
    () => server.db.query<{ n: number }>('select count(*)::int as n from event where routed_at is null'),
    ([row]) => row!.n === 0,
    900_000,
  )

async function readLog(): Promise<Map<string, Kept[]>> {
  const rows = await server.db.query<{
    messageId: string
    customerId: string
    type: 'track' | 'identify'
    event: string
    said: never
    timestamp: Date
    receivedAt: number
  }>(
    `select message_id as "messageId", customer_id as "customerId", type, event, properties as said, timestamp, (extract(epoch from received_at) * 1000)::float8 as "receivedAt"
     from event where type <> 'change' order by id`,
  )
  const log = new Map<string, Kept[]>()
  for (const { said, timestamp, receivedAt, customerId, ...row } of rows) {
    const one = {
      ...row,
      userId: customerId,
      timestamp: timestamp.toISOString(),
      receivedAt,
      ...(row.type === 'track' ? { properties: said } : { traits: said }),
    }
    log.set(customerId, [...(log.get(customerId) ?? []), one])
  }
  return log
}

test(`SEED=${SEED}: profiles, audiences and members are what the accepted log says`, async () => {
  const audience: Record<string, string> = {}
  for (const [name, { when }] of Object.entries(AUDIENCES))
    audience[name] = (await server.call('POST', '/audiences', { name, kind: 'condition', when })).body.id as string
  const waits = (id: string, event: string, where?: object) => wait(id, { kind: 'event', event, ...(where && { where }), timeout: 'P30D' })
  const both = (tile: string, to: string) => [
    { from: tile, port: 'met', to },
    { from: tile, port: 'timeout', to: 'done' },
  ]
  const walking = await server.launch(
    row(
      [
        entry({ type: 'event', event: 'Started' }),
        waits('buy', 'Bought', { property: 'total', op: 'gte', value: 80 }),
        waits('pay', 'Paid'),
        exit(),
      ],
      [...both('buy', 'pay'), ...both('pay', 'done')],
    ),
  )
  const joined = await server.launch(row([entry({ type: 'audience', audienceId: audience.regular, includeExisting: false }), exit()]))
  const ordered = await server.launch(
    row([entry({ type: 'event', event: 'Ordered', key: 'properties.orderId' }), exit()], [], { reentry: { mode: 'always' } }),
  )

  const from = Date.now() - CUSTOMERS * EVENTS - 60_000
  const all = Array.from({ length: EVENTS * CUSTOMERS }, (_, n) => happening(n % CUSTOMERS, Math.floor(n / CUSTOMERS), from))
  const connections: Sent[][] = Array.from({ length: CONNECTIONS }, () => [])
  for (const each of all) pick(connections).push(each)
  await Promise.all(connections.map(sendAll))
  await idle()

  const log = await readLog()
  expect(
    [...log.values()]
      .flat()
      .map(({ messageId }) => messageId)
      .sort(),
  ).toEqual(all.map(({ messageId }) => messageId).sort())
  const come = new Map([...log].map(([id, own]) => [id, { log: own, traits: profileOf(own) }]))

  const profiles = await server.db.query<{ id: string; traits: unknown }>('select id, traits from customer')
  expect(new Map(profiles.map(({ id, traits }) => [id, traits]))).toEqual(new Map([...come].map(([id, { traits }]) => [id, traits])))

  for (const [name, { holds }] of Object.entries(AUDIENCES)) {
    const rows = await server.db.query<{ id: string }>('select customer_id as id from audience_member where audience_id = $1', [
      audience[name],
    ])
    const want = [...come].filter(([, one]) => holds(one)).map(([id]) => id)
    expect({ name, inside: rows.map(({ id }) => id).sort() }).toEqual({ name, inside: want.sort() })
  }

  const entered = async (journeyId: string) =>
    (await server.db.query<{ id: string }>('select customer_id as id from member where journey_id = $1 order by 1', [journeyId])).map(
      ({ id }) => id,
    )
  const want = (which: (log: Kept[]) => number) => [...come].flatMap(([id, { log }]) => Array.from({ length: which(log) }, () => id)).sort()
  expect(await entered(walking)).toEqual(want((log) => Math.min(1, named(log, 'Started').length)))
  expect(await entered(joined)).toEqual(want((log) => Number(named(log, 'Bought').length >= 5)))
  expect(await entered(ordered)).toEqual(want((log) => named(log, 'Ordered').length))

  // Where each is: past a wait by the first event that counts for it, since they came there; or there, for none has come since.
  const steps = () =>
    server.db.query<{ customerId: string; tile: string; at: number; met: string | null; here: boolean }>(
      `select m.customer_id as "customerId", s.tile_id as tile, (extract(epoch from s.arrived_at) * 1000)::float8 as at, e.message_id as met, m.tile_id = s.tile_id as here
       from step s join member m on m.id = s.member_id left join event e on e.workspace_id = m.workspace_id and e.id = s.met_by
       where s.journey_id = $1 and s.tile_id in ('buy', 'pay')`,
      [walking],
    )
  await eventually(steps, (rows) => rows.every(({ met, here }) => (met !== null) !== here))
  const counts = (event: Kept, tile: string) =>
    tile === 'buy' ? event.event === 'Bought' && event.properties!.total >= 80 : event.event === 'Paid'
  for (const { customerId, tile, at, met } of await steps()) {
    const first = log.get(customerId)!.find((event) => event.receivedAt >= at && counts(event, tile))
    expect({ SEED, customerId, tile, at, met }).toEqual({ SEED, customerId, tile, at, met: first?.messageId ?? null })
  }
  await eventually(
    () =>
      server.db.query(`select 1 as one from member where workspace_id = $1 and journey_id = any($2) and status <> 'exited'`, [
        WORKSPACE,
        [joined, ordered],
      ]),
    (rows) => rows.length === 0,
  )
}, 1_200_000)
