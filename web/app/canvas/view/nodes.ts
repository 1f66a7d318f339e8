import { MarkerType, Position, type Edge, type Node } from '@xyflow/react'
import { portsOf } from '../../../../tiles/ports.js'
import { portOffset, TILE_HEIGHT, widthOf } from '../doc/geometry.js'
import { edgeAt, edgesFrom, labelOf, tileOf } from '../doc/lookup.js'
import type { Selection } from '../doc/history.js'
import type { Doc, DocEdge, DocTile, Note, Point } from '../doc/types.js'
import type { Mark } from './context.js'
import { detourOf, Obstacles, pathOf, type Detour } from './detour.js'

/** How large a handle is, px; view.css says so too. */
export const HANDLE = 10

/** How many errors and warnings a tile has. */
export interface Badge {
  errors: number
  warnings: number
}

export interface TileData extends Record<string, unknown> {
  /** Without its place, so that this stays the same object while it is moved. */
  tile: Omit<DocTile, 'position'>
  /** Every port, and whether an edge leaves from it. */
  ports: readonly { id: string; open: boolean }[]
  badge: Badge | undefined
  mark: Mark | undefined
}
export type TileNode = Node<TileData, 'tile'>
export type NoteNode = Node<{ note: Note }, 'note'>
export type CanvasNode = TileNode | NoteNode
export type CanvasEdge = Edge<{ edge: DocEdge; mark: Mark | undefined; detour: Detour | undefined }, 'flow'>

export interface Drawn {
  doc: Doc
  selection: Selection
  badges?: ReadonlyMap<string, Badge> | undefined
  marks?: ReadonlyMap<string, Mark> | undefined
  /** Where what is being dragged is now. */
  dragged?: ReadonlyMap<string, Point> | undefined
  readOnly: boolean
}

/** A thing made from some inputs, which is the same one as long as they are. */
interface Made<T> {
  inputs: readonly unknown[]
  value: T
}

/**
 * Makes the nodes and edges of React Flow from a document. What did not change is the very same object as before, so that it is not
 * drawn again: with 500 tiles one that is dragged costs no more than with five.
 */
export class Drawing {
  #nodes = new Map<string, Made<CanvasNode>>()
  readonly #data = new Map<string, Made<TileData>>()
  #edges = new Map<string, Made<CanvasEdge>>()
  #detours: Made<ReadonlyMap<string, Detour>> | undefined

  nodes({ doc, selection, badges, marks, dragged, readOnly }: Drawn): CanvasNode[] {
    const before = this.#nodes
    this.#nodes = new Map()
    const keep = <N extends CanvasNode>(id: string, inputs: readonly unknown[], make: () => N): N => {
      const made = reuse(before.get(id), inputs, make)
      this.#nodes.set(id, made)
      return made.value as N
    }
    const tiles = doc.tiles.map((tile) => {
      const at = dragged?.get(tile.id) ?? tile.position
      const data = this.#dataOf(doc, tile, badges?.get(tile.id), marks?.get(tile.id), readOnly)
      const selected = selection.has(tile.id)
      return keep(tile.id, [data, at.x, at.y, selected], () => tileNode(data, at, selected))
    })
    const notes = doc.notes.map((note) => {
      const at = dragged?.get(note.id) ?? note.position
      const selected = selection.has(note.id)
      return keep(note.id, [note, at.x, at.y, selected], () => noteNode(note, at, selected))
    })
    return [...notes, ...tiles]
  }

  #dataOf(doc: Doc, tile: DocTile, badge: Badge | undefined, mark: Mark | undefined, readOnly: boolean): TileData {
    const ports = shownPorts(doc, tile)
    const open = ports.map((port) => edgeAt(doc, { tileId: tile.id, port }) === undefined)
    const { id, type, name, config } = tile
    const inputs = [type, name, config, badge?.errors, badge?.warnings, mark, readOnly, ports.join(), open.join()]
    const made = reuse(this.#data.get(id), inputs, () => ({
      tile,
      ports: ports.map((port, index) => ({ id: port, open: open[index]! })),
      badge,
      mark,
    }))
    this.#data.set(id, made)
    return made.value
  }

  edges({ doc, selection, marks, readOnly }: Drawn, label: (edge: DocEdge, from: string, to: string) => string): CanvasEdge[] {
    const before = this.#edges
    this.#edges = new Map()
    this.#detours = reuse(this.#detours, [doc.tiles, doc.edges], () => detoursOf(doc))
    const detours = this.#detours.value
    return doc.edges.map((edge) => {
      const [from, to] = [tileOf(doc, edge.from), tileOf(doc, edge.to)]
      const [selected, near, mark] = [selection.has(edge.id), selection.has(edge.from), marks?.get(edge.id)]
      const detour = detours.get(edge.id)
      const way = detour && pathOf(detour, 0)
      const made = reuse(before.get(edge.id), [edge, selected, near, mark, readOnly, from?.name, from?.config, to?.name, way], () => ({
        id: edge.id,
        type: 'flow' as const,
        source: edge.from,
        sourceHandle: edge.port,
        target: edge.to,
        data: { edge, mark, detour },
        selected,
        // The edges of the selected tile are stops of the Tab key: all 500 would be none.
        focusable: selected || near,
        ariaRole: 'group' as const,
        reconnectable: readOnly ? false : ('target' as const),
        ariaLabel: label(edge, from ? labelOf(from) : edge.from, to ? labelOf(to) : edge.to),
        // In px of the canvas: a wide edge has the same arrowhead.
        markerEnd: { type: MarkerType.ArrowClosed, width: 24, height: 24, markerUnits: 'userSpaceOnUse' },
      }))
      this.#edges.set(edge.id, made)
      return made.value
    })
  }
}

/** The ways of the edges that cannot go the plain one, by id. */
function detoursOf(doc: Doc): Map<string, Detour> {
  const obstacles = obstaclesOf(doc)
  const found = new Map<string, Detour>()
  for (const edge of doc.edges) {
    const [from, to] = [tileOf(doc, edge.from), tileOf(doc, edge.to)]
    const detour = from && to && detourOf(...endsOf(doc, edge, from, to), obstacles)
    if (detour) found.set(edge.id, detour)
  }
  return found
}

const obstaclesOf = ({ tiles }: Doc): Obstacles =>
  new Obstacles(
    tiles.map((tile) => {
      const { x, y } = tile.position
      return { left: x, right: x + widthOf(tile), top: y, bottom: y + TILE_HEIGHT }
    }),
  )

/** Where an edge begins and ends: the middle of its handles' outer sides, as React Flow has it. */
export function endsOf(doc: Doc, { port }: DocEdge, from: DocTile, to: DocTile): [Point, Point] {
  const ports = shownPorts(doc, from)
  const x = portOffset(widthOf(from), ports.indexOf(port), ports.length)
  return [
    { x: from.position.x + x, y: from.position.y + TILE_HEIGHT + HANDLE / 2 },
    { x: to.position.x + widthOf(to) / 2, y: to.position.y - HANDLE / 2 },
  ]
}

/** The ports of a tile, and those that edges leave from although the config does not tell of them (yet): no edge may be out of sight. */
function shownPorts(doc: Doc, tile: DocTile): string[] {
  return [...new Set([...(portsOf(tile) ?? []), ...edgesFrom(doc, tile.id).map(({ port }) => port)])]
}

function reuse<T>(before: Made<T> | undefined, inputs: readonly unknown[], make: () => T): Made<T> {
  const same = before !== undefined && before.inputs.length === inputs.length && inputs.every((input, index) => Object.is(input, before.inputs[index])) // prettier-ignore
  return same ? before : { inputs, value: make() }
}

function tileNode(data: TileData, position: Point, selected: boolean): TileNode {
  const width = widthOf(data.tile)
  const size = { width, height: TILE_HEIGHT }
  // Sizes and handles are known without measuring, so that tiles out of sight need not be drawn first.
  const handle = (type: 'source' | 'target', id: string | null, x: number) => ({
    type,
    id,
    x: x - HANDLE / 2,
    y: (type === 'target' ? 0 : TILE_HEIGHT) - HANDLE / 2,
    width: HANDLE,
    height: HANDLE,
    position: type === 'target' ? Position.Top : Position.Bottom,
  })
  const sources = data.ports.map(({ id }, index) => handle('source', id, portOffset(width, index, data.ports.length)))
  const target = data.tile.type === 'entry' ? [] : [handle('target', null, width / 2)]
  return { id: data.tile.id, type: 'tile', position, data, selected, ...size, measured: size, handles: [...target, ...sources] }
}

function noteNode(note: Note, position: Point, selected: boolean): NoteNode {
  const size = { width: note.width, height: note.height }
  return { id: note.id, type: 'note', position, data: { note }, selected, ...size, measured: size, zIndex: -1 }
}
