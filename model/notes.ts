/** A note for people on the canvas. It belongs to the orchestration, not to what runs: members never meet it. */
export interface Note {
  readonly id: string
  readonly text: string
  /** Of its top left corner, px of the canvas. */
  readonly position: { readonly x: number; readonly y: number }
  /** px. */
  readonly width: number
  readonly height: number
}

/** Most notes of an orchestration. */
export const MAX_NOTES = 200
/** Most characters of a note, as JavaScript counts them. */
export const MAX_NOTE = 2000
/** Least and largest size of a note, px. */
export const NOTE_WIDTH = { least: 128, most: 1600 } as const
export const NOTE_HEIGHT = { least: 64, most: 1600 } as const
/** How far a note may be from the middle of the canvas, px. */
export const FARTHEST_NOTE = 1_000_000
