import { judgingAround } from '../../ingest/audiences.js'
import { mergeTraits } from '../../store/customers.js'
import { openDb, type Db } from '../../store/db.js'
import { beginImport, importChunk, receiveImport, stageRows, type SubscriptionRow } from '../../store/imports.js'
import { listSubscriptions, setSubscriptions, subscriptionHistory, type SubscriptionState } from '../../store/subscriptions.js'
import { DEFAULT_WORKSPACE as WORKSPACE, ensureDefaultWorkspace } from '../../store/workspaces.js'
import { freshDatabase, type FreshDatabase } from '../setup/db.js'
import { seeded } from '../simulation/generate.js'

/*
 * Words with their instants, shuffled over rows, chunks and files that are written at once, some of them twice: what holds is the latest, and what a
 * customer says meanwhile outweighs them all. SEED= reproduces a run, ROUNDS= sets its length.
 */

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))
const ROUNDS = Number(process.env.ROUNDS ?? 25)
const CUSTOMERS = 12
const FILES = 4

let database: FreshDatabase
let db: Db
beforeAll(async () => {
  database = await freshDatabase()
  db = openDb(database.url)
  await ensureDefaultWorkspace(db)
})
afterAll(async () => {
  await db?.close()
  await database?.drop()
})

test(`the latest word holds, SEED=${SEED}`, async () => {
  const random = seeded(SEED)
  const below = (limit: number): number => Math.floor(random() * limit)
  for (let round = 0; round < ROUNDS; round++) {
    await db.query('truncate customer cascade')
    for (let n = 0; n < CUSTOMERS; n++) await mergeTraits(db, WORKSPACE, `c${n}`, {})
    const words = Array.from({ length: 80 }, (): SubscriptionRow => {
      const state: SubscriptionState = below(2) === 0 ? 'subscribed' : 'unsubscribed'
      return [0, `c${below(CUSTOMERS)}`, 'email', '', state, new Date(Date.UTC(2024, 0, 1 + below(20))).toISOString(), 'import']
    })
    const given = words.map((word) => ({ word, file: below(FILES) }))
    const files = Array.from({ length: FILES }, (_, file) =>
      given.filter((each) => each.file === file || below(6) === 0).map(({ word: [, ...word] }, row): SubscriptionRow => [row + 2, ...word]),
    )
    const spoken = new Map<string, SubscriptionState>()
    const speak = async (): Promise<void> => {
      const [customerId, state] = [`c${below(CUSTOMERS)}`, below(2) === 0 ? 'subscribed' : 'unsubscribed'] as const
      spoken.set(customerId, state)
      await setSubscriptions(db, { workspaceId: WORKSPACE, customerId, via: 'page' }, [{ channel: 'email', state }])
    }
    await Promise.all([...files.map((rows) => write(rows, 1 + below(rows.length))), speak().then(speak)])
    for (let n = 0; n < CUSTOMERS; n++) await check(`c${n}`, words, spoken.get(`c${n}`))
  }
})

/** Writes a file, so many rows a chunk, by two workers. */
async function write(rows: readonly SubscriptionRow[], size: number): Promise<void> {
  const id = await receiveImport(db, WORKSPACE, 'subscriptions')
  for (let from = 0; from < rows.length; from += size) await stageRows(db, id, from, rows.slice(from, from + size), [])
  await db.tx((tx) => beginImport(tx, id))
  const work = async (): Promise<void> => {
    while (await importChunk(db, id, judgingAround()));
  }
  await Promise.all([work(), work()])
  const [job] = await db.query<{ done: number }>('select done from job where id = $1', [id])
  expect(job!.done).toBe(rows.length)
}

async function check(customer: string, words: readonly SubscriptionRow[], spoken: SubscriptionState | undefined): Promise<void> {
  const theirs = words.filter(([, id]) => id === customer).map(([, , , , state, at]) => `${at} ${state}`)
  const latest = theirs.sort().at(-1)?.split(' ')[1]
  const [held] = await listSubscriptions(db, WORKSPACE, customer)
  expect([customer, held?.state]).toEqual([customer, spoken ?? latest])
  const { data } = await subscriptionHistory(db, WORKSPACE, customer, { limit: 200 })
  const journal = data.reverse()
  // One leads to the next, by their instants, up to what holds.
  for (const [n, each] of journal.entries()) {
    expect(each.old).toBe(journal[n - 1]?.new ?? null)
    expect(each.new).not.toBe(each.old)
    expect(each.at.getTime()).toBeGreaterThanOrEqual(journal[n - 1]?.at.getTime() ?? 0)
  }
  expect([journal.at(-1)?.new, journal.at(-1)?.at]).toEqual([held?.state, held?.at])
}
