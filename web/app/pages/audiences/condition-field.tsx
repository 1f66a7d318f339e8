import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEstimate, type Condition, type Guess } from '../../api/audiences.js'
import { ApiProblem } from '../../api/problem.js'
import type { Problem } from '../../../../tiles/problems.js'
import { ConditionBuilder } from '../../forms/condition/condition-builder.js'
import type { Scope } from '../../forms/condition/scope.js'
import { Form, Place } from '../../forms/inputs/form.js'
import { readCondition, writeCondition } from './read-condition.js'
import { useConditionSay } from './use-words.js'

/** How long nothing is changed before the API is asked, in ms. */
const PAUSE = 400
/** An audience knows no entry and no tiles. */
const SCOPE: Scope = { waits: [], entryEvent: undefined, byEvent: false }

export interface ConditionFieldProps {
  text: string
  onChange(text: string): void
  /** What saving it was refused for. */
  error: Error | null
  /** The audience whose condition it would become, to tell who comes in and who goes out. */
  audienceId?: string
}

/** A condition to build, judged as it changes: in words, for how many it holds, or what is wrong and where. */
export function ConditionField({ text, onChange, error, audienceId }: ConditionFieldProps) {
  const { t } = useTranslation()
  const say = useConditionSay()
  const read = readCondition(text)
  const settled = readCondition(useSettled(text))
  const estimate = useEstimate('when' in settled ? settled.when : undefined, audienceId)
  const current = JSON.stringify(settled) === JSON.stringify(read)
  const problems = problemsOf((current && estimate.error) || error)
  return (
    <div className="flex flex-col gap-3">
      <Form problems={problems} base="/when" readOnly={false}>
        <Place path="/when">
          <ConditionBuilder
            label={t('audiences:condition.label')}
            path="/when"
            value={'when' in read ? read.when : undefined}
            onChange={(when) => onChange(writeCondition(when as Condition | undefined))}
            scope={SCOPE}
            say={say}
          />
        </Place>
      </Form>
      {'when' in read && problems.length === 0 && <Outcome estimate={current ? estimate.data : undefined} />}
    </div>
  )
}

/** For how many it holds, and what that changes. */
function Outcome({ estimate }: { estimate: ReturnType<typeof useEstimate>['data'] }) {
  const { t } = useTranslation()
  const words = (what: 'holds' | 'joins' | 'leaves', { exact, estimate: count, margin }: Guess, more = {}): string => {
    const said = exact ? what : (`${what}About` as const)
    return t(`audiences:estimate.${said}`, { count, margin, ...more })
  }
  const { joins, leaves } = estimate ?? {}
  return (
    <p role="status" className="rounded-input border border-line bg-sunken px-3 py-2 text-table text-muted tabular-nums">
      {estimate === undefined ? t('audiences:estimate.asking') : words('holds', estimate, { total: estimate.total })}
      {joins && leaves && ` ${t('audiences:estimate.change', { joins: words('joins', joins), leaves: words('leaves', leaves) })}`}
    </p>
  )
}

/** What the API says is wrong with a condition, each at its place. */
function problemsOf(error: Error | null): Problem[] {
  if (!(error instanceof ApiProblem)) return []
  return error.errors
    .filter(({ path }) => path === '/when' || path?.startsWith('/when/'))
    .map(({ path, code, message }) => ({ path: path!, code: code as Problem['code'], message }))
}

/** A value when it has stayed the same for a while. */
function useSettled(value: string): string {
  const [settled, setSettled] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE)
    return () => clearTimeout(timer)
  }, [value])
  return settled
}
