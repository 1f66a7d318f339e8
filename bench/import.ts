import fs from 'node:fs'
import http from 'node:http'
import { Readable } from 'node:stream'
import { freshDatabase } from '../test/setup/db.js'
import setup from '../test/setup/global-setup.js'
import teardown from '../test/setup/global-teardown.js'
import { temporalAddress } from '../test/setup/temporal.js'
import { dataDirectory, runStart, type Started } from '../test/support/started.js'
import { eventually } from './measure.js'

/*
 * Import of N customers into a Tilework in a process of its own (API, worker and router): how many rows a second, from the first byte to the end of the
 * job, and the most memory that the process ever had.
 */

const ROWS = Number(process.env.N ?? 100_000)
const KEY = 'the-admin-key-of-the-import-bench'

function* csv(): Generator<string> {
  yield 'id,email,firstName,plan,age,vip,city,signedUpAt\n'
  const cities = ['Turin', 'Madrid', 'Oslo', 'Lima']
  for (let from = 0; from < ROWS; from += 1_000) {
    const rows = Array.from({ length: Math.min(1_000, ROWS - from) }, (_, k) => {
      const n = from + k
      return `customer-${n},customer-${n}@example.com,Name ${n},${n % 3 ? 'gold' : 'free'},${20 + (n % 60)},${n % 7 === 0},${cities[n % 4]},2026-0${1 + (n % 9)}-11T10:00:00Z\n`
    })
    yield rows.join('')
  }
}

const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'text/csv' }

const upload = ({ url }: Started): Promise<{ jobId: string }> =>
  new Promise((resolve, reject) => {
    const request = http.request(`${url}/api/v1/customers/import`, { method: 'POST', headers }, (answer) => {
      let text = ''
      answer.on('data', (data: Buffer) => (text += data.toString()))
      answer.on('end', () => (answer.statusCode === 202 ? resolve(JSON.parse(text) as { jobId: string }) : reject(new Error(text))))
    })
    request.on('error', reject)
    Readable.from(csv()).pipe(request)
  })

/** Memory of a process in MB: now, and the most that it ever had. */
function memory({ child }: Started): { now: number; most: number } {
  const status = fs.readFileSync(`/proc/${child.pid}/status`, 'utf8')
  const read = (name: string): number => Math.round(Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024)
  return { now: read('VmRSS'), most: read('VmHWM') }
}

async function main(): Promise<void> {
  await setup()
  const database = await freshDatabase()
  const directory = dataDirectory()
  const started = await runStart(directory, {
    PORT: '39180',
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporalAddress(),
    TILEWORK_ADMIN_KEY: KEY,
  })
  try {
    const before = memory(started)
    const from = performance.now()
    const { jobId } = await upload(started)
    const uploaded = (performance.now() - from) / 1000
    const job = await eventually(
      async () => (await (await fetch(`${started.url}/api/v1/jobs/${jobId}`, { headers })).json()) as { status: string },
      ({ status }) => status !== 'running',
      3_600_000,
    )
    const seconds = (performance.now() - from) / 1000
    console.log(
      `${ROWS} rows: ${(ROWS / seconds).toFixed(0)} rows/s; ${uploaded.toFixed(1)} s to the answer, ${seconds.toFixed(1)} s to the end`,
    )
    console.log(`memory: ${before.now} MB before, at most ${memory(started).most} MB (target 512); job ${JSON.stringify(job)}`)
  } finally {
    await started.stop()
    await database.drop()
    fs.rmSync(directory, { recursive: true, force: true })
    await teardown()
  }
}

await main()
process.exit(0)
