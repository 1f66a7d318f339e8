import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { durationWords } from '../../canvas/words/time.js'
import { TextInput } from '../../kit/text-input.js'
import { Bound, type BoundProps } from './form.js'
import { readDurationText, unitsOf } from './duration-text.js'

type Labelled = Pick<BoundProps, 'path' | 'label' | 'hint' | 'optional' | 'hiddenLabel' | 'className'>

export interface DurationFieldProps extends Labelled {
  /** ISO 8601, without a sign. */
  value: string | undefined
  onChange(value: string | undefined): void
  placeholder?: string
}

/** A duration that is typed as people say it. What cannot be read stays in the field, and says so. */
export function DurationField({ value, onChange, hint, placeholder, ...field }: DurationFieldProps) {
  const { t, i18n } = useTranslation()
  const [typed, setTyped] = useState<string>()
  const units = unitsOf(t)
  const words = (iso: string): string => durationWords(iso, { t: (key, values) => t(key, values ?? {}), locale: i18n.language, names: {} })
  const read = typed === undefined ? undefined : readDurationText(typed, units)
  const shown = value === undefined ? '' : readDurationText(words(value), units) === value ? words(value) : value
  const unread = typed !== undefined && typed.trim() !== '' && read === undefined
  const change = (text: string): void => {
    setTyped(text)
    const next = readDurationText(text, units)
    if (text.trim() === '' || next !== undefined) onChange(next)
  }
  // The same before and after leaving the field: what stands below must not move from under a click.
  const given = read ?? value
  const means = given === undefined ? hint : t('inputs:duration.means', { words: words(given), iso: given })
  return (
    <Bound {...field} hint={unread ? t('inputs:duration.unread') : (means ?? t('inputs:duration.hint'))}>
      <TextInput
        value={typed ?? shown}
        onChange={change}
        onBlur={() => !unread && setTyped(undefined)}
        placeholder={placeholder ?? t('inputs:duration.example')}
        {...(unread && { 'aria-invalid': true })}
        autoComplete="off"
      />
    </Bound>
  )
}
