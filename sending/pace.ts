import { setTimeout as sleep } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import { takeSlot } from '../store/destinations.js'
import type { Db } from '../store/db.js'

/** Longest that a send waits for its turn inside its activity, in ms. */
const AHEAD_MS = 1_000

/** When the last send of a destination went from this process, by `performance.now`. */
const lastSent = new LRUCache<string, number>({ max: 10_000 })

/**
 * Waits until a destination may send, by one rate over all workers. The task queue of a destination holds back those for whom there is no place to wait.
 * @returns false when it is nobody's turn within a second: come again
 */
export async function turnOf(db: Db, destinationId: string, perSecond: number): Promise<boolean> {
  const waitMs = await takeSlot(db, destinationId, perSecond, AHEAD_MS)
  if (waitMs === undefined) return false
  await sleep(waitMs)
  return true
}

/**
 * Waits until a destination may be asked, however long that takes: by requests, where those are what its vendor counts.
 * @param off ends the waiting
 */
export async function turnOfRequest(db: Db, destinationId: string, perSecond: number, off: AbortSignal): Promise<void> {
  while (!off.aborted) {
    if (await turnOf(db, destinationId, perSecond)) return apart(destinationId, perSecond)
    await sleep(AHEAD_MS / 2)
  }
}

/** Keeps the sends of this process apart, also those whose turns came all at once because something stood still. Right before each send. */
export async function apart(destinationId: string, perSecond: number): Promise<void> {
  const intervalMs = 1_000 / perSecond
  for (;;) {
    const now = performance.now()
    const free = (lastSent.get(destinationId) ?? -Infinity) + intervalMs
    // A timer may be a part of a millisecond early.
    if (now >= free - 1) return void lastSent.set(destinationId, now)
    await sleep(free - now)
  }
}
