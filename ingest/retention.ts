import type { Db } from '../store/db.js'
import { dropMonths, forgetContent, forgetMessages, forgetSlots, forgetTraitChanges, makeMonths } from '../store/retention.js'

/** How often it looks, in ms. */
const EVERY_MS = 3_600_000

/**
 * Makes the tables of coming months, drops those of past ones, and forgets old message ids, changes of traits, contents of deliveries and what frequency
 * caps count: at once, and every hour. Any number of processes may. Where one step fails the next look does it; the others are done.
 * @param months that events, changes of traits and contents of deliveries are kept
 */
export function startRetention(db: Db, months: number, onError: (error: unknown) => void): { stop(): Promise<void> } {
  const look = async (): Promise<void> => {
    const steps = [
      () => makeMonths(db),
      () => dropMonths(db, months),
      () => forgetMessages(db),
      () => forgetTraitChanges(db, months),
      () => forgetContent(db, months),
      () => forgetSlots(db),
    ]
    for (const step of steps) await step().catch(onError)
  }
  let running: Promise<unknown> = look()
  const timer = setInterval(() => (running = running.then(look)), EVERY_MS)
  return {
    stop: async () => {
      clearInterval(timer)
      await running
    },
  }
}
