import { createContext, useContext } from 'react'
import { createStore, useStore, type StoreApi } from 'zustand'
import { begin, commit, redo, seal, select, undo, type History, type Selection } from '../canvas/doc/history.js'
import type { Doc, Outcome, Refusal } from '../canvas/doc/types.js'

/** What is edited, with its history. */
export interface Editor {
  history: History
  /** Why the latest operation was refused; it goes with the next one. */
  refusal: Refusal | undefined
  /**
   * Does something to the document, as a step of its own or, with the same `key` soon after, as part of the step before.
   * @returns what is selected now, or undefined when it was refused
   */
  run(operation: (doc: Doc) => Outcome, key?: string): readonly string[] | undefined
  select(selection: Selection): void
  undo(): void
  redo(): void
  /** The next change is a step of its own. */
  seal(): void
}

export type EditorStore = StoreApi<Editor>

export function createEditor(doc: Doc): EditorStore {
  return createStore<Editor>((set, get) => ({
    history: begin(doc),
    refusal: undefined,
    run(operation, key) {
      const { history } = get()
      const outcome = operation(history.present.doc)
      if ('refused' in outcome) {
        set({ refusal: outcome.refused })
        return undefined
      }
      const chosen = outcome.select ?? [...history.present.selection]
      const how = key === undefined ? {} : { key, at: Date.now() }
      set({ history: commit(history, outcome.doc, new Set(chosen), how), refusal: undefined })
      return chosen
    },
    select: (selection) => set(({ history }) => ({ history: select(history, selection) })),
    undo: () => set(({ history }) => ({ history: undo(history), refusal: undefined })),
    redo: () => set(({ history }) => ({ history: redo(history), refusal: undefined })),
    seal: () => set(({ history }) => ({ history: seal(history) })),
  }))
}

const Context = createContext<EditorStore | undefined>(undefined)
export const EditorProvider = Context.Provider

/** @throws Error outside of the editor */
export function useEditorStore(): EditorStore {
  const store = useContext(Context)
  if (!store) throw new Error('This stands in the editor.')
  return store
}

export const useEditor = <T>(pick: (editor: Editor) => T): T => useStore(useEditorStore(), pick)
export const useDoc = (): Doc => useEditor(({ history }) => history.present.doc)
export const useSelection = (): Selection => useEditor(({ history }) => history.present.selection)
