import type { DraftTile, Edge } from '../../../../tiles/index.js'
import { COLUMN, ROW } from './geometry.js'
import { following } from './lookup.js'
import type { Canvas, Doc, DocEdge, DocTile, Note, Settings } from './types.js'

/** A canvas as the API gives and takes it. */
export interface CanvasBody {
  name: string
  description: string
  tiles: readonly DraftTile[]
  edges: readonly Edge[]
  settings: Settings
}

/** A document to edit. Tiles without a place (made by hand or by the API) get one, in rows by how far they are from the entry. */
export function docOf({ name, description, tiles, edges, settings }: CanvasBody, notes: readonly Note[] = []): Doc {
  const known = edges.map((edge, index): DocEdge => ({ ...edge, id: edge.id ?? `e${index + 1}` }))
  const doc = { name, description, edges: known, settings, notes }
  if (tiles.every((tile): tile is DocTile => tile.position !== undefined)) return { ...doc, tiles }
  return { ...doc, tiles: inRows({ ...doc, tiles: tiles as readonly DocTile[] }) }
}

/** What is saved with a version. Notes are no part of the canvas. */
export const bodyOf = ({ name, description, tiles, edges, settings }: Canvas): Canvas => ({ name, description, tiles, edges, settings })

function inRows(doc: Doc): DocTile[] {
  const rows = new Map<string, number>()
  let front = doc.tiles.filter(({ type }) => type === 'entry').map(({ id }) => id)
  for (let row = 0; front.length > 0; row++) {
    for (const id of front) rows.set(id, row)
    front = [...new Set(front.flatMap((id) => following(doc, id)))].filter((id) => !rows.has(id))
  }
  const last = Math.max(-1, ...rows.values())
  const filled = new Map<number, number>()
  return doc.tiles.map((tile) => {
    // What nothing leads to comes below all else.
    const row = rows.get(tile.id) ?? last + 1
    const column = filled.get(row) ?? 0
    filled.set(row, column + 1)
    return { ...tile, position: { x: column * COLUMN, y: row * ROW } }
  })
}
