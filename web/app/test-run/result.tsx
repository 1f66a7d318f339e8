import { useTranslation } from 'react-i18next'
import type { TestRun } from '../api/test-runs.js'
import type { Doc } from '../canvas/doc/types.js'
import type { Say } from '../canvas/words/say.js'
import { Banner } from '../kit/banner.js'
import { Button } from '../kit/button.js'
import { Timeline } from '../member/timeline.js'
import { clockWords, instantWords, tileWords, type Told } from '../member/words.js'
import { Fold } from './fold.js'
import { Message } from './message.js'
import { walksAlike, type Shown } from './walk.js'

export interface ResultViewProps {
  shown: Shown
  say: Say
  onStep(step: number): void
}

/** How a test run went: then stop by stop, with what each read and every message as it would be sent. */
export function ResultView({ shown, say, onStep }: ResultViewProps) {
  const { t } = useTranslation()
  const { run, of, stops, step } = shown
  const { timeline, deliveries, assumptions, startAt } = run
  const timeZone = zoneOf(run, of)
  const stop = stops[step]!
  const entries = timeline as (TestRun['timeline'][number] & Told)[]
  const firstOf = new Map(entries.filter(({ event }) => SENDS.has(event)).map((entry) => [`${entry.tileId} ${entry.visit}`, entry]).reverse() as [string, Told][]) // prettier-ignore
  return (
    <>
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

/** Why the result is not of what is on the page. */
export function Doubts({ shown: { of, theirs }, doc, onAgain }: { shown: Shown; doc: Doc; onAgain(): void }) {
  const { t } = useTranslation()
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
    </>
  )
}

const SENDS: ReadonlySet<string> = new Set(['sent', 'skipped', 'failed', 'parked'])

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
