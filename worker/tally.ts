import type { Db } from '../store/db.js'
import { foldTally } from '../store/stats.js'

/** How often it looks for changes, in ms. */
const EVERY_MS = 1_000
/** Changes that one statement takes. */
const PAGE = 10_000

/** Takes changes into the counters now and then; of many processes one does. `stop` waits for the page that is under way. */
export function startTally(db: Db, onError: (error: unknown) => void, everyMs = EVERY_MS): { stop(): Promise<void> } {
  let stopping = false
  let running: Promise<void> | undefined
  const fold = async (): Promise<void> => {
    while (!stopping && (await foldTally(db, PAGE)) === PAGE);
  }
  const timer = setInterval(() => {
    running ??= fold()
      .catch(onError)
      .finally(() => (running = undefined))
  }, everyMs)
  return {
    stop: async () => {
      stopping = true
      clearInterval(timer)
      await running
    },
  }
}
