import { IconCheck, IconMinus } from '@tabler/icons-react'
import { Checkbox as Radix } from 'radix-ui'
import { useId, type ReactNode } from 'react'
import { ControlLabel } from './control-label.js'

export interface CheckboxProps {
  /** `mixed`: some of what it stands for. */
  checked: boolean | 'mixed'
  onChange(checked: boolean): void
  label: ReactNode
  hint?: ReactNode
  /** The label is there for assistive technology only. */
  hiddenLabel?: boolean
  disabled?: boolean
}

/** On or off, one of several, or part of a form that is saved later. At once: Switch. */
export function Checkbox({ checked, onChange, label, hint, hiddenLabel, disabled }: CheckboxProps) {
  const id = useId()
  return (
    <span className="flex items-start gap-2">
      <Radix.Root
        id={id}
        checked={checked === 'mixed' ? 'indeterminate' : checked}
        onCheckedChange={(next) => onChange(next === true)}
        disabled={disabled}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        className="relative mt-0.5 grid size-4 shrink-0 place-items-center rounded-[4px] border border-edge bg-surface text-on-accent transition-colors after:absolute after:-inset-1 disabled:opacity-50 data-[state=checked]:border-accent data-[state=checked]:bg-accent data-[state=indeterminate]:border-accent data-[state=indeterminate]:bg-accent"
      >
        <Radix.Indicator>
          {checked === 'mixed' ? <IconMinus size={12} stroke={3} aria-hidden /> : <IconCheck size={12} stroke={3} aria-hidden />}
        </Radix.Indicator>
      </Radix.Root>
      <ControlLabel id={id} label={label} hint={hint} hidden={hiddenLabel} />
    </span>
  )
}
