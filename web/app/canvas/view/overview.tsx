import { Panel, useStore, useStoreApi, type ReactFlowState } from '@xyflow/react'
import { XYMinimap } from '@xyflow/system'
import { memo, useEffect, useMemo, useRef } from 'react'
import { useShallow } from 'zustand/shallow'
import { hueOf } from './icons.js'
import type { CanvasNode } from './nodes.js'

const [WIDTH, HEIGHT] = [160, 112]
/** Around everything, px of the overview. */
const ROOM = 5

interface Rect {
  left: number
  top: number
  right: number
  bottom: number
}

/** What is in sight, px of the canvas. */
const viewOf = ({ transform: [x, y, zoom], width, height }: ReactFlowState): Rect => ({
  left: -x / zoom,
  top: -y / zoom,
  right: (width - x) / zoom,
  bottom: (height - y) / zoom,
})

/**
 * The whole canvas, small, with what is in sight; dragged it pans, the wheel zooms. All that is of one colour is one drawing: React Flow's own MiniMap
 * asks each node at each step of a pan, which cost a tenth of every frame with 500 tiles.
 */
export function Overview({ nodes, label }: { nodes: readonly CanvasNode[]; label: string }) {
  const view = useStore(useShallow(viewOf))
  const all = useMemo(() => bounds(nodes), [nodes])
  const whole = all ? union(all, view) : view
  const scale = Math.max((whole.right - whole.left) / (WIDTH - 2 * ROOM), (whole.bottom - whole.top) / (HEIGHT - 2 * ROOM))
  const svg = usePanAndZoom(scale)
  const [width, height] = [WIDTH * scale, HEIGHT * scale]
  const [left, top] = [(whole.left + whole.right - width) / 2, (whole.top + whole.bottom - height) / 2]
  const hole = `M${view.left},${view.top}H${view.right}V${view.bottom}H${view.left}Z`
  return (
    <Panel position="bottom-right" className="react-flow__minimap overflow-hidden rounded-card border border-line max-sm:hidden">
      <svg ref={svg} width={WIDTH} height={HEIGHT} viewBox={`${left} ${top} ${width} ${height}`} role="img" aria-label={label}>
        <Shapes nodes={nodes} />
        <path className="react-flow__minimap-mask" d={`M${left},${top}h${width}v${height}h${-width}Z${hole}`} fillRule="evenodd" />
      </svg>
    </Panel>
  )
}

const Shapes = memo(function Shapes({ nodes }: { nodes: readonly CanvasNode[] }) {
  return [...Map.groupBy(nodes, colourOf)].map(([colour, alike]) => (
    <path key={colour} style={{ fill: colour }} d={alike.map(({ position: { x, y }, width, height }) => `M${x},${y}h${width!}v${height!}h${-width!}Z`).join('')} />
  )) // prettier-ignore
})

const colourOf = (node: CanvasNode): string => (node.type === 'tile' ? hueOf(node.data.tile.type) : 'var(--amber-soft)')

function bounds(nodes: readonly CanvasNode[]): Rect | undefined {
  const boxes = nodes.map(({ position: { x, y }, width, height }) => ({ left: x, top: y, right: x + width!, bottom: y + height! }))
  return boxes.length === 0 ? undefined : boxes.reduce(union)
}

const union = (a: Rect, b: Rect): Rect => ({
  left: Math.min(a.left, b.left),
  top: Math.min(a.top, b.top),
  right: Math.max(a.right, b.right),
  bottom: Math.max(a.bottom, b.bottom),
})

/** @param scale px of the canvas in one of the overview */
function usePanAndZoom(scale: number) {
  const store = useStoreApi()
  const panZoom = useStore((state) => state.panZoom)
  const [width, height] = useStore(useShallow((state) => [state.width, state.height] as const))
  const svg = useRef<SVGSVGElement>(null)
  const current = useRef(scale)
  current.current = scale
  useEffect(() => {
    if (!panZoom || !svg.current) return
    const { translateExtent } = store.getState()
    const map = XYMinimap({ domNode: svg.current, panZoom, getTransform: () => store.getState().transform, getViewScale: () => current.current }) // prettier-ignore
    map.update({ translateExtent, width, height, pannable: true, zoomable: true })
    return () => map.destroy()
  }, [store, panZoom, width, height])
  return svg
}
