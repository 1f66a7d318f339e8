import type { DraftTile, Edge } from '../index.js'

/** A canvas as a graph; edges to or from tiles that do not exist are left out. */
export interface Graph {
  /** By id; of two tiles with one id the first. */
  tiles: ReadonlyMap<string, DraftTile>
  edges: readonly Edge[]
  out: ReadonlyMap<string, readonly Edge[]>
  into: ReadonlyMap<string, readonly Edge[]>
  /** Some trigger of the entry is an event. */
  entersByEvent: boolean
}

export function graphOf(tiles: readonly DraftTile[], edges: readonly Edge[]): Graph {
  const byId = new Map<string, DraftTile>()
  for (const tile of tiles) if (!byId.has(tile.id)) byId.set(tile.id, tile)
  const known = edges.filter(({ from, to }) => byId.has(from) && byId.has(to))
  return { tiles: byId, edges: known, out: group(known, 'from'), into: group(known, 'to'), entersByEvent: tiles.some(entersByEvent) }
}

const entersByEvent = ({ type, config }: DraftTile): boolean =>
  type === 'entry' &&
  Array.isArray(config.triggers) &&
  config.triggers.some((trigger: { type?: unknown } | null) => trigger?.type === 'event')

/** Edges by one of their fields. */
export function group(edges: readonly Edge[], by: 'from' | 'to' | 'port'): Map<string, Edge[]> {
  const groups = new Map<string, Edge[]>()
  for (const edge of edges) {
    const found = groups.get(edge[by])
    if (found) found.push(edge)
    else groups.set(edge[by], [edge])
  }
  return groups
}

/** All tiles that can be reached from some, those included. */
export function reach(from: Iterable<string>, next: (id: string) => readonly string[]): Set<string> {
  const seen = new Set(from)
  const todo = [...seen]
  for (let id = todo.pop(); id !== undefined; id = todo.pop()) {
    for (const to of next(id)) {
      if (seen.has(to)) continue
      seen.add(to)
      todo.push(to)
    }
  }
  return seen
}

export const after =
  (graph: Graph) =>
  (id: string): string[] =>
    (graph.out.get(id) ?? []).map(({ to }) => to)

export const before =
  (graph: Graph) =>
  (id: string): string[] =>
    (graph.into.get(id) ?? []).map(({ from }) => from)

/**
 * Loops that none of `allowed` is on, each as its tiles in order; one for each tile at which such a loop closes, so that the number
 * stays below that of the tiles.
 */
export function loopsWithout(graph: Graph, allowed: (tile: DraftTile) => boolean): string[][] {
  const loops = new Map<string, string[]>()
  const state = new Map<string, 'open' | 'done'>()
  const next = (id: string): string[] => after(graph)(id).filter((to) => !allowed(graph.tiles.get(to)!))
  const stack: { id: string; rest: string[] }[] = []
  const open = (id: string): void => {
    state.set(id, 'open')
    stack.push({ id, rest: next(id) })
  }
  for (const [root, tile] of graph.tiles) {
    if (state.has(root) || allowed(tile)) continue
    open(root)
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const to = top.rest.pop()
      if (to === undefined) {
        state.set(top.id, 'done')
        stack.pop()
      } else if (!state.has(to)) open(to)
      else if (state.get(to) === 'open' && !loops.has(to)) {
        const path = stack.map(({ id }) => id)
        loops.set(to, path.slice(path.indexOf(to)))
      }
    }
  }
  return [...loops.values()]
}
