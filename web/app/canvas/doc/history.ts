import type { Doc } from './types.js'

/** What is selected: ids of tiles, notes and edges, in no order. */
export type Selection = ReadonlySet<string>

/** A state that undo can give back. */
export interface Moment {
  readonly doc: Doc
  readonly selection: Selection
}

/** How many steps can be undone. A step keeps only what it changed: all others are shared. */
export const STEPS = 500
/** Changes of one kind that follow within this time (ms) are one step: typing, or nudging by keys. */
const PAUSE_MS = 1000

export interface History {
  readonly past: readonly Moment[]
  readonly present: Moment
  readonly future: readonly Moment[]
  /** What the latest change was, and when (ms); a like one soon after joins it. */
  readonly latest?: { readonly key: string; readonly at: number }
}

export const begin = (doc: Doc): History => ({ past: [], present: { doc, selection: new Set() }, future: [] })

/**
 * Keeps a change as a step, or as part of the latest step.
 * @param key what kind of change it is, such as `config:<tile>`; the same again within a second joins the step before. Without one it never does
 * @param at ms
 */
export function commit(history: History, doc: Doc, selection: Selection, { key, at = 0 }: { key?: string; at?: number } = {}): History {
  const { past, present, latest } = history
  if (doc === present.doc) return select(history, selection)
  const joins = key !== undefined && latest?.key === key && at - latest.at < PAUSE_MS
  return {
    past: joins ? past : [...past.slice(1 - STEPS), present],
    present: { doc, selection },
    future: [],
    ...(key !== undefined && { latest: { key, at } }),
  }
}

/** Selecting is no step of its own; undo gives back what was selected when a step was made. */
export function select(history: History, selection: Selection): History {
  if (sameSet(selection, history.present.selection)) return history
  return { ...history, present: { ...history.present, selection } }
}

function sameSet(a: Selection, b: Selection): boolean {
  return a === b || (a.size === b.size && [...a].every((id) => b.has(id)))
}

/** The state before the latest step; the same history when there is none. */
export function undo({ past, present, future }: History): History {
  const before = past.at(-1)
  if (!before) return { past, present, future }
  return { past: past.slice(0, -1), present: before, future: [present, ...future] }
}

export function redo({ past, present, future }: History): History {
  const [after, ...rest] = future
  if (!after) return { past, present, future }
  return { past: [...past, present], present: after, future: rest }
}

/** Ends the latest step: the next change is a step of its own, whatever kind it is. */
export function seal(history: History): History {
  const { latest: _, ...rest } = history
  return rest
}
