import type { ReactFlowInstance } from '@xyflow/react'
import type { StoreApi } from 'zustand'
import { addBehind, addOnEdge, addTile, type Fresh } from '../canvas/doc/add.js'
import { move } from '../canvas/doc/change.js'
import { copy, duplicate, paste, readClip, type Clip } from '../canvas/doc/clipboard.js'
import { disconnect } from '../canvas/doc/connect.js'
import { TILE_HEIGHT, TILE_WIDTH } from '../canvas/doc/geometry.js'
import type { Selection } from '../canvas/doc/history.js'
import { edgeAt, edgeOf, openPorts, tileOf } from '../canvas/doc/lookup.js'
import { remove, type Chosen } from '../canvas/doc/remove.js'
import type { Doc, Outcome, Point, PortRef } from '../canvas/doc/types.js'
import type { CanvasUi } from '../canvas/view/context.js'
import type { Preset } from './presets.js'
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
  add({ fresh }: Preset, place: Place): void {
    this.#added(this.store.getState().run((doc) => this.#place(doc, fresh, place)))
  }

  #place(doc: Doc, fresh: Fresh, place: Place): Outcome {
    if (place === 'anywhere') return this.#behindSelected(doc, fresh) ?? addTile(doc, fresh, this.#point(place))
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

  #point(place: Place): Point {
    if (typeof place === 'object' && 'at' in place) return place.at
    const { left, top, width, height } = this.box()
    const { x, y } = this.flow.screenToFlowPosition({ x: left + width / 2, y: top + height / 2 })
    return { x: x - TILE_WIDTH / 2, y: y - TILE_HEIGHT / 2 }
  }

  #added(ids: readonly string[] | undefined): void {
    if (ids?.[0] !== undefined) this.show(ids[0])
  }

  /** Brings a tile or note into sight, and a tile into focus. */
  show(id: string, focus = true): void {
    const tile = tileOf(this.doc, id)
    const thing = tile ?? this.doc.notes.find((note) => note.id === id)
    if (!thing) return
    if (tile) this.ui.setState({ stop: id, ...(focus && { focusing: id }) })
    const { x, y } = thing.position
    const { left, top, width, height } = this.box()
    const inner = { x: left + 80, y: top + 80, right: left + width - 80, bottom: top + height - 80 }
    const { x: vx, y: vy, zoom } = this.flow.getViewport()
    const screen = { x: left + vx + x * zoom, y: top + vy + y * zoom }
    const seen =
      screen.x >= inner.x &&
      screen.y >= inner.y &&
      screen.x + TILE_WIDTH * zoom <= inner.right &&
      screen.y + TILE_HEIGHT * zoom <= inner.bottom
    if (!seen) void this.flow.setCenter(x + TILE_WIDTH / 2, y + TILE_HEIGHT / 2, { zoom: Math.max(zoom, 0.5), duration: quick() })
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
    const next = before ?? this.doc.tiles[0]?.id
    if (chosen.tiles.length > 0 && next !== undefined) this.ui.setState({ stop: next, focusing: next })
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
    const middle = this.#point('anywhere')
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

/** How long things take to get somewhere, ms; no time under reduced motion. */
export const quick = (): number => (matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 160)
