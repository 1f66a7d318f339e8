import type { DraftTile, Edge } from '../index.js'
import { portsOf } from '../index.js'

/** A canvas as a graph; edges to or from tiles that do not exist are left out. */
export interface Graph {
  tiles: ReadonlyMap<string, DraftTile>
  edges: readonly Edge[]
  out: ReadonlyMap<string, readonly Edge[]>
  into: ReadonlyMap<string, readonly Edge[]>
  /** Ports by tile; undefined when the config is not whole. */
  ports: ReadonlyMap<string, readonly string[] | undefined>
}

export function graphOf(tiles: readonly DraftTile[], edges: readonly Edge[]): Graph {
  const byId = new Map(tiles.map((tile) => [tile.id, tile]))
  const known = edges.filter(({ from, to }) => byId.has(from) && byId.has(to))
  return {
    tiles: byId,
    edges: known,
    out: group(known, 'from'),
    into: group(known, 'to'),
    ports: new Map(tiles.map((tile) => [tile.id, portsOf(tile)])),
  }
}

function group(edges: readonly Edge[], by: 'from' | 'to'): Map<string, Edge[]> {
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

/** A loop that none of `allowed` is on: the tiles of one such, or undefined. */
export function loopWithout(graph: Graph, allowed: (tile: DraftTile) => boolean): string[] | undefined {
  const state = new Map<string, 'open' | 'done'>()
  const path: string[] = []
  const next = (id: string): string[] => after(graph)(id).filter((to) => !allowed(graph.tiles.get(to)!))
  for (const root of graph.tiles.keys()) {
    if (state.has(root) || allowed(graph.tiles.get(root)!)) continue
    const stack: { id: string; rest: string[] }[] = [{ id: root, rest: next(root) }]
    state.set(root, 'open')
    path.push(root)
    while (stack.length > 0) {
      const top = stack.at(-1)!
      const to = top.rest.pop()
      if (to === undefined) {
        state.set(top.id, 'done')
        path.pop()
        stack.pop()
      } else if (state.get(to) === 'open') return path.slice(path.indexOf(to))
      else if (!state.has(to)) {
        state.set(to, 'open')
        path.push(to)
        stack.push({ id: to, rest: next(to) })
      }
    }
  }
  return undefined
}
