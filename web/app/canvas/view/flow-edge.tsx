import { BaseEdge, EdgeLabelRenderer, getSmoothStepPath, type EdgeProps } from '@xyflow/react'
import { memo, useContext } from 'react'
import { FarContext, useCanvas, useCanvasUi, type CanvasContextValue } from './context.js'
import { pathOf, STUB } from './detour.js'
import type { CanvasEdge } from './nodes.js'

const plain = (): number => 1.5

/** Radius of a turn, px. */
const TURN = 12

/** The line of an edge, and where its label is. While an end is dragged it goes straight on, and around what is in the way once it is dropped. */
function wayOf(props: EdgeProps<CanvasEdge>): readonly [path: string, x: number, y: number] {
  const { data, sourceX, sourceY, sourcePosition, targetX, targetY, targetPosition } = props
  const { detour } = data!
  if (detour && detour.from.x === sourceX && detour.from.y === sourceY && detour.to.x === targetX && detour.to.y === targetY)
    return [pathOf(detour, TURN), sourceX, sourceY + STUB]
  const [path, x, y] = getSmoothStepPath({ sourceX, sourceY, sourcePosition, targetX, targetY, targetPosition, borderRadius: TURN, offset: STUB }) // prettier-ignore
  return [path, x, y]
}

/** An edge: a smooth step with an arrowhead, and a `+` in its middle on hover and focus. */
export const FlowEdgeView = memo(function FlowEdgeView(props: EdgeProps<CanvasEdge>) {
  const { slots, actions } = useCanvas()
  const far = useContext(FarContext)
  const { id, data, markerEnd } = props
  const useWidth = slots.useEdgeWidth ?? plain
  const width = useWidth(id)
  const aimed = useCanvasUi(({ target }) => target !== undefined && 'edge' in target && target.edge === id)
  const [path, x, y] = wayOf(props)
  const { edge, mark } = data!
  const Label = slots.Edge
  return (
    <g data-mark={mark} className={aimed ? 'tw-edge tw-aimed' : 'tw-edge'}>
      <BaseEdge id={id} path={path} interactionWidth={24} style={{ strokeWidth: width }} {...(markerEnd !== undefined && { markerEnd })} />
      {Label && (
        <EdgeLabelRenderer>
          <div className="pointer-events-none absolute" style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}>
            <Label edge={edge} />
          </div>
        </EdgeLabelRenderer>
      )}
      {actions && !far && (
        <Plus x={x} y={y} label={props.label} onAdd={(anchor) => actions.onAdd({ tileId: edge.from, port: edge.port }, anchor)} />
      )}
    </g>
  )
})

interface PlusProps {
  x: number
  y: number
  label: EdgeProps['label']
  onAdd(anchor: Parameters<NonNullable<CanvasContextValue['actions']>['onAdd']>[1]): void
}

/** Drawn in SVG, in the edge's own group: it appears by CSS alone, and nothing is drawn again for it. */
function Plus({ x, y, onAdd }: PlusProps) {
  const { say } = useCanvas()
  return (
    <g
      role="button"
      aria-label={say.t('canvas:addHere')}
      className="tw-plus nopan"
      transform={`translate(${x}, ${y})`}
      onClick={(event) => {
        event.stopPropagation()
        onAdd(event.currentTarget.getBoundingClientRect())
      }}
    >
      <circle r={14} />
      <path d="M-5 0H5M0 -5V5" />
    </g>
  )
}
