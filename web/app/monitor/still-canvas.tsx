import { IconFocusCentered, IconMinus, IconPlus } from '@tabler/icons-react'
import { Panel, ReactFlowProvider, useReactFlow, useStore } from '@xyflow/react'
import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { tileOf } from '../canvas/doc/lookup.js'
import type { Doc } from '../canvas/doc/types.js'
import { CanvasView } from '../canvas/view/canvas-view.js'
import { createCanvasUi, type CanvasSlots, type Mark } from '../canvas/view/context.js'
import { neighbour, type Direction } from '../editor/navigate.js'
import { useLookups } from '../editor/problems/lookups.js'
import { useSay } from '../editor/use-say.js'
import { IconButton } from '../kit/button.js'

export interface StillCanvasProps {
  doc: Doc
  /** The orchestration's, for the names of what tiles refer to. */
  journeyId: string
  label: string
  /** The tile that is looked at. */
  tileId?: string | undefined
  onTile?(tileId: string | undefined): void
  marks?: ReadonlyMap<string, Mark>
  slots?: CanvasSlots
  children?: ReactNode
}

const ARROWS: Record<string, Direction> = { ArrowUp: 'up', ArrowDown: 'down', ArrowLeft: 'left', ArrowRight: 'right' }
const NOTHING: ReadonlySet<string> = new Set()

/** A canvas to be looked at: a tile is chosen by click or Enter, arrow keys go from tile to tile. It fills what is around it. */
export function StillCanvas(props: StillCanvasProps) {
  return (
    <ReactFlowProvider>
      <Inside {...props} />
    </ReactFlowProvider>
  )
}

function Inside({ doc, journeyId, label, tileId, onTile, marks, slots, children }: StillCanvasProps) {
  const { names } = useLookups(journeyId)
  const say = useSay(doc, names)
  const [ui] = useState(createCanvasUi)
  const flow = useReactFlow()
  useEffect(() => {
    if (!tileOf(doc, ui.getState().stop ?? '')) ui.setState({ stop: doc.tiles[0]?.id })
  }, [doc, ui])
  const selection = useMemo(() => (tileId === undefined ? NOTHING : new Set([tileId])), [tileId])
  // Only one thing is looked at: of what is selected now the one that was not before.
  const select = (next: ReadonlySet<string>): void => {
    const chosen = [...next].filter((id) => tileOf(doc, id))
    onTile?.(chosen.find((id) => id !== tileId) ?? chosen[0])
  }
  const onKey = (event: KeyboardEvent): void => {
    const id = (event.target as Element).closest('[data-tile-button]')?.getAttribute('data-tile-button')
    if (!id) return
    if (event.key === 'Escape') onTile?.(undefined)
    if (event.key === 'Enter' || event.key === ' ') onTile?.(id)
    const next = ARROWS[event.key] && neighbour(doc, id, ARROWS[event.key]!)
    if (next !== undefined) {
      ui.setState({ stop: next, focusing: next })
      void flow.fitView({ nodes: [{ id: next }], duration: 0, maxZoom: flow.getZoom(), minZoom: flow.getZoom() })
    }
    if (ARROWS[event.key] || event.key === 'Enter' || event.key === ' ') event.preventDefault()
  }
  return (
    <div data-canvas className="relative size-full" onKeyDown={onKey}>
      <CanvasView {...{ doc, selection, say, ui, marks, label }} onSelect={select} {...(slots && { slots })}>
        <Zooming />
        {children}
      </CanvasView>
    </div>
  )
}

const FIT = { padding: 0.2, maxZoom: 1 }
/** From this change of its width on a canvas is another one to look at: a phone was turned, a window made narrow. Px. */
const TURNED = 120

function Zooming() {
  const { t } = useTranslation()
  const flow = useReactFlow()
  const width = useStore((state) => state.width)
  const fitted = useRef(0)
  useEffect(() => {
    if (width === 0 || Math.abs(width - fitted.current) < TURNED) return
    if (fitted.current > 0) void flow.fitView(FIT)
    fitted.current = width
  }, [flow, width])
  return (
    <Panel position="bottom-left" className="flex items-center rounded-card border border-line bg-surface p-0.5 shadow-card">
      <IconButton label={t('editor:command.zoomOut')} side="top" icon={IconMinus} onClick={() => void flow.zoomOut()} />
      <IconButton label={t('editor:command.zoomIn')} side="top" icon={IconPlus} onClick={() => void flow.zoomIn()} />
      <IconButton label={t('editor:command.fit')} side="top" icon={IconFocusCentered} onClick={() => void flow.fitView(FIT)} />
    </Panel>
  )
}
