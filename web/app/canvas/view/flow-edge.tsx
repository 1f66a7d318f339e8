import { BaseEdge, EdgeLabelRenderer, type EdgeProps } from '@xyflow/react'
import { memo, useContext } from 'react'
import { FarContext, useCanvas, useCanvasUi, type CanvasContextValue } from './context.js'
import type { CanvasEdge } from './nodes.js'
import { wayOf } from './way.js'

const plain = (): number => 1.5
/** What is thinner cannot be seen from afar, px; view.css says so too. */
const FAR_WIDTH = 2.5

/** An edge: a smooth step with an arrowhead, and a `+` in its middle on hover and focus. */
export const FlowEdgeView = memo(function FlowEdgeView(props: EdgeProps<CanvasEdge>) {
  const { slots, actions } = useCanvas()
  const far = useContext(FarContext)
  const { id, data, markerEnd } = props
  const useWidth = slots.useEdgeWidth ?? plain
  const width = Math.max(useWidth(id), far ? FAR_WIDTH : 0)
  const aimed = useCanvasUi(({ target }) => target !== undefined && 'edge' in target && target.edge === id)
  const { edge, mark, detour } = data!
  const [path, x, y] = wayOf({ x: props.sourceX, y: props.sourceY }, { x: props.targetX, y: props.targetY }, detour)
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
