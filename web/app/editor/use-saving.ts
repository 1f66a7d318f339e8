import { useEffect, useRef, useState } from 'react'
import type { Canvas, Doc } from '../canvas/doc/types.js'
import type { Opened } from './open.js'
import { partsOf, type Part, type Parts } from './save/parts.js'
import { Saver, type SaveState, type Theirs } from './save/saver.js'
import type { EditorStore } from './store.js'
import { tabId } from './tab.js'

/** What the editor begins with: what the server has, or what this browser has that the server has not. */
export interface Start {
  opened: Opened
  doc: Doc
  /** What is saved of it; nothing of what is live. */
  parts: Parts | undefined
  /** When what was found in the browser had been kept, ms. */
  restored: number | undefined
}

/** Looks for what had not been sent. */
export async function startWith(opened: Opened): Promise<Start> {
  const parts = opened.path === undefined ? undefined : await partsOf(opened, opened.path, await tabId())
  const [canvas, notes] = [parts?.canvas.found, parts?.notes.found]
  return {
    opened,
    doc: { ...opened.doc, ...canvas?.doc, notes: notes?.doc ?? opened.doc.notes },
    parts,
    restored: canvas?.at ?? notes?.at,
  }
}

/** Somebody else saved meanwhile: what is in conflict, and what can become of it. Whatever is not in conflict is saved as always. */
export interface Conflict {
  /** What somebody else saved, on top of what nobody else changed. */
  theirs: Doc
  /** Another one for each of their states. */
  key: string
  /** Theirs is on the page now. */
  take(): void
  /** Mine over theirs. */
  overwrite(): void
  /** Mine is safe elsewhere; nothing is sent here. */
  leave(): void
}

export interface Saving {
  state: SaveState<unknown>
  conflict: Conflict | undefined
  /** Whether the browser has room for what is not sent yet. */
  room: boolean
  /** Saves the canvas; undefined of what is live. */
  canvas: Saver<Canvas> | undefined
}

/** Saves the store's document as it changes. Nothing is saved of what is live. */
export function useSaving({ parts }: Start, store: EditorStore): Saving {
  const canvas = useSaver(parts?.canvas, store)
  const notes = useSaver(parts?.notes, store)
  const state = [canvas.state, notes.state].sort((a, b) => WORSE.indexOf(b.kind) - WORSE.indexOf(a.kind))[0]!
  const { doc } = store.getState().history.present
  const conflict = state.kind === 'conflict' && {
    theirs: { ...doc, ...canvas.theirs?.doc, notes: notes.theirs?.doc ?? doc.notes },
    key: `${canvas.theirs?.etag} ${notes.theirs?.etag}`,
    take: () => (canvas.take(), notes.take()),
    overwrite: () => (canvas.overwrite(), notes.overwrite()),
    leave: () => (canvas.leave(), notes.leave()),
  }
  return { state, conflict: conflict || undefined, room: canvas.room && notes.room, canvas: canvas.saver }
}

const WORSE: readonly SaveState<unknown>['kind'][] = ['saved', 'saving', 'offline', 'refused', 'conflict']

interface SavingPart<T> extends Pick<Conflict, 'take' | 'overwrite' | 'leave'> {
  state: SaveState<T>
  /** What somebody else saved, while that is in conflict. */
  theirs: Theirs<T> | undefined
  room: boolean
  saver: Saver<T> | undefined
}

function useSaver<T>(part: Part<T> | undefined, store: EditorStore): SavingPart<T> {
  const [state, setState] = useState<SaveState<T>>({ kind: 'saved' })
  const [room, setRoom] = useState(true)
  const ref = useRef<Saver<T>>(undefined)
  useEffect(() => {
    if (!part) return undefined
    const { remote, saved, etag, isUnchanged, kept, found, pick } = part
    const made = new Saver<T>({
      remote,
      doc: saved,
      etag,
      isUnchanged,
      onState: setState,
      keep: (unsaved) => (unsaved ? setRoom(kept.keep(unsaved.doc, unsaved.etag, Date.now())) : kept.drop()),
    })
    ref.current = made
    const mine = (): T => pick(store.getState().history.present.doc)
    if (found) made.change(mine())
    const unsubscribe = store.subscribe(() => made.change(mine()))
    const flush = (): void => made.flush()
    const onHide = (): void => void (document.visibilityState === 'hidden' && flush())
    window.addEventListener('online', flush)
    document.addEventListener('visibilitychange', onHide)
    return () => {
      unsubscribe()
      made.flush()
      made.stop()
      window.removeEventListener('online', flush)
      document.removeEventListener('visibilitychange', onHide)
    }
  }, [part, store])
  const saver = ref.current
  const theirs = state.kind === 'conflict' ? state.theirs : undefined
  return {
    state,
    theirs,
    room,
    saver,
    take: () => theirs && saver?.adopt(theirs),
    overwrite: () => theirs && saver?.overwrite(theirs),
    leave: () => theirs && part && saver?.adopt({ ...theirs, doc: part.pick(store.getState().history.present.doc) }),
  }
}
