import { useTranslation } from 'react-i18next'
import { MAX_REASON } from '../../../tiles/choices.js'
import type { Doc } from '../canvas/doc/types.js'
import { text } from '../canvas/words/say.js'
import { Select } from '../kit/select.js'
import { TextInput } from '../kit/text-input.js'
import { ConditionBuilder } from './condition/condition-builder.js'
import { scopeAt, within } from './condition/scope.js'
import { DurationField } from './inputs/duration-input.js'
import { Bound, Place } from './inputs/form.js'
import { Item } from './inputs/item.js'
import { EventInput } from './inputs/names.js'
import { Where } from './inputs/where.js'
import { put } from './inputs/put.js'
import { useWords } from './words.js'

type Kind = 'event' | 'when' | 'after'
const FRESH: Record<Kind, Record<string, unknown>> = { event: { event: '' }, when: { when: {} }, after: { after: 'P30D' } }
const KINDS = Object.keys(FRESH) as Kind[]

export interface CriterionProps {
  title: string
  /** JSON pointer of the criterion. */
  path: string
  value: Readonly<Record<string, unknown>>
  doc: Doc
  onChange(value: Record<string, unknown>): void
  onRemove(): void
}

/** What takes a member out wherever it is: an event, a condition, or a time since entry. */
export function Criterion({ title, path, value, doc, onChange, onRemove }: CriterionProps) {
  const { t } = useTranslation()
  const say = useWords(doc)
  const kind = KINDS.find((each) => Object.hasOwn(value, each))
  return (
    <Item name={text(value.name) ?? title} title={title} onRemove={onRemove}>
      <Bound path={`${path}/name`} label={t('orchestration:criterion.name')} hint={t('orchestration:criterion.nameHint')}>
        <TextInput
          value={typeof value.name === 'string' ? value.name : ''}
          maxLength={MAX_REASON}
          onChange={(name) => onChange({ ...value, name })}
        />
      </Bound>
      <Bound path={`${path}/kind`} label={t('orchestration:criterion.kind')}>
        <Select
          value={kind}
          placeholder={t('kit:choose')}
          options={KINDS.map((each) => ({ value: each, label: t(`orchestration:criterion.${each}`) }))}
          onChange={(next) => next !== kind && onChange({ name: value.name ?? '', ...FRESH[next] })}
        />
      </Bound>
      {kind === 'event' && (
        <>
          <Bound path={`${path}/event`} label={t('orchestration:criterion.eventName')}>
            <EventInput value={text(value.event)} onChange={(event) => onChange({ ...value, event })} />
          </Bound>
          <Where
            path={`${path}/where`}
            value={value.where}
            onChange={(where) => onChange(put(value, 'where', where))}
            scope={within(scopeAt(doc), value.event)}
            say={say}
          />
        </>
      )}
      {kind === 'when' && (
        <Place path={`${path}/when`}>
          <ConditionBuilder
            path={`${path}/when`}
            label={t('orchestration:criterion.when')}
            value={value.when}
            onChange={(when) => onChange({ ...value, when: when ?? {} })}
            scope={scopeAt(doc)}
            say={say}
          />
        </Place>
      )}
      {kind === 'after' && (
        <DurationField
          path={`${path}/after`}
          label={t('orchestration:criterion.afterEntry')}
          value={text(value.after)}
          onChange={(after) => onChange({ ...value, after: after ?? '' })}
        />
      )}
    </Item>
  )
}
