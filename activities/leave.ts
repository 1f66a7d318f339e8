import { AsyncLocalStorage } from 'node:async_hooks'
import { ApplicationFailure } from '@temporalio/common'
import { heldBack, type Ahead } from '../sending/admit.js'
import type { Breaker } from '../sending/breaker.js'
import { turnOf } from '../sending/pace.js'
import type { Sender } from '../sending/senders.js'
import type { StepDeps } from './deps.js'

/* When a delivery may go to its destination, before it is begun: nothing of this is an attempt. */

/** Fails the activity so that Temporal runs it again after a delay (ms). Codes only: vendors' sentences may name addresses, and histories are kept. */
const again = (type: string, message: string, delayMs: number): ApplicationFailure =>
  ApplicationFailure.create({ type, message, nextRetryDelay: Math.max(0, delayMs) })

/** The same at an instant, or when the member has to look, if that is sooner; ms. */
export const againAt = (type: string, message: string, now: number, at: number, look: number | undefined): ApplicationFailure =>
  again(type, message, Math.min(at, look ?? at) - now)

/** Who wants to know when a delivery waits for its turn no more: it has it, or needs none. */
const waiting = new AsyncLocalStorage<() => void>()

/** Does what may wait for its turn. @param noMore told once it does not any more, if it comes to that */
export const whileWaiting = <T>(noMore: () => void, work: () => Promise<T>): Promise<T> => waiting.run(noMore, work)

/** This delivery waits for its turn no more. */
const waitsNoMore = (): void => waiting.getStore()?.()

/** A delivery that is about to begin. */
export interface Leaving {
  sender: Sender
  /** Of a message that reaches a customer. */
  ahead: Ahead | undefined
  /** When time alone may take the member out, ms. */
  look: number | undefined
}

/** How it goes. */
export interface Left {
  /** Whether it tries a destination that fails. */
  probing: boolean
  /** Whether the destination may be asked. Not for one that something is going to keep back. */
  turn: boolean
}

/**
 * Waits for its turn where the destination has a rate limit, and comes again later where it fails. Who is kept back anyway asks for no turn: it is for
 * one who is sent.
 */
export async function leaveTo({ db, breaker }: StepDeps & { breaker: Breaker }, { sender, ahead, look }: Leaving): Promise<Left> {
  const { destinationId, perSecond, failing = false } = sender
  if (destinationId === null) return { probing: false, turn: true }
  if (perSecond !== undefined && ahead && (await heldBack({ db }, ahead))) {
    waitsNoMore()
    return { probing: false, turn: false }
  }
  const leave = await breaker.ask(destinationId, failing)
  if ('waitMs' in leave) {
    const now = Date.now()
    throw againAt('circuit_open', 'The destination fails; it is tried now and then.', now, now + leave.waitMs, look)
  }
  if (perSecond !== undefined && !(await turnOf(db, destinationId, perSecond)))
    throw again('rate_limited', 'The destination has as much to send as it may.', soon())
  waitsNoMore()
  return { ...leave, turn: true }
}

/** When to ask for a turn again, ms; not all at once. */
const soon = (): number => 1_000 + Math.random() * 2_000
