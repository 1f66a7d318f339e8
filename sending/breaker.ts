import { SendError } from '../destinations/index.js'
import { closeCircuit, keepOpen, openCircuit, probe, type ProbeTimes } from '../store/circuits.js'
import type { Db } from '../store/db.js'

/** When a circuit opens, and when it is tried. */
export interface BreakerTimes extends ProbeTimes {
  /** Failures in a row, in one process, that open it. */
  failures: number
}

export const BREAKER: BreakerTimes = { failures: 10, firstMs: 30_000, longestMs: 300_000 }

/** Refusals that speak of the account and not of the message, although they are final. */
const OF_THE_ACCOUNT = new Set(['bad_credentials', 'smtp_auth', 'invalid_secret'])

/**
 * The circuit breakers of destinations. One that fails again and again is left alone: its members wait where they are, without using up their attempts,
 * while one of them tries now and then; when that one gets through, all go on.
 */
export class Breaker {
  /** Failures since the last success, by destination. */
  readonly #failures = new Map<string, number>()

  constructor(
    private readonly db: Db,
    private readonly times: BreakerTimes = BREAKER,
  ) {}

  /**
   * Asks whether a send may go.
   * @param open whether the circuit was open, as last read
   */
  async ask(destinationId: string, open: boolean): Promise<Leave> {
    if (!open && this.#failuresOf(destinationId) < this.times.failures) return { probing: false }
    const waitMs = await probe(this.db, destinationId, this.times.firstMs)
    if (waitMs === undefined) return { probing: false }
    // Those who wait come back one after another.
    return waitMs === 0 ? { probing: true } : { waitMs: waitMs + Math.random() * this.times.firstMs }
  }

  /** Sends, and learns from what comes of it. */
  async watch<T>(destinationId: string, probing: boolean, send: () => Promise<T>): Promise<T> {
    try {
      const sent = await send()
      await this.#worked(destinationId, probing)
      return sent
    } catch (error) {
      if (error instanceof SendError) await this.#failed(destinationId, probing, error)
      throw error
    }
  }

  readonly #failuresOf = (destinationId: string): number => this.#failures.get(destinationId) ?? 0

  async #worked(destinationId: string, probing: boolean): Promise<void> {
    const opened = this.#failuresOf(destinationId) >= this.times.failures
    this.#failures.delete(destinationId)
    if (opened || probing) await closeCircuit(this.db, destinationId)
  }

  async #failed(destinationId: string, probing: boolean, error: SendError): Promise<void> {
    const says = saysOf(error)
    if (says === 'well') return this.#worked(destinationId, probing)
    if (says === 'nothing') return
    if (probing) return keepOpen(this.db, destinationId, error, this.times)
    const failures = this.#failuresOf(destinationId) + 1
    this.#failures.set(destinationId, failures)
    if (failures >= this.times.failures) await openCircuit(this.db, destinationId, error, this.times)
  }
}

/** Whether a send may go: as the one that tries, as any other, or not before some ms have gone. */
export type Leave = { probing: boolean } | { waitMs: number }

/** Failures before the destination was asked. */
const NOT_ASKED = new Set(['template_error', 'invalid_fields', 'no_destination', 'no_secret', 'blocked_address'])

/** Whether a failure says that the destination is not well, so that whoever tried it may try again. */
export const isUnwell = (error: SendError): boolean => saysOf(error) === 'unwell'

/** What a failure says of the destination; one that refuses a message, or asks to come later, is well. */
function saysOf({ kind, code }: SendError): 'well' | 'unwell' | 'nothing' {
  if (NOT_ASKED.has(code)) return 'nothing'
  if (OF_THE_ACCOUNT.has(code)) return 'unwell'
  return kind === 'permanent' || code === 'rate_limited' ? 'well' : 'unwell'
}
