import { ViewportPortal } from '@xyflow/react'
import { memo, useMemo, type MouseEvent } from 'react'
import type { Selection } from '../doc/history.js'
import { tileOf } from '../doc/lookup.js'
import type { Doc } from '../doc/types.js'
import type { Mark } from './context.js'
import { useCanvasUi } from './context.js'
import { endsOf, type CanvasEdge } from './nodes.js'
import { wayOf } from './way.js'

interface FarEdgesProps {
  doc: Doc
  edges: readonly CanvasEdge[]
  /** Those that are drawn each by itself: what is selected, and what leads there. */
  apart: ReadonlySet<CanvasEdge>
  selection: Selection
  onSelect(selection: Selection): void
}

/**
 * Edges as they are drawn from afar: all that are marked alike in one stroke. React Flow makes a drawing of each, which cost a sixth of every frame
 * with 500 tiles. Each can still be hit, by a line that is not painted and stays when the edge is set apart: an event may be on its way through it.
 */
export const FarEdges = memo(function FarEdges({ doc, edges, apart, selection, onSelect }: FarEdgesProps) {
  const aimed = useCanvasUi(({ target }) => (target !== undefined && 'edge' in target ? target.edge : undefined))
  const lines = useMemo(() => linesOf(doc, edges), [doc, edges])
  const strokes = useMemo(() => strokesOf(lines.filter(({ edge }) => !apart.has(edge))), [lines, apart])
  const hits = useMemo(
    () => lines.map(({ edge: { id }, way }) => <path key={id} data-id={id} className="react-flow__edge tw-hit" d={way} />),
    [lines],
  )
  const select = (event: MouseEvent): void => {
    const id = (event.target as Element).getAttribute('data-id')
    if (id === null) return
    const more = event.shiftKey || event.metaKey || event.ctrlKey
    onSelect(new Set(more ? [...selection, id] : [id]))
  }
  return (
    <ViewportPortal>
      <svg className="tw-far-edges" onClick={select} aria-hidden>
        {strokes.map(({ mark, ways, heads }) => (
          <g key={mark ?? ''} data-mark={mark} className="tw-edge">
            <path className="react-flow__edge-path" d={ways} />
            <path className="tw-heads" d={heads} />
          </g>
        ))}
        <path className="react-flow__edge-path tw-aimed-line" d={lines.find(({ edge }) => edge.id === aimed)?.way} />
        {hits}
      </svg>
    </ViewportPortal>
  )
})

interface Line {
  edge: CanvasEdge
  way: string
  /** Its arrowhead: edges come to a tile from above. */
  head: string
}

function linesOf(doc: Doc, edges: readonly CanvasEdge[]): Line[] {
  return edges.flatMap((edge) => {
    const { edge: drawn, detour } = edge.data!
    const [source, target] = [tileOf(doc, drawn.from), tileOf(doc, drawn.to)]
    if (!source || !target) return []
    const [from, to] = endsOf(doc, drawn, source, target)
    return [{ edge, way: wayOf(from, to, detour)[0], head: `M${to.x - 10},${to.y - 16}h20L${to.x},${to.y}Z` }]
  })
}

function strokesOf(lines: readonly Line[]): { mark: Mark | undefined; ways: string; heads: string }[] {
  return [...Map.groupBy(lines, ({ edge }) => edge.data!.mark)].map(([mark, alike]) => ({
    mark,
    ways: alike.map(({ way }) => way).join(''),
    heads: alike.map(({ head }) => head).join(''),
  }))
}
