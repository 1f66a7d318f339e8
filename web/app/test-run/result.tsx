import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { TestRun } from '../api/test-runs.js'
import type { Doc } from '../canvas/doc/types.js'
import { useSay } from '../editor/use-say.js'
import { Banner } from '../kit/banner.js'
import { IconButton } from '../kit/button.js'
import { Rendered } from '../member/rendered.js'
import { Timeline } from '../member/timeline.js'
import { instantWords, tileWords, type Told } from '../member/words.js'

const NO_NAMES = {}

export interface ResultViewProps {
  run: TestRun
  doc: Doc
  /** How many things of the timeline are shown. */
  step: number
  onStep(step: number): void
}

/** How a test run went: the end in a sentence, then step by step, with every message as it would be sent. */
export function ResultView({ run, doc, step, onStep }: ResultViewProps) {
  const { t, i18n } = useTranslation()
  const say = useSay(doc, NO_NAMES)
  const { timeline, deliveries, assumptions, status, exitReason, endedAt, tileId, stopped } = run
  const tile = tileWords(doc, tileId, say)
  const end = instantWords(endedAt, i18n.language)
  return (
    <section aria-label={t('testRun:result')} className="flex flex-col gap-4 border-t border-line pt-4">
      <p role="status" className="text-body font-medium">
        {status === 'exited'
          ? t(run.converted ? 'testRun:end.converted' : 'testRun:end.exited', { reason: exitReason, end })
          : t(`testRun:end.${status}`, { tile, end })}
        {stopped !== undefined && ` ${t(`testRun:stopped.${stopped}`)}`}
      </p>
      {assumptions.length > 0 && (
        <Banner>
          <ul className="flex flex-col gap-1 text-table">
            {assumptions.map(({ tileId, message }) => (
              <li key={tileId + message}>{`${tileWords(doc, tileId, say)}: ${message}`}</li>
            ))}
          </ul>
        </Banner>
      )}
      <div className="flex items-center gap-1" role="group" aria-label={t('testRun:steps')}>
        <IconButton label={t('testRun:back')} icon={IconChevronLeft} disabled={step <= 1} onClick={() => onStep(step - 1)} />
        <span className="text-table tabular-nums" role="status">
          {t('testRun:step', { step, all: timeline.length })}
        </span>
        <IconButton
          label={t('testRun:forth')}
          icon={IconChevronRight}
          disabled={step >= timeline.length}
          onClick={() => onStep(step + 1)}
        />
      </div>
      <Timeline
        entries={timeline.slice(0, step) as (TestRun['timeline'][number] & Told)[]}
        {...{ doc, say }}
        label={t('testRun:path')}
        more={({ event, tileId, visit, attempt }) => {
          if (event !== 'sent' && event !== 'failed') return null
          const delivery = deliveries.find(
            (each) => each.tileId === tileId && each.visit === visit && (attempt === undefined || each.attempt === attempt),
          )
          if (!delivery) return null
          return (
            <div className="mt-1 flex flex-col gap-2 rounded-input border border-line bg-bg p-3">
              <span className="text-label text-muted">{t(`testRun:answered.${delivery.answered}`)}</span>
              <Rendered fields={delivery.rendered} />
              {delivery.problems?.map(({ field, message }) => (
                <p key={field + message} className="text-table text-red">{`${field}: ${message}`}</p>
              ))}
            </div>
          )
        }}
      />
    </section>
  )
}
