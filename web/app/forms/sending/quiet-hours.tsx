import { useTranslation } from 'react-i18next'
import { OTHERWISE } from '../../../../tiles/choices.js'
import { record, text } from '../../canvas/words/say.js'
import { RadioGroup } from '../../kit/radio.js'
import { DaysInput, TimeInput } from '../inputs/clock.js'
import { Bound, Place } from '../inputs/form.js'
import { put } from '../inputs/put.js'
import { ZoneField } from '../inputs/zone-field.js'

/** What they are when somebody begins to set them. */
export const FRESH = { from: '21:00', to: '09:00' }

type Value = Record<string, unknown>

const WAYS = ['inherit', 'none', 'own'] as const

export interface QuietHoursProps {
  path: string
  value: unknown
  onChange(value: unknown): void
  /** Of whom: what it means when nothing is said. */
  of: 'tile' | 'orchestration'
  /** The zone of the settings. */
  zone: string | undefined
}

/** Hours in which no message leaves: as those above say, none, or its own. */
export function QuietHoursField({ path, value, onChange, of, zone }: QuietHoursProps) {
  const { t } = useTranslation()
  const way = value === undefined ? 'inherit' : value === 'none' ? 'none' : 'own'
  const own = record(value)
  const more = (
    <div className="flex flex-col gap-4 pt-1">
      <WindowFields path={path} value={own} onChange={onChange} />
      <KeepingFields path={path} value={own} onChange={onChange} zone={zone} />
    </div>
  )
  return (
    <Place path={path}>
      <RadioGroup
        label={t('inputs:quiet.label')}
        value={way}
        options={WAYS.map((each) => ({
          value: each,
          label: t(`inputs:quiet.${each}`),
          hint: t(`inputs:quiet.${of}.${each}`),
          ...(each === 'own' && { more }),
        }))}
        onChange={(next) => onChange(next === 'inherit' ? undefined : next === 'none' ? 'none' : FRESH)}
      />
    </Place>
  )
}

interface FieldsProps {
  path: string
  value: Value
  onChange(value: Value): void
}

/** From when to when, and on which days. */
export function WindowFields({ path, value, onChange }: FieldsProps) {
  const { t } = useTranslation()
  const [from, to] = [text(value.from), text(value.to)]
  const over = from !== undefined && to !== undefined && to <= from
  return (
    <>
      <div className="grid grid-cols-2 gap-3">
        <Bound path={`${path}/from`} label={t('inputs:quiet.from')}>
          <TimeInput value={from} onChange={(next) => onChange({ ...value, from: next ?? '' })} />
        </Bound>
        <Bound path={`${path}/to`} label={t('inputs:quiet.to')} hint={over ? t('inputs:quiet.nextDay') : undefined}>
          <TimeInput value={to} onChange={(next) => onChange({ ...value, to: next ?? '' })} />
        </Bound>
      </div>
      <Place path={`${path}/days`}>
        <DaysInput
          label={t('inputs:quiet.days')}
          value={Array.isArray(value.days) ? (value.days as string[]) : undefined}
          onChange={(days) => onChange(put(value, 'days', days))}
        />
      </Place>
    </>
  )
}

/** By whose clocks, and what becomes of a message that comes then. */
export function KeepingFields({ path, value, onChange, zone }: FieldsProps & { zone: string | undefined }) {
  const { t } = useTranslation()
  return (
    <>
      <ZoneField
        path={`${path}/timezone`}
        value={text(value.timezone)}
        onChange={(next) => onChange(put(value, 'timezone', next))}
        tile={{ inherits: zone }}
      />
      <Place path={`${path}/otherwise`}>
        <RadioGroup
          label={t('inputs:otherwise.label')}
          value={OTHERWISE.find((each) => each === value.otherwise) ?? OTHERWISE[0]}
          options={OTHERWISE.map((each) => ({
            value: each,
            label: t(`inputs:otherwise.${each}`),
            hint: t(`inputs:otherwise.${each}Quiet`),
          }))}
          onChange={(next) => onChange(put(value, 'otherwise', next === OTHERWISE[0] ? undefined : next))}
        />
      </Place>
    </>
  )
}
