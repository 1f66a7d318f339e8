import { portsOf } from '../../../../tiles/ports.js'
import { snap } from './geometry.js'
import { edgesFrom, tileOf } from './lookup.js'
import type { Doc, DocEdge, DocTile, Outcome, Point, Settings } from './types.js'

/** The document with one tile as it is now; the same when it is no other. */
function withTile(doc: Doc, id: string, change: (tile: DocTile) => DocTile): Doc {
  const tile = tileOf(doc, id)
  if (!tile) return doc
  const changed = change(tile)
  return changed === tile ? doc : { ...doc, tiles: doc.tiles.map((each) => (each === tile ? changed : each)) }
}

/** Gives a tile a name; an empty one takes it away. */
export const renameTile = (doc: Doc, id: string, name: string): Outcome => ({
  doc: withTile(doc, id, (tile) => {
    if ((tile.name ?? '') === name) return tile
    const { name: _, ...rest } = tile
    return name === '' ? rest : { ...rest, name }
  }),
})

/** Puts tiles and notes where they are dragged to (px), on the grid. */
export function move(doc: Doc, places: ReadonlyMap<string, Point>): Outcome {
  const tiles = placed(doc.tiles, places)
  const notes = placed(doc.notes, places)
  return { doc: tiles === doc.tiles && notes === doc.notes ? doc : { ...doc, tiles, notes } }
}

function placed<T extends { readonly id: string; readonly position: Point }>(
  list: readonly T[],
  places: ReadonlyMap<string, Point>,
): readonly T[] {
  let moved = false
  const after = list.map((each) => {
    const place = places.get(each.id)
    if (!place) return each
    const position = snap(place)
    if (position.x === each.position.x && position.y === each.position.y) return each
    moved = true
    return { ...each, position }
  })
  return moved ? after : list
}

/**
 * Gives a tile another config. Edges of ports that it still has stay. Of the ports that it loses, in order, the first one's edge goes to
 * the first port that it gains, the second one's to the second …; those for which none is left are taken away. A config that does not
 * tell the ports yet changes no edge.
 */
export function configure(doc: Doc, id: string, config: Record<string, unknown>): Outcome {
  const tile = tileOf(doc, id)
  if (!tile || tile.config === config) return { doc }
  const changed = { ...tile, config }
  const edges = rewired(doc, tile, portsOf(changed))
  return { doc: { ...withTile(doc, id, () => changed), edges } }
}

function rewired(doc: Doc, tile: DocTile, ports: readonly string[] | undefined): readonly DocEdge[] {
  if (ports === undefined) return doc.edges
  const used = edgesFrom(doc, tile.id).map(({ port }) => port)
  const before = portsOf(tile) ?? used
  const lost = before.filter((port) => !ports.includes(port))
  if (!used.some((port) => lost.includes(port))) return doc.edges
  const gained = ports.filter((port) => !before.includes(port) && !used.includes(port))
  const becomes = new Map(lost.map((port, index) => [port, gained[index]]))
  return doc.edges.flatMap((edge) => {
    if (edge.from !== tile.id || !becomes.has(edge.port)) return [edge]
    const port = becomes.get(edge.port)
    return port === undefined ? [] : [{ ...edge, port }]
  })
}

export const setSettings = (doc: Doc, settings: Settings): Outcome => ({ doc: settings === doc.settings ? doc : { ...doc, settings } })

/** Names the orchestration and says what it is for. */
export function describe(doc: Doc, { name = doc.name, description = doc.description }: { name?: string; description?: string }): Outcome {
  return { doc: name === doc.name && description === doc.description ? doc : { ...doc, name, description } }
}
