import { useTranslation } from 'react-i18next'
import type { Doc } from '../../canvas/doc/types.js'
import { record, text } from '../../canvas/words/say.js'
import { NumberInput } from '../../kit/number-input.js'
import { ConditionBuilder } from '../condition/condition-builder.js'
import { scopeAt } from '../condition/scope.js'
import { DateTimeInput, DaysInput, TimeInput } from '../inputs/clock.js'
import { DurationField } from '../inputs/duration-input.js'
import { Bound, Part, Place } from '../inputs/form.js'
import { put } from '../inputs/put.js'
import { useWords } from '../words.js'
import type { BranchKind, BranchPath } from './paths.js'

export interface PathFieldsProps {
  kind: BranchKind
  path: BranchPath
  /** JSON pointer of the path. */
  at: string
  doc: Doc
  tileId: string
  onChange(path: Record<string, unknown>): void
}

/** What takes a path: its condition, its share, or its time. */
export function PathFields(props: PathFieldsProps) {
  const { kind, path, at, doc, tileId, onChange } = props
  const { t } = useTranslation()
  const say = useWords(doc)
  if (kind === 'time') return <TimeFields {...props} />
  if (kind === 'percentage')
    return (
      <Bound path={`${at}/weight`} label={t('tiles:branch.weight')}>
        <NumberInput
          className="w-32"
          unit="%"
          value={typeof path.weight === 'number' ? path.weight : undefined}
          onChange={(weight) => onChange(put(path, 'weight', weight))}
        />
      </Bound>
    )
  return (
    <Place path={`${at}/when`}>
      <span className="text-label font-medium">{t('tiles:branch.when')}</span>
      <ConditionBuilder
        path={`${at}/when`}
        label={t('tiles:branch.whenOf', { path: text(path.name) ?? path.id })}
        value={path.when}
        onChange={(when) => onChange({ ...path, when: when ?? {} })}
        scope={scopeAt(doc, tileId)}
        say={say}
      />
    </Place>
  )
}

/** When a path is taken: days, hours, dates, how long after entry. What is not given does not matter. */
function TimeFields({ path, at, onChange }: PathFieldsProps) {
  const { t } = useTranslation()
  const since = record(path.sinceEntry)
  const set = (field: string) => (value: unknown) => onChange(put(path, field, value))
  const setSince = (field: string) => (value: unknown) => {
    const next = put(since, field, value)
    set('sinceEntry')(Object.keys(next).length === 0 ? undefined : next)
  }
  return (
    <>
      <Place path={`${at}/days`}>
        <DaysInput label={t('tiles:wait.days')} value={path.days as string[] | undefined} onChange={set('days')} />
      </Place>
      <div className="grid grid-cols-2 gap-2">
        {(['from', 'to'] as const).map((field) => (
          <Bound key={field} path={`${at}/${field}`} label={t(`tiles:branch.${field}`)} optional>
            <TimeInput value={text(path[field])} onChange={set(field)} />
          </Bound>
        ))}
      </div>
      <Part part="advanced" paths={['after', 'before', 'sinceEntry'].map((field) => `${at}/${field}`)}>
        {(['after', 'before'] as const).map((field) => (
          <Bound key={field} path={`${at}/${field}`} label={t(`tiles:branch.${field}`)} optional>
            <DateTimeInput value={text(path[field])} onChange={set(field)} />
          </Bound>
        ))}
        {(['atLeast', 'lessThan'] as const).map((field) => (
          <DurationField
            key={field}
            path={`${at}/sinceEntry/${field}`}
            label={t(`tiles:branch.${field}`)}
            optional
            value={text(since[field])}
            onChange={setSince(field)}
          />
        ))}
      </Part>
    </>
  )
}
