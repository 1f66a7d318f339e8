import { useState, type ComponentProps } from 'react'
import { cx } from './cx.js'
import { INPUT, useField } from './field.js'

export interface NumberInputProps extends Omit<ComponentProps<'input'>, 'onChange' | 'value' | 'type'> {
  /** Undefined: nothing is given. */
  value: number | undefined
  onChange(value: number | undefined): void
  /** Said behind the number, such as `per second`. */
  unit?: string
}

/** A number. What is typed stays as it is while it is no number yet. */
export function NumberInput({ value, onChange, onBlur, unit, className, ...rest }: NumberInputProps) {
  const [typed, setTyped] = useState<string>()
  const shown = typed !== undefined && asNumber(typed) === value ? typed : (value?.toString() ?? '')
  const input = (
    <input
      inputMode="decimal"
      {...useField()}
      {...rest}
      type="text"
      value={shown}
      onChange={({ target }) => {
        const number = asNumber(target.value)
        if (target.value.trim() !== '' && number === undefined && !/^-?\.?$/.test(target.value.trim())) return
        setTyped(target.value)
        onChange(number)
      }}
      onBlur={(event) => (setTyped(undefined), onBlur?.(event))}
      className={cx(INPUT, 'h-8', unit === undefined ? (className ?? 'w-full') : 'w-full')}
    />
  )
  if (unit === undefined) return input
  return (
    <span className={cx('flex items-center gap-2', className)}>
      {input}
      <span className="shrink-0 text-table text-muted">{unit}</span>
    </span>
  )
}

function asNumber(text: string): number | undefined {
  const plain = text.trim().replace(',', '.')
  return plain !== '' && Number.isFinite(Number(plain)) ? Number(plain) : undefined
}
