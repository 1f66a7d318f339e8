import { useQueryClient } from '@tanstack/react-query'
import { IconRoute } from '@tabler/icons-react'
import { useEffect, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useParams } from 'react-router'
import { useStore } from 'zustand'
import { useJourney, type Journey } from '../api/journeys.js'
import { useNotes } from '../api/notes.js'
import { labelOf } from '../canvas/doc/lookup.js'
import { usePaletteItems } from '../frame/palette-store.js'
import { ButtonLink } from '../kit/button.js'
import { cx } from '../kit/cx.js'
import { EmptyState } from '../kit/empty-state.js'
import { ErrorState } from '../kit/error-state.js'
import { Skeleton } from '../kit/skeleton.js'
import { useUrlValue } from '../url.js'
import { FilterBar, useFilter } from './filter-bar.js'
import { JourneyPage } from './journey-page.js'
import { LifecycleButtons } from './lifecycle/buttons.js'
import { DrawnProvider, LIVE_SLOTS } from './live-bits.js'
import './monitor.css'
import { SidePanel } from './panel.js'
import { PausedBanner } from './paused-banner.js'
import { StillCanvas } from './still-canvas.js'
import { Totals } from './totals.js'
import { useDocOf } from './use-canvas.js'
import { LiveProvider, useLive, useWatching } from './watch.js'

/** /journeys/:id/monitor: what an orchestration does now, on its own canvas. */
export default function MonitorPage() {
  const { id = '' } = useParams()
  const filter = useFilter()
  const journey = useJourney(id, filter.version)
  const live = useWatching(id, filter)
  const gone = useStore(live, (state) => state.gone)
  const { t } = useTranslation()
  if (gone || (journey.error && !journey.data))
    return (
      <JourneyPage id={id} journey={undefined} title={t('monitor:part.monitor')}>
        {gone ? (
          <EmptyState icon={IconRoute} title={t('monitor:gone')} action={<ButtonLink to="/journeys">{t('journeys:title')}</ButtonLink>} />
        ) : (
          <ErrorState error={journey.error} onRetry={() => void journey.refetch()} />
        )}
      </JourneyPage>
    )
  return (
    <LiveProvider value={live}>
      <Monitor key={id} id={id} journey={journey.data} />
    </LiveProvider>
  )
}

function Monitor({ id, journey }: { id: string; journey: Journey | undefined }) {
  const { t } = useTranslation()
  const filter = useFilter()
  const [tile, setTile] = useUrlValue('tile')
  const doc = useDocOf(`${id} ${journey?.version ?? 'draft'}`, journey, useNotes(id).data)
  const { status, counts } = useLive(({ state }) => ({ status: state?.status, counts: state?.stats.members }))
  useNewVersion(id)
  const tiles = useMemo(
    () =>
      (doc?.tiles ?? []).map((each) => ({ id: each.id, label: labelOf(each), group: t('editor:findTile'), run: () => setTile(each.id) })),
    [doc, t, setTile],
  )
  usePaletteItems('monitor', tiles)
  const subject = journey && counts && { id, name: journey.name, counts }
  return (
    <JourneyPage
      whole
      id={id}
      journey={journey}
      status={status}
      actions={subject && status && <LifecycleButtons journey={{ ...subject, status }} />}
    >
      <div className="flex min-h-0 flex-1 flex-col max-sm:overflow-y-auto">
        <div className="flex shrink-0 flex-col gap-3 border-b border-line p-4 pt-3 max-sm:p-3">
          {subject && <PausedBanner journey={subject} />}
          <FilterBar id={id} />
          <Totals id={id} filter={filter} />
        </div>
        <div className="flex min-h-0 flex-1 max-sm:flex-none max-sm:flex-col">
          <div className={cx('min-w-0 flex-1 max-sm:h-[55dvh] max-sm:flex-none', status === 'paused' && 'tw-paused')}>
            {doc ? (
              <DrawnProvider value={doc}>
                <StillCanvas
                  key={`${journey!.version}`}
                  doc={doc}
                  journeyId={id}
                  label={t('monitor:canvas', { name: doc.name })}
                  tileId={tile === '' ? undefined : tile}
                  onTile={(next) => setTile(next ?? '')}
                  slots={LIVE_SLOTS}
                />
              </DrawnProvider>
            ) : (
              <Skeleton className="size-full" />
            )}
          </div>
          {doc && <SidePanel {...{ id, doc, filter }} tileId={tile === '' ? undefined : tile} onTile={(next) => setTile(next ?? '')} />}
        </div>
      </div>
    </JourneyPage>
  )
}

/** Another version went live: its canvas is read. */
function useNewVersion(id: string): void {
  const client = useQueryClient()
  const { version, draftVersion } = useLive(({ state }) => ({ version: state?.version, draftVersion: state?.draftVersion }))
  useEffect(() => {
    if (version === undefined) return
    void client.invalidateQueries({ queryKey: ['journeys', 'one', id] })
    void client.invalidateQueries({ queryKey: ['journeys', 'versions', id] })
  }, [client, id, version, draftVersion])
}
