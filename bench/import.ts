import { spawn, type ChildProcess } from 'node:child_process'
import fs from 'node:fs'
import http from 'node:http'
import { Readable } from 'node:stream'
import type { ImportOf } from '../store/imports.js'
import { freshDatabase } from '../test/setup/db.js'
import setup from '../test/setup/global-setup.js'
import teardown from '../test/setup/global-teardown.js'
import { sharedTemporal } from '../test/setup/temporal.js'
import { dataDirectory, runStart, START, type Started } from '../test/support/started.js'
import { eventually } from './measure.js'

/*
 * Import of N rows into a Tilework whose API is a process and whose worker and router are another: how many rows a second, from the first byte to the
 * end of the job, and the most memory that each ever had. OF= is what is imported: customers unless told, subscriptions (of as many customers, who are
 * imported before) or suppressions.
 */

const ROWS = Number(process.env.N ?? 100_000)
const OF = (process.env.OF ?? 'customers') as ImportOf
const KEY = 'the-admin-key-of-the-import-bench'

const cities = ['Turin', 'Madrid', 'Oslo', 'Lima']
const day = (n: number): string => `2026-0${1 + (n % 9)}-11T10:00:00Z`

/** A file of each: its header, and a row of it. */
const FILES: Record<ImportOf, readonly [string, (n: number) => string]> = {
  customers: [
    'id,email,firstName,plan,age,vip,city,signedUpAt',
    (n) =>
      `customer-${n},customer-${n}@example.com,Name ${n},${n % 3 ? 'gold' : 'free'},${20 + (n % 60)},${n % 7 === 0},${cities[n % 4]},${day(n)}`,
  ],
  subscriptions: ['id,channel,state,at', (n) => `customer-${n},email,${n % 5 ? 'subscribed' : 'unsubscribed'},${day(n)}`],
  suppressions: ['channel,address,reason,at', (n) => `email,customer-${n}@example.com,${n % 9 ? 'hard_bounce' : 'complaint'},${day(n)}`],
}

function* csv(of: ImportOf): Generator<string> {
  const [header, row] = FILES[of]
  yield `${header}\n`
  for (let from = 0; from < ROWS; from += 1_000)
    yield Array.from({ length: Math.min(1_000, ROWS - from) }, (_, k) => `${row(from + k)}\n`).join('')
}

const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'text/csv' }

const upload = ({ url }: Started, of: ImportOf): Promise<{ jobId: string }> =>
  new Promise((resolve, reject) => {
    const request = http.request(`${url}/api/v1/${of}/import`, { method: 'POST', headers }, (answer) => {
      let text = ''
      answer.on('data', (data: Buffer) => (text += data.toString()))
      answer.on('end', () => (answer.statusCode === 202 ? resolve(JSON.parse(text) as { jobId: string }) : reject(new Error(text))))
    })
    request.on('error', reject)
    Readable.from(csv(of)).pipe(request)
  })

/** The start command as worker and router. */
async function startWorker(directory: string, env: Record<string, string>): Promise<ChildProcess> {
  const child = spawn(process.execPath, START, {
    env: { ...process.env, NODE_OPTIONS: '', DATA_DIR: directory, ROLES: 'worker,router', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await new Promise<void>((resolve, reject) => {
    child.stdout!.on('data', (data: Buffer) => data.toString().includes('runs as') && resolve())
    child.once('exit', () => reject(new Error('The worker did not start.')))
  })
  return child
}

/** Memory of a process in MB: now, and the most that it ever had. */
function memory(child: ChildProcess): { now: number; most: number } {
  const status = fs.readFileSync(`/proc/${child.pid}/status`, 'utf8')
  const read = (name: string): number => Math.round(Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024)
  return { now: read('VmRSS'), most: read('VmHWM') }
}

const ended = ({ url }: Started, jobId: string): Promise<{ status: string }> =>
  eventually(
    async () => (await (await fetch(`${url}/api/v1/jobs/${jobId}`, { headers })).json()) as { status: string },
    ({ status }) => status !== 'running',
    3_600_000,
  )

async function main(): Promise<void> {
  await setup()
  const database = await freshDatabase()
  const directories = [dataDirectory(), dataDirectory()] as const
  const env = { DATABASE_URL: database.url, TEMPORAL_ADDRESS: sharedTemporal(), TILEWORK_ADMIN_KEY: KEY }
  const started = await runStart(directories[0], { ...env, ROLES: 'api', PORT: '39180' })
  const worker = await startWorker(directories[1], env)
  const processes = { api: started.child, worker }
  try {
    const before = { api: memory(processes.api).now, worker: memory(processes.worker).now }
    if (OF === 'subscriptions') await ended(started, (await upload(started, 'customers')).jobId)
    const from = performance.now()
    const { jobId } = await upload(started, OF)
    const uploaded = (performance.now() - from) / 1000
    const job = await ended(started, jobId)
    const seconds = (performance.now() - from) / 1000
    console.log(
      `${ROWS} rows of ${OF}: ${(ROWS / seconds).toFixed(0)} rows/s; ${uploaded.toFixed(1)} s to the answer, ${seconds.toFixed(1)} s to the end`,
    )
    for (const [name, child] of Object.entries(processes))
      console.log(`memory of the ${name}: ${before[name as 'api']} MB before, at most ${memory(child).most} MB (target 512)`)
    console.log(`job ${JSON.stringify(job)}`)
  } finally {
    worker.kill('SIGTERM')
    await started.stop()
    if (worker.exitCode === null) await new Promise((resolve) => worker.once('exit', resolve))
    await database.drop()
    for (const directory of directories) fs.rmSync(directory, { recursive: true, force: true })
    await teardown()
  }
}

await main()
process.exit(0)
