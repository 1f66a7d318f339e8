import { IconSearch, IconX } from '@tabler/icons-react'
import type { ComponentProps } from 'react'
import { useTranslation } from 'react-i18next'
import { cx } from './cx.js'
import { INPUT, useField } from './field.js'

type Typed<T extends 'input' | 'textarea'> = Omit<ComponentProps<T>, 'onChange' | 'value'> & {
  value: string
  onChange(value: string): void
}

/** One line of text. `mono` for ids and code. */
export function TextInput({ value, onChange, className, mono, ...rest }: Typed<'input'> & { mono?: boolean }) {
  return (
    <input
      type="text"
      {...useField()}
      {...rest}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className={cx(INPUT, 'h-8', mono && 'font-mono text-table', className ?? 'w-full')}
    />
  )
}

/** Several lines of text. */
export function TextArea({ value, onChange, className, mono, rows = 4, ...rest }: Typed<'textarea'> & { mono?: boolean }) {
  return (
    <textarea
      {...useField()}
      {...rest}
      rows={rows}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className={cx(INPUT, 'py-1.5', mono && 'font-mono text-table', className ?? 'w-full')}
    />
  )
}

/** A text to search for, with a button that empties it. */
export function SearchInput({ label, value, onChange, className, ...rest }: Typed<'input'> & { label: string }) {
  const { t } = useTranslation()
  return (
    <div className={cx('relative', className)}>
      <IconSearch size={16} className="pointer-events-none absolute top-2 left-2.5 text-muted" aria-hidden />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        {...rest}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className={cx(INPUT, 'h-8 w-full pl-8 [&::-webkit-search-cancel-button]:hidden', value !== '' && 'pr-8')}
      />
      {value !== '' && (
        <button
          type="button"
          aria-label={t('kit:clear')}
          onClick={() => onChange('')}
          className="absolute top-1 right-1 grid size-6 place-items-center rounded-[4px] text-muted hover:bg-hover hover:text-text"
        >
          <IconX size={14} aria-hidden />
        </button>
      )}
    </div>
  )
}
