/**
 * A route: a canvas compiled to what the workflow needs. It travels by value in the workflow's input, so it holds ids,
 * types, ports, timings and the short labels that Temporal's UI shows; never templates, positions or personal data.
 */
export const ENGINE_VERSION = 1

export type TileType = 'entry' | 'wait' | 'branch' | 'action' | 'updateProfile' | 'webhook' | 'subOrchestration' | 'exit'

/** How often and how fast Temporal retries a delivery; times in milliseconds. */
export interface RouteRetry {
  maxAttempts: number
  initialMs: number
  backoff: number
  maxMs: number
}

/** One tile of a route. */
export interface RouteTile {
  type: TileType
  /** The tile's name, or its id: what summaries in Temporal's UI say. At most 60 characters. */
  label: string
  /** Port to tile id. Empty for exit. */
  next: Record<string, string>
  /** wait and branch: which kind; subOrchestration: its mode. */
  kind?: string
  /** action and webhook only. */
  retry?: RouteRetry
  /** action and webhook: longest time that one attempt may take, in milliseconds. */
  timeoutMs?: number
  /** action: the id of a destination with a rate limit, whose sends go through a task queue of its own. */
  queue?: string
}

export interface Route {
  /** Chosen at compile time; the interpreter keeps every released version's behaviour. */
  engineVersion: number
  /** The id of the entry tile. */
  start: string
  tiles: Record<string, RouteTile>
}
