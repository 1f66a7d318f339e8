import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useParams } from 'react-router'
import { useJourney } from '../api/journeys.js'
import type { Mark } from '../canvas/view/context.js'
import { ErrorState } from '../kit/error-state.js'
import { Skeleton } from '../kit/skeleton.js'
import { JourneyPage } from '../monitor/journey-page.js'
import { StillCanvas } from '../monitor/still-canvas.js'
import { useDocOf } from '../monitor/use-canvas.js'
import { TestRunPanel } from './panel.js'

/** /journeys/:id/test: a customer walks the draft (or what is live) on a virtual clock; nothing is sent. */
export default function TestRunPage() {
  const { id = '' } = useParams()
  const { t } = useTranslation()
  const live = useJourney(id)
  const version = live.data && (live.data.draftVersion === null ? live.data.version! : ('draft' as const))
  const walked = useJourney(id, version)
  const doc = useDocOf(`${id} ${version}`, version === undefined ? undefined : walked.data)
  const [marks, setMarks] = useState<ReadonlyMap<string, Mark>>()
  const error = live.error ?? walked.error
  return (
    <JourneyPage whole id={id} journey={live.data} title={t('monitor:part.test')}>
      {error && !doc ? (
        <div className="p-6">
          <ErrorState error={error} onRetry={() => void (live.refetch(), walked.refetch())} />
        </div>
      ) : (
        <div className="flex min-h-0 flex-1 max-sm:flex-col max-sm:overflow-y-auto">
          <div className="min-w-0 flex-1 max-sm:h-[45dvh] max-sm:flex-none">
            {doc ? (
              <StillCanvas doc={doc} journeyId={id} label={t('testRun:canvas')} {...(marks && { marks })} />
            ) : (
              <Skeleton className="size-full" />
            )}
          </div>
          <aside
            aria-label={t('monitor:part.test')}
            className="w-[440px] shrink-0 overflow-y-auto border-l border-line bg-surface p-4 max-lg:w-[360px] max-sm:w-full max-sm:overflow-visible max-sm:border-t max-sm:border-l-0"
          >
            {doc && <TestRunPanel journeyId={id} doc={doc} version={version} onMarks={setMarks} />}
          </aside>
        </div>
      )}
    </JourneyPage>
  )
}
