import type { DraftTile } from '../../../../tiles/index.js'
import { portsOf } from '../../../../tiles/ports.js'
import { refusalOfSource } from './connect.js'
import { COLUMN, freePlace, ROW, snap, TILE_WIDTH, widthOf } from './geometry.js'
import { newEdgeIds, tileIdFor } from './ids.js'
import { edgeAt, edgeOf, following, labelOf, reached, tileOf } from './lookup.js'
import { refuse, type Doc, type DocEdge, type DocTile, type Outcome, type Point, type PortRef, type Refusal } from './types.js'

/** Most tiles of a canvas; tiles/index.ts says so too, which draws all schemas in. */
export const MAX_TILES = 500

/** What is added: a type of tile, with the config that it begins with. */
export interface Fresh {
  type: DraftTile['type']
  config?: Record<string, unknown>
  name?: string
}

function refusalOfFresh({ tiles }: Doc, { type }: Fresh): Refusal | undefined {
  if (tiles.length >= MAX_TILES) return refuse('full', { most: MAX_TILES }).refused
  const entry = type === 'entry' ? tiles.find((tile) => tile.type === 'entry') : undefined
  return entry && refuse('TW101', { tile: labelOf(entry) }).refused
}

const made = ({ tiles }: Doc, { type, config = {}, name }: Fresh, position: Point): DocTile => ({
  id: tileIdFor(tiles, type),
  type,
  ...(name !== undefined && { name }),
  position,
  config,
})

/** Adds a tile that nothing leads to, where there is room nearest to a point (px, its top left). */
export function addTile(doc: Doc, fresh: Fresh, at: Point): Outcome {
  const refused = refusalOfFresh(doc, fresh)
  if (refused) return { refused }
  const tile = made(doc, fresh, freePlace(doc.tiles, at))
  return { doc: { ...doc, tiles: [...doc.tiles, tile] }, select: [tile.id] }
}

/** Adds a tile behind a port. One that the port led to comes behind the new tile's first port. */
export function addBehind(doc: Doc, from: PortRef, fresh: Fresh): Outcome {
  const edge = edgeAt(doc, from)
  if (edge) return addOnEdge(doc, edge.id, fresh)
  const refused = refusalOfFresh(doc, fresh) ?? refusalOfSource(doc, from) ?? refusalOfTarget(fresh)
  if (refused) return { refused }
  const source = tileOf(doc, from.tileId)!
  const tile = made(doc, fresh, freePlace(doc.tiles, below(source, from.port)))
  const leads: DocEdge = { id: newEdgeIds(doc.edges)(), from: from.tileId, port: from.port, to: tile.id }
  return { doc: { ...doc, tiles: [...doc.tiles, tile], edges: [...doc.edges, leads] }, select: [tile.id] }
}

const refusalOfTarget = ({ type }: Fresh): Refusal | undefined =>
  type === 'entry' ? refuse('TW106', { tile: 'entry' }).refused : undefined

/** Where a tile behind a port goes: under it, ports side by side. */
function below(source: DocTile, port: string): Point {
  const ports = portsOf(source) ?? []
  const aside = (ports.indexOf(port) - (ports.length - 1) / 2) * COLUMN
  return snap({ x: source.position.x + (widthOf(source) - TILE_WIDTH) / 2 + aside, y: source.position.y + ROW })
}

/** Puts a new tile on an edge: the edge leads to it, and its first port to where the edge led. What is below moves down if it must. */
export function addOnEdge(doc: Doc, edgeId: string, fresh: Fresh): Outcome {
  const edge = edgeOf(doc, edgeId)
  if (!edge) return refuse('TW105', { tile: edgeId })
  const refused = refusalOfFresh(doc, fresh) ?? refusalOfTarget(fresh)
  if (refused) return { refused }
  const [from, to] = [tileOf(doc, edge.from)!, tileOf(doc, edge.to)!]
  const beneath = below(from, edge.port)
  const roomy = doc.tiles.length > 0 && to.position.y - from.position.y >= 2 * ROW
  const tile = made(doc, fresh, roomy ? freePlace(doc.tiles, beneath) : { ...to.position })
  const pushed = roomy || to.position.y <= from.position.y ? doc : pushDown(doc, to)
  const placed = roomy ? tile : { ...tile, position: freePlace(pushed.tiles, tile.position) }
  const split = splitBy({ ...pushed, tiles: [...pushed.tiles, placed] }, edge, placed)
  return 'refused' in split ? split : { ...split, select: [tile.id] }
}

/** Puts a tile that nothing is connected to on an edge. */
export function moveOnEdge(doc: Doc, edgeId: string, tileId: string): Outcome {
  const [edge, tile] = [edgeOf(doc, edgeId), tileOf(doc, tileId)]
  if (!edge || !tile) return refuse('TW105', { tile: tileId })
  if (tile.type === 'entry') return refuse('TW106', { tile: labelOf(tile) })
  if (doc.edges.some(({ from, to }) => from === tileId || to === tileId)) return refuse('connected', { tile: labelOf(tile) })
  return splitBy(doc, edge, tile)
}

/** A tile whose ports its config does not tell yet leads on from none: what followed waits for an edge, as after a branch that is not filled in. */
function splitBy(doc: Doc, edge: DocEdge, tile: DocTile): Outcome {
  const [port] = portsOf(tile) ?? ['next']
  if (port === undefined) return refuse('endsHere', { tile: labelOf(tile) })
  const rest: DocEdge = { id: newEdgeIds(doc.edges)(), from: tile.id, port, to: edge.to }
  return { doc: { ...doc, edges: [...doc.edges.map((each) => (each === edge ? { ...each, to: tile.id } : each)), rest] } }
}

/** Moves a tile and all that follows below it down by a row. */
function pushDown(doc: Doc, top: DocTile): Doc {
  const after = reached(doc, [top.id], following)
  const moves = ({ id, position }: DocTile): boolean => after.has(id) && position.y >= top.position.y
  const down = (tile: DocTile): DocTile => ({ ...tile, position: { x: tile.position.x, y: tile.position.y + ROW } })
  return { ...doc, tiles: doc.tiles.map((tile) => (moves(tile) ? down(tile) : tile)) }
}
