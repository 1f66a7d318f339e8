import { durationMs } from '../model/duration.js'
import { ENGINE_VERSION, type Route, type RouteRetry, type RouteTile } from '../model/route.js'
import { retrySchema, type Retry } from './fields.js'
import type { Canvas, Tile } from './index.js'

/** Longest label in summaries: Temporal takes 200 bytes. */
const MAX_LABEL = 60
/** Longest that one attempt of an action may take, in ms. */
const ACTION_TIMEOUT_MS = 30_000

type Queued = (destinationId: string, action: string) => boolean

/**
 * Compiles a valid canvas to the route that its members' workflows carry.
 * @param queued which sends, by destination and action, go through the destination's own task queue
 */
export function compile(canvas: Canvas, queued: Queued = () => false): Route {
  const next = new Map<string, Record<string, string>>()
  for (const { from, port, to } of canvas.edges) {
    if (!next.has(from)) next.set(from, {})
    next.get(from)![port] = to
  }
  const tiles = Object.fromEntries(canvas.tiles.map((tile) => [tile.id, compileTile(tile, next.get(tile.id) ?? {}, queued)]))
  return { engineVersion: ENGINE_VERSION, start: canvas.tiles.find(({ type }) => type === 'entry')!.id, tiles }
}

function compileTile(tile: Tile, next: Record<string, string>, queued: Queued): RouteTile {
  const base = { type: tile.type, label: labelOf(tile), next }
  switch (tile.type) {
    case 'wait':
    case 'branch':
      return { ...base, kind: tile.config.kind }
    case 'subOrchestration':
      return { ...base, kind: tile.config.mode }
    case 'action':
      return { ...base, retry: compileRetry(tile.config.retry), timeoutMs: ACTION_TIMEOUT_MS, ...queueOf(tile, queued) }
    case 'webhook':
      return { ...base, retry: compileRetry(tile.config.retry), timeoutMs: durationMs(tile.config.timeout) }
    default:
      return base
  }
}

const queueOf = ({ config: { destinationId: id, action } }: Extract<Tile, { type: 'action' }>, queued: Queued): { queue?: string } =>
  queued(id, action) ? { queue: id } : {}

/** The name, or the id; never cut in the middle of a character of two code units. */
const labelOf = ({ name, id }: Tile): string => (name?.trim() || id).slice(0, MAX_LABEL).replace(/[\uD800-\uDBFF]$/, '')

function compileRetry(retry: Retry | undefined): RouteRetry {
  const { maxAttempts, initialInterval, backoff, maxInterval } = retry ?? retrySchema.parse({})
  return { maxAttempts, initialMs: durationMs(initialInterval), backoff, maxMs: durationMs(maxInterval) }
}
