import { IconChevronLeft, IconChevronLeftPipe, IconChevronRight, IconChevronRightPipe } from '@tabler/icons-react'
import { useId, type KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { TestRun } from '../api/test-runs.js'
import type { Doc } from '../canvas/doc/types.js'
import type { Say } from '../canvas/words/say.js'
import { Banner } from '../kit/banner.js'
import { Button, IconButton } from '../kit/button.js'
import { Timeline } from '../member/timeline.js'
import { clockWords, instantWords, tileWords, type Told } from '../member/words.js'
import { Fold } from './fold.js'
import { Message } from './message.js'
import { walksAlike, type Shown } from './walk.js'

export interface ResultViewProps {
  shown: Shown
  /** The document as it is now. */
  doc: Doc
  say: Say
  onStep(step: number): void
  onAgain(): void
}

/** How a test run went: then stop by stop, with what each read and every message as it would be sent. */
export function ResultView({ shown, doc, say, onStep, onAgain }: ResultViewProps) {
  const { t } = useTranslation()
  const { run, of, theirs, stops, step } = shown
  const { timeline, deliveries, assumptions, startAt } = run
  const timeZone = zoneOf(run, of)
  const stop = stops[step]!
  const entries = timeline as (TestRun['timeline'][number] & Told)[]
  const firstOf = new Map(entries.filter(({ event }) => SENDS.has(event)).map((entry) => [`${entry.tileId} ${entry.visit}`, entry]).reverse() as [string, Told][]) // prettier-ignore
  return (
    <>
      {theirs && <Banner tone="amber">{t('testRun:theirs')}</Banner>}
      {!walksAlike(of, doc) && (
        <Banner
          tone="amber"
          actions={
            <Button size="s" onClick={onAgain}>
              {t('testRun:again')}
            </Button>
          }
        >
          {t('testRun:stale')}
        </Banner>
      )}
      <Steps {...{ step, onStep }} all={stops.length} tile={tileWords(of, stop.tileId, say)} />
      <p className="text-label text-muted">{t('testRun:zone', { zone: timeZone, start: clockWords(startAt, say.locale, timeZone) })}</p>
      <Timeline
        {...{ entries, say, step }}
        doc={of}
        label={t('testRun:path')}
        stop={step}
        onStop={onStep}
        clock={{ timeZone, since: startAt }}
        more={(entry) => {
          const { tileId, visit } = entry
          if (firstOf.get(`${tileId} ${visit}`) !== entry) return null
          const attempts = deliveries.filter((each) => each.tileId === tileId && each.visit === visit)
          if (attempts.length === 0) return null
          const isHere = stop.tileId === tileId && stop.visit === visit
          return <Message attempts={attempts} open={isHere} when={(at) => clockWords(at, say.locale, timeZone)} />
        }}
      />
      {assumptions.length > 0 && (
        <Fold title={t('testRun:assumptions', { count: assumptions.length })}>
          <ul className="flex list-disc flex-col gap-1 pl-5 text-table">
            {assumptions.map(({ tileId, message }) => (
              <li key={tileId + message} className="break-words">{`${tileWords(of, tileId, say)}: ${message}`}</li>
            ))}
          </ul>
        </Fold>
      )}
    </>
  )
}

const SENDS: ReadonlySet<string> = new Set(['sent', 'failed', 'parked'])

/** How it ended, and why, in a sentence. */
export function EndWords({ shown: { run, of }, say }: Pick<ResultViewProps, 'shown' | 'say'>): string {
  const { status, exitReason, endedAt, tileId, stopped, converted } = run
  const { t } = say
  const end = instantWords(endedAt, say.locale, zoneOf(run, of))
  const how = status === 'exited' ? (converted ? 'converted' : 'exited') : status
  const words = t(`testRun:end.${how}`, { tile: tileWords(of, tileId, say), end, reason: exitReason })
  return stopped === undefined ? words : `${words} ${t(`testRun:stopped.${stopped}`)}`
}

/** The customer's zone; else that of the settings, else UTC. As the server resolves it. */
function zoneOf({ customer }: TestRun, { settings }: Doc): string {
  return [customer.traits.timezone, settings.timezone].find(isZone) ?? 'UTC'
}

function isZone(name: unknown): name is string {
  if (typeof name !== 'string' || !/^[A-Za-z]/.test(name)) return false
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}

interface StepsProps {
  step: number
  all: number
  /** The tile of the stop that is looked at. */
  tile: string
  onStep(step: number): void
}

const KEYS: Record<string, (step: number, all: number) => number> = {
  ArrowLeft: (step) => step - 1,
  ArrowUp: (step) => step - 1,
  ArrowRight: (step) => step + 1,
  ArrowDown: (step) => step + 1,
  Home: () => 0,
  End: (_, all) => all - 1,
}

/** Buttons from stop to stop; arrow keys, Home and End do the same. */
function Steps({ step, all, tile, onStep }: StepsProps) {
  const { t } = useTranslation()
  const id = useId()
  const press = (event: KeyboardEvent): void => {
    const to = KEYS[event.key]
    if (!to) return
    event.preventDefault()
    onStep(to(step, all))
  }
  return (
    <div
      className="sticky top-0 z-10 -mx-4 @3xl:-top-3 flex min-w-0 items-center gap-1 border-b border-line bg-surface px-3 py-1"
      role="group"
      aria-label={t('testRun:steps')}
      aria-describedby={id}
      onKeyDown={press}
    >
      <IconButton label={t('testRun:first')} icon={IconChevronLeftPipe} aria-disabled={step === 0} onClick={() => onStep(0)} />
      <IconButton
        label={t('testRun:back')}
        shortcut=","
        icon={IconChevronLeft}
        aria-disabled={step === 0}
        onClick={() => onStep(step - 1)}
      />
      <IconButton
        label={t('testRun:forth')}
        shortcut="."
        icon={IconChevronRight}
        aria-disabled={step === all - 1}
        onClick={() => onStep(step + 1)}
      />
      <IconButton label={t('testRun:last')} icon={IconChevronRightPipe} aria-disabled={step === all - 1} onClick={() => onStep(all - 1)} />
      <span id={id} role="status" className="min-w-0 truncate text-table">
        {t('testRun:step', { step: step + 1, all, tile })}
      </span>
    </div>
  )
}
