import { Worker } from 'node:worker_threads'
import pg from 'pg'
import { newId } from '../model/ids.js'
import { PARTITIONS } from '../store/events.js'
import { entry, exit, row, send, wait } from '../test/support/canvas.js'
import { startServer, type RunningServer } from '../test/support/server.js'
import { WORKSPACE } from '../test/support/rig.js'
import setup from '../test/setup/global-setup.js'
import teardown from '../test/setup/global-teardown.js'
import { each, eventually, median } from './measure.js'

/*
 * Intake. Batches of 100 events over HTTP against a bare multi-row insert of the same rows in turns; how long a single track takes at 200 a second;
 * and how long after an event is accepted the next send of a member that waits for it begins, at 100 events a second. The senders are a thread.
 */

const BATCHES = Number(process.env.N ?? 300)
const ROUNDS = Number(process.env.ROUNDS ?? 5)
const BATCH = 100
const CONCURRENCY = 4
const SECONDS = 20

interface Sent {
  seconds: number
  results: { answered: number; ms: number }[]
}

interface Sender {
  send(work: { path: string; bodies: string[]; concurrency?: number; perSecond?: number }): Promise<Sent>
  stop(): Promise<unknown>
}

function startSender({ url, writeKey }: RunningServer): Sender {
  const thread = new Worker(new URL('./sender.mjs', import.meta.url), { workerData: { url, key: writeKey } })
  return {
    send: (work) =>
      new Promise((resolve, reject) => {
        thread.once('message', resolve)
        thread.once('error', reject)
        thread.postMessage(work)
      }),
    stop: () => thread.terminate(),
  }
}

const share = (values: readonly number[], part: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))]!

let serial = 0
const track = () => {
  const n = serial++
  return {
    type: 'track',
    messageId: newId('evt'),
    userId: `customer-${n % 10_000}`,
    event: `Product ${n % 20}`,
    timestamp: new Date().toISOString(),
    properties: { orderId: `order-${n}`, total: n % 500, currency: 'EUR', products: [{ sku: `sku-${n % 90}`, quantity: 2 }] },
    context: { library: { name: 'bench', version: '1.0.0' }, ip: '10.0.0.1', userAgent: 'Mozilla/5.0 (X11; Linux x86_64)' },
  }
}

/** The table and the indexes that a table of events without any of ours would have. */
const BARE = `create table bare_event (id bigserial primary key, workspace_id text not null, message_id text not null, customer_id text not null,
    type text not null, event text not null, properties jsonb not null, context jsonb not null, timestamp timestamptz not null,
    received_at timestamptz not null default clock_timestamp(), partition smallint not null, routed_at timestamptz, error text);
  create unique index on bare_event (workspace_id, message_id);
  create index on bare_event (workspace_id, customer_id, event, received_at);
  create index on bare_event (workspace_id, id);
  create index on bare_event (partition, id) where routed_at is null`

async function bare(pool: pg.Pool, batches: ReturnType<typeof track>[][]): Promise<number> {
  const from = performance.now()
  await each(batches.length, CONCURRENCY, async (index) => {
    const rows = batches[index]!
    const values = rows.flatMap((e, n) => [
      WORKSPACE, e.messageId, e.userId, e.type, e.event, JSON.stringify(e.properties), JSON.stringify(e.context), e.timestamp, n % PARTITIONS,
    ]) // prettier-ignore
    const places = rows.map((_, n) => `(${Array.from({ length: 9 }, (_, column) => `$${n * 9 + column + 1}`).join(',')})`)
    await pool.query({
      name: `bare${rows.length}`,
      text: `insert into bare_event (workspace_id, message_id, customer_id, type, event, properties, context, timestamp, partition) values ${places.join(',')}`,
      values,
    })
  })
  return (batches.length * BATCH) / ((performance.now() - from) / 1000)
}

async function throughput(server: RunningServer, sender: Sender): Promise<void> {
  const pool = new pg.Pool({ connectionString: server.databaseUrl, max: CONCURRENCY })
  await pool.query(BARE)
  const made = (): ReturnType<typeof track>[][] => Array.from({ length: BATCHES }, () => Array.from({ length: BATCH }, track))
  const bodies = (batches: ReturnType<typeof track>[][]): string[] => batches.map((batch) => JSON.stringify({ batch }))
  const ratios: number[] = []
  await server.withoutRouter(async () => {
    await sender.send({ path: 'batch', bodies: bodies(made().slice(0, 20)), concurrency: CONCURRENCY })
    await bare(pool, made().slice(0, 20))
    for (let round = 0; round < ROUNDS; round++) {
      const batches = made()
      const theirs = await bare(pool, batches)
      const { seconds } = await sender.send({ path: 'batch', bodies: bodies(batches), concurrency: CONCURRENCY })
      const ours = (BATCHES * BATCH) / seconds
      ratios.push(ours / theirs)
      console.log(
        `round ${round + 1}: ${ours.toFixed(0)} events/s accepted, ${theirs.toFixed(0)} rows/s bare: ratio ${ratios.at(-1)!.toFixed(2)}`,
      )
    }
    await pool.query('drop table bare_event')
    await server.db.query('update event set routed_at = now()')
  })
  console.log(`batches of ${BATCH}, ${CONCURRENCY} at a time, median ratio: ${median(ratios).toFixed(2)} (target 0.5)`)
  await pool.end()
}

async function single(sender: Sender): Promise<void> {
  const bodies = Array.from({ length: 200 * SECONDS }, () => JSON.stringify(track()))
  const { results } = await sender.send({ path: 'track', bodies, perSecond: 200 })
  const ms = results.map((each) => each.ms)
  console.log(
    `track at 200/s: p50 ${share(ms, 0.5).toFixed(1)} ms, p95 ${share(ms, 0.95).toFixed(1)} ms, p99 ${share(ms, 0.99).toFixed(1)} ms (target 25)`,
  )
}

async function reaction(server: RunningServer, sender: Sender): Promise<void> {
  const { db } = server
  const canvas = row(
    [entry(), wait('w', { kind: 'event', event: 'Awaited', timeout: 'P1D' }), send('hello', 'Hello'), exit()],
    [
      { from: 'w', port: 'met', to: 'hello' },
      { from: 'w', port: 'timeout', to: 'done' },
    ],
  )
  const journeyId = await server.launch(canvas)
  const members = 10 * SECONDS
  await each(members, 10, async (index) => void (await server.enter({ journeyId, customerId: `waits-${index}` })))
  const count = async (where: string) =>
    (await db.one<{ n: number }>(`select count(*)::int as n from member where journey_id = $1 and ${where}`, [journeyId]))!.n
  await eventually(
    () => count(`tile_id = 'w'`),
    (n) => n === members,
  )
  // Each tenth event is one that somebody waits for.
  const bodies = Array.from({ length: 100 * SECONDS }, (_, n) =>
    JSON.stringify(n % 10 === 0 ? { ...track(), userId: `waits-${n / 10}`, event: 'Awaited' } : track()),
  )
  const { results } = await sender.send({ path: 'track', bodies, perSecond: 100 })
  await eventually(
    () => count(`status = 'exited'`),
    (n) => n === members,
  )
  const begun = await db.query<{ customerId: string; at: Date }>(
    `select customer_id as "customerId", created_at as at from delivery where journey_id = $1`,
    [journeyId],
  )
  const after = begun.map(({ customerId, at }) => at.getTime() - results[Number(customerId.slice('waits-'.length)) * 10]!.answered)
  console.log(
    `event accepted to the next send of who waits, at 100 events/s, ${members} members: p50 ${share(after, 0.5)} ms, p95 ${share(after, 0.95)} ms (target 1000)`,
  )
}

async function main(): Promise<void> {
  await setup()
  const server = await startServer()
  const sender = startSender(server)
  try {
    await throughput(server, sender)
    await single(sender)
    await reaction(server, sender)
  } finally {
    await sender.stop()
    await server.stop()
    await teardown()
  }
}

await main()
process.exit(0)
