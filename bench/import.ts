import http from 'node:http'
import { Readable } from 'node:stream'
import { startServer, ADMIN_KEY, type RunningServer } from '../test/support/server.js'
import setup from '../test/setup/global-setup.js'
import teardown from '../test/setup/global-teardown.js'
import { eventually } from './measure.js'

/*
 * Import of N customers: how many rows a second, from the first byte to the end of the job, and the most memory that this process (API, worker and
 * the sender) had meanwhile.
 */

const ROWS = Number(process.env.N ?? 100_000)
const MB = 1024 * 1024

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

const upload = ({ url }: RunningServer): Promise<{ jobId: string }> =>
  new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'text/csv' }
    const request = http.request(`${url}/api/v1/customers/import`, { method: 'POST', headers }, (answer) => {
      let text = ''
      answer.on('data', (data: Buffer) => (text += data.toString()))
      answer.on('end', () => (answer.statusCode === 202 ? resolve(JSON.parse(text) as { jobId: string }) : reject(new Error(text))))
    })
    request.on('error', reject)
    Readable.from(csv()).pipe(request)
  })

async function main(): Promise<void> {
  await setup()
  const server = await startServer()
  let peak = 0
  const before = process.memoryUsage().rss
  const meter = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 100)
  try {
    const from = performance.now()
    const { jobId } = await upload(server)
    const uploaded = (performance.now() - from) / 1000
    const job = await eventually(
      async () => (await server.call('GET', `/jobs/${jobId}`)).body as { status: string; done: number; refused: object },
      ({ status }) => status !== 'running',
      3_600_000,
    )
    const seconds = (performance.now() - from) / 1000
    console.log(
      `${ROWS} rows: ${(ROWS / seconds).toFixed(0)} rows/s; ${uploaded.toFixed(1)} s to the answer, ${seconds.toFixed(1)} s to the end`,
    )
    console.log(
      `memory: ${(before / MB).toFixed(0)} MB before, at most ${(peak / MB).toFixed(0)} MB (target 512); job ${JSON.stringify(job)}`,
    )
    const row = await server.db.one<{ n: number }>('select count(*)::int as n from customer')
    console.log(`${row!.n} profiles`)
  } finally {
    clearInterval(meter)
    await server.stop()
    await teardown()
  }
}

await main()
process.exit(0)
