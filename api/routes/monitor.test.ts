import { enrol } from '../../store/enrol.js'
import { startTestApi, type Caller, type TestApi } from '../../test/support/api.js'
import { entry, exit, row } from '../../test/support/canvas.js'

let test: TestApi
let api: Caller
let id: string
beforeAll(async () => {
  test = await startTestApi()
  api = test.api
  const { body } = await api('POST', '/journeys', { body: { name: 'Welcome', ...row([entry(), exit()]) } })
  id = body.id
  await api('POST', `/journeys/${id}/activate`)
  await enrol(test.db, { workspaceId: 'wsp_default', journeyId: id, customerId: 'ada', triggerId: 'test:1' })
})
afterAll(() => test.stop())

const HOUR = 3_600_000
const hours = (n: number): string => new Date(Date.now() + n * HOUR).toISOString()

it('counts by version and time', async () => {
  const entered = async (query: string) => (await api('GET', `/journeys/${id}/stats${query}`)).body.members?.entered
  expect(await entered('')).toBe(1)
  expect(await entered(`?version=1&from=${hours(-1)}`)).toBe(1)
  expect(await entered(`?from=${hours(-2)}&to=${hours(-1)}`)).toBe(0)
  expect(await entered(`?from=${hours(1)}`)).toBe(0)
  expect((await api('GET', `/journeys/${id}/stats?version=7`)).status).toBe(404)
})

it('tells the trend', async () => {
  const { status, body } = await api('GET', `/journeys/${id}/trend?from=${hours(-1)}&interval=hour&timezone=Asia/Kolkata`)
  expect([status, body.interval, body.timezone]).toEqual([200, 'hour', 'Asia/Kolkata'])
  expect(body.buckets.reduce((sum: number, bucket: { entered: number }) => sum + bucket.entered, 0)).toBe(1)
  // Half an hour off UTC.
  expect(body.buckets[0].at).toMatch(/:30:00/)
  expect((await api('GET', `/journeys/${id}/trend`)).body.buckets.length).toBeGreaterThan(0)
  expect((await api('GET', `/journeys/${id}/trend?version=1`)).status).toBe(200)
  expect((await api('GET', `/journeys/${id}/trend?version=7`)).status).toBe(404)
})

it.each([
  ['stats?from=yesterday', '?from'],
  ['stats?from=2026-01-02T00:00:00Z&to=2026-01-02T00:00:00Z', '?to'],
  ['stats?version=draft', '?version'],
  ['live?to=2026-01-02', '?to'],
  ['trend?interval=P1D', '?interval'],
  ['trend?version=draft', '?version'],
  ['trend?timezone=Mars', '?timezone'],
  ['trend?from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z&interval=hour', '?interval'],
])('%s is refused, naming %s', async (path, name) => {
  const { status, body } = await api('GET', `/journeys/${id}/${path}`)
  expect([status, body.errors[0].path]).toEqual([422, name])
})
