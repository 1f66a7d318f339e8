import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { startTestApi, type TestApi } from '../test/support/api.js'
import { openDb } from '../store/db.js'

let test: TestApi
let polling = true
beforeAll(async () => {
  test = await startTestApi({ workerPolling: () => polling })
})
afterAll(() => test.stop())

async function ready(url = test.url): Promise<[number, Record<string, string>]> {
  const answer = await fetch(`${url}/health/ready`)
  return [answer.status, ((await answer.json()) as { parts: Record<string, string> }).parts]
}
const ALL_OK = { postgresql: 'ok', migrations: 'ok', temporal: 'ok', worker: 'ok' }

it('is ready when everything is, and says which part is not', async () => {
  expect(await ready()).toEqual([200, ALL_OK])
  polling = false
  expect(await ready()).toEqual([503, { ...ALL_OK, worker: expect.stringContaining('not polling') }])
  polling = true
  test.temporal.down = true
  expect(await ready()).toEqual([503, { ...ALL_OK, temporal: expect.stringContaining('Temporal') }])
  test.temporal.down = false
  await test.db.query(`update _prisma_migrations set finished_at = null where migration_name = '20261124000001_functions'`)
  expect(await ready()).toEqual([503, { ...ALL_OK, migrations: expect.stringContaining('20261124000001_functions') }])
  await test.db.query(`update _prisma_migrations set finished_at = now()`)
  expect(await ready()).toEqual([200, ALL_OK])
})

describe('without PostgreSQL', () => {
  it('lives, is not ready, and answers 503 with problem+json', async () => {
    // A port that nobody listens on.
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.close()
    const db = openDb(`postgresql://x:x@127.0.0.1:${port}/x`)
    const cut = await startTestApi({ db })
    try {
      expect((await fetch(`${cut.url}/health/live`)).status).toBe(200)
      expect((await ready(cut.url))[0]).toBe(503)
      const { status, body } = await cut.api('GET', '/journeys')
      expect([status, body.code]).toEqual([503, 'unavailable'])
    } finally {
      await db.close()
      await cut.stop()
    }
  })
})

it('counts requests by route, not by id', async () => {
  await test.api('GET', '/journeys/jrn_secret')
  const text = await (await fetch(`${test.url}/metrics`)).text()
  expect(text).toMatch(/tilework_http_request_duration_seconds_count\{method="GET",route="\/journeys\/\{id\}",status="404"\} 1/)
  expect(text).not.toContain('jrn_secret')
  expect(text).toContain('process_cpu_seconds_total')
})
