import { IconCheck, IconSelector } from '@tabler/icons-react'
import { Command } from 'cmdk'
import { Popover as Radix } from 'radix-ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { cx } from './cx.js'
import { INPUT, useField } from './field.js'
import type { Option } from './select.js'

export interface ComboboxProps {
  value: string | undefined
  onChange(value: string): void
  options: readonly Option[]
  placeholder?: string
  /** Its name where no Field stands around it. */
  label?: string
  /** What is typed may be taken although it is no option. */
  free?: boolean
  /** Told what is typed, to fetch other options; the options are then shown as they come, not filtered. */
  onSearch?(text: string): void
  /** Options are on their way. */
  loading?: boolean
  mono?: boolean
  disabled?: boolean
  className?: string
}

/** One of many, found by typing. */
export function Combobox({
  value,
  onChange,
  options,
  placeholder,
  label,
  free,
  onSearch,
  loading,
  mono,
  disabled,
  className,
}: ComboboxProps) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const [typed, setTyped] = useState('')
  const chosen = options.find((option) => option.value === value)?.label ?? value
  const pick = (next: string): void => {
    onChange(next)
    setOpen(false)
  }
  const search = (text: string): void => {
    setTyped(text)
    onSearch?.(text)
  }
  const extra = free && typed.trim() !== '' && !options.some((option) => option.value === typed.trim())
  return (
    <Radix.Root open={open} onOpenChange={(next) => (setOpen(next), search(''))}>
      <Radix.Trigger
        {...useField()}
        role="combobox"
        aria-label={label}
        aria-expanded={open}
        disabled={disabled}
        className={cx(
          INPUT,
          'flex h-8 items-center justify-between gap-2 text-left',
          mono && 'font-mono text-table',
          className ?? 'w-full',
        )}
      >
        <span className={cx('min-w-0 truncate', !chosen && 'font-sans text-muted')}>{chosen || placeholder || t('kit:choose')}</span>
        <IconSelector size={16} className="shrink-0 text-muted" aria-hidden />
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align="start"
          sideOffset={4}
          collisionPadding={8}
          className="move-pop z-50 w-(--radix-popover-trigger-width) min-w-60 overflow-hidden rounded-card border border-line bg-raised shadow-float"
        >
          <Command shouldFilter={onSearch === undefined} loop label={label ?? placeholder ?? t('kit:choose')}>
            <Command.Input
              value={typed}
              onValueChange={search}
              placeholder={t('kit:search')}
              className="h-9 w-full border-b border-line bg-transparent px-3 text-body outline-none"
            />
            <Command.List className="max-h-64 overflow-y-auto p-1">
              {loading ? (
                <p className="px-2 py-1.5 text-table text-muted">{t('kit:loading')}</p>
              ) : (
                <Command.Empty className="px-2 py-1.5 text-table text-muted">{t('kit:nothing')}</Command.Empty>
              )}
              {options.map((option) => (
                <Command.Item
                  key={option.value}
                  value={option.value}
                  keywords={[option.label]}
                  onSelect={() => pick(option.value)}
                  className={ITEM}
                >
                  {option.icon}
                  <span className={cx('min-w-0 flex-1 break-words', mono && 'font-mono text-table')}>
                    {option.label}
                    {option.hint !== undefined && <span className="block font-sans text-label text-muted">{option.hint}</span>}
                  </span>
                  {option.value === value && <IconCheck size={16} className="shrink-0 text-accent" aria-hidden />}
                </Command.Item>
              ))}
              {extra && (
                <Command.Item forceMount value={`=${typed}`} onSelect={() => pick(typed.trim())} className={ITEM}>
                  <span className="min-w-0 break-words">{t('kit:use', { text: typed.trim() })}</span>
                </Command.Item>
              )}
            </Command.List>
          </Command>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

const ITEM = 'flex min-h-8 cursor-pointer items-center gap-2 rounded-input px-2 py-1 text-body data-[selected=true]:bg-hover'
