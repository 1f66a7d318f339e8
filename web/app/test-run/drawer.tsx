import { IconPlayerPlay } from '@tabler/icons-react'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import type { Problem } from '../../../tiles/problems.js'
import type { FieldProblem } from '../api/problem.js'
import type { Say } from '../canvas/words/say.js'
import { tileWords } from '../member/words.js'
import { BottomDrawer } from '../editor/panels/bottom-drawer.js'
import { ProblemsPanel } from '../editor/panels/problems.js'
import { Form } from '../forms/inputs/form.js'
import { Banner } from '../kit/banner.js'
import { Button } from '../kit/button.js'
import { keepScript, keptScript } from './kept.js'
import { Doubts, EndWords, ResultView } from './result.js'
import { inputOf, scriptFor, type Script } from './script.js'
import { ScriptForm } from './script-form.js'
import { Steps } from './steps.js'
import { useRun, type RunOptions } from './use-run.js'

export interface TestDrawerProps extends RunOptions {
  say: Say
  /** Brings a tile into sight. */
  onShow(tileId: string): void
  /** Goes to what is wrong with the canvas. */
  onGo(problem: Problem): void
  onClose(): void
}

const NOTHING: readonly FieldProblem[] = []

/** Below the canvas: walks a sample customer on a virtual clock, and the walk step by step. Nothing is sent. */
export default function TestDrawer(props: TestDrawerProps) {
  const { journeyId, doc, say, walk, onShow, onGo, onClose } = props
  const { t } = useTranslation()
  const shown = useStore(walk, (state) => state.shown)
  const [script, setScript] = useState(() => keptScript(journeyId) ?? scriptFor(doc))
  const [tried, setTried] = useState(false)
  const [focus, setFocus] = useState<{ path: string }>()
  const running = useRun(props)
  const { refusal } = running
  const result = useRef<HTMLElement>(null)
  const made = inputOf(script, doc, (fault) => t(`testRun:fault.${fault}`))
  const own = tried && 'faults' in made ? made.faults : NOTHING
  const change = (next: Script): void => {
    setScript(next)
    keepScript(journeyId, next)
    running.forget()
  }
  const run = (): void => {
    setTried('faults' in made)
    if ('input' in made) running.start(made.input)
    else setFocus({ path: made.faults[0]!.path })
  }
  // The field that the server complains of.
  const refused = refusal?.fields[0]?.path
  useEffect(() => {
    if (refused !== undefined) setFocus({ path: refused })
  }, [refused])
  const tileId = shown?.stops[shown.step]?.tileId
  useEffect(() => {
    if (tileId !== undefined) onShow(tileId)
  }, [tileId, shown?.step, onShow])
  useEffect(() => {
    if (shown?.run) result.current?.scrollIntoView({ block: 'start' })
  }, [shown?.run])
  useEffect(() => () => walk.getState().clear(), [walk])
  return (
    <BottomDrawer
      title={t('testRun:title')}
      tall
      tools={
        shown && (
          <Steps
            step={shown.step}
            all={shown.stops.length}
            tile={tileWords(shown.of, shown.stops[shown.step]!.tileId, say)}
            onStep={walk.getState().go}
          />
        )
      }
      onClose={onClose}
    >
      <div className="grid grid-cols-1 @3xl:h-full @3xl:grid-cols-[minmax(0,400px)_minmax(0,1fr)]">
        <form
          noValidate
          aria-label={t('testRun:script')}
          className="relative flex flex-col @3xl:min-h-0 @3xl:overflow-y-auto @3xl:border-r @3xl:border-line"
          onSubmit={(event) => {
            event.preventDefault()
            run()
          }}
        >
          <div className="flex flex-col gap-4 px-4 py-3">
            <p className="text-table text-muted">
              {t('testRun:about')}
              {props.draft !== undefined && ` ${t('testRun:saves')}`}
            </p>
            <Form problems={[...own, ...(refusal?.fields ?? NOTHING)]} base="" focus={focus} readOnly={false}>
              <ScriptForm {...{ script, doc, say }} onChange={change} />
            </Form>
          </div>
          <div className="sticky bottom-0 mt-auto flex items-center gap-2 border-t border-line bg-surface px-4 py-2">
            <Button type="submit" icon={IconPlayerPlay} busy={running.busy}>
              {t('testRun:run')}
            </Button>
            <Button variant="quiet" onClick={() => (change(scriptFor(doc)), setTried(false))}>
              {t('testRun:reset')}
            </Button>
          </div>
        </form>
        <section
          ref={result}
          aria-label={t('testRun:result')}
          className="flex min-w-0 flex-col gap-3 py-3 pl-4 @max-3xl:border-t @max-3xl:border-line @3xl:min-h-0"
        >
          <p role="status" className="pr-4 text-body font-medium">
            {shown && <EndWords {...{ shown, say }} />}
          </p>
          {shown && (
            <div className="flex flex-col gap-2 pr-4 empty:hidden">
              <Doubts {...{ shown, doc }} onAgain={run} />
            </div>
          )}
          <div className="relative flex min-w-0 flex-col gap-3 pr-4 @3xl:min-h-0 @3xl:flex-1 @3xl:overflow-y-auto">
            {running.unsaved && <Banner tone="red">{t('testRun:unsaved')}</Banner>}
            {refusal && <Refused {...{ refusal, doc, onGo }} />}
            {shown ? <ResultView {...{ shown, say }} onStep={walk.getState().go} /> : !refusal && <Hint>{t('testRun:none')}</Hint>}
          </div>
        </section>
      </div>
    </BottomDrawer>
  )
}

const Hint = ({ children }: { children: ReactNode }) => <p className="m-auto max-w-80 text-center text-table text-muted">{children}</p>

/** Why there is no result: what is wrong with the canvas can be gone to, what is wrong with the script stands at its fields. */
function Refused({
  refusal: { message, fields, canvas },
  doc,
  onGo,
}: { refusal: NonNullable<ReturnType<typeof useRun>['refusal']> } & Pick<TestDrawerProps, 'doc' | 'onGo'>) {
  const { t } = useTranslation()
  if (canvas.length === 0) return <Banner tone="red">{fields.length > 0 ? t('testRun:refusedFields') : message}</Banner>
  return (
    <>
      <Banner tone="red">{t('testRun:refusedCanvas', { count: canvas.length })}</Banner>
      <ProblemsPanel problems={{ errors: canvas as Problem[], warnings: [] }} {...{ doc, onGo }} />
    </>
  )
}
