import { RadioGroup as Radix } from 'radix-ui'
import { useId, type ReactNode } from 'react'

export interface Radio<T extends string> {
  value: T
  label: ReactNode
  /** What this choice will do. */
  hint?: ReactNode
  disabled?: boolean
  /** Shown below while it is chosen: what else must be told. */
  more?: ReactNode
}

export interface RadioGroupProps<T extends string> {
  label: string
  value: T
  onChange(value: NoInfer<T>): void
  options: readonly Radio<NoInfer<T>>[]
}

/** One of a few, all seen at once with what each will do. */
export function RadioGroup<T extends string>({ label, value, onChange, options }: RadioGroupProps<T>) {
  const id = useId()
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <span id={id} className="text-label font-medium">
        {label}
      </span>
      <Radix.Root aria-labelledby={id} value={value} onValueChange={(next) => onChange(next as T)} className="flex flex-col gap-2">
        {options.map((option) => (
          <div key={option.value} className="flex flex-col gap-2">
            <One id={`${id}-${option.value}`} {...option} />
            {option.value === value && option.more !== undefined && <div className="pl-6">{option.more}</div>}
          </div>
        ))}
      </Radix.Root>
    </div>
  )
}

function One({ id, value, label, hint, disabled }: Radio<string> & { id: string }) {
  return (
    <span className="flex items-start gap-2">
      <Radix.Item
        id={id}
        value={value}
        disabled={disabled}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        className="relative mt-0.5 grid size-4 shrink-0 place-items-center rounded-full border border-edge bg-surface after:absolute after:-inset-1 disabled:opacity-50 data-[state=checked]:border-accent"
      >
        <Radix.Indicator className="size-2 rounded-full bg-accent" />
      </Radix.Item>
      <span className="min-w-0">
        <label htmlFor={id} className="block cursor-pointer text-body">
          {label}
        </label>
        {hint !== undefined && (
          <span id={`${id}-hint`} className="block text-label text-muted">
            {hint}
          </span>
        )}
      </span>
    </span>
  )
}
