import { z } from 'zod'
import { SendError, type SendCall, type SendResult } from '../destinations/vendor.js'
import { fakeVendor } from '../test/support/vendor.js'
import { createGatherer } from './gather.js'
import type { After } from './together.js'

/* On a clock of its own; what is asserted comes to be in microtasks. */

interface Clock {
  after: After
  now(): number
  /** Lets so many ms go by. */
  pass(ms: number): void
  /** What is still to come. */
  readonly set: number
}

function clockOf(): Clock {
  let now = 0
  const timers = new Map<object, { at: number; run: () => void }>()
  return {
    after: (ms, run) => {
      const id = {}
      timers.set(id, { at: now + ms, run })
      return () => void timers.delete(id)
    },
    now: () => now,
    pass: (ms) => {
      const end = now + ms
      for (;;) {
        const due = [...timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at)[0]
        if (!due) break
        timers.delete(due[0])
        now = due[1].at
        due[1].run()
      }
      now = end
    },
    get set() {
      return timers.size
    },
  }
}

/** A request to the vendor, which ends when the test says so. */
interface Request {
  action: string
  at: number
  calls: readonly SendCall[]
  alone: boolean
  answer(outcomes?: (SendResult | SendError)[]): void
  fail(error: unknown): void
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function setUp(most = 3) {
  const clock = clockOf()
  const requests: Request[] = []
  const ask = <T>(
    action: string,
    calls: readonly SendCall[],
    alone: boolean,
    of: (outcomes: (SendResult | SendError)[]) => T,
  ): Promise<T> =>
    new Promise((resolve, reject) => {
      const own = calls.map(({ key }) => ({ vendorId: key }))
      requests.push({ action, at: clock.now(), calls, alone, answer: (outcomes = own) => resolve(of(outcomes)), fail: reject })
    })
  const acting = (action: string, gather: boolean) => ({
    title: action,
    fields: z.strictObject({}),
    send: (call: SendCall) => ask(action, [call], true, ([outcome]) => outcome as SendResult),
    ...(gather && { gather: { most, send: (calls: readonly SendCall[]) => ask(action, calls, false, (outcomes) => outcomes) } }),
  })
  const actions = { track: acting('track', true), remove: acting('remove', true), message: acting('message', false) }
  const vendor = fakeVendor(actions, { dedupes: false })
  const gatherer = createGatherer(clock.after)
  const through = { vendor, action: 'track', destinationId: 'dst_1', revision: 1 }
  let count = 0
  const send = (
    customerId: string,
    { signal = new AbortController().signal, turn, ...more }: Partial<typeof through> & Pick<Partial<SendCall>, 'signal' | 'turn'> = {},
  ) => {
    const key = `${customerId}:${++count}`
    const call = { key, workspaceId: 'wsp_1', memberId: 'm', tileId: 't', customerId, config: {}, secrets: {}, fields: {}, signal, outboundAllow: [], turn } // prettier-ignore
    return gatherer.send({ ...through, ...more }, call)
  }
  const keys = () => requests.map(({ calls }) => calls.map(({ key }) => key))
  return { clock, requests, vendor, gatherer, send, keys }
}

const kept = (gatherer: { size: number }, clock: Clock): number[] => [gatherer.size, clock.set]

test('what comes within 10 ms of the first goes together, in the order in which it came, and each gets its own result', async () => {
  const { clock, requests, gatherer, send, keys } = setUp(10)
  const first = send('ada')
  clock.pass(9)
  const others = [send('bob'), send('cy')]
  expect(requests).toHaveLength(0)
  clock.pass(1)
  const next = send('dan')
  requests[0]!.answer()
  await settled()
  clock.pass(10)
  expect(keys()).toEqual([['ada:1', 'bob:2', 'cy:3'], ['dan:4']])
  expect(requests.map(({ at }) => at)).toEqual([10, 20])
  requests[1]!.answer()
  expect((await Promise.all([first, ...others, next])).map(({ vendorId }) => vendorId)).toEqual(['ada:1', 'bob:2', 'cy:3', 'dan:4'])
  await settled()
  expect(kept(gatherer, clock)).toEqual([0, 0])
})

test('what comes while others are under way goes together when they have ended, and after 50 ms at the latest', async () => {
  const { clock, requests, gatherer, send, keys } = setUp(10)
  void send('a')
  clock.pass(10)
  void send('b')
  clock.pass(30)
  void send('c')
  requests[0]!.answer()
  await settled()
  expect(requests.map(({ at }) => at)).toEqual([10, 40])
  void send('d')
  clock.pass(49)
  void send('e')
  expect(requests).toHaveLength(2)
  clock.pass(1)
  expect(keys()).toEqual([['a:1'], ['b:2', 'c:3'], ['d:4', 'e:5']])
  expect(requests[2]!.at).toBe(90)
  for (const { answer } of requests) answer()
  await settled()
  expect(kept(gatherer, clock)).toEqual([0, 0])
})

describe('where requests have their turns', () => {
  /** Turns that come when the test says so. */
  function turns() {
    const asked: { come(): void; fail(): void; off: AbortSignal }[] = []
    const turn = (off: AbortSignal) => new Promise<void>((resolve, reject) => asked.push({ come: resolve, fail: () => reject(new Error('-')), off })) // prettier-ignore
    return { asked, turn }
  }

  test('what comes until its turn goes together, by one turn; what is full leaves room for the next', async () => {
    const { clock, requests, gatherer, send, keys } = setUp(3)
    const { asked, turn } = turns()
    for (const who of ['a', 'b']) void send(who, { turn })
    clock.pass(1_000)
    for (const who of ['c', 'd']) void send(who, { turn })
    clock.pass(1_000)
    expect([asked.length, requests.length]).toEqual([2, 0])
    asked[0]!.come()
    await settled()
    expect(keys()).toEqual([['a:1', 'b:2', 'c:3']])
    asked[1]!.come()
    await settled()
    expect(keys()[1]).toEqual(['d:4'])
    for (const { answer } of requests) answer()
    await settled()
    expect(kept(gatherer, clock)).toEqual([0, 0])
  })

  test('who is called off meanwhile was not sent, and nobody waits for the turn any more; nor where none can be had', async () => {
    const { clock, requests, gatherer, send } = setUp(3)
    const { asked, turn } = turns()
    const off = new AbortController()
    const first = send('a', { turn, signal: off.signal })
    off.abort()
    await expect(first).rejects.toMatchObject({ kind: 'retry', code: 'no_turn' })
    expect(asked[0]!.off.aborted).toBe(true)
    const second = send('b', { turn })
    asked[1]!.fail()
    await expect(second).rejects.toMatchObject({ kind: 'retry', code: 'no_turn' })
    clock.pass(1_000)
    expect([requests.length, ...kept(gatherer, clock)]).toEqual([0, 0, 0])
  })
})

test('one alone goes as any send', () => {
  const { clock, requests, send } = setUp()
  const { signal } = new AbortController()
  void send('ada', { signal })
  clock.pass(10)
  expect(requests.map(({ alone, calls }) => [alone, calls[0]!.signal === signal])).toEqual([[true, true]])
})

test('a thousand at once are one request; when it is full, it goes at once', () => {
  const { clock, requests, send } = setUp(1_000)
  for (let n = 0; n < 1_000; n++) void send(`c${n}`)
  expect(requests.map(({ at, calls }) => [at, calls.length])).toEqual([[0, 1_000]])
  void send('late')
  clock.pass(50)
  expect(requests.map(({ calls }) => calls.length)).toEqual([1_000, 1])
})

test('only the same destination, action and settings go together', () => {
  const { clock, send, keys } = setUp(10)
  void send('a')
  void send('b', { destinationId: 'dst_2' })
  void send('c', { revision: 2 })
  void send('d', { action: 'remove' })
  void send('e')
  clock.pass(10)
  expect(keys()).toEqual([['a:1', 'e:5'], ['b:2'], ['c:3'], ['d:4']])
})

test('each gets its own error; one that the answer does not tell of may have been taken', async () => {
  const { clock, requests, send } = setUp()
  const all = Promise.allSettled([send('a'), send('b'), send('c')])
  requests[0]!.answer([{ vendorId: 'x' }, new SendError('permanent', 'bad_recipient', 'No.')])
  const [a, b, c] = await all
  expect(a).toEqual({ status: 'fulfilled', value: { vendorId: 'x' } })
  expect(b).toMatchObject({ reason: { kind: 'permanent', code: 'bad_recipient' } })
  expect(c).toMatchObject({ reason: { kind: 'ambiguous', code: 'untold' } })
  expect(clock.set).toBe(0)
})

test.each([
  ['ambiguous', new SendError('ambiguous', 'timeout', 'No answer.')],
  ['to be tried again', new SendError('retry', 'rate_limited', 'Later.', { retryAfterMs: 7_000 })],
  ['a fault in the code', new Error('A fault of the vendor’s code.')],
])('a failure of the whole is that of each: %s', async (_, error) => {
  const { requests, gatherer, send } = setUp()
  const all = Promise.allSettled([send('a'), send('b'), send('c')])
  requests[0]!.fail(error)
  expect((await all).map((outcome) => (outcome as PromiseRejectedResult).reason as unknown)).toEqual([error, error, error])
  await settled()
  expect(gatherer.size).toBe(0)
})

test('a customer’s later send does not overtake the one that is under way, in whatever action or settings', async () => {
  const { clock, requests, gatherer, send, keys } = setUp(10)
  void send('ada')
  clock.pass(10)
  void send('ada', { action: 'remove' })
  void send('ada')
  void send('ada', { action: 'message' })
  void send('ada', { revision: 2 })
  void send('bob', { action: 'message' })
  clock.pass(1_000)
  expect(keys()).toEqual([['ada:1'], ['bob:6']])
  for (let n = 0; n < 6; n++) {
    requests[n]?.answer()
    await settled()
    clock.pass(10)
  }
  expect(requests.slice(2).map(({ action, calls }) => [action, calls[0]!.key])).toEqual([['remove', 'ada:2'], ['track', 'ada:3'], ['message', 'ada:4'], ['track', 'ada:5']]) // prettier-ignore
  requests.at(-1)!.answer()
  await settled()
  expect(kept(gatherer, clock)).toEqual([0, 0])
}) // prettier-ignore

test('sends of one customer that wait go together, in their order; also those that waited for the one before', async () => {
  const { clock, requests, send, keys } = setUp(10)
  void send('ada')
  void send('bob')
  void send('ada')
  clock.pass(10)
  void send('ada')
  void send('ada')
  void send('cy')
  clock.pass(50)
  expect(keys()).toEqual([['ada:1', 'bob:2', 'ada:3'], ['cy:6']])
  for (const { answer } of requests) answer()
  await settled()
  clock.pass(10)
  expect(keys()[2]).toEqual(['ada:4', 'ada:5'])
})

test('after a failure, what waited goes on', async () => {
  const { clock, requests, send, keys } = setUp(10)
  const failed = send('ada')
  clock.pass(10)
  void send('ada')
  requests[0]!.fail(new SendError('retry', 'x', 'x'))
  await expect(failed).rejects.toMatchObject({ code: 'x' })
  await settled()
  clock.pass(10)
  expect(keys()[1]).toEqual(['ada:2'])
})

test('one that is called off before it went is certainly not sent; those behind it go', async () => {
  const { clock, requests, gatherer, send, keys } = setUp(10)
  const [first, only, behind] = [new AbortController(), new AbortController(), new AbortController()]
  const off = [send('ada', { signal: first.signal })]
  void send('bob')
  // Waits for nothing else, once the one before it is out.
  void send('ada', { action: 'remove' })
  off.push(send('cy', { action: 'track', revision: 2, signal: only.signal }))
  clock.pass(5)
  first.abort()
  only.abort()
  clock.pass(10)
  expect(keys()).toEqual([['bob:2'], ['ada:3']])
  // Behind one that is under way.
  off.push(send('bob', { signal: behind.signal }))
  behind.abort()
  const already = AbortSignal.abort()
  off.push(send('dan', { signal: already }))
  for (const each of off) await expect(each).rejects.toMatchObject({ kind: 'retry', code: 'no_turn' })
  for (const { answer } of requests) answer()
  await settled()
  clock.pass(1_000)
  expect([requests.length, ...kept(gatherer, clock)]).toEqual([2, 0, 0])
})

test('once it went, the time of one does not cut off the others; it may have been sent', async () => {
  const { clock, requests, send } = setUp()
  const hasty = new AbortController()
  const [a, ...others] = [send('a', { signal: hasty.signal }), send('b'), send('c')]
  hasty.abort()
  expect(requests[0]!.calls[0]!.signal.aborted).toBe(false)
  clock.pass(100)
  await expect(a).rejects.toMatchObject({ kind: 'ambiguous', code: 'timeout' })
  requests[0]!.answer()
  expect((await Promise.all(others)).map(({ vendorId }) => vendorId)).toEqual(['b:2', 'c:3'])
})

test('when the time of all is over the request is given up, and each is told what the vendor’s call says', async () => {
  const { clock, requests, send } = setUp()
  const times = [new AbortController(), new AbortController(), new AbortController()]
  const all = Promise.allSettled(times.map(({ signal }, n) => send(`c${n}`, { signal })))
  const { signal } = requests[0]!.calls[0]!
  for (const time of times) {
    expect(signal.aborted).toBe(false)
    time.abort(new DOMException('late', 'TimeoutError'))
    clock.pass(20)
  }
  expect([signal.aborted, (signal.reason as Error).name]).toEqual([true, 'TimeoutError'])
  requests[0]!.fail(new SendError('retry', 'no_connection', 'It could not be reached in time.'))
  expect((await all).map((each) => ((each as PromiseRejectedResult).reason as SendError).code)).toEqual(Array(3).fill('no_connection'))
  expect(clock.set).toBe(0)
})

test('a vendor that gathers nowhere is called at once', () => {
  const { clock, requests, vendor, send, gatherer } = setUp()
  const { message } = vendor.actions
  vendor.actions = { message: message! }
  void send('ada', { action: 'message' })
  void send('ada', { action: 'message' })
  expect([requests.length, ...kept(gatherer, clock)]).toEqual([2, 0, 0])
})

test('at random: each its own result, nobody overtaken, nothing lost, nothing kept', async () => {
  const seed = Number(process.env.SEED ?? (Date.now() % 2 ** 31) + 1)
  let state = seed
  const below = (limit: number): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % limit
  }
  const { clock, requests, gatherer, send } = setUp(5)
  const asked: { customer: string; key: string; at: number; off: AbortController; ended: Promise<string> }[] = []
  const ended = new Set<Request>()
  const end = (request: Request): void => {
    ended.add(request)
    if (below(4) === 0) request.fail(new SendError('ambiguous', 'lost', '-'))
    else request.answer()
  }
  for (let step = 0; step < 3_000; step++) {
    const what = below(10)
    if (what < 5) {
      const customer = `c${below(6)}`
      const off = new AbortController()
      const sending = send(customer, { action: ['track', 'remove', 'message'][below(3)]!, revision: below(2), signal: off.signal })
      const key = `${customer}:${asked.length + 1}`
      const told = sending.then(({ vendorId }) => vendorId!, (error: unknown) => (error as SendError).code) // prettier-ignore
      asked.push({ customer, key, at: clock.now(), off, ended: told })
    } else if (what < 7) clock.pass(below(8))
    else if (what < 9) {
      const open = requests.filter((request) => !ended.has(request))
      if (open.length > 0) end(open[below(open.length)]!)
      await settled()
    } else asked[below(asked.length || 1)]?.off.abort()
  }
  while (gatherer.size > 0) {
    for (const request of requests) if (!ended.has(request)) end(request)
    await settled()
    clock.pass(10)
  }
  const note = `SEED=${seed}`
  const gone = requests.flatMap(({ calls }) => calls.map(({ key }) => key))
  expect([note, new Set(gone).size]).toEqual([note, gone.length])
  for (const { key, ended: told, off } of asked) {
    const outcome = await told
    const right = gone.includes(key) ? [key, 'lost', ...(off.signal.aborted ? ['timeout'] : [])] : ['no_turn']
    expect([note, key, right.includes(outcome)]).toEqual([note, key, true])
  }
  for (const customer of new Set(asked.map((each) => each.customer))) {
    const order = gone.filter((key) => key.startsWith(`${customer}:`)).map((key) => Number(key.split(':')[1]))
    expect([note, order]).toEqual([note, [...order].sort((a, b) => a - b)])
  }
  expect([note, Math.max(...requests.map(({ calls }) => calls.length))]).toEqual([note, 5])
  expect([note, ...kept(gatherer, clock)]).toEqual([note, 0, 0])
})
