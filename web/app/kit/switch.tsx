import { Switch as Radix } from 'radix-ui'
import { useId, type ReactNode } from 'react'
import { ControlLabel } from './control-label.js'

export interface SwitchProps {
  checked: boolean
  onChange(checked: boolean): void
  label: ReactNode
  hint?: ReactNode
  hiddenLabel?: boolean
  disabled?: boolean
}

/** On or off, at once. */
export function Switch({ checked, onChange, label, hint, hiddenLabel, disabled }: SwitchProps) {
  const id = useId()
  return (
    <span className="flex items-start gap-2.5">
      <Radix.Root
        id={id}
        checked={checked}
        onCheckedChange={onChange}
        disabled={disabled}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        className="relative h-5 w-9 shrink-0 rounded-full bg-edge transition-colors after:absolute after:-inset-y-0.5 after:inset-x-0 disabled:opacity-50 data-[state=checked]:bg-accent"
      >
        <Radix.Thumb className="block size-4 translate-x-0.5 rounded-full bg-surface transition-transform data-[state=checked]:translate-x-4.5" />
      </Radix.Root>
      <ControlLabel id={id} label={label} hint={hint} hidden={hiddenLabel} />
    </span>
  )
}
