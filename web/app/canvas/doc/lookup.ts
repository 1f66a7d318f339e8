import { portsOf } from '../../../../tiles/ports.js'
import type { Doc, DocEdge, DocTile, PortRef } from './types.js'

/** A map that is made once for each list, and kept as long as the list is. */
function once<T extends object, R>(make: (list: readonly T[]) => R): (list: readonly T[]) => R {
  const made = new WeakMap<readonly T[], R>()
  return (list) => {
    let found = made.get(list)
    if (found === undefined) made.set(list, (found = make(list)))
    return found
  }
}

const byId = once((tiles: readonly DocTile[]) => new Map(tiles.map((tile) => [tile.id, tile])))
const edgesById = once((edges: readonly DocEdge[]) => new Map(edges.map((edge) => [edge.id, edge])))
const outOf = once((edges: readonly DocEdge[]) => grouped(edges, 'from'))
const into = once((edges: readonly DocEdge[]) => grouped(edges, 'to'))

function grouped(edges: readonly DocEdge[], by: 'from' | 'to'): Map<string, DocEdge[]> {
  const groups = new Map<string, DocEdge[]>()
  for (const edge of edges) {
    const group = groups.get(edge[by])
    if (group) group.push(edge)
    else groups.set(edge[by], [edge])
  }
  return groups
}

export const tileOf = ({ tiles }: Doc, id: string): DocTile | undefined => byId(tiles).get(id)
export const edgeOf = ({ edges }: Doc, id: string): DocEdge | undefined => edgesById(edges).get(id)
export const edgesFrom = ({ edges }: Doc, id: string): readonly DocEdge[] => outOf(edges).get(id) ?? []
export const edgesInto = ({ edges }: Doc, id: string): readonly DocEdge[] => into(edges).get(id) ?? []
/** The edge that leaves a port; of several (a canvas with that fault) the first. */
export const edgeAt = (doc: Doc, { tileId, port }: PortRef): DocEdge | undefined =>
  edgesFrom(doc, tileId).find((edge) => edge.port === port)

/** What people call a tile where there is no room for what it does: its name, else its id. */
export const labelOf = ({ name, id }: Pick<DocTile, 'name' | 'id'>): string => name || id

/** The ports of a tile that no edge leaves from, in order. */
export const openPorts = (doc: Doc, tile: DocTile): string[] =>
  (portsOf(tile) ?? []).filter((port) => edgeAt(doc, { tileId: tile.id, port }) === undefined)

/** All tiles that can be reached from some, those included, along `next`. */
export function reached(doc: Doc, from: Iterable<string>, next: (doc: Doc, id: string) => readonly string[]): Set<string> {
  const seen = new Set(from)
  for (const id of seen) for (const other of next(doc, id)) seen.add(other)
  return seen
}

export const following = (doc: Doc, id: string): string[] => edgesFrom(doc, id).map(({ to }) => to)
export const preceding = (doc: Doc, id: string): string[] => edgesInto(doc, id).map(({ from }) => from)
