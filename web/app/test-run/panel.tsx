import { IconPlayerPlay } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiProblem } from '../api/problem.js'
import { useTestRun, type TestRun } from '../api/test-runs.js'
import type { Doc } from '../canvas/doc/types.js'
import type { Mark } from '../canvas/view/context.js'
import { Banner } from '../kit/banner.js'
import { Button } from '../kit/button.js'
import { pathMarks } from '../member/path.js'
import { ResultView } from './result.js'
import { EMPTY, inputOf, type Fault } from './script.js'
import { ScriptForm } from './script-form.js'

export interface TestRunPanelProps {
  journeyId: string
  /** The canvas that is walked. */
  doc: Doc
  /** The draft if there is one, else the live version, unless told. */
  version?: number | 'draft' | undefined
  /** What of the canvas is lit: the path so far; undefined: nothing was run. */
  onMarks?(marks: ReadonlyMap<string, Mark> | undefined): void
}

/** Walks a sample customer on a virtual clock: who, what it does when, then the path step by step with all that would be sent. Nothing is. */
export function TestRunPanel({ journeyId, doc, version, onMarks }: TestRunPanelProps) {
  const { t } = useTranslation()
  const [script, setScript] = useState(EMPTY)
  const [faults, setFaults] = useState<Record<string, Fault>>({})
  const [step, setStep] = useState(0)
  const test = useTestRun(journeyId)
  const run = test.data
  const submit = (): void => {
    const made = inputOf(script)
    setFaults('faults' in made ? made.faults : {})
    if ('input' in made) test.mutate({ input: made.input, version }, { onSuccess: ({ timeline }) => setStep(timeline.length) })
  }
  useMarks(doc, run, step, onMarks)
  return (
    <div className="flex flex-col gap-4">
      <p className="text-table text-muted">{t('testRun:about')}</p>
      <form
        noValidate
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <ScriptForm script={script} faults={faults} onChange={setScript} />
        <Button type="submit" variant="primary" icon={IconPlayerPlay} busy={test.isPending} className="self-start">
          {t('testRun:run')}
        </Button>
      </form>
      {test.error && (
        <Banner tone="red">
          {test.error.message}
          {test.error instanceof ApiProblem && test.error.errors.length > 1 && (
            <ul className="list-disc pl-5">
              {test.error.errors.slice(0, 5).map(({ message }) => (
                <li key={message}>{message}</li>
              ))}
            </ul>
          )}
        </Banner>
      )}
      {run && <ResultView run={run} doc={doc} step={step} onStep={setStep} />}
    </div>
  )
}

/** Lights what was passed up to a step. */
function useMarks(doc: Doc, run: TestRun | undefined, step: number, onMarks: TestRunPanelProps['onMarks']): void {
  useEffect(() => {
    onMarks?.(run && pathMarks(doc, run.timeline.slice(0, step)))
  }, [doc, run, step, onMarks])
}
