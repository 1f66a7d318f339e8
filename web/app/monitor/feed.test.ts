import { jest } from '@jest/globals'
import type { Watched } from '../api/monitor.js'
import { follow, PATIENCE, POLL, REOPEN, type Source } from './feed.js'

const state = (held: number): Watched => ({ held }) as Watched

/** A stream that the test drives. */
class Fake implements Source {
  closed = false
  readonly #messages = new Map<string, (data: string) => void>()
  #broken: (final: boolean) => void = () => undefined
  onmessage(event: string, listener: (data: string) => void): void {
    this.#messages.set(event, listener)
  }
  onbroken(listener: (final: boolean) => void): void {
    this.#broken = listener
  }
  say(event: string, data: unknown): void {
    this.#messages.get(event)!(JSON.stringify(data))
  }
  breaks(final: boolean): void {
    this.#broken(final)
  }
  close(): void {
    this.closed = true
  }
}

function followed(poll: () => Promise<Watched> = () => Promise.resolve(state(0))) {
  const sources: Fake[] = []
  const seen: string[] = []
  const stop = follow({
    open: () => (sources.push(new Fake()), sources.at(-1)!),
    poll,
    onState: ({ held }) => seen.push(`held ${held}`),
    onLink: (link) => seen.push(link),
    onGone: () => seen.push('gone'),
  })
  return { sources, seen, stop }
}

beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

it('shows what the stream says', () => {
  const { sources, seen, stop } = followed()
  sources[0]!.say('state', state(1))
  sources[0]!.say('state', state(2))
  expect(seen).toEqual(['connecting', 'held 1', 'live', 'held 2', 'live'])
  stop()
  expect(sources[0]!.closed).toBe(true)
})

it('says that the stream broke, and goes on with it when the browser has mended it', async () => {
  const { sources, seen, stop } = followed()
  sources[0]!.say('state', state(1))
  sources[0]!.breaks(false)
  sources[0]!.say('state', state(2))
  await jest.advanceTimersByTimeAsync(PATIENCE + POLL)
  expect(seen.slice(3)).toEqual(['lost', 'held 2', 'live'])
  stop()
})

it('asks while there is no stream, says when that fails too, and opens the stream anew', async () => {
  let up = true
  const { sources, seen, stop } = followed(() => (up ? Promise.resolve(state(7)) : Promise.reject(new Error('down'))))
  sources[0]!.breaks(false)
  await jest.advanceTimersByTimeAsync(PATIENCE)
  expect(seen.slice(1)).toEqual(['lost', 'held 7', 'polled'])
  up = false
  await jest.advanceTimersByTimeAsync(POLL)
  expect(seen.at(-1)).toBe('lost')
  up = true
  await jest.advanceTimersByTimeAsync(REOPEN)
  expect(sources).toHaveLength(2)
  expect(sources[0]!.closed).toBe(true)
  expect(seen.at(-1)).toBe('polled')
  sources[1]!.say('state', state(8))
  const before = seen.length
  await jest.advanceTimersByTimeAsync(REOPEN + POLL)
  expect(seen.slice(before)).toEqual([])
  stop()
})

it('asks at once when the browser has given up', async () => {
  const { sources, seen, stop } = followed()
  sources[0]!.breaks(true)
  await jest.advanceTimersByTimeAsync(0)
  expect(seen).toEqual(['connecting', 'lost', 'held 0', 'polled'])
  stop()
})

it('waits for the person to sign in, then follows again', async () => {
  let signIn: (state: Watched) => void = () => undefined
  const { sources, seen, stop } = followed(() => new Promise((resolve) => (signIn = resolve)))
  sources[0]!.say('end', { reason: 'signed_out' })
  expect(sources).toHaveLength(1)
  signIn(state(3))
  await jest.advanceTimersByTimeAsync(0)
  expect(seen).toContain('held 3')
  expect(sources).toHaveLength(2)
  stop()
})

it('ends when the orchestration is gone', async () => {
  const { sources, seen } = followed()
  sources[0]!.say('end', { reason: 'gone' })
  sources[0]!.breaks(true)
  await jest.advanceTimersByTimeAsync(REOPEN)
  expect(seen).toEqual(['connecting', 'gone'])
  expect(sources).toHaveLength(1)
})
