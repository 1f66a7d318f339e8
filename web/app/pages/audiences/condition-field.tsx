import { useTranslation } from 'react-i18next'
import { useEstimate, type Condition, type Guess } from '../../api/audiences.js'
import { ApiProblem, type FieldProblem as Said } from '../../api/problem.js'
import { ConditionBuilder } from '../../forms/condition/condition-builder.js'
import type { Scope } from '../../forms/condition/scope.js'
import { Form, Place, type FieldProblem } from '../../forms/inputs/form.js'
import { useWords } from '../../forms/words.js'
import { isUnder } from '../../kit/claims.js'
import { useErrorsAt } from '../../kit/form-errors.js'
import { useSettled } from '../../kit/use-settled.js'

/** How long nothing is changed before the API is asked, in ms. */
const PAUSE = 400
/** An audience knows no entry and no tiles. */
const SCOPE: Scope = { waits: [], entryEvent: undefined, byEvent: false }

export interface ConditionFieldProps {
  /** Undefined: nothing is asked for yet. */
  when: Condition | undefined
  onChange(when: Condition | undefined): void
  /** The audience whose condition it would become, to tell who comes in and who goes out. */
  audienceId?: string
}

/**
 * A condition to build, judged as it changes: in words, for how many it holds, or what is wrong and where. What saving it was refused for
 * comes of the form around it.
 */
export function ConditionField({ when, onChange, audienceId }: ConditionFieldProps) {
  const { t } = useTranslation()
  const say = useWords()
  const settled = useSettled(when, PAUSE)
  const estimate = useEstimate(settled, audienceId)
  const current = settled === when
  const refused = useErrorsAt('/when', true)
  const problems = (current ? placed(estimate.error) : undefined) ?? refused.map(atPlace)
  return (
    <div className="flex flex-col gap-3">
      <Form problems={problems} base="/when" readOnly={false}>
        <Place path="/when">
          <ConditionBuilder
            label={t('audiences:condition.label')}
            path="/when"
            value={when}
            onChange={(next) => onChange(next as Condition | undefined)}
            scope={SCOPE}
            say={say}
          />
        </Place>
      </Form>
      {when !== undefined && problems.length === 0 && <Outcome estimate={current ? estimate.data : undefined} />}
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

const atPlace = ({ path = '', code, message }: Said): FieldProblem => ({ path, code, message })

/** What the API says is wrong with a condition, each at its place; undefined when nothing is. */
function placed(error: Error | null): FieldProblem[] | undefined {
  if (error === null) return undefined
  return error instanceof ApiProblem ? error.errors.filter(({ path = '' }) => isUnder(path, '/when')).map(atPlace) : []
}
