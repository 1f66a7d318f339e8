import fs from 'node:fs'
import { startRouter, type Router } from '../../ingest/router.js'
import { createKey } from '../../store/keys.js'
import { openDb, type Db } from '../../store/db.js'
import { DEFAULT_WORKSPACE } from '../../store/workspaces.js'
import { freshDatabase, type FreshDatabase } from '../setup/db.js'
import { sharedTemporal } from '../setup/temporal.js'
import { entry, eventually, exit, row } from '../support/canvas.js'
import { launch } from '../support/launch.js'
import { recordingTemporal } from '../support/recording-temporal.js'
import { dataDirectory, runStart, type Started } from '../support/started.js'

/*
 * A process of the API, killed without warning in the middle of batches, again and again; clients send each batch until it is answered with 200, as
 * Segment's libraries do. What was answered is there, whole, and nothing is there twice or counted twice. SEED= reproduces the instants as far as
 * they can be.
 */

const BATCHES = 60
const BATCH = 50
const CLIENTS = 6
/** Answers between one kill and the next, at most. */
const GAP = 15

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
let state = SEED || 1
const random = (below: number): number => {
  state = (Math.imul(state, 48_271) + 11) >>> 0
  return state % below
}

const directory = dataDirectory()
let database: FreshDatabase
let db: Db
let router: Router | undefined
let api: Started | undefined
beforeAll(async () => {
  database = await freshDatabase()
  db = openDb(database.url)
})
afterAll(async () => {
  await router?.stop()
  await api?.stop()
  await db.close()
  await database.drop()
  fs.rmSync(directory, { recursive: true, force: true })
}, 60_000)

const start = () =>
  runStart(directory, { ROLES: 'api', PORT: '39140', DATABASE_URL: database.url, TEMPORAL_ADDRESS: sharedTemporal(), LOG_LEVEL: 'silent' })

async function kill({ child }: Started): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}

const messagesOf = (batch: number): string[] => Array.from({ length: BATCH }, (_, n) => `batch-${batch}-${n}`)

test(`nothing that was answered is lost, nothing is counted twice, SEED=${SEED}`, async () => {
  api = await start()
  const { key } = await createKey(db, DEFAULT_WORKSPACE, { name: 'clients', scopes: ['ingest'] })
  const journeyId = await launch(
    db,
    row([entry({ type: 'event', event: 'Bought', key: 'properties.n' }), exit()], [], { reentry: { mode: 'always' } }),
  )
  const answered: number[] = []
  let cutOff = 0
  let next = 0

  /** Answers whether it was taken; not knowing is why it is sent again. */
  async function send(batch: number): Promise<boolean> {
    const events = messagesOf(batch).map((messageId, n) => ({
      type: 'track',
      event: 'Bought',
      userId: `customer-${n % 5}`,
      messageId,
      properties: { n: messageId },
    }))
    try {
      const answer = await fetch(`${api!.url}/v1/batch`, { method: 'POST', body: JSON.stringify({ batch: events, writeKey: key }) })
      return answer.status === 200
    } catch {
      cutOff++
      return false
    }
  }
  async function client(): Promise<void> {
    while (next < BATCHES) {
      const batch = next++
      while (!(await send(batch))) await new Promise((resolve) => setTimeout(resolve, 20))
      answered.push(batch)
    }
  }
  let over = false
  const clients = Promise.all(Array.from({ length: CLIENTS }, client)).finally(() => (over = true))
  for (let at = 1 + random(GAP); at < BATCHES - CLIENTS; at += 1 + random(GAP)) {
    await eventually(
      () => Promise.resolve(answered.length),
      (n) => n >= at || over,
      60_000,
    )
    await kill(api)
    // What was answered before the kill is there after it.
    const whole = await db.query<{ n: number }>(`select count(*)::int as n from event where message_id = any($1::text[])`, [
      answered.flatMap(messagesOf),
    ])
    expect(whole).toEqual([{ n: answered.length * BATCH }])
    api = await start()
  }
  await clients

  expect(cutOff).toBeGreaterThan(0)
  const [kept] = await db.query(`select count(*)::int as n, count(distinct message_id)::int as messages from event where type = 'track'`)
  expect(kept).toEqual({ n: BATCHES * BATCH, messages: BATCHES * BATCH })
  router = startRouter({ db, temporal: recordingTemporal(), databaseUrl: database.url })
  await eventually(
    () => db.query('select from event where routed_at is null limit 1'),
    (left) => left.length === 0,
    180_000,
  )
  const [members] = await db.query(`select count(*)::int as n, count(distinct entry_key)::int as keys from member where journey_id = $1`, [
    journeyId,
  ])
  expect(members).toEqual({ n: BATCHES * BATCH, keys: BATCHES * BATCH })
}, 300_000)
