import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEstimate, type Condition } from '../../api/audiences.js'
import { ApiProblem } from '../../api/problem.js'
import { Button } from '../../kit/button.js'
import { Field } from '../../kit/field.js'
import { TextArea } from '../../kit/text-input.js'
import { readCondition, writeCondition } from './read-condition.js'
import { useConditionWords } from './use-words.js'

/** How long nothing is typed before the API is asked, in ms. */
const PAUSE = 400

const EXAMPLES = {
  trait: { trait: 'plan', op: 'eq', value: 'gold' },
  event: { event: 'purchase', op: 'performed', count: { atLeast: 2 }, within: 'P30D' },
  both: { all: [{ trait: 'country', op: 'in', value: ['ES', 'PT'] }, { not: { event: 'unsubscribed', op: 'performed' } }] },
} satisfies Record<string, Condition>

export interface ConditionFieldProps {
  text: string
  onChange(text: string): void
  /** What saving it was refused for. */
  error: Error | null
  /** How many are in the audience now, to tell how it would change. */
  size?: number
}

/** A condition to type, judged as it is typed: in words, for how many it holds, or what is wrong and where. */
export function ConditionField({ text, onChange, error, size }: ConditionFieldProps) {
  const { t } = useTranslation()
  const read = readCondition(text)
  const settled = readCondition(useSettled(text))
  const estimate = useEstimate('when' in settled ? settled.when : undefined)
  const current = JSON.stringify(settled) === JSON.stringify(read)
  const refused = current ? (problemOf(estimate.error) ?? problemOf(error)) : problemOf(error)
  const problem = 'problem' in read && read.problem !== 'empty' ? t(`audiences:condition.${read.problem}`) : refused
  return (
    <div className="flex flex-col gap-3">
      <Field label={t('audiences:condition.label')} error={problem}>
        <TextArea value={text} onChange={onChange} mono rows={9} spellCheck={false} placeholder={writeCondition(EXAMPLES.trait)} />
      </Field>
      <div className="flex flex-wrap items-center gap-2 text-table text-muted">
        {t('audiences:condition.examples')}
        {(['trait', 'event', 'both'] as const).map((name) => (
          <Button key={name} size="s" onClick={() => onChange(writeCondition(EXAMPLES[name]))}>
            {t(`audiences:condition.example.${name}`)}
          </Button>
        ))}
      </div>
      {'when' in read && problem === undefined && <Outcome when={read.when} estimate={current ? estimate.data : undefined} size={size} />}
    </div>
  )
}

/** The condition in words, and for how many it holds. */
function Outcome({
  when,
  estimate,
  size,
}: {
  when: Condition
  estimate: ReturnType<typeof useEstimate>['data']
  size: number | undefined
}) {
  const { t } = useTranslation()
  const words = useConditionWords()(when)
  return (
    <div role="status" className="flex flex-col gap-1 rounded-input border border-line bg-sunken px-3 py-2">
      <p className="break-words">{words}</p>
      <p className="text-table text-muted tabular-nums">
        {estimate === undefined
          ? t('audiences:estimate.asking')
          : `${t(estimate.exact ? 'audiences:estimate.exact' : 'audiences:estimate.about', { count: estimate.estimate, margin: estimate.margin, total: estimate.total })} ${size === undefined ? '' : changeWords(estimate.estimate - size, t)}`}
      </p>
    </div>
  )
}

function changeWords(difference: number, t: ReturnType<typeof useTranslation>['t']): string {
  if (difference === 0) return t('audiences:estimate.same')
  return t(difference > 0 ? 'audiences:estimate.more' : 'audiences:estimate.fewer', { count: Math.abs(difference) })
}

/** What is wrong with a condition, each with its place in it. */
function problemOf(error: Error | null): string | undefined {
  if (!(error instanceof ApiProblem)) return error?.message
  const parts = error.errors.filter(({ path }) => path === '/when' || path?.startsWith('/when/'))
  if (parts.length === 0) return error.errors.length === 0 ? error.detail : undefined
  return parts
    .slice(0, 5)
    .map(({ path, message }) => (path === '/when' ? message : `${path!.slice('/when'.length)}: ${message}`))
    .join(' ')
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
