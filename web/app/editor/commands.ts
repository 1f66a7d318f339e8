import type { ReactFlowInstance } from '@xyflow/react'
import type { StoreApi } from 'zustand'
import { addBehind, addOnEdge, addTile, type Fresh } from '../canvas/doc/add.js'
import { move } from '../canvas/doc/change.js'
import { copy, duplicate, paste, readClip, type Clip } from '../canvas/doc/clipboard.js'
import { disconnect } from '../canvas/doc/connect.js'
import { boxOf, TILE_HEIGHT, TILE_WIDTH, type Size } from '../canvas/doc/geometry.js'
import type { Selection } from '../canvas/doc/history.js'
import { edgeAt, edgeOf, openPorts, tileOf } from '../canvas/doc/lookup.js'
import { addNote, freeNotePlace, NOTE_SIZE, noteOf } from '../canvas/doc/notes.js'
import { remove, type Chosen } from '../canvas/doc/remove.js'
import type { Doc, Outcome, Point, PortRef } from '../canvas/doc/types.js'
import type { CanvasUi } from '../canvas/view/context.js'
import { afterOverlays } from './after-overlays.js'
import { inReadingOrder } from './navigate.js'
import type { Offer } from './presets.js'
import type { EditorStore } from './store.js'

type Flow = Pick<ReactFlowInstance, 'screenToFlowPosition' | 'getViewport' | 'setCenter' | 'getZoom' | 'fitView'>

/** Where a new tile goes. */
export type Place = { edge: string } | { port: PortRef } | { at: Point } | 'anywhere'

/** What is chosen, by what it is. */
export function chosenOf(doc: Doc, selection: Selection): Required<Chosen> {
  return {
    tiles: doc.tiles.filter(({ id }) => selection.has(id)).map(({ id }) => id),
    edges: doc.edges.filter(({ id }) => selection.has(id)).map(({ id }) => id),
    notes: doc.notes.filter(({ id }) => selection.has(id)).map(({ id }) => id),
  }
}

/** All that can be done in the editor, for buttons, menus and keys alike. */
export class Commands {
  constructor(
    private readonly store: EditorStore,
    private readonly ui: StoreApi<CanvasUi>,
    private readonly flow: Flow,
    /** The canvas's box in the window. */
    private readonly box: () => DOMRect,
  ) {}

  get doc(): Doc {
    return this.store.getState().history.present.doc
  }

  get chosen(): Required<Chosen> {
    return chosenOf(this.doc, this.store.getState().history.present.selection)
  }

  /** Adds what the palette offers; then it is selected, in sight, and has the focus. */
  add(offer: Offer, place: Place): void {
    if ('fresh' in offer) this.#added(this.store.getState().run((doc) => this.#place(doc, offer.fresh, place)))
    else this.addNote(typeof place === 'object' && 'at' in place ? place.at : undefined)
  }

  /** Adds a note, which is written at once: with its top left corner at a point of the canvas, else where there is room in what is seen. */
  addNote(at?: Point): void {
    const added = this.store.getState().run((doc) => addNote(doc, at ?? freeNotePlace(doc, this.#centre(NOTE_SIZE))))
    if (added?.[0] !== undefined) this.write(added[0])
  }

  /** The same beneath a point of the window. */
  addNoteAt(screen: Point): void {
    this.addNote(this.flow.screenToFlowPosition(screen))
  }

  /** Goes into the text of a note. */
  write(id: string): void {
    this.go(id, false)
    afterOverlays(() => this.ui.setState({ writing: id }))
  }

  #place(doc: Doc, fresh: Fresh, place: Place): Outcome {
    if (place === 'anywhere') return this.#behindSelected(doc, fresh) ?? addTile(doc, fresh, this.#centre())
    if ('edge' in place) return addOnEdge(doc, place.edge, fresh)
    if ('port' in place) return addBehind(doc, place.port, fresh)
    return addTile(doc, fresh, place.at)
  }

  /** By click and by key: behind the selected tile's first open port, or on the selected edge. */
  #behindSelected(doc: Doc, fresh: Fresh): Outcome | undefined {
    const { tiles, edges } = this.chosen
    const tile = tiles.length === 1 ? tileOf(doc, tiles[0]!) : undefined
    if (edges.length === 1 && tiles.length === 0) return addOnEdge(doc, edges[0]!, fresh)
    const port = tile && openPorts(doc, tile)[0]
    return tile && port !== undefined && fresh.type !== 'entry' ? addBehind(doc, { tileId: tile.id, port }, fresh) : undefined
  }

  /** Where the top left of something comes for its middle to be in the middle of what is seen. */
  #centre({ width, height }: Size = TILE_SIZE): Point {
    const box = this.box()
    const { x, y } = this.flow.screenToFlowPosition({ x: box.left + box.width / 2, y: box.top + box.height / 2 })
    return { x: x - width / 2, y: y - height / 2 }
  }

  #added(ids: readonly string[] | undefined): void {
    if (ids?.[0] !== undefined) this.show(ids[0])
  }

  /** Brings a tile or note into sight and into focus. */
  show(id: string, focus = true): void {
    const tile = tileOf(this.doc, id)
    const thing = tile ? boxOf(tile) : noteOf(this.doc, id)
    if (!thing) return
    this.ui.setState({ [tile ? 'stop' : 'noteStop']: id, ...(focus && { focusing: id }) })
    const { x, y } = thing.position
    const { left, top, width, height } = this.box()
    const inner = { x: left + 80, y: top + 80, right: left + width - 80, bottom: top + height - 80 }
    const { x: vx, y: vy, zoom } = this.flow.getViewport()
    const screen = { x: left + vx + x * zoom, y: top + vy + y * zoom }
    const seen =
      screen.x >= inner.x &&
      screen.y >= inner.y &&
      screen.x + thing.width * zoom <= inner.right &&
      screen.y + thing.height * zoom <= inner.bottom
    if (!seen) void this.flow.setCenter(x + thing.width / 2, y + thing.height / 2, { zoom: Math.max(zoom, 0.5), duration: quick() })
  }

  /** Selects one thing, shows it, and moves the focus to it unless told not to. */
  go(id: string, focus = true): void {
    const edge = edgeOf(this.doc, id)
    this.store.getState().select(new Set([id]))
    this.show(edge ? edge.from : id, focus && !edge)
  }

  remove(): void {
    const { chosen, doc } = this
    if (chosen.tiles.length + chosen.edges.length + chosen.notes.length === 0) return
    const before = doc.edges.find(({ from, to }) => chosen.tiles.includes(to) && !chosen.tiles.includes(from))?.from
    this.store
      .getState()
      .run((now) =>
        chosen.tiles.length + chosen.notes.length === 0 ? { ...disconnect(now, chosen.edges), select: [] } : remove(now, chosen),
      )
    // The focus would be nowhere.
    const tile = before ?? this.doc.tiles[0]?.id
    const note = inReadingOrder(this.doc.notes)[0]?.id
    if (chosen.tiles.length > 0 && tile !== undefined) this.ui.setState({ stop: tile, focusing: tile })
    else if (chosen.notes.length > 0) this.ui.setState({ noteStop: note, focusing: note ?? this.ui.getState().stop })
  }

  duplicate(): void {
    this.#added(this.store.getState().run((doc) => duplicate(doc, this.chosen)))
  }

  selectAll(): void {
    this.store.getState().select(new Set([...this.doc.tiles, ...this.doc.notes].map(({ id }) => id)))
  }

  /** What is chosen, for the clipboard. */
  copied(): string | undefined {
    const { chosen } = this
    return chosen.tiles.length + chosen.notes.length === 0 ? undefined : JSON.stringify(copy(this.doc, chosen))
  }

  /** @returns whether what lay on the clipboard was tiles */
  paste(text: string): boolean {
    const clip = readClip(text)
    if (!clip) return false
    const known = clip.tiles.some(({ id }) => tileOf(this.doc, id) !== undefined)
    this.#added(this.store.getState().run((doc) => paste(doc, clip, known ? undefined : this.#centred(clip))))
    return true
  }

  /** Where the top left of a piece comes for its middle to be in the middle of what is seen. */
  #centred({ tiles, notes }: Clip): Point {
    const places = [...tiles, ...notes].map(({ position }) => position)
    const half = (values: number[]): number => (Math.max(...values) - Math.min(...values)) / 2
    const middle = this.#centre()
    return { x: middle.x - half(places.map(({ x }) => x)), y: middle.y - half(places.map(({ y }) => y)) }
  }

  /** Lays all tiles out: one step. */
  async layOut(): Promise<void> {
    const { layOut } = await import('../canvas/doc/layout.js')
    this.store.getState().run(layOut)
    void this.flow.fitView({ padding: 0.2, maxZoom: 1, minZoom: 0.3, duration: quick() })
  }

  /** Moves what is chosen by px; steps that follow each other are one. */
  nudge(by: Point): void {
    const { tiles, notes } = this.chosen
    const places = new Map(
      [...this.doc.tiles, ...this.doc.notes]
        .filter(({ id }) => tiles.includes(id) || notes.includes(id))
        .map(({ id, position }) => [id, { x: position.x + by.x, y: position.y + by.y }] as const),
    )
    if (places.size > 0) this.store.getState().run((doc) => move(doc, places), 'nudge')
  }

  /** The port that a tile added now, by key, would come behind: the first open one, else the first. */
  nextPort(): PortRef | undefined {
    const { tiles } = this.chosen
    const tile = tiles.length === 1 ? tileOf(this.doc, tiles[0]!) : undefined
    if (!tile) return undefined
    const port = openPorts(this.doc, tile)[0] ?? this.doc.edges.find(({ from }) => from === tile.id)?.port
    return port === undefined ? undefined : { tileId: tile.id, port }
  }

  /** Whether a port has an edge. */
  isTaken = (port: PortRef): boolean => edgeAt(this.doc, port) !== undefined
}

const TILE_SIZE: Size = { width: TILE_WIDTH, height: TILE_HEIGHT }

/** How long things take to get somewhere, ms; no time under reduced motion. */
export const quick = (): number => (matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 160)
