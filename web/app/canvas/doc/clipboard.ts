import { MAX_NOTE, MAX_NOTES, NOTE_HEIGHT, NOTE_WIDTH } from '../../../../model/notes.js'
import { MAX_TILES } from './add.js'
import { GRID, snap } from './geometry.js'
import { idsOf, newEdgeIds, newNoteId, newTileId } from './ids.js'
import { renameReferences } from './references.js'
import type { Chosen } from './remove.js'
import { refuse, type Doc, type DocEdge, type DocTile, type Note, type Outcome, type Point } from './types.js'

/** What lies on the clipboard, as JSON: a piece of a canvas, for this orchestration or another. */
export interface Clip {
  /** Says what this is, and in which form. */
  tilework: 1
  tiles: readonly DocTile[]
  /** Those between the tiles. */
  edges: readonly DocEdge[]
  notes: readonly Note[]
}

/** The chosen tiles and notes with the edges between them. */
export function copy(doc: Doc, { tiles, notes = [] }: Chosen): Clip {
  const [ids, noteIds] = [new Set(tiles), new Set(notes)]
  return {
    tilework: 1,
    tiles: doc.tiles.filter(({ id }) => ids.has(id)),
    edges: doc.edges.filter(({ from, to }) => ids.has(from) && ids.has(to)),
    notes: doc.notes.filter(({ id }) => noteIds.has(id)),
  }
}

/** Reads what lies on the clipboard; undefined when it is something else. Configs are judged by validation, like all configs. */
export function readClip(text: string): Clip | undefined {
  if (!text.includes('"tilework"')) return undefined
  try {
    const clip = JSON.parse(text) as Partial<Clip> | null
    if (clip?.tilework !== 1) return undefined
    const { tiles, edges, notes } = clip
    return isListOf(tiles, isTile) && isListOf(edges, isEdge) && isListOf(notes, isNote) ? { tilework: 1, tiles, edges, notes } : undefined
  } catch {
    return undefined
  }
}

type Fields = Record<string, unknown>
const isListOf = <T>(value: readonly T[] | undefined, is: (item: Fields) => boolean): value is readonly T[] =>
  Array.isArray(value) && value.every((item: unknown) => isObject(item) && is(item))
const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)
const areTexts = (...values: unknown[]): boolean => values.every((value) => typeof value === 'string')
const isPoint = (value: unknown): boolean => isObject(value) && Number.isFinite(value.x) && Number.isFinite(value.y)
const TYPES = ['entry', 'wait', 'branch', 'action', 'updateProfile', 'webhook', 'subOrchestration', 'exit']
const isTile = ({ id, type, config, position, name }: Fields): boolean =>
  areTexts(id) && TYPES.includes(type as string) && isObject(config) && isPoint(position) && (name === undefined || areTexts(name))
const isEdge = ({ id, from, port, to }: Fields): boolean => areTexts(id, from, port, to)
const isNote = ({ id, text, position, width, height }: Fields): boolean =>
  areTexts(id, text) &&
  (text as string).length <= MAX_NOTE &&
  isPoint(position) &&
  isWithin(width, NOTE_WIDTH) &&
  isWithin(height, NOTE_HEIGHT)
const isWithin = (value: unknown, { least, most }: { least: number; most: number }): boolean =>
  typeof value === 'number' && value >= least && value <= most

/**
 * Puts a piece of a canvas on this one, under new ids; what its tiles say of each other, they say of the copies. An entry is left out
 * where there is one.
 * @param at where its top left comes, px; unless told, a little beside where it was
 */
export function paste(doc: Doc, clip: Clip, at?: Point): Outcome {
  const hasEntry = doc.tiles.some(({ type }) => type === 'entry')
  const pasted = clip.tiles.filter(({ type }) => type !== 'entry' || !hasEntry)
  if (pasted.length === 0 && clip.notes.length === 0) return clip.tiles.length > 0 ? refuse('TW101', { tile: 'entry' }) : { doc }
  if (doc.tiles.length + pasted.length > MAX_TILES) return refuse('full', { most: MAX_TILES })
  if (doc.notes.length + clip.notes.length > MAX_NOTES) return refuse('fullOfNotes', { most: MAX_NOTES })
  const names = freshNames(doc, pasted)
  const shift = shiftTo([...pasted, ...clip.notes], at)
  const tiles = pasted.map((tile): DocTile => ({
    id: names.get(tile.id)!,
    type: tile.type,
    ...(tile.name !== undefined && { name: tile.name }),
    position: shift(tile.position),
    config: renameReferences(tile, names),
  }))
  const notes = clip.notes.map(({ text, position, width, height }): Note => ({ id: newNoteId(), text, position: shift(position), width, height })) // prettier-ignore
  return {
    doc: {
      ...doc,
      tiles: [...doc.tiles, ...tiles],
      edges: [...doc.edges, ...renamedEdges(doc, clip, names)],
      notes: [...doc.notes, ...notes],
    },
    select: [...tiles, ...notes].map(({ id }) => id),
  }
}

function freshNames({ tiles }: Doc, pasted: readonly DocTile[]): Map<string, string> {
  const [names, taken] = [new Map<string, string>(), idsOf(tiles)]
  for (const { id, type } of pasted) {
    const name = type === 'entry' && !taken.has('entry') ? 'entry' : newTileId(type, taken)
    names.set(id, name)
    taken.add(name)
  }
  return names
}

/** Edges between what is pasted; of a clipboard made by hand, one from each port. */
function renamedEdges(doc: Doc, clip: Clip, names: ReadonlyMap<string, string>): DocEdge[] {
  const [edgeId, taken] = [newEdgeIds(doc.edges), new Set<string>()]
  return clip.edges.flatMap(({ from, port, to }) => {
    const [source, target, place] = [names.get(from), names.get(to), `${from} ${port}`]
    if (source === undefined || target === undefined || taken.has(place)) return []
    taken.add(place)
    return [{ id: edgeId(), from: source, port, to: target }]
  })
}

function shiftTo(things: readonly { readonly position: Point }[], at: Point | undefined): (place: Point) => Point {
  const left = Math.min(...things.map(({ position }) => position.x))
  const top = Math.min(...things.map(({ position }) => position.y))
  const by = at ? { x: at.x - left, y: at.y - top } : { x: 2 * GRID, y: 2 * GRID }
  return ({ x, y }) => snap({ x: x + by.x, y: y + by.y })
}

/** Copies on the same canvas. */
export const duplicate = (doc: Doc, chosen: Chosen): Outcome => paste(doc, copy(doc, chosen))
