import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Combobox } from '../../kit/combobox.js'
import { Bound } from './form.js'

const INHERIT = 'inherit'

export interface ZoneFieldProps {
  path: string
  value: string | undefined
  onChange(value: string | undefined): void
  /** Of a tile: the customer's time can be chosen, and nothing chosen means this zone of the settings. Of the settings: not given. */
  tile?: { inherits: string | undefined }
}

/** A time zone, found by typing a city. */
export function ZoneField({ path, value, onChange, tile }: ZoneFieldProps) {
  const { t, i18n } = useTranslation()
  const inherited = tile?.inherits ?? 'UTC'
  const options = useMemo(() => {
    const none = { value: INHERIT, label: tile ? t('inputs:zone.inherit', { zone: inherited }) : t('inputs:zone.utc') }
    const customer = { value: 'customer', label: t('inputs:zone.customer') }
    const zones = ['UTC', ...Intl.supportedValuesOf('timeZone')].map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }))
    return [none, ...(tile ? [customer] : []), ...zones]
  }, [t, tile === undefined, inherited])
  const now = clockIn(value ?? (tile ? undefined : 'UTC'), i18n.language)
  return (
    <Bound
      path={path}
      label={t('inputs:zone.label')}
      optional
      hint={now === undefined ? t('inputs:zone.hint', { zone: inherited }) : t('inputs:zone.now', { time: now })}
    >
      <Combobox value={value ?? INHERIT} options={options} onChange={(next) => onChange(next === INHERIT ? undefined : next)} />
    </Bound>
  )
}

/** What the clocks in a zone show now; undefined of none. */
function clockIn(zone: string | undefined, locale: string): string | undefined {
  if (zone === undefined || zone === 'customer') return undefined
  try {
    return new Date().toLocaleTimeString(locale, { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  } catch {
    return undefined
  }
}
