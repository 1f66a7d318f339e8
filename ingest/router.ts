import { routeBatch, type RouteDeps, type RouteState } from './batch.js'
import { listen } from './listen.js'
import { SchemaNotes } from './schema.js'

/** How long to sleep when there is nothing to do and nobody says so, in ms. */
const POLL_MS = 1_000
/** Shortest and longest pause after failures, in ms. */
const BACKOFF_MS = { from: 250, to: 15_000 }

export interface RouterOptions extends RouteDeps {
  /** For LISTEN, which needs a connection of its own; without it the router polls every second. */
  databaseUrl?: string
  /** Partitions that are worked on at the same time; 4 unless told. */
  concurrency?: number
  /** Told of each failure that will be tried again. */
  onError?: (error: unknown) => void
}

export interface Router {
  /** Says that events came in. */
  wake(): void
  /** Lets the events under way end. */
  stop(): Promise<void>
}

interface LoopState extends RouteState {
  schema: SchemaNotes
  /** Grows with each wake-up, so that none is lost between looking for events and falling asleep. */
  calls: number
  /** Each looks whether it has slept enough, and answers it. */
  sleepers: Set<() => boolean>
}

/** Routes accepted events to profiles, waits and entries, one customer's in order. Any number of routers may run at once. */
export function startRouter(options: RouterOptions): Router {
  const state: LoopState = { stopping: false, unexplained: new Map(), schema: new SchemaNotes(), calls: 0, sleepers: new Set() }
  // One looks for work, and when there is some wakes the next: for a single event not all have to look.
  const wakeOne = (): void => {
    for (const sleeper of state.sleepers) if (sleeper()) return
  }
  const wake = (): void => {
    state.calls++
    wakeOne()
  }
  state.claimed = wakeOne
  const listener = options.databaseUrl === undefined ? undefined : listen(options.databaseUrl, wake)
  const loops = Array.from({ length: options.concurrency ?? 4 }, () => loop(options, state))
  return {
    wake,
    stop: async () => {
      state.stopping = true
      state.calls++
      for (const sleeper of state.sleepers) sleeper()
      await Promise.all([...loops, listener?.stop()])
    },
  }
}

async function loop(options: RouterOptions, state: LoopState): Promise<void> {
  let backoff = 0
  while (!state.stopping) {
    const calls = state.calls
    try {
      const routed = await routeBatch(options, state)
      await state.schema.flush(options.db)
      backoff = 0
      if (routed === 0) await sleep(state, POLL_MS, () => state.calls !== calls)
    } catch (error) {
      if (!state.stopping) options.onError?.(error)
      backoff = Math.min(Math.max(BACKOFF_MS.from, backoff * 2), BACKOFF_MS.to)
      await sleep(state, backoff, () => state.stopping)
    }
  }
}

/** Sleeps for `ms`, or until a wake-up after which `over` holds. */
function sleep(state: LoopState, ms: number, over: () => boolean): Promise<void> {
  if (over()) return Promise.resolve()
  return new Promise((resolve) => {
    const timer = setTimeout(end, ms)
    function end(): void {
      clearTimeout(timer)
      state.sleepers.delete(look)
      resolve()
    }
    function look(): boolean {
      if (!over()) return false
      end()
      return true
    }
    state.sleepers.add(look)
  })
}
