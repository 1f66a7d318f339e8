import type { Route } from '../model/route.js'
import { RUNS } from '../tiles/runs.js'
import type { Arrival, Host, Left } from './host.js'
import type { Inbox } from './inbox.js'
import { Departure, EngineVisit } from './visit.js'

/** Where a member is between two tiles; all that a new run needs to go on. */
export interface Progress {
  /** The tile to arrive at next. */
  tile: string
  from?: Left
  /** Visits so far, by tile. */
  visits: Record<string, number>
}

/** How a walk ends: the member exited, or the history is long and the walk goes on in a new run. */
export type Ended = { end: 'exited'; reason: string } | { end: 'again'; progress: Progress }

/** The beginning of every walk: at the entry tile, visited for the first time. */
export const begin = (route: Route): Progress => ({ tile: route.start, visits: {} })

/**
 * Walks a member along its route, one tile after another, until it exits. Deterministic: all else is the Host's.
 * @param inbox messages to the member; the Host's owner pushes into it
 * @param progress where to go on; changed in place
 */
export async function walk(route: Route, host: Host, inbox: Inbox, progress: Progress): Promise<Ended> {
  for (;;) {
    const { tile: id, from } = progress
    const tile = route.tiles[id]
    if (!tile) throw new Error(`The route has no tile '${id}'.`)
    const visit = (progress.visits[id] = (progress.visits[id] ?? 0) + 1)
    const arrival: Arrival = { tile: id, visit, ...(from && { from }) }
    try {
      const outcome = await RUNS[tile.type](new EngineVisit(arrival, tile, host, inbox))
      if ('exit' in outcome) return { end: 'exited', reason: outcome.exit }
      const next = tile.next[outcome.port]
      if (next === undefined) throw new Error(`Tile '${id}' has no edge at port '${outcome.port}'.`)
      progress.tile = next
      progress.from = { tile: id, visit, port: outcome.port }
    } catch (error) {
      if (!(error instanceof Departure)) throw error
      if (!error.recorded) await host.leave(arrival, error.reason)
      if (inbox.exit) inbox.done.add(inbox.exit.id)
      return { end: 'exited', reason: error.reason }
    }
    if (host.full()) return { end: 'again', progress }
  }
}
