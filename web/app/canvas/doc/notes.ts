import { MAX_NOTE, MAX_NOTES, NOTE_HEIGHT, NOTE_WIDTH } from '../../../../model/notes.js'
import { boxOf, freeSpot, GRID, snap, type Size } from './geometry.js'
import { newNoteId } from './ids.js'
import { refuse, type Doc, type Note, type Outcome, type Point } from './types.js'

/** Of a new note. */
export const NOTE_SIZE: Size = { width: 15 * GRID, height: 8 * GRID }

export const noteOf = ({ notes }: Doc, id: string): Note | undefined => notes.find((note) => note.id === id)

/** Adds a note with its top left corner at a point. */
export function addNote(doc: Doc, at: Point, text = ''): Outcome {
  if (doc.notes.length >= MAX_NOTES) return refuse('fullOfNotes', { most: MAX_NOTES })
  const note: Note = { id: newNoteId(), text: cut(text), position: snap(at), ...NOTE_SIZE }
  return { doc: { ...doc, notes: [...doc.notes, note] }, select: [note.id] }
}

/** Where a new note covers nothing, nearest to a point. */
export const freeNotePlace = ({ tiles, notes }: Doc, at: Point): Point => freeSpot([...tiles.map(boxOf), ...notes], at, NOTE_SIZE)

const changed = (doc: Doc, id: string, change: (note: Note) => Note): Outcome => {
  const notes = doc.notes.map((note) => (note.id === id ? change(note) : note))
  return { doc: notes.some((note, index) => note !== doc.notes[index]) ? { ...doc, notes } : doc }
}

export const writeNote = (doc: Doc, id: string, text: string): Outcome =>
  changed(doc, id, (note) => (note.text === text ? note : { ...note, text: cut(text) }))

/** To the grid, and not smaller or larger than a note can be. */
export const resizeNote = (doc: Doc, id: string, size: Size): Outcome =>
  changed(doc, id, (note) => {
    const { x, y } = snap({ x: size.width, y: size.height })
    const [width, height] = [clamp(x, NOTE_WIDTH), clamp(y, NOTE_HEIGHT)]
    return width === note.width && height === note.height ? note : { ...note, width, height }
  })

const clamp = (value: number, { least, most }: { least: number; most: number }): number => Math.min(most, Math.max(least, value))

/** As long as a note may be; no half of a character is left at the end. */
const cut = (text: string): string => (text.length > MAX_NOTE ? text.slice(0, MAX_NOTE).replace(/[\uD800-\uDBFF]$/, '') : text)
