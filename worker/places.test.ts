import { jest } from '@jest/globals'
import type { SlotReserveContext } from '@temporalio/worker'
import { Places } from './places.js'

/* Whether the task queue is polled: what a place is asked for, and what gives it free. How they hold a rate is in test/engine. */

afterEach(() => {
  jest.useRealTimers()
})

const of = {} as SlotReserveContext
const never = new AbortController().signal

/** Asks for a place; says whether it has been given out. */
function ask(places: Places): { given: () => boolean; permit: ReturnType<Places['reserveSlot']> } {
  let given = false
  const permit = places.reserveSlot(of, never)
  void permit.then(() => (given = true))
  return { given: () => given, permit }
}

/** Lets all that can go on do so. */
const settled = async (): Promise<void> => {
  for (let n = 0; n < 20; n++) await Promise.resolve()
}

/** The one place of a slow destination, taken for a task. */
async function taken(places: Places) {
  const permit = await places.reserveSlot(of, never)
  places.markSlotUsed({ permit })
  return permit
}

it.each([
  [0.01, 1],
  [10, 1],
  [11, 2],
  [10_000, 50],
])('at %d a second, %d wait at once', async (perSecond, most) => {
  const places = new Places(perSecond)
  const asked = Array.from({ length: most + 2 }, () => ask(places))
  await settled()
  expect(asked.filter(({ given }) => given())).toHaveLength(most)
})

it('gives a place again after a poll that got nothing', async () => {
  const places = new Places(1)
  const permit = await places.reserveSlot(of, never)
  const next = ask(places)
  places.releaseSlot({ permit })
  await settled()
  expect(next.given()).toBe(true)
})

it.each([
  ['that ends without having waited, such as of a member who is gone', () => Promise.resolve('gone'), true],
  ['that gets no turn: the next one would get none either', () => Promise.reject(new Error('rate_limited')), false],
])('after a delivery %s', async (_, work, atOnce) => {
  jest.useFakeTimers()
  const places = new Places(1)
  const permit = await taken(places)
  const next = ask(places)
  await places.deliver(work).catch(() => undefined)
  places.releaseSlot({ permit })
  await settled()
  expect(next.given()).toBe(atOnce)
  await jest.advanceTimersByTimeAsync(500)
  expect(next.given()).toBe(true)
})

it('has at most a hundred under way that wait no more', async () => {
  const places = new Places(10_000)
  const permits = []
  for (let n = 0; n < 100; n++) {
    permits.push(await taken(places))
    void places.deliver(() => Promise.resolve())
    await settled()
  }
  const next = ask(places)
  await settled()
  expect(next.given()).toBe(false)
  places.releaseSlot({ permit: permits[0]! })
  await settled()
  expect(next.given()).toBe(true)
})

it('a poll that is called off asks no more', async () => {
  const places = new Places(1)
  const permit = await places.reserveSlot(of, never)
  const off = new AbortController()
  const asked = places.reserveSlot(of, off.signal)
  const why = new Error('stopping')
  off.abort(why)
  await expect(asked).rejects.toBe(why)
  places.releaseSlot({ permit })
  const next = ask(places)
  await settled()
  expect(next.given()).toBe(true)
})
