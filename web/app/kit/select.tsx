import { IconCheck, IconChevronDown } from '@tabler/icons-react'
import { Select as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { getNonce } from 'get-nonce'
import { cx } from './cx.js'
import { INPUT, useField } from './field.js'

export interface Option<T extends string = string> {
  value: T
  label: string
  /** A second line, muted. */
  hint?: string
  icon?: ReactNode
  disabled?: boolean
}

export interface SelectProps<T extends string> {
  value: T | undefined
  onChange(value: NoInfer<T>): void
  options: readonly Option<NoInfer<T>>[]
  /** Shown while nothing is chosen. */
  placeholder?: string
  /** Its name where no Field stands around it. */
  label?: string
  size?: 'm' | 's'
  disabled?: boolean
  className?: string
}

/** One of a few. More than a dozen: Combobox. */
export function Select<T extends string>({
  value,
  onChange,
  options,
  placeholder,
  label,
  size = 'm',
  disabled,
  className,
}: SelectProps<T>) {
  return (
    <Radix.Root value={value ?? ''} onValueChange={(next) => onChange(next as T)} {...(disabled !== undefined && { disabled })}>
      <Radix.Trigger
        {...useField()}
        aria-label={label}
        className={cx(
          INPUT,
          'flex items-center justify-between gap-2 text-left data-placeholder:text-muted',
          size === 'm' ? 'h-8' : 'h-7 text-table',
          className ?? 'w-full',
        )}
      >
        <span className="min-w-0 truncate">
          <Radix.Value placeholder={placeholder} />
        </span>
        <Radix.Icon asChild>
          <IconChevronDown size={16} className="shrink-0 text-muted" aria-hidden />
        </Radix.Icon>
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          position="popper"
          sideOffset={4}
          collisionPadding={8}
          className="move-pop z-50 max-h-(--radix-select-content-available-height) min-w-(--radix-select-trigger-width) max-w-96 overflow-hidden rounded-card border border-line bg-raised p-1 shadow-float"
        >
          <Radix.Viewport nonce={getNonce()}>
            {options.map((option) => (
              <Choice key={option.value} {...option} />
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

function Choice({ value, label, hint, icon, disabled }: Option) {
  return (
    <Radix.Item
      value={value}
      {...(disabled !== undefined && { disabled })}
      className="flex min-h-8 cursor-pointer items-center gap-2 rounded-input py-1 pr-8 pl-2 text-body outline-none data-disabled:cursor-not-allowed data-disabled:opacity-50 data-highlighted:bg-hover"
    >
      {icon}
      <span className="min-w-0 flex-1">
        <Radix.ItemText>{label}</Radix.ItemText>
        {hint !== undefined && <span className="block text-label text-muted">{hint}</span>}
      </span>
      <Radix.ItemIndicator className="absolute right-3">
        <IconCheck size={16} className="text-accent" aria-hidden />
      </Radix.ItemIndicator>
    </Radix.Item>
  )
}
