import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { useTrend, type StatsFilter } from '../api/monitor.js'
import { tileOf } from '../canvas/doc/lookup.js'
import type { Doc } from '../canvas/doc/types.js'
import { Count } from '../kit/count.js'
import { ErrorState } from '../kit/error-state.js'
import { Skeleton } from '../kit/skeleton.js'
import { Tabs } from '../kit/tabs.js'
import { useUrlChoice } from '../url.js'
import { ErrorList } from './error-list.js'
import { Funnel } from './funnel.js'
import { TilePart } from './tile-part.js'
import { useLive } from './watch.js'

const TrendCharts = lazy(() => import('./trend-chart.js'))
const VIEWS = ['funnel', 'trend', 'errors'] as const

export interface SidePanelProps {
  id: string
  doc: Doc
  filter: StatsFilter
  tileId: string | undefined
  onTile(tileId: string | undefined): void
}

/** Beside the canvas: the tile that is looked at, else funnel, trend and errors of the whole. */
export function SidePanel({ id, doc, filter, tileId, onTile }: SidePanelProps) {
  const { t } = useTranslation()
  const [view, setView] = useUrlChoice('view', VIEWS, 'funnel')
  const { retrying, parked } = useLive(({ state }) => ({ retrying: state?.errors.retrying ?? 0, parked: state?.errors.parked ?? 0 }))
  const tile = tileId === undefined ? undefined : tileOf(doc, tileId)
  return (
    <aside
      aria-label={t('monitor:panel')}
      className="w-[400px] shrink-0 overflow-y-auto border-l border-line bg-surface p-4 max-lg:w-[340px] max-sm:w-full max-sm:overflow-visible max-sm:border-t max-sm:border-l-0"
    >
      {tile ? (
        <TilePart key={tile.id} {...{ id, doc, tile, filter }} onClose={() => onTile(undefined)} />
      ) : (
        <Tabs
          label={t('monitor:panel')}
          value={view}
          onChange={setView}
          tabs={[
            { value: 'funnel', label: t('monitor:funnel.title'), content: <FunnelPart doc={doc} onTile={onTile} /> },
            { value: 'trend', label: t('monitor:trend.title'), content: <TrendPart id={id} filter={filter} /> },
            {
              value: 'errors',
              label: t('monitor:errors.title'),
              ...(retrying + parked > 0 && { count: retrying + parked }),
              content: <ErrorList id={id} doc={doc} />,
            },
          ]}
        />
      )}
    </aside>
  )
}

function FunnelPart({ doc, onTile }: { doc: Doc; onTile(tileId: string): void }) {
  const { t } = useTranslation()
  const refused = useLive(({ state }) => state?.stats.refused)
  const reasons = Object.entries(refused ?? {}).filter(([, n]) => n > 0)
  return (
    <div className="flex flex-col gap-4">
      <p className="text-table text-muted">{t('monitor:funnel.hint')}</p>
      <Funnel doc={doc} onTile={onTile} />
      {reasons.length > 0 && (
        <section>
          <h2 className="text-table font-semibold">{t('monitor:refused.title')}</h2>
          <ul className="mt-1 flex flex-col gap-1 text-table">
            {reasons.map(([reason, n]) => (
              <li key={reason} className="flex justify-between gap-3">
                <span className="text-muted">{t(`monitor:refused.${reason}`, { defaultValue: reason.replaceAll('_', ' ') })}</span>
                <Count n={n} compact />
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  )
}

function TrendPart({ id, filter }: { id: string; filter: StatsFilter }) {
  const { t } = useTranslation()
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  const trend = useTrend(id, filter, zone)
  if (trend.error && !trend.data) return <ErrorState error={trend.error} onRetry={() => void trend.refetch()} />
  const waiting = <Skeleton className="h-56 w-full" />
  if (!trend.data) return waiting
  return (
    <div className="flex flex-col gap-4">
      <p className="text-table text-muted">
        {t('monitor:trend.hint', { each: t(`monitor:trend.each.${trend.data.interval}`), zone })}
        {filter.version !== undefined && ` ${t('monitor:trend.version', { version: filter.version })}`}
      </p>
      <Suspense fallback={waiting}>
        <TrendCharts trend={trend.data} />
      </Suspense>
    </div>
  )
}
