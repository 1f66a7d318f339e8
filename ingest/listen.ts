import pg from 'pg'
import { EVENTS_CHANNEL } from '../store/events.js'

/** Time between two tries to connect, in ms. */
const RETRY_MS = 1_000

/**
 * Calls `wake` when events came in anywhere: LISTEN on a connection of its own, and on another one when it is lost. The router's poll covers
 * the time between.
 */
export function listen(url: string, wake: () => void): { stop(): Promise<void> } {
  let stopped = false
  let client: pg.Client | undefined
  let retry: NodeJS.Timeout | undefined
  let connecting = connect()

  async function connect(): Promise<void> {
    const fresh = new pg.Client({ connectionString: url, keepAlive: true })
    client = fresh
    fresh.on('notification', wake)
    fresh.on('error', () => again(fresh))
    try {
      await fresh.connect()
      await fresh.query(`listen ${EVENTS_CHANNEL}`)
      // What was told while nobody listened.
      wake()
    } catch {
      again(fresh)
    }
  }

  function again(lost: pg.Client): void {
    if (lost !== client) return
    client = undefined
    lost.end().catch(() => undefined)
    if (!stopped) retry = setTimeout(() => (connecting = connect()), RETRY_MS)
  }

  return {
    stop: async () => {
      stopped = true
      clearTimeout(retry)
      await connecting
      const last = client
      client = undefined
      await last?.end().catch(() => undefined)
    },
  }
}
