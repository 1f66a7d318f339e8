import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Select } from '../../kit/select.js'
import { DurationField } from './duration-input.js'

type Way = 'on' | 'before' | 'after'

export interface OffsetFieldProps {
  path: string
  /** ISO 8601; with `-` before. */
  value: string | undefined
  onChange(value: string | undefined): void
}

/** How long before or after something, or right then. */
export function OffsetField({ path, value, onChange }: OffsetFieldProps) {
  const { t } = useTranslation()
  const [chosen, setChosen] = useState<Way>('on')
  const way: Way = value === undefined ? chosen : value.startsWith('-') ? 'before' : 'after'
  const length = value?.replace(/^[+-]/, '')
  const give = (to: Way, duration: string | undefined): void => {
    setChosen(to)
    onChange(to === 'on' || duration === undefined ? undefined : to === 'before' ? `-${duration}` : duration)
  }
  return (
    <div className="flex flex-col gap-2">
      <Select
        label={t('inputs:offset.label')}
        value={way}
        options={(['on', 'before', 'after'] as const).map((each) => ({ value: each, label: t(`inputs:offset.${each}`) }))}
        onChange={(next) => give(next, length)}
      />
      {way !== 'on' && (
        <DurationField path={path} label={t('inputs:offset.by')} value={length} onChange={(duration) => give(way, duration)} />
      )}
    </div>
  )
}
