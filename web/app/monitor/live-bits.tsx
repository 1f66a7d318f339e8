import { IconAlertTriangle, IconCircleCheck, IconTargetArrow, IconUser } from '@tabler/icons-react'
import { createContext, useContext, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { CanvasSlots } from '../canvas/view/context.js'
import { labelOf, tileOf } from '../canvas/doc/lookup.js'
import type { Doc, DocEdge } from '../canvas/doc/types.js'
import { Count } from '../kit/count.js'
import { cx } from '../kit/cx.js'
import { percent, widthsOf } from './numbers.js'
import { useEdgeStats, useLive, useTileStats } from './watch.js'

const Drawn = createContext<Doc | undefined>(undefined)
/** The canvas whose numbers are shown. */
export const DrawnProvider = Drawn.Provider

/** A number that changes: in figures of one width, briefly lit when it is another one. */
export function LiveCount({ n, alarm = false }: { n: number; alarm?: boolean }) {
  return (
    <span key={n} className="move-highlight rounded-[4px] tabular-nums">
      <Count n={n} compact alarm={alarm} />
    </span>
  )
}

function TileNumbers({ tileId }: { tileId: string }) {
  const { t } = useTranslation()
  const stats = useTileStats(tileId)
  const doc = useContext(Drawn)
  const type = doc && tileOf(doc, tileId)?.type
  if (!stats) return null
  const { entered, left, here, failed, conversionRate } = stats
  const words = [
    t('monitor:spoken.here', { count: here }),
    t('monitor:spoken.passed', { count: left }),
    ...(failed > 0 ? [t('monitor:spoken.failed', { count: failed })] : []),
  ]
  return (
    <span
      role="img"
      aria-label={words.join(', ')}
      className="flex h-5 max-w-full -translate-y-1 items-center gap-2 rounded-full border border-line bg-surface pr-2 text-label whitespace-nowrap shadow-card"
    >
      <span
        className={cx(
          'flex h-5 items-center gap-1 rounded-full px-2 font-semibold',
          here > 0 ? 'bg-accent text-on-accent [&_*]:text-on-accent' : 'bg-grey-soft',
        )}
        title={t('monitor:here')}
      >
        <IconUser size={12} aria-hidden />
        <Plain n={here} />
      </span>
      {type !== 'exit' && (
        <Small icon={IconCircleCheck} title={t('monitor:passed')}>
          <LiveCount n={left} />
        </Small>
      )}
      {failed > 0 && (
        <Small icon={IconAlertTriangle} title={t('monitor:failed')} alarm>
          <LiveCount n={failed} alarm />
        </Small>
      )}
      {entered > 0 && conversionRate > 0 && (
        <Small icon={IconTargetArrow} title={t('monitor:conversion')}>
          <span className="tabular-nums">{percent(conversionRate)}</span>
        </Small>
      )}
    </span>
  )
}

/** On a filled pill a lit background would take the contrast away. */
const Plain = ({ n }: { n: number }) => <span className="tabular-nums">{n === 0 ? '0' : <Count n={n} compact />}</span>

function Small({
  icon: Glyph,
  title,
  alarm = false,
  children,
}: {
  icon: typeof IconUser
  title: string
  alarm?: boolean
  children: ReactNode
}) {
  return (
    <span className="flex items-center gap-0.5" title={title}>
      <Glyph size={13} className={alarm ? 'text-red' : 'text-muted'} aria-hidden />
      {children}
    </span>
  )
}

function EdgeNumbers({ edge }: { edge: DocEdge }) {
  const { t } = useTranslation()
  const stats = useEdgeStats(edge)
  const doc = useContext(Drawn)
  if (!stats || !doc || (stats.n === 0 && stats.share === undefined)) return null
  const to = tileOf(doc, edge.to)
  return (
    <span
      role="img"
      aria-label={t('monitor:spoken.edge', { count: stats.n, to: to ? labelOf(to) : edge.to, share: percent(stats.share ?? 0) })}
      className="flex items-center gap-1 rounded-[4px] bg-bg px-1 text-label whitespace-nowrap text-muted"
    >
      <LiveCount n={stats.n} />
      {stats.share !== undefined && <span className="tabular-nums">· {percent(stats.share)}</span>}
    </span>
  )
}

function useEdgeWidth(edgeId: string): number {
  const doc = useContext(Drawn)
  return useLive(({ state }) => (state && doc ? widthsOf(doc, state.stats).get(edgeId) : undefined)) ?? 1.5
}

/** The live numbers of a canvas; they read the LiveProvider and the DrawnProvider around it. */
export const LIVE_SLOTS: CanvasSlots = { Tile: TileNumbers, Edge: EdgeNumbers, useEdgeWidth }
