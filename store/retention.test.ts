import { readFile } from 'node:fs/promises'
import pg from 'pg'
import { startIngest, type Ingest } from '../test/support/ingest.js'
import { routeBatch } from '../ingest/batch.js'
import { recentEvents } from './events.js'
import { dropMonths, forgetContent, forgetMessages, forgetTraitChanges, makeMonths } from './retention.js'
import { DEFAULT_WORKSPACE } from './workspaces.js'

let ingest: Ingest
beforeEach(async () => {
  ingest = await startIngest()
})
afterEach(() => ingest.stop())

const tables = async () =>
  (
    await ingest.db.query<{ name: string }>(
      `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'event'::regclass order by 1`,
    )
  ).map(({ name }) => name)
const kept = async (): Promise<string[]> =>
  (await recentEvents(ingest.db, DEFAULT_WORKSPACE, { limit: 200 })).data.map(({ event }) => event)
const monthOf = (ago: number) =>
  ingest.db
    .one<{ name: string }>(
      `select 'event_' || to_char(date_trunc('month', now() at time zone 'UTC') - make_interval(months => $1::int), 'YYYY_MM') as name`,
      [ago],
    )
    .then((row) => row!.name)

/** An event as if it had been received on the first of a month, so many months ago. */
async function past(ago: number, event: string, routed = true): Promise<void> {
  await ingest.keep({ customerId: 'ada', event, messageId: event })
  await ingest.db.query(
    `update event set received_at = (date_trunc('month', now() at time zone 'UTC') - make_interval(months => $1::int)) at time zone 'UTC',
       routed_at = case when $3 then now() end where event = $2`,
    [ago, event, routed],
  )
}

test('this month and the next two have tables from the start; what comes in other months is kept, and moved when they get theirs', async () => {
  const months = [await monthOf(0), await monthOf(-1), await monthOf(-2)]
  expect(await tables()).toEqual([...months, 'event_other'])
  expect(await makeMonths(ingest.db)).toBe(0)
  await past(0, 'now')
  await past(3, 'then')
  expect(await ingest.db.query('select event from event_other')).toEqual([{ event: 'then' }])
  const name = await monthOf(3)
  await ingest.db.query(`select tw_event_month(to_date(substr($1, 7), 'YYYY_MM'))`, [name])
  expect(await ingest.db.query(`select event from ${name}`)).toEqual([{ event: 'then' }])
  expect(await kept()).toEqual(['then', 'now'])
  await ingest.db.query(`drop table ${months[2]!}`)
  expect(await makeMonths(ingest.db)).toBe(1)
  expect(await tables()).toEqual([name, ...months, 'event_other'])
})

test('months are dropped when all of them is older than events are kept, not before, and never with an event that is not routed', async () => {
  const two = await monthOf(2)
  for (const ago of [1, 2, 3, 4]) {
    await ingest.db.query(`select tw_event_month(to_date(substr($1, 7), 'YYYY_MM'))`, [await monthOf(ago)])
    await past(ago, `ago-${ago}`, ago !== 4)
  }
  expect(await dropMonths(ingest.db, 4)).toEqual([])
  // The one of two months ago ended at the first of the last month: whether that is a month and five days ago depends on the day.
  expect((await dropMonths(ingest.db, 1)).filter((name) => name !== two)).toEqual([await monthOf(3)])
  expect((await kept()).filter((event) => event !== 'ago-2')).toEqual(['ago-4', 'ago-1'])
  await ingest.db.query('update event set routed_at = now()')
  expect(await dropMonths(ingest.db, 1)).toEqual([await monthOf(4)])
  expect((await kept()).filter((event) => event !== 'ago-2')).toEqual(['ago-1'])
})

test('a message id is known for seven days, also when its event is of another month, and forgotten after eight', async () => {
  await past(2, 'old')
  expect(await ingest.keep({ customerId: 'ada', messageId: 'old' })).toBe(0)
  await ingest.db.query(`update event_seen set received_at = now() - interval '7 days'`)
  expect(await forgetMessages(ingest.db)).toBe(0)
  expect(await ingest.keep({ customerId: 'ada', messageId: 'old' })).toBe(0)
  await ingest.db.query(`update event_seen set received_at = now() - interval '9 days'`)
  expect(await forgetMessages(ingest.db)).toBe(1)
  expect(await ingest.keep({ customerId: 'ada', messageId: 'old' })).toBe(1)
})

test('events of any month are routed, in order, and marked', async () => {
  await past(3, 'first', false)
  await ingest.keep({ customerId: 'ada', event: 'second' })
  await ingest.keep({ customerId: 'bob', event: 'third' })
  let routed = 0
  for (let n; (n = await routeBatch(ingest, { stopping: false, unexplained: new Map() })) > 0;) routed += n
  expect(routed).toBe(3)
  expect(await ingest.db.query('select from event where routed_at is null')).toEqual([])
})

/** The statements of a migration that name the table of events. */
async function before(): Promise<string> {
  const read = (name: string) => readFile(`prisma/migrations/${name}/migration.sql`, 'utf8')
  const [init, router, identity] = [
    await read('20261124000000_init'),
    await read('20261124000002_router'),
    await read('20261128000001_identity'),
  ]
  const statements = init.split(';').filter((statement) => /TABLE "event" |ON "event"\(/.test(statement))
  return `${statements.join(';')};${router};${/alter table event [^;]*;/.exec(identity)![0]}`
}

test('events that were there before the months go to theirs, with what is not routed, and are known by their ids', async () => {
  const client = new pg.Client({ connectionString: ingest.databaseUrl })
  await client.connect()
  try {
    await client.query('drop table event, event_seen; drop function tw_event_month')
    await client.query(await before())
    await client.query(
      `insert into event (workspace_id, message_id, customer_id, type, event, timestamp, received_at, partition, routed_at)
       select '${DEFAULT_WORKSPACE}', 'm' || n, 'ada', 'track', 'e' || n, now(), now() - make_interval(months => n), 0, case when n > 0 then now() end
       from generate_series(0, 4) n`,
    )
    await client.query(await readFile('prisma/migrations/20261129000400_event_months/migration.sql', 'utf8'))
  } finally {
    await client.end()
  }
  expect((await kept()).sort()).toEqual(['e0', 'e1', 'e2', 'e3', 'e4'])
  expect(await ingest.db.query('select from event_other')).toEqual([])
  expect(await tables()).toHaveLength(4 + 1 + 2 + 1)
  expect(await ingest.keep({ customerId: 'ada', messageId: 'm0' }, { customerId: 'ada', messageId: 'new' })).toBe(1)
  expect(await routeBatch(ingest, { stopping: false, unexplained: new Map() })).toBeGreaterThan(0)
})

test('changes of traits are forgotten with their months, and profiles are not', async () => {
  for (const plan of ['free', 'gold', 'free'])
    await ingest.keep({ customerId: 'ada', type: 'identify', event: '$identify', properties: { plan } })
  await routeBatch(ingest, { stopping: false, unexplained: new Map() })
  const values = async () => (await ingest.db.query<{ new: string }>('select new from trait_change order by id')).map((row) => row.new)
  expect(await values()).toEqual(['free', 'gold', 'free'])
  await ingest.db.query(`update trait_change set at = now() - interval '14 months' where id = (select min(id) from trait_change)`)
  expect([await forgetTraitChanges(ingest.db, 14), await forgetTraitChanges(ingest.db, 13)]).toEqual([0, 1])
  expect(await values()).toEqual(['gold', 'free'])
  expect(await ingest.db.one('select traits from customer')).toEqual({ traits: { plan: 'free' } })
})

test('what was rendered is forgotten with the months of events', async () => {
  await ingest.db.query(
    `insert into delivery_content (key, fields, at) select 'k' || ago, '{}', now() - make_interval(months => ago) from unnest(array[0, 13, 14]) ago`,
  )
  const keys = async () => (await ingest.db.query<{ key: string }>('select key from delivery_content order by at')).map(({ key }) => key)
  // Thirteen months are over, and the days of grace are not.
  expect([await forgetContent(ingest.db, 13), await keys()]).toEqual([1, ['k13', 'k0']])
  expect([await forgetContent(ingest.db, 13), await forgetContent(ingest.db, 12), await keys()]).toEqual([0, 1, ['k0']])
})
