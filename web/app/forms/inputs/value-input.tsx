import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { NumberInput } from '../../kit/number-input.js'
import { Select } from '../../kit/select.js'
import { TextInput } from '../../kit/text-input.js'

/** Types of a single value that can be typed. */
export type ValueType = 'string' | 'number' | 'boolean'
const TYPES: readonly ValueType[] = ['string', 'number', 'boolean']

export interface ValueInputProps {
  value: unknown
  onChange(value: unknown): void
  /** What the values of that name are, as far as is known; taken while there is no value. */
  type?: string | undefined
  label: string
}

/** The type that a value is edited as; `json` of what no other input shows. */
export function typeOf(value: unknown, expected?: string): ValueType | 'json' {
  if (value === undefined) return TYPES.includes(expected as ValueType) ? (expected as ValueType) : 'string'
  return TYPES.includes(typeof value as ValueType) ? (typeof value as ValueType) : 'json'
}

/** A value as another type, as near as can be; undefined where there is none. */
export function asType(value: unknown, type: ValueType): unknown {
  if (type === 'string') return value === undefined ? undefined : String(value)
  if (type === 'boolean') return value === 'false' || value === false ? false : true
  const number = Number(value)
  return value === undefined || value === '' || !Number.isFinite(number) ? undefined : number
}

/** Beside the type; where that leaves too little, above it. */
const WIDTH = 'min-w-0 grow-[99] basis-28'

/** A text, a number, yes or no, each typed as what it is; anything else as JSON. */
export function ValueInput({ value, onChange, type: expected, label }: ValueInputProps) {
  const { t } = useTranslation()
  const [chosen, setChosen] = useState<ValueType>()
  const type = value === undefined && chosen !== undefined ? chosen : typeOf(value, expected)
  if (type === 'json') return <JsonValue {...{ value, onChange, label }} />
  return (
    <div className="flex min-w-0 flex-1 flex-wrap gap-1">
      {type === 'string' && (
        <TextInput className={WIDTH} aria-label={label} value={(value as string | undefined) ?? ''} onChange={onChange} />
      )}
      {type === 'number' && <NumberInput className={WIDTH} aria-label={label} value={value as number | undefined} onChange={onChange} />}
      {type === 'boolean' && (
        <Select
          className={WIDTH}
          label={label}
          value={value === undefined ? undefined : value === true ? 'true' : 'false'}
          onChange={(next) => onChange(next === 'true')}
          options={(['true', 'false'] as const).map((each) => ({ value: each, label: t(`canvas:value.${each}`) }))}
        />
      )}
      <Select
        label={t('inputs:valueType', { label })}
        className="w-30 shrink-0 grow max-w-full"
        value={type}
        onChange={(next) => (setChosen(next), onChange(asType(value, next)))}
        options={TYPES.map((each) => ({ value: each, label: t(`inputs:type.${each}`) }))}
      />
    </div>
  )
}

function JsonValue({ value, onChange, label }: Omit<ValueInputProps, 'type'>) {
  const [text, setText] = useState(() => JSON.stringify(value))
  const change = (next: string): void => {
    setText(next)
    try {
      onChange(JSON.parse(next))
    } catch {
      // Kept as a text until it can be read.
    }
  }
  return <TextInput mono aria-label={label} value={text} onChange={change} />
}

export interface ListInputProps {
  value: readonly unknown[]
  onChange(value: unknown[]): void
  type?: string | undefined
  label: string
}

/** Several values, with commas between them. */
export function ListInput({ value, onChange, type, label }: ListInputProps) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState<string>()
  // A text with a comma in it, null, and texts that look like numbers are only told apart as JSON.
  const plain = value.every((item) => typeof item === 'string' && item === item.trim() && item !== '' && !item.includes(',')) || value.every((item) => typeof item === 'number') // prettier-ignore
  if (!plain) return <JsonValue value={value} onChange={(next) => Array.isArray(next) && onChange(next)} label={label} />
  const numbers = value.length > 0 ? typeof value[0] === 'number' : type === 'number'
  const read = (text: string): unknown[] => {
    const items = text.split(',').map((item) => item.trim()).filter(Boolean) // prettier-ignore
    const asNumbers = items.map(Number)
    return numbers && asNumbers.every(Number.isFinite) ? asNumbers : items
  }
  return (
    <TextInput
      aria-label={label}
      placeholder={t('inputs:list')}
      value={typed ?? value.join(', ')}
      onChange={(text) => (setTyped(text), onChange(read(text)))}
      onBlur={() => setTyped(undefined)}
    />
  )
}
