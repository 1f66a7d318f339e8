import fs from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import { entry, eventually, exit, row, send, wait } from '../support/canvas.js'
import { dataDirectory, runStart, type Started } from '../support/started.js'

/*
 * The start command in a data directory of its own, killed without warning while 200 members wait at the same time (API, worker, Temporal,
 * PostgreSQL) and started again.
 */

const MEMBERS = 200
/** Long enough for the last member to begin it before the first one ends it, on a slow machine too. */
const WAIT_SECONDS = 60
const KEY = 'the-admin-key-of-the-start-test'
const directory = dataDirectory()
const start = () => runStart(directory, { PORT: '39100', TEMPORAL_PORT: '39200', TEMPORAL_UI_PORT: '39300', TILEWORK_ADMIN_KEY: KEY })

const call = async (url: string, method: string, route: string, body?: unknown) =>
  (await fetch(`${url}/api/v1${route}`, {
    method,
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).then((answer) => answer.json())) as any // eslint-disable-line @typescript-eslint/no-explicit-any

function pids(): { postgres: number; temporal: number } {
  const real = fs.existsSync(path.join(directory, 'postgres/postmaster.pid'))
  if (!real) throw new Error('PostgreSQL does not lie in the data directory.')
  return {
    postgres: Number(fs.readFileSync(path.join(directory, 'postgres/postmaster.pid'), 'utf8').split('\n')[0]),
    temporal: Number(fs.readFileSync(path.join(directory, 'temporal.pid'), 'utf8')),
  }
}

async function killAll({ child }: Started): Promise<void> {
  const { postgres, temporal } = pids()
  const gone = new Promise((resolve) => child.once('exit', resolve))
  for (const pid of [child.pid!, temporal, postgres]) process.kill(pid, 'SIGKILL')
  await gone
  await eventually(
    () => Promise.resolve([temporal, postgres].filter(lives)),
    (alive) => alive.length === 0,
  )
}

/** A killed child that nobody has asked about is a zombie: as good as gone. */
function lives(pid: number): boolean {
  try {
    return !/\) Z /.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

let started: Started | undefined
afterAll(async () => {
  await started?.stop()
  fs.rmSync(directory, { recursive: true, force: true })
}, 60_000)

test('after SIGKILL of everything, every member finishes and each message was sent once', async () => {
  started = await start()
  const { url } = started
  const canvas = row([
    entry(),
    send('before', 'Before'),
    wait('w', { kind: 'duration', duration: `PT${WAIT_SECONDS}S` }),
    send('after', 'After'),
    exit(),
  ])
  const { id } = await call(url, 'POST', '/journeys', { name: 'Survivors', ...canvas })
  await call(url, 'POST', `/journeys/${id}/activate`)
  const customerIds = Array.from({ length: MEMBERS }, (_, index) => `customer-${index}`)
  await call(url, 'POST', `/journeys/${id}/members`, { customerIds })
  await eventually(
    () => call(url, 'GET', `/journeys/${id}/stats`),
    ({ tiles }) => tiles.w.here === MEMBERS,
    WAIT_SECONDS * 1_000,
  )
  await killAll(started)

  started = await start()
  const stats = await eventually(
    () => call(started!.url, 'GET', `/journeys/${id}/stats`),
    ({ members }) => members.exited === MEMBERS,
    120_000,
  )
  expect(stats.members).toMatchObject({ entered: MEMBERS, exited: MEMBERS, parked: 0 })
  const { databaseUrl } = JSON.parse(fs.readFileSync(path.join(directory, 'running.json'), 'utf8')) as { databaseUrl: string }
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  const { rows } = await client.query(
    `select fields ->> 'subject' as subject, count(*)::int as n, count(distinct customer_id)::int as customers from sandbox_message group by 1 order by 1`,
  )
  const { rows: waits } = await client.query(
    `select extract(epoch from min(a.arrived_at - w.arrived_at))::float8 as shortest from step w
     join step a on a.member_id = w.member_id and a.tile_id = 'after' where w.tile_id = 'w'`,
  )
  await client.end()
  expect(rows).toEqual([
    { subject: 'After', n: MEMBERS, customers: MEMBERS },
    { subject: 'Before', n: MEMBERS, customers: MEMBERS },
  ])
  expect((waits as { shortest: number }[])[0]!.shortest).toBeGreaterThanOrEqual(WAIT_SECONDS)
}, 300_000)
