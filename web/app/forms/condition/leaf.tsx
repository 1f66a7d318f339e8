import { useTranslation } from 'react-i18next'
import { OPERATORS } from '../../../../model/choices.js'
import { useSeenProperties, useSeenTraits } from '../../api/schema.js'
import { Field } from '../../kit/field.js'
import { NumberInput } from '../../kit/number-input.js'
import { Select } from '../../kit/select.js'
import { TextInput } from '../../kit/text-input.js'
import { text } from '../../canvas/words/say.js'
import { DateTimeInput } from '../inputs/clock.js'
import { DurationField } from '../inputs/duration-input.js'
import { AudienceInput, EventInput, PropertyInput, TraitInput } from '../inputs/names.js'
import { put } from '../inputs/put.js'
import { ListInput, ValueInput } from '../inputs/value-input.js'
import { operatorsFor, valueKind, withOp, type Node } from './edit.js'
import { eventOf, type Scope } from './scope.js'

export interface LeafProps {
  leaf: Node
  onChange(leaf: Node): void
  scope: Scope
  /** JSON pointer of the leaf. */
  path: string
}

/** The fields of a comparison with a trait. */
export function TraitLeaf({ leaf, onChange, path }: LeafProps) {
  const { t } = useTranslation()
  const types = useSeenTraits()?.find(({ name }) => name === leaf.trait)?.types
  return (
    <>
      <TraitInput label={t('condition:trait')} value={text(leaf.trait)} onChange={(trait) => onChange({ ...leaf, trait })} />
      <Compared {...{ leaf, onChange, path, types }} />
    </>
  )
}

/** The fields of a comparison with a property of an event. */
export function PropertyLeaf({ leaf, onChange, scope, path }: LeafProps) {
  const { t } = useTranslation()
  const event = eventOf(scope, leaf.of)
  const types = useSeenProperties(event)?.find(({ name }) => name === leaf.property)?.types
  const sources = [
    ...(scope.judged ? [{ value: 'judged', label: t('condition:of.judged', { event: scope.judged.event ?? '…' }) }] : []),
    { value: 'entry', label: t('condition:of.entry'), ...(!scope.byEvent && { hint: t('condition:of.noEvent') }) },
    ...scope.waits.map(({ id, name, event: met }) => ({ value: `tile:${id}`, label: t('condition:of.wait', { name: name ?? met ?? id }) })),
  ]
  const of = text(leaf.of)
  const known = of === undefined || sources.some(({ value }) => value === of)
  return (
    <>
      <PropertyInput
        label={t('condition:property')}
        event={event}
        value={text(leaf.property)}
        onChange={(property) => onChange({ ...leaf, property })}
      />
      <Select
        label={t('condition:of.label')}
        value={of ?? (scope.judged ? 'judged' : undefined)}
        placeholder={t('condition:of.choose')}
        options={known ? sources : [...sources, { value: of, label: of }]}
        onChange={(next) => onChange(put(leaf, 'of', next === 'judged' ? undefined : next))}
      />
      <Compared {...{ leaf, onChange, path, types }} />
    </>
  )
}

function Compared({ leaf, onChange, path, types }: Omit<LeafProps, 'scope'> & { types: readonly string[] | undefined }) {
  const { t } = useTranslation()
  const options = operatorsFor(types, OPERATORS, leaf.op).map((op) => ({ value: op, label: t(`condition:op.${op}`) }))
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <Select
        label={t('condition:operator')}
        value={text(leaf.op)}
        placeholder={t('condition:operator')}
        options={options}
        onChange={(op) => onChange(withOp(leaf, op))}
      />
      <Value {...{ leaf, onChange, path, types }} />
    </div>
  )
}

function Value({ leaf, onChange, path, types }: Omit<LeafProps, 'scope'> & { types: readonly string[] | undefined }) {
  const { t } = useTranslation()
  const label = t('condition:value')
  const set = (value: unknown): void => onChange(put(leaf, 'value', value))
  // An empty text is a value to compare with; in other inputs it is none.
  const setText = (value: unknown): void => onChange({ ...leaf, value })
  const as = valueKind(leaf.op)
  const value = leaf.value
  if (as === 'none') return null
  if (as === 'list') return <ListInput label={label} value={Array.isArray(value) ? value : []} onChange={setText} type={types?.[0]} />
  if (as === 'duration') return <DurationField path={`${path}/value`} label={label} hiddenLabel value={text(value)} onChange={set} />
  if (as === 'date')
    return (
      <Field label={label} hiddenLabel>
        <DateTimeInput value={text(value)} onChange={set} />
      </Field>
    )
  if (as === 'pattern' || as === 'text')
    return <TextInput aria-label={label} mono={as === 'pattern'} value={typeof value === 'string' ? value : ''} onChange={setText} />
  return (
    <ValueInput
      key={String(leaf.op)}
      label={label}
      value={value}
      onChange={(next) => (next === undefined ? set(next) : setText(next))}
      type={types?.[0]}
    />
  )
}

/** In an audience, or not. */
export function AudienceLeaf({ leaf, onChange }: Omit<LeafProps, 'scope' | 'path'>) {
  const { t } = useTranslation()
  const options = (['in', 'notIn'] as const).map((op) => ({ value: op, label: t(`condition:audience.${op}`) }))
  return (
    <>
      <Select
        label={t('condition:operator')}
        value={leaf.op === 'notIn' ? 'notIn' : 'in'}
        options={options}
        onChange={(op) => onChange({ ...leaf, op })}
      />
      <AudienceInput
        label={t('condition:audience.label')}
        value={text(leaf.audience)}
        onChange={(audience) => onChange({ ...leaf, audience })}
      />
    </>
  )
}

/** Whether the customer did something: how often, how lately. What the event must be like stands below it. */
export function EventLeaf({ leaf, onChange, path }: Omit<LeafProps, 'scope'>) {
  const { t } = useTranslation()
  const options = (['performed', 'notPerformed'] as const).map((op) => ({ value: op, label: t(`condition:event.${op}`) }))
  const atLeast = (leaf.count as { atLeast?: number } | undefined)?.atLeast
  return (
    <>
      <Select
        label={t('condition:operator')}
        value={leaf.op === 'notPerformed' ? 'notPerformed' : 'performed'}
        options={options}
        onChange={(op) => onChange({ ...leaf, op })}
      />
      <EventInput label={t('condition:event.label')} value={text(leaf.event)} onChange={(event) => onChange({ ...leaf, event })} />
      <div className="flex flex-wrap gap-2">
        <Field label={t('condition:event.count')} optional className="w-28">
          <NumberInput
            value={atLeast}
            onChange={(next) => onChange(put(leaf, 'count', next === undefined ? undefined : { atLeast: Math.max(1, Math.round(next)) }))}
          />
        </Field>
        <DurationField
          className="min-w-32 flex-1"
          path={`${path}/within`}
          label={t('condition:event.within')}
          hint={t('condition:event.ever')}
          optional
          value={text(leaf.within)}
          onChange={(next) => onChange(put(leaf, 'within', next))}
        />
      </div>
    </>
  )
}
