import { portsOf } from '../../../tiles/ports.js'
import { edgesFrom, edgesInto, tileOf } from '../canvas/doc/lookup.js'
import type { Doc, Note } from '../canvas/doc/types.js'

export type Direction = 'up' | 'down' | 'left' | 'right'

/**
 * The tile that an arrow leads to: down along the first port's edge, up along the first edge that leads here, to the sides among the
 * tiles that come from the same one, in the order of its ports. Undefined where nothing is.
 */
export function neighbour(doc: Doc, id: string, direction: Direction): string | undefined {
  if (direction === 'down') return inPortOrder(doc, id)[0]
  const [into] = edgesInto(doc, id)
  if (direction === 'up') return into?.from
  const siblings = into
    ? inPortOrder(doc, into.from)
    : doc.tiles.filter((tile) => edgesInto(doc, tile.id).length === 0).map((tile) => tile.id)
  const at = siblings.indexOf(id)
  return at < 0 ? undefined : siblings[at + (direction === 'right' ? 1 : -1)]
}

/** The tiles that a tile leads to, in the order of its ports, each once. */
export function inPortOrder(doc: Doc, id: string): string[] {
  const tile = tileOf(doc, id)
  const ports = tile ? (portsOf(tile) ?? []) : []
  const rank = (port: string): number => (ports.includes(port) ? ports.indexOf(port) : ports.length)
  const edges = [...edgesFrom(doc, id)].sort((a, b) => rank(a.port) - rank(b.port))
  return [...new Set(edges.map(({ to }) => to))]
}

/** Notes as they are read: row by row. */
export const inReadingOrder = (notes: readonly Note[]): Note[] =>
  [...notes].sort((a, b) => a.position.y - b.position.y || a.position.x - b.position.x)

/** The note that an arrow leads to: down and right to the next, up and left to the one before. Undefined at the ends. */
export function nextNote({ notes }: Doc, id: string, direction: Direction): string | undefined {
  const all = inReadingOrder(notes)
  const at = all.findIndex((note) => note.id === id)
  return all[at + (direction === 'down' || direction === 'right' ? 1 : -1)]?.id
}
