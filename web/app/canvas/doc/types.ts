import type { Note } from '../../../../model/notes.js'
import type { DraftCanvas, DraftTile, Edge } from '../../../../tiles/index.js'

export type { Note }

export interface Point {
  x: number
  y: number
}

/** A tile in the editor: one that has a place. */
export type DocTile = Readonly<DraftTile> & { readonly position: Readonly<Point> }

/** An edge in the editor: one that has an id. */
export type DocEdge = Readonly<Edge> & { readonly id: string }

export type Settings = DraftCanvas['settings']

/**
 * What is edited: a canvas with name, description and notes. Never changed in place: an operation answers a new one that shares all
 * that it did not touch, so that undo is a matter of keeping the old one.
 */
export interface Doc {
  readonly name: string
  readonly description: string
  readonly tiles: readonly DocTile[]
  readonly edges: readonly DocEdge[]
  readonly settings: Settings
  readonly notes: readonly Note[]
}

/** What runs, which is saved with its version: a document without its notes, which are for people. */
export type Canvas = Omit<Doc, 'notes'>

/** A place that an edge can leave from. */
export interface PortRef {
  tileId: string
  port: string
}

/**
 * Why an operation is refused: the number of the validation that would refuse it, or a limit of its own (`full`: 500 tiles are
 * on the canvas, `fullOfNotes`: 200 notes; `endsHere`: an exit would cut off what follows; `connected`: only
 * a loose tile can be put on an edge). Words for it: words/refusal.ts.
 */
export interface Refusal {
  code: 'TW101' | 'TW105' | 'TW106' | 'TW107' | 'TW110' | 'TW113' | 'full' | 'fullOfNotes' | 'endsHere' | 'connected'
  /** What the sentence names. */
  values: Record<string, string | number>
}

/** What an operation answers: the new document with what is to be selected, or why not. */
export type Outcome = { doc: Doc; select?: readonly string[] } | { refused: Refusal }

export const refuse = (code: Refusal['code'], values: Refusal['values'] = {}): { refused: Refusal } => ({ refused: { code, values } })
