import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useSeenProperties, useSeenTraits } from '../api/schema.js'
import { Bound } from '../forms/inputs/form.js'
import { PropertyInput, TraitInput } from '../forms/inputs/names.js'
import { ValueInput } from '../forms/inputs/value-input.js'
import { Button, IconButton } from '../kit/button.js'
import { TextArea } from '../kit/text-input.js'
import { nextKey, objectOf, valuesOf, type Values } from './script.js'

export interface ValuesFieldProps {
  /** JSON pointer of what it fills. */
  path: string
  label: string
  hint?: string
  /** What the names are of, for what is offered: traits, or the properties of an event. */
  of: 'traits' | { event: string }
  value: Values
  onChange(value: Values): void
}

/** Values by name: a row each, with the names that came in; or all of them as JSON. */
export function ValuesField({ path, label, hint, of, value, onChange }: ValuesFieldProps) {
  const { t } = useTranslation()
  const { rows, json } = value
  const asRows = json === undefined ? undefined : objectOf(json)
  const toggle = (): void => {
    if (json === undefined) onChange({ rows, json: JSON.stringify(valuesOf(rows), null, 2) })
    else if (asRows) onChange({ rows: Object.entries(asRows).map(([name, each], key) => ({ key, name, value: each })), json: undefined })
  }
  const add = (): void => onChange({ rows: [...rows, { key: nextKey(rows), name: '', value: undefined }], json })
  return (
    <div role="group" aria-label={label} className="flex min-w-0 flex-col gap-2">
      <div className="flex items-center justify-between gap-2">
        <span className="text-label font-medium" aria-hidden={json !== undefined}>
          {label}
          <span className="font-normal text-muted"> · {t('kit:optional')}</span>
        </span>
        <Button size="s" variant="quiet" onClick={toggle} disabled={json !== undefined && !asRows}>
          {t(json === undefined ? 'testRun:asJson' : 'testRun:asRows')}
        </Button>
      </div>
      {json === undefined ? (
        <>
          <Rows {...{ of, rows }} onChange={(next) => onChange({ rows: next, json })} />
          <Button size="s" icon={IconPlus} className="self-start" onClick={add}>
            {t(of === 'traits' ? 'testRun:addTrait' : 'testRun:addProperty')}
          </Button>
          {hint !== undefined && <p className="text-label text-muted">{hint}</p>}
        </>
      ) : (
        <Bound path={path} deep label={label} hiddenLabel {...(hint !== undefined && { hint })}>
          <TextArea
            mono
            rows={4}
            value={json}
            onChange={(next) => onChange({ rows, json: next })}
            placeholder={t(of === 'traits' ? 'testRun:traitsExample' : 'testRun:propertiesExample')}
          />
        </Bound>
      )}
    </div>
  )
}

interface RowsProps extends Pick<ValuesFieldProps, 'of'> {
  rows: Values['rows']
  onChange(rows: Values['rows']): void
}

function Rows({ of, rows, onChange }: RowsProps) {
  const { t } = useTranslation()
  const traits = useSeenTraits(of === 'traits')
  const properties = useSeenProperties(of === 'traits' ? undefined : of.event)
  const seen = of === 'traits' ? traits : properties
  return rows.map((row, index) => {
    const set = (part: Partial<typeof row>): void => onChange(rows.map((each) => (each === row ? { ...row, ...part } : each)))
    const name = row.name === '' ? t('testRun:value', { n: index + 1 }) : row.name
    const naming = { label: t('testRun:nameOf', { n: index + 1 }), value: row.name, onChange: (next: string) => set({ name: next }) }
    return (
      <div key={row.key} className="flex min-w-0 items-start gap-1">
        <div className="w-[36%] min-w-0 shrink-0">
          {of === 'traits' ? <TraitInput {...naming} /> : <PropertyInput {...naming} event={of.event} />}
        </div>
        <ValueInput
          label={name}
          value={row.value}
          type={seen?.find((each) => each.name === row.name)?.types[0]}
          onChange={(next) => set({ value: next })}
        />
        <IconButton
          label={t('inputs:item.remove', { name })}
          icon={IconTrash}
          onClick={() => onChange(rows.filter((each) => each !== row))}
        />
      </div>
    )
  })
}
