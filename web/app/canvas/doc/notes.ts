import { GRID, snap } from './geometry.js'
import { newNoteId } from './ids.js'
import type { Doc, Note, Outcome, Point } from './types.js'

/** Most letters of a note, and its least size, px. */
export const MAX_NOTE = 2000
export const NOTE_SIZE = { width: 15 * GRID, height: 8 * GRID }
const LEAST = { width: 8 * GRID, height: 4 * GRID }

export function addNote(doc: Doc, at: Point, text = ''): Outcome {
  const note: Note = { id: newNoteId(), text: text.slice(0, MAX_NOTE), position: snap(at), ...NOTE_SIZE }
  return { doc: { ...doc, notes: [...doc.notes, note] }, select: [note.id] }
}

const changed = (doc: Doc, id: string, change: (note: Note) => Note): Outcome => {
  const notes = doc.notes.map((note) => (note.id === id ? change(note) : note))
  return { doc: notes.some((note, index) => note !== doc.notes[index]) ? { ...doc, notes } : doc }
}

export const writeNote = (doc: Doc, id: string, text: string): Outcome =>
  changed(doc, id, (note) => (note.text === text ? note : { ...note, text: text.slice(0, MAX_NOTE) }))

export const resizeNote = (doc: Doc, id: string, size: { width: number; height: number }): Outcome =>
  changed(doc, id, (note) => {
    const { x, y } = snap({ x: size.width, y: size.height })
    const [width, height] = [Math.max(LEAST.width, x), Math.max(LEAST.height, y)]
    return width === note.width && height === note.height ? note : { ...note, width, height }
  })
