import { freshDatabase } from '../test/setup/db.js'
import { openDb, type Db } from '../store/db.js'
import { setSubscriptions } from '../store/subscriptions.js'
import { suppress } from '../store/suppressions.js'
import { createTopic } from '../store/topics.js'
import { createFrequencyCap } from '../store/frequency-caps.js'
import { DEFAULT_WORKSPACE as WORKSPACE, ensureDefaultWorkspace } from '../store/workspaces.js'
import { admit, type Asking } from './admit.js'

let database: Awaited<ReturnType<typeof freshDatabase>>
let db: Db
beforeAll(async () => {
  database = await freshDatabase()
  db = openDb(database.url, { max: 2 })
  await ensureDefaultWorkspace(db)
  await createFrequencyCap(db, WORKSPACE, { name: 'All', channel: null, topic: null, most: 9, per: 'P1D', otherwise: 'skip' })
})
afterAll(async () => {
  await db.close()
  await database.drop()
})

let asked = 0
const asking = (more: Partial<Asking> = {}): Asking => ({
  workspaceId: WORKSPACE,
  customerId: `c${++asked}`,
  memberId: `mem_${asked}`,
  key: `mem_${asked}:mail:1`,
  channel: 'email',
  transactional: false,
  settings: {},
  traits: {},
  now: Date.now(),
  ...more,
})

it('asks the database once for a message, and not at all when it is quiet', async () => {
  let trips = 0
  const count =
    <A extends unknown[], R>(ask: (...args: A) => R) =>
    (...args: A): R => {
      trips++
      return ask(...args)
    }
  const counting = { ...db, hot: count(db.hot), query: count(db.query), one: count(db.one) } as Db
  // What is kept of the workspace for a second.
  await admit({ db: counting }, asking())
  const tripsOf = async (one: Asking): Promise<number> => {
    trips = 0
    await admit({ db: counting }, one)
    return trips
  }
  expect(await tripsOf(asking({ settings: { quietHours: 'none' } }))).toBe(1)
  expect(await tripsOf(asking({ transactional: true }))).toBe(1)
  expect(await tripsOf(asking({ quietHours: { from: '00:00', to: '23:00' }, now: Date.parse('2027-01-04T12:00:00Z') }))).toBe(0)
})

it('takes a slot of frequency caps exactly when consent lets a marketing message go', async () => {
  const topics = await Promise.all([false, true].map((optIn) => createTopic(db, WORKSPACE, { name: `T ${optIn}`, description: '', optIn })))
  const states = [undefined, 'subscribed', 'unsubscribed'] as const
  const seen = { send: 0, skip: 0 }
  for (const topic of [undefined, 'gone', ...topics.map(({ id }) => id)])
    for (const channelIs of states)
      for (const topicIs of states)
        for (const barred of [false, true])
          for (const transactional of [false, true]) {
            const one = asking({ topic, transactional, settings: { quietHours: 'none' } })
            const { customerId, key } = one
            const address = `${customerId}@example.com`
            await db.query('insert into customer (workspace_id, id) values ($1, $2)', [WORKSPACE, customerId])
            const said = [
              { channel: 'email' as const, topic: null, state: channelIs },
              { channel: 'email' as const, topic: topic ?? null, state: topicIs },
            ]
            const changes = said.flatMap(({ state, ...of }, index) =>
              state === undefined || (index === 1 && topic === undefined) ? [] : [{ ...of, state }],
            )
            await setSubscriptions(db, { workspaceId: WORKSPACE, customerId, via: 'api' }, changes)
            if (barred) await suppress(db, { workspaceId: WORKSPACE, channel: 'email', address, reason: 'hard_bounce' })
            const leave = await admit({ db }, { ...one, address })
            const slot = await db.one('select 1 as one from message_slot where key = $1', [key])
            expect([{ topic, channelIs, topicIs, barred, transactional }, slot !== undefined]).toEqual([
              { topic, channelIs, topicIs, barred, transactional },
              leave.do === 'send' && !transactional,
            ])
            seen[leave.do as 'send']++
          }
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(20)
})
