import { useTranslation } from 'react-i18next'
import { DateTimeInput } from '../forms/inputs/clock.js'
import { Bound } from '../forms/inputs/form.js'
import { Field } from '../kit/field.js'
import { NumberInput } from '../kit/number-input.js'
import { Select } from '../kit/select.js'
import { UNITS, type Moment } from './script.js'

/** The time zone of the viewer. */
export const hereZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

export interface MomentFieldProps {
  path: string
  /** The name of the whole. */
  label: string
  value: Moment
  onChange(value: Moment): void
}

/** When something happens: some time after the start, or at an instant. */
export function MomentField({ path, label, value, onChange }: MomentFieldProps) {
  const { t } = useTranslation()
  const set = (part: Partial<Moment>): void => onChange({ ...value, ...part })
  return (
    <div role="group" aria-label={label} className="flex min-w-0 items-start gap-2">
      <Field label={label} className="w-24 shrink-0">
        <Select
          value={value.how}
          onChange={(how) => set({ how })}
          options={(['after', 'at'] as const).map((how) => ({ value: how, label: t(`testRun:how.${how}`) }))}
        />
      </Field>
      {value.how === 'after' ? (
        <>
          <Bound path={path} label={t('testRun:howLong')} className="w-20 min-w-0 shrink-0">
            <NumberInput value={value.n} onChange={(n) => set({ n })} />
          </Bound>
          <Field label={t('testRun:unit')} className="flex-1">
            <Select
              value={value.unit}
              onChange={(unit) => set({ unit })}
              options={UNITS.map((unit) => ({ value: unit, label: t(`testRun:units.${unit}`) }))}
            />
          </Field>
        </>
      ) : (
        <Bound path={path} label={t('testRun:instant')} hint={t('testRun:here', { zone: hereZone() })} className="min-w-0 flex-1">
          <DateTimeInput value={value.local || undefined} onChange={(local) => set({ local: local ?? '' })} />
        </Bound>
      )}
    </div>
  )
}
