import { createContext, useContext, type ComponentType } from 'react'
import { createStore, useStore, type StoreApi } from 'zustand'
import type { DocEdge, Note, Point, PortRef, Refusal } from '../doc/types.js'
import type { Say } from '../words/say.js'

/** What can be done on a canvas that is edited. The canvas changes nothing itself: it tells, and is given another document. */
export interface CanvasActions {
  /** Tiles and notes were dragged to new places (px, not yet on the grid). */
  onMove(places: ReadonlyMap<string, Point>): void
  /** An edge was drawn from a port to a tile that takes it. */
  onConnect(from: PortRef, to: string): void
  /** An edge was drawn to a place with nothing in it: add a tile there. `screen` is in px of the window. */
  onConnectToNothing(from: PortRef, screen: Point): void
  /** A tile was dropped on an edge. */
  onDropOnEdge(edgeId: string, tileId: string, places: ReadonlyMap<string, Point>): void
  /** Somebody wants to add a tile behind a port; the menu belongs beside `anchor`. */
  onAdd(from: PortRef, anchor: DOMRect): void
  onWriteNote(id: string, text: string): void
  onResizeNote(id: string, size: Pick<Note, 'width' | 'height'>): void
}

/** How a tile or an edge is set off: what was walked (`lit`), where somebody looks (`here`), what is not meant (`dim`), or how a version differs. */
export type Mark = 'lit' | 'here' | 'dim' | 'held' | 'added' | 'removed' | 'changed'

/** What is shown in a tile and on an edge besides what they are; live numbers, for one. Each reads its own data, so that only it is drawn again. */
export interface CanvasSlots {
  /** Below a tile's words, at its bottom edge: a row of pills, at most as wide as the tile. */
  Tile?: ComponentType<{ tileId: string }>
  /** In the middle of an edge. In an HTML layer above the edges. */
  Edge?: ComponentType<{ edge: DocEdge }>
  /** A hook: how wide an edge is drawn, px, from 1.5. Called in each edge. */
  useEdgeWidth?: (edgeId: string) => number
}

/** What is the same for all tiles of a canvas. */
export interface CanvasContextValue {
  say: Say
  slots: CanvasSlots
  /** Undefined: read only. */
  actions: CanvasActions | undefined
  ui: StoreApi<CanvasUi>
}

/** What passes while somebody drags or moves the focus. */
export interface CanvasUi {
  /** An edge is being drawn from this port; tiles that refuse it, with why. */
  drawing?: { from: PortRef; refused: ReadonlyMap<string, Refusal> } | undefined
  /** The edge or the port that what is dragged would be dropped on. */
  target?: { edge: string } | { port: PortRef } | undefined
  /** The one tile that the Tab key goes to; arrows move it. */
  stop?: string | undefined
  /** The same of the notes. */
  noteStop?: string | undefined
  /** A tile or note that the focus is to go to as soon as it is drawn. */
  focusing?: string | undefined
  /** The note that is being written. */
  writing?: string | undefined
}

/** Whether the canvas is looked at from so far that words cannot be read: then ports and buttons are not drawn. */
export const FarContext = createContext(false)

export const createCanvasUi = (): StoreApi<CanvasUi> => createStore<CanvasUi>(() => ({}))

const Context = createContext<CanvasContextValue | undefined>(undefined)
export const CanvasProvider = Context.Provider

/** @throws Error outside of a canvas */
export function useCanvas(): CanvasContextValue {
  const value = useContext(Context)
  if (!value) throw new Error('This stands in a CanvasView.')
  return value
}

export const useCanvasUi = <T>(select: (ui: CanvasUi) => T): T => useStore(useCanvas().ui, select)
