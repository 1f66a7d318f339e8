import dagre from '@dagrejs/dagre'
import { move } from './change.js'
import { COLUMN, GRID, ROW, snap, TILE_HEIGHT, TILE_WIDTH, widthOf } from './geometry.js'
import { portsOf } from '../../../../tiles/ports.js'
import type { Doc, DocEdge, Outcome, Point } from './types.js'

/*
 * Lay out the whole canvas, top to bottom. Loaded only when somebody asks for it: the engine is large.
 */

/** Puts every tile where the layout engine wants it; the entry stays where it is. Notes stay. */
export function layOut(doc: Doc): Outcome {
  const graph = new dagre.graphlib.Graph({ multigraph: true })
  graph.setGraph({ rankdir: 'TB', ranksep: ROW - TILE_HEIGHT, nodesep: COLUMN - TILE_WIDTH, marginx: 0, marginy: 0 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const tile of doc.tiles) graph.setNode(tile.id, { width: widthOf(tile), height: TILE_HEIGHT })
  for (const edge of inOrder(doc)) graph.setEdge(edge.from, edge.to, {}, edge.id)
  dagre.layout(graph)
  const places = new Map<string, Point>()
  for (const tile of doc.tiles) {
    const { x, y } = graph.node(tile.id) as Point
    places.set(tile.id, snap({ x: x - widthOf(tile) / 2, y: y - TILE_HEIGHT / 2 }))
  }
  return move(doc, anchored(doc, places))
}

/** Edges by the order of their ports: the engine keeps it from left to right where it can. */
function inOrder({ tiles, edges }: Doc): DocEdge[] {
  const rank = new Map(tiles.flatMap((tile) => (portsOf(tile) ?? []).map((port, index) => [`${tile.id} ${port}`, index] as const)))
  const of = ({ from, port }: DocEdge): number => rank.get(`${from} ${port}`) ?? 0
  return [...edges].sort((a, b) => of(a) - of(b))
}

/** The same places, moved so that the entry is where it was: whoever looks at it keeps looking at it. */
function anchored({ tiles }: Doc, places: Map<string, Point>): Map<string, Point> {
  const anchor = tiles.find(({ type }) => type === 'entry') ?? tiles[0]
  const to = anchor && places.get(anchor.id)
  if (!to) return places
  const by = { x: grid(anchor.position.x - to.x), y: grid(anchor.position.y - to.y) }
  return new Map([...places].map(([id, { x, y }]) => [id, { x: x + by.x, y: y + by.y }]))
}

const grid = (value: number): number => Math.round(value / GRID) * GRID
