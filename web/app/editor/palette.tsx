import { useEffect, useRef, useState, type PointerEvent as ReactPointerEvent } from 'react'
import { useReactFlow } from '@xyflow/react'
import { createPortal } from 'react-dom'
import { useTranslation } from 'react-i18next'
import type { StoreApi } from 'zustand'
import { TILE_HEIGHT, TILE_WIDTH } from '../canvas/doc/geometry.js'
import { NOTE_SIZE } from '../canvas/doc/notes.js'
import type { Point } from '../canvas/doc/types.js'
import type { CanvasUi } from '../canvas/view/context.js'
import { edgeUnder, portUnder } from '../canvas/view/hit.js'
import { SearchInput } from '../kit/text-input.js'
import type { Commands, Place } from './commands.js'
import { hueOfOffer, OFFERS, type Offer } from './presets.js'

export interface PaletteProps {
  commands: Commands
  ui: StoreApi<CanvasUi>
}

/** What can be added: dragged to a place, on an edge or to an open port; or clicked, and it comes behind the selected tile. */
export function Palette({ commands, ui }: PaletteProps) {
  const { t } = useTranslation()
  const [search, setSearch] = useState('')
  const words = search.trim().toLowerCase()
  const found = OFFERS.filter(({ id }) =>
    `${t(`editor:preset.${id}.label`)} ${t(`editor:preset.${id}.about`)}`.toLowerCase().includes(words),
  )
  const groups = [...new Set(found.map(({ group }) => group))]
  const { drag, begin } = useDrag(commands, ui)
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-2">
      <SearchInput label={t('editor:palette.search')} value={search} onChange={setSearch} className="mx-3 mt-3" />
      <div className="min-h-0 flex-1 overflow-y-auto px-2 pb-3">
        {groups.length === 0 && <p className="px-2 py-1 text-table text-muted">{t('kit:nothing')}</p>}
        {groups.map((group) => (
          <section key={group} aria-label={t(`editor:palette.group.${group}`)}>
            <h3 className="px-2 pt-3 pb-1 text-label font-medium text-muted">{t(`editor:palette.group.${group}`)}</h3>
            {found
              .filter((offer) => offer.group === group)
              .map((offer) => (
                <Item key={offer.id} offer={offer} onBegin={begin} onClick={() => commands.add(offer, 'anywhere')} />
              ))}
          </section>
        ))}
      </div>
      {drag && createPortal(<Ghost {...drag} />, document.body)}
    </div>
  )
}

interface ItemProps {
  offer: Offer
  onBegin(event: ReactPointerEvent, offer: Offer): void
  onClick(): void
}

function Item({ offer, onBegin, onClick }: ItemProps) {
  const { t } = useTranslation()
  const { icon: Glyph, id } = offer
  return (
    <button
      type="button"
      title={t(`editor:preset.${id}.about`)}
      onPointerDown={(event) => onBegin(event, offer)}
      onClick={(event) => {
        // A drag ends with a click on what it began on.
        if (event.currentTarget.dataset['dragged'] === 'yes') delete event.currentTarget.dataset['dragged']
        else onClick()
      }}
      className="flex min-h-8 w-full touch-none items-center gap-2 rounded-input px-2 text-left text-table select-none hover:bg-hover"
    >
      <Glyph size={18} className="shrink-0" style={{ color: hueOfOffer(offer) }} aria-hidden />
      <span className="min-w-0 truncate">{t(`editor:preset.${id}.label`)}</span>
    </button>
  )
}

interface Drag {
  offer: Offer
  at: Point
}

/** Less than this (px) is a click. */
const THRESHOLD = 5

/** Dragging from the palette, by pointer events: with a mouse, a pen or a finger. */
function useDrag(commands: Commands, ui: StoreApi<CanvasUi>) {
  const flow = useReactFlow()
  const [drag, setDrag] = useState<Drag>()
  const end = useRef<() => void>(undefined)
  useEffect(() => () => end.current?.(), [])
  const begin = (event: ReactPointerEvent, offer: Offer): void => {
    if (event.button !== 0) return
    const from = { x: event.clientX, y: event.clientY }
    const item = event.currentTarget as HTMLElement
    let moving = false
    const move = ({ clientX: x, clientY: y }: PointerEvent): void => {
      if (!moving && Math.hypot(x - from.x, y - from.y) < THRESHOLD) return
      moving = true
      item.dataset['dragged'] = 'yes'
      setDrag({ offer, at: { x, y } })
      ui.setState({ target: targetAt(offer, { x, y }) })
    }
    const drop = ({ clientX: x, clientY: y }: PointerEvent): void => {
      end.current?.()
      // The click that follows comes before this, or not at all.
      setTimeout(() => delete item.dataset['dragged'], 0)
      if (!moving || !isCanvas({ x, y })) return
      const { x: left, y: top } = flow.screenToFlowPosition({ x, y })
      const { width, height } = 'fresh' in offer ? { width: TILE_WIDTH, height: TILE_HEIGHT } : NOTE_SIZE
      commands.add(offer, placeOf(targetAt(offer, { x, y })) ?? { at: { x: left - width / 2, y: top - height / 2 } })
    }
    const escape = ({ key }: KeyboardEvent): void => void (key === 'Escape' && end.current?.())
    end.current = () => {
      window.removeEventListener('pointermove', move)
      window.removeEventListener('pointerup', drop)
      window.removeEventListener('pointercancel', end.current!)
      window.removeEventListener('keydown', escape)
      ui.setState({ target: undefined })
      setDrag(undefined)
    }
    window.addEventListener('pointermove', move)
    window.addEventListener('pointerup', drop)
    window.addEventListener('pointercancel', end.current)
    window.addEventListener('keydown', escape)
  }
  return { drag, begin }
}

/** A note lies anywhere. */
function targetAt(offer: Offer, point: Point): CanvasUi['target'] {
  if (!('fresh' in offer)) return undefined
  const port = portUnder(point)
  if (port) return { port }
  const edge = edgeUnder(point)
  return edge === undefined ? undefined : { edge }
}

const placeOf = (target: CanvasUi['target']): Place | undefined => target
const isCanvas = ({ x, y }: Point): boolean => (document.elementFromPoint(x, y)?.closest('.tw-canvas') ?? null) !== null

/** What is dragged, beside the pointer. */
function Ghost({ offer, at }: Drag) {
  const { t } = useTranslation()
  const { icon: Glyph, id } = offer
  return (
    <div
      aria-hidden
      className="pointer-events-none fixed z-50 flex h-10 items-center gap-2 rounded-card border border-accent bg-surface px-3 text-table shadow-float"
      style={{ left: at.x + 12, top: at.y + 12 }}
    >
      <Glyph size={18} style={{ color: hueOfOffer(offer) }} />
      {t(`editor:preset.${id}.label`)}
    </div>
  )
}
