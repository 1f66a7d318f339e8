import dagre from '@dagrejs/dagre'
import { move } from './change.js'
import { COLUMN, GRID, ROW, snap, TILE_HEIGHT, TILE_WIDTH, widthOf } from './geometry.js'
import { portsOf } from '../../../../tiles/ports.js'
import type { Doc, Outcome, Point } from './types.js'

type Graph = InstanceType<typeof dagre.graphlib.Graph>

/*
 * Lay out the whole canvas, top to bottom. Loaded only when somebody asks for it: the engine is large.
 */

/** Width that an edge with a named port takes up beside its siblings. */
const PORT_WIDTH = 64

/** Puts every tile where the layout engine wants it; the entry stays where it is. Notes stay. */
export function layOut(doc: Doc): Outcome {
  const graph = new dagre.graphlib.Graph({ multigraph: true })
  graph.setGraph({ rankdir: 'TB', ranksep: (ROW - TILE_HEIGHT) / 2, nodesep: COLUMN - TILE_WIDTH, marginx: 0, marginy: 0 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const tile of doc.tiles) graph.setNode(tile.id, { width: widthOf(tile), height: TILE_HEIGHT })
  draw(graph, doc)
  // Its own search for fewer crossings would turn the ports of a tile round.
  dagre.layout(graph, { disableOptimalOrderHeuristic: true })
  const places = new Map<string, Point>()
  for (const tile of doc.tiles) {
    const { x, y } = graph.node(tile.id) as Point
    places.set(tile.id, snap({ x: x - widthOf(tile) / 2, y: y - TILE_HEIGHT / 2 }))
  }
  return move(doc, anchored(doc, places))
}

/**
 * Edges go over a rank of their own between two ranks of tiles. Where a tile has several ports, each of its edges is a node there, drawn in the order of the
 * ports: so they lie from left to right, and what is behind them follows.
 */
function draw(graph: Graph, { tiles, edges }: Doc): void {
  const ids = new Set(tiles.map(({ id }) => id))
  for (const tile of tiles) {
    const ports = portsOf(tile) ?? []
    const own = edges.filter(({ from, to }) => from === tile.id && ids.has(to))
    const names = own.sort((a, b) => ports.indexOf(a.port ?? 'next') - ports.indexOf(b.port ?? 'next')).map(({ id }) => `${tile.id} ${id}`)
    for (const [index, { to, id }] of own.entries()) {
      if (own.length === 1) graph.setEdge(tile.id, to, { minlen: 2 }, id)
      else {
        graph.setNode(names[index]!, { width: PORT_WIDTH, height: 1 })
        // Heavier, so that it is short: the nodes of one tile share a rank.
        graph.setEdge(tile.id, names[index]!, { weight: 2 }, id)
        graph.setEdge(names[index]!, to, {}, id)
      }
    }
  }
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
