import { portsOf } from '../../../../tiles/ports.js'
import { newEdgeIds } from './ids.js'
import { edgeAt, labelOf, preceding, reached, tileOf } from './lookup.js'
import { refuse, type Doc, type DocTile, type Outcome, type PortRef, type Refusal } from './types.js'

/** Whether an edge may leave from a port, whatever it leads to. */
export function refusalOfSource(doc: Doc, { tileId, port }: PortRef): Refusal | undefined {
  const tile = tileOf(doc, tileId)
  if (!tile) return refuse('TW105', { tile: tileId }).refused
  if (tile.type === 'exit') return refuse('TW107', { tile: labelOf(tile) }).refused
  const ports = portsOf(tile) ?? []
  return ports.includes(port) ? undefined : refuse('TW110', { tile: labelOf(tile), port, ports: ports.join(', ') }).refused
}

/**
 * Why an edge from a port must not lead to each of the tiles that it must not lead to, by their ids. All at once: while somebody
 * drags, every tile shows whether it takes the edge. The rules are those of tiles/checks.
 */
export function refusedTargets(doc: Doc, from: PortRef): Map<string, Refusal> {
  const none = refusalOfSource(doc, from)
  if (none) return new Map(doc.tiles.map(({ id }) => [id, none]))
  const refused = new Map<string, Refusal>()
  const source = tileOf(doc, from.tileId)!
  for (const tile of doc.tiles) if (tile.type === 'entry') refused.set(tile.id, refuse('TW106', { tile: labelOf(tile) }).refused)
  for (const id of backWithoutWait(doc, source)) {
    refused.set(id, refused.get(id) ?? refuse('TW113', { tile: labelOf(tileOf(doc, id)!), from: labelOf(source) }).refused)
  }
  return refused
}

/** The tiles from which members come to `tile` without a wait; an edge from `tile` to one of them closes a loop without one. */
function backWithoutWait(doc: Doc, tile: DocTile): Set<string> {
  const waits = (id: string): boolean => tileOf(doc, id)?.type === 'wait'
  if (waits(tile.id)) return new Set()
  return reached(doc, [tile.id], (_, id) => preceding(doc, id).filter((before) => !waits(before)))
}

/** Why an edge from a port must not lead to a tile; undefined when it may. */
export function refusalOf(doc: Doc, from: PortRef, to: string): Refusal | undefined {
  if (!tileOf(doc, to)) return refuse('TW105', { tile: to }).refused
  return refusedTargets(doc, from).get(to)
}

/** Leads a port to a tile. A port has one edge: one that leads elsewhere is turned to the tile, and keeps its id. */
export function connect(doc: Doc, from: PortRef, to: string): Outcome {
  const old = edgeAt(doc, from)
  if (old?.to === to) return { doc }
  // The edge that is turned closes no loop any more.
  const before = old ? { ...doc, edges: doc.edges.filter((edge) => edge !== old) } : doc
  const refused = refusalOf(before, from, to)
  if (refused) return { refused }
  const edges = old
    ? doc.edges.map((edge) => (edge === old ? { ...edge, to } : edge))
    : [...doc.edges, { id: newEdgeIds(doc.edges)(), from: from.tileId, port: from.port, to }]
  return { doc: { ...doc, edges } }
}

/** Takes edges away; the ports they left from are open then. */
export function disconnect(doc: Doc, edgeIds: readonly string[]): Outcome {
  const gone = new Set(edgeIds)
  const edges = doc.edges.filter(({ id }) => !gone.has(id))
  return { doc: edges.length === doc.edges.length ? doc : { ...doc, edges } }
}
