import {
  Background, BackgroundVariant, ConnectionLineType, ReactFlow, SelectionMode, useStore as useFlowStore,
  type Connection, type EdgeChange, type FinalConnectionState, type NodeChange, type OnConnectStart,
} from '@xyflow/react' // prettier-ignore
import { useCallback, useMemo, useRef, useState, type ReactNode } from 'react'
import { useStore, type StoreApi } from 'zustand'
import { cx } from '../../kit/cx.js'
import { refusedTargets } from '../doc/connect.js'
import { GRID } from '../doc/geometry.js'
import type { Selection } from '../doc/history.js'
import { tileOf } from '../doc/lookup.js'
import type { Doc, DocEdge, Point, PortRef } from '../doc/types.js'
import { portWords } from '../words/ports.js'
import type { Say } from '../words/say.js'
import { CanvasProvider, FarContext, type CanvasActions, type CanvasSlots, type CanvasUi, type Mark } from './context.js'
import { FarEdges } from './far-edges.js'
import { FlowEdgeView } from './flow-edge.js'
import { edgeUnder } from './hit.js'
import { Drawing, type Badge, type CanvasEdge, type CanvasNode } from './nodes.js'
import { NoteNodeView } from './note-node.js'
import { Overview } from './overview.js'
import { TileNodeView } from './tile-node.js'
import './view.css'

export interface CanvasViewProps {
  doc: Doc
  selection: Selection
  onSelect(selection: Selection): void
  say: Say
  ui: StoreApi<CanvasUi>
  /** What can be done to it; without, it is read only: it can be looked at, selected and moved about in. */
  actions?: CanvasActions | undefined
  /** Errors and warnings by tile. */
  badges?: ReadonlyMap<string, Badge> | undefined
  /** What is set off, by the ids of tiles and edges. */
  marks?: ReadonlyMap<string, Mark> | undefined
  /** Live numbers and the like. The object must stay the same one. */
  slots?: CanvasSlots
  /** Shown above the canvas: panels, buttons. They stand in the React Flow provider. */
  children?: ReactNode
  /** A name for assistive technology. */
  label: string
}

const NODE_TYPES = { tile: TileNodeView, note: NoteNodeView }
const EDGE_TYPES = { flow: FlowEdgeView }
const NO_SLOTS: CanvasSlots = {}
/** From this many tiles and notes on only those in sight are drawn. */
const MANY = 60
/** From this zoom down words cannot be read. */
const FAR = 0.45
const FIT = { padding: 0.2, maxZoom: 1, minZoom: 0.3 }

/**
 * A canvas: to be edited with `actions`, else to be looked at. Stands in a ReactFlowProvider. The monitor shows its numbers in the slots,
 * the member view lights a path with `marks`.
 */
export function CanvasView(props: CanvasViewProps) {
  const { doc, selection, onSelect, say, ui, actions, slots = NO_SLOTS, label, children } = props
  const context = useMemo(() => ({ say, slots, actions, ui }), [say, slots, actions, ui])
  const { nodes, onNodesChange, onNodeDragStop, onNodeClick } = useNodes(props)
  const { handlers, isDrawing } = useDrawing(doc, ui, actions)
  const still = actions === undefined
  const far = useFlowStore(({ transform: [, , zoom] }) => zoom < FAR)
  const { edges, distant, onEdgesChange } = useEdges(props, far)
  return (
    <CanvasProvider value={context}>
      <FarContext value={far}>
        <ReactFlow<CanvasNode, CanvasEdge>
          nodes={nodes}
          edges={edges}
          nodeTypes={NODE_TYPES}
          edgeTypes={EDGE_TYPES}
          onNodesChange={onNodesChange}
          onEdgesChange={onEdgesChange}
          onNodeDragStop={onNodeDragStop}
          onNodeClick={onNodeClick}
          {...handlers}
          nodesDraggable={!still}
          nodesConnectable={!still}
          nodesFocusable={false}
          edgesFocusable={false}
          disableKeyboardA11y
          deleteKeyCode={null}
          selectionKeyCode="Shift"
          multiSelectionKeyCode={['Shift', 'Meta', 'Control']}
          selectionMode={SelectionMode.Partial}
          panOnScroll
          zoomOnDoubleClick={false}
          connectionLineType={ConnectionLineType.SmoothStep}
          connectionRadius={24}
          connectOnClick={false}
          nodeDragThreshold={3}
          snapToGrid
          snapGrid={SNAP}
          minZoom={0.1}
          maxZoom={2}
          fitView
          fitViewOptions={FIT}
          onlyRenderVisibleElements={doc.tiles.length + doc.notes.length > MANY}
          elevateEdgesOnSelect
          elevateNodesOnSelect={false}
          proOptions={HIDDEN}
          aria-label={label}
          className={cx('tw-canvas', still && 'tw-still', far && 'tw-far', isDrawing && 'tw-drawing')}
        >
          <Dots />
          {distant && <FarEdges doc={doc} {...distant} selection={selection} onSelect={onSelect} />}
          <Overview nodes={nodes} label={say.t('canvas:minimap')} />
          {children}
        </ReactFlow>
      </FarContext>
    </CanvasProvider>
  )
}

/** The dots of the grid; from afar none, as they would be a grey that costs a third of each frame. */
function Dots() {
  const every = useFlowStore(({ transform: [, , zoom] }) => (zoom < FAR ? undefined : zoom < 0.7 ? 4 : 1))
  return every && <Background variant={BackgroundVariant.Dots} gap={GRID * every} size={every > 1 ? 3 : 1.5} />
}

const SNAP: [number, number] = [GRID, GRID]
const HIDDEN = { hideAttribution: true }

/** The document's tiles and notes as nodes; where those that are dragged are now lives here until they are dropped. */
function useNodes({ doc, selection, onSelect, badges, marks, actions }: CanvasViewProps) {
  const [drawing] = useState(() => new Drawing())
  const [dragged, setDragged] = useState<ReadonlyMap<string, Point>>()
  const latest = useRef<Map<string, Point>>(new Map())
  const readOnly = actions === undefined
  const nodes = useMemo(
    () => drawing.nodes({ doc, selection, badges, marks, dragged, readOnly }),
    [drawing, doc, selection, badges, marks, dragged, readOnly],
  )
  const state = useRef({ selection, onSelect })
  state.current = { selection, onSelect }
  const onNodesChange = useCallback((changes: NodeChange<CanvasNode>[]): void => {
    let moved = false
    for (const change of changes) {
      if (change.type !== 'position' || !change.position || change.dragging !== true) continue
      latest.current.set(change.id, change.position)
      moved = true
    }
    if (moved) setDragged(new Map(latest.current))
    applySelection(state.current, changes)
  }, [])
  const onNodeDragStop = useCallback(
    (event: MouseEvent | TouchEvent | React.MouseEvent, node: CanvasNode, all: CanvasNode[]): void => {
      const places = new Map(all.map(({ id, position }) => [id, position]))
      latest.current = new Map()
      const edge =
        all.length === 1 && node.type === 'tile' && 'clientX' in event ? edgeUnder({ x: event.clientX, y: event.clientY }) : undefined
      if (edge !== undefined) actions?.onDropOnEdge(edge, node.id, places)
      else actions?.onMove(places)
      setDragged(undefined)
    },
    [actions],
  )
  // React Flow leaves a selection of several as it is when one of them is clicked.
  const onNodeClick = useCallback(({ shiftKey, metaKey, ctrlKey }: React.MouseEvent, { id }: CanvasNode): void => {
    if (!shiftKey && !metaKey && !ctrlKey && state.current.selection.size > 1) state.current.onSelect(new Set([id]))
  }, [])
  return { nodes, onNodesChange, onNodeDragStop, onNodeClick }
}

/** The document's edges; from afar only those of what is selected, all others being drawn as one. */
function useEdges({ doc, selection, onSelect, marks, actions, slots = NO_SLOTS, say }: CanvasViewProps, far: boolean) {
  const [drawing] = useState(() => new Drawing())
  const readOnly = actions === undefined
  const all = useMemo(() => {
    const label = (edge: DocEdge, from: string, to: string): string => {
      const tile = tileOf(doc, edge.from)
      const port = tile ? portWords(tile, edge.port, say) : edge.port
      return say.t(port === '' ? 'canvas:edge' : 'canvas:edgeOf', { from, to, port })
    }
    return drawing.edges({ doc, selection, marks, readOnly }, label)
  }, [drawing, doc, selection, marks, readOnly, say])
  const asOne = far && slots.Edge === undefined && slots.useEdgeWidth === undefined
  const edges = useMemo(() => {
    const near = ({ id, source, target }: CanvasEdge): boolean => selection.has(id) || selection.has(source) || selection.has(target)
    return asOne ? all.filter(near) : all
  }, [all, asOne, selection])
  const distant = useMemo(() => (asOne ? { edges: all, apart: new Set(edges) } : undefined), [asOne, all, edges])
  const state = useRef({ selection, onSelect })
  state.current = { selection, onSelect }
  const onEdgesChange = useCallback((changes: EdgeChange<CanvasEdge>[]): void => applySelection(state.current, changes), [])
  return { edges, distant, onEdgesChange }
}

function applySelection(state: { selection: Selection; onSelect(selection: Selection): void }, changes: readonly { type: string }[]): void {
  const next = new Set(state.selection)
  let changed = false
  for (const change of changes as readonly { type: string; id: string; selected?: boolean }[]) {
    if (change.type !== 'select') continue
    changed = true
    if (change.selected === true) next.add(change.id)
    else next.delete(change.id)
  }
  if (!changed) return
  state.selection = next
  state.onSelect(next)
}

/** What happens while an edge is drawn, or its end is moved to another tile. */
function useDrawing(doc: Doc, ui: StoreApi<CanvasUi>, actions: CanvasActions | undefined) {
  const isDrawing = useStore(ui, (state) => state.drawing !== undefined)
  const latest = useRef({ doc, actions })
  latest.current = { doc, actions }
  const handlers = useMemo(() => {
    const begin = (from: PortRef): void => ui.setState({ drawing: { from, refused: refusedTargets(latest.current.doc, from) } })
    const end = (): void => ui.setState({ drawing: undefined })
    const onConnectStart: OnConnectStart = (_, { nodeId, handleId, handleType }) => {
      if (nodeId !== null && handleType === 'source') begin({ tileId: nodeId, port: handleId ?? 'next' })
    }
    return {
      onConnectStart,
      onConnectEnd(event: MouseEvent | TouchEvent, state: FinalConnectionState) {
        const from = ui.getState().drawing?.from
        end()
        const point = 'changedTouches' in event ? event.changedTouches[0]! : event
        if (from && !state.toNode && !state.isValid)
          latest.current.actions?.onConnectToNothing(from, { x: point.clientX, y: point.clientY })
      },
      onConnect: ({ source, sourceHandle, target }: Connection) =>
        latest.current.actions?.onConnect({ tileId: source, port: sourceHandle ?? 'next' }, target),
      onReconnectStart: (_: unknown, { data }: CanvasEdge) => begin({ tileId: data!.edge.from, port: data!.edge.port }),
      onReconnect: ({ data }: CanvasEdge, { target }: Connection) =>
        latest.current.actions?.onConnect({ tileId: data!.edge.from, port: data!.edge.port }, target),
      onReconnectEnd: end,
      isValidConnection: ({ target }: Connection | CanvasEdge): boolean => ui.getState().drawing?.refused.has(target) !== true,
    }
  }, [ui])
  return { handlers, isDrawing }
}
