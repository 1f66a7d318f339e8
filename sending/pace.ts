import { setTimeout as sleep } from 'node:timers/promises'
import { takeSlot } from '../store/destinations.js'
import type { Db } from '../store/db.js'

/** Longest that a send waits for its turn inside its activity, in ms: what the task queue lets through at once is spread over this. */
const AHEAD_MS = 1_000

/**
 * Waits until a destination may send. The task queue of a destination holds back what is too much, fairly between orchestrations; this keeps what it lets
 * through to the rate, over all workers, also where a route is older than the limit.
 * @returns false when it is nobody's turn within a second: come again
 */
export async function turnOf(db: Db, destinationId: string, perSecond: number): Promise<boolean> {
  const waitMs = await takeSlot(db, destinationId, perSecond, AHEAD_MS)
  if (waitMs === undefined) return false
  if (waitMs > 0) await sleep(waitMs)
  return true
}
