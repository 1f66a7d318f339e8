import { zoneOf, type EventQuery, type Facts } from './evaluate.js'
import { earliest, look } from './next-change.js'
import { windowBounds, windowEnd } from './window.js'

/**
 * Counts the events of one query, given newest first, and knows when time alone may change the answer. An event counts until
 * `within` after it was received. Stops at `atLeast`: nobody asks for more.
 */
export class EventTally {
  /** Events that count, so far. */
  count = 0
  readonly #bounds: { from: number; sure: number } | undefined
  readonly #zone: string
  /** When each of those that count was received. */
  readonly #counted: number[] = []
  /** When one that counts may cease to match, and when one that does not may begin to. */
  #ceases: number | undefined
  #begins: number | undefined

  constructor(
    private readonly query: EventQuery,
    private readonly facts: Facts,
  ) {
    this.#zone = zoneOf(facts)
    if (query.within) this.#bounds = windowBounds(facts.now, query.within, this.#zone)
  }

  /** ms; events received before it do not count. -Infinity: all may. */
  get from(): number {
    return this.#bounds?.from ?? -Infinity
  }

  /** Whether enough have been counted. */
  get full(): boolean {
    return this.count >= this.query.atLeast
  }

  /** @param receivedAt ms */
  add(receivedAt: number, properties: Record<string, unknown>): void {
    if (this.full || !this.#inside(receivedAt)) return
    const { holds, changes } = this.query.where
      ? look(this.query.where, { ...this.facts, property: properties })
      : { holds: true, changes: undefined }
    if (!holds) {
      this.#begins = earliest([this.#begins, changes])
      return
    }
    this.count++
    this.#counted.push(receivedAt)
    this.#ceases = earliest([this.#ceases, changes])
  }

  /** The earliest instant (ms) at which time alone may change whether there are enough; undefined: never. */
  get changes(): number | undefined {
    // Too few: those that leave the window make it no other.
    return this.full ? earliest([this.#ceases, this.#leaves()]) : this.#begins
  }

  /** The instant (ms) from which on an event is too long ago to count. */
  leavesAfter(receivedAt: number): number {
    return windowEnd(receivedAt, this.query.within!, this.#zone) + 1
  }

  #inside(receivedAt: number): boolean {
    const bounds = this.#bounds
    if (!bounds || receivedAt >= bounds.sure) return true
    return receivedAt >= bounds.from && this.leavesAfter(receivedAt) > this.facts.now
  }

  /** The instant after the last at which all that were counted still count. Only those near the oldest can be the first to go. */
  #leaves(): number | undefined {
    if (!this.#bounds) return undefined
    const oldest = this.#counted.reduce((least, at) => Math.min(least, at), Infinity)
    const near = oldest + (this.#bounds.sure - this.#bounds.from)
    const ends = this.#counted.filter((at) => at <= near).map((at) => this.leavesAfter(at))
    return earliest(ends)
  }
}
