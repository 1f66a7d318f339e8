import type { TestWorkflowEnvironment } from '@temporalio/testing'
import { memberTimeline } from '../../store/timeline.js'
import { mergeTraits } from '../../store/customers.js'
import { timeSkippingServer } from '../setup/temporal.js'
import { entry, exit, row, send, wait } from '../support/canvas.js'
import { startRig, WORKSPACE, type Rig } from '../support/rig.js'

let env: TestWorkflowEnvironment
let rig: Rig
const now = async (): Promise<Date> => new Date(await env.currentTimeMs())

beforeAll(async () => {
  env = await timeSkippingServer()
  rig = await startRig({ address: env.address, now })
}, 120_000)
afterAll(async () => {
  await rig?.stop()
  await env?.teardown()
})

/** Walks a member to its end on the server's own clock; the client's call makes it skip time. */
async function walk(canvas: unknown, traits: Record<string, unknown> = {}): Promise<{ waited: number[]; reason: string }> {
  const journeyId = await rig.launch(canvas)
  const customerId = `c-${journeyId}`
  await mergeTraits(rig.db, WORKSPACE, customerId, traits)
  const memberId = await rig.enter({ journeyId, customerId })
  const result = (await env.client.workflow.getHandle(memberId).result()) as { reason: string }
  const { data } = await memberTimeline(rig.db, WORKSPACE, memberId, {})
  const waits = data.filter(({ event }) => event === 'waiting')
  const waited = waits.map(({ at, tileId }) => {
    const left = data.find((entry) => entry.event === 'left' && entry.tileId === tileId)!
    return (left.at.getTime() - at.getTime()) / 86_400_000
  })
  return { waited, reason: result.reason }
}

test('waits of 30 and of 400 days, one after the other', async () => {
  const canvas = row([
    entry(),
    wait('month', { kind: 'duration', duration: 'P30D' }),
    send('hello', 'After a month'),
    wait('long', { kind: 'duration', duration: 'P400D' }),
    send('again', 'After 430 days'),
    exit(),
  ])
  const { waited, reason } = await walk(canvas)
  expect(reason).toBe('completed')
  expect(waited[0]).toBeCloseTo(30, 2)
  expect(waited[1]).toBeCloseTo(400, 2)
}, 120_000)

test('a day of the calendar in the zone of the customer', async () => {
  const { waited } = await walk(row([entry(), wait('w', { kind: 'duration', duration: 'P365D', timezone: 'customer' }), exit()]), {
    timezone: 'Australia/Lord_Howe',
  })
  expect(waited[0]).toBeCloseTo(365, 2)
}, 60_000)

test('until a time of day on a weekday', async () => {
  const { waited } = await walk(
    row([entry(), wait('w', { kind: 'time', time: '09:00', days: ['mon'], timezone: 'Europe/Madrid' }), exit()]),
  )
  expect(waited[0] ?? 0).toBeLessThanOrEqual(7.05)
}, 60_000)

test('an event that never comes: the time-out decides', async () => {
  const canvas = row(
    [entry(), wait('w', { kind: 'event', event: 'never', timeout: 'P14D' }), exit('met', 'met'), exit('late', 'late')],
    [
      { from: 'w', port: 'met', to: 'met' },
      { from: 'w', port: 'timeout', to: 'late' },
    ],
  )
  const { waited, reason } = await walk(canvas)
  expect(reason).toBe('late')
  expect(waited[0]).toBeCloseTo(14, 2)
}, 60_000)

test('a trait with an offset and a time of day; a missing trait passes at once', async () => {
  const renewal = new Date((await env.currentTimeMs()) + 30 * 86_400_000).toISOString().slice(0, 10)
  const canvas = row([entry(), wait('w', { kind: 'trait', trait: 'renewal_date', offset: '-P7D', time: '09:00' }), exit()])
  const { waited } = await walk(canvas, { renewal_date: renewal })
  expect(waited[0]).toBeGreaterThan(21.9)
  expect(waited[0]).toBeLessThan(23.5)
  expect((await walk(canvas)).waited).toEqual([])
}, 60_000)
