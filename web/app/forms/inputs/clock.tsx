import { useTranslation } from 'react-i18next'
import { DAYS } from '../../../../model/choices.js'
import { dateWords } from '../../canvas/words/say.js'
import { cx } from '../../kit/cx.js'
import { INPUT, useField } from '../../kit/field.js'
import { TextInput } from '../../kit/text-input.js'

interface Given {
  value: string | undefined
  onChange(value: string | undefined): void
}

const Native = ({ type, value, onChange }: Given & { type: 'time' | 'datetime-local' | 'date' }) => (
  <input
    {...useField()}
    type={type}
    value={value ?? ''}
    max={type === 'time' ? undefined : '9999-12-31T23:59'.slice(0, type === 'date' ? 10 : undefined)}
    onChange={({ target }) => onChange(target.value === '' ? undefined : target.value)}
    className={cx(INPUT, 'h-8 w-full')}
  />
)

/** A time of day: `09:00`. What is none, which only JSON gives, is shown as a text. */
export const TimeInput = ({ value, onChange }: Given) =>
  value === undefined || /^\d\d:\d\d$/.test(value) ? (
    <Native type="time" value={value} onChange={onChange} />
  ) : (
    <TextInput value={value} onChange={(text) => onChange(text || undefined)} />
  )

/** A date and a time; one with an offset, with seconds, or without a time is a text, with what it means. */
export function DateTimeInput({ value, onChange }: Given) {
  const { i18n } = useTranslation()
  if (value === undefined || /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(value))
    return <Native type="datetime-local" value={value} onChange={onChange} />
  const words = dateWords(value, i18n.language)
  return (
    <>
      <TextInput mono value={value} onChange={(text) => onChange(text || undefined)} />
      {words !== value && <span className="text-label text-muted">{words}</span>}
    </>
  )
}

export interface DaysInputProps {
  value: readonly string[] | undefined
  /** Undefined: every day. */
  onChange(value: string[] | undefined): void
  label: string
}

/** Days of the week as buttons that are pressed or not; none or all of them: every day. */
export function DaysInput({ value = [], onChange, label }: DaysInputProps) {
  const { t } = useTranslation()
  const toggle = (day: string): void => {
    const next = DAYS.filter((each) => (each === day ? !value.includes(day) : value.includes(each)))
    onChange(next.length === 0 ? undefined : next)
  }
  return (
    <div role="group" aria-label={label} className="flex flex-col gap-1">
      <span className="text-label font-medium">{label}</span>
      <div className="flex flex-wrap gap-1">
        {DAYS.map((day) => (
          <button
            key={day}
            type="button"
            aria-pressed={value.includes(day)}
            onClick={() => toggle(day)}
            className="h-8 min-w-10 flex-1 rounded-input border border-edge/70 px-1 text-table hover:bg-hover aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:font-medium aria-pressed:text-accent"
          >
            {t(`canvas:days.${day}`)}
          </button>
        ))}
      </div>
      {value.length === 0 && <span className="text-label text-muted">{t('inputs:everyDay')}</span>}
    </div>
  )
}
