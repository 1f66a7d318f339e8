import type { ReactNode } from 'react'
import { cx } from './cx.js'

export interface ControlLabelProps {
  /** Of the control; its hint has the id `${id}-hint`. */
  id: string
  label: ReactNode
  hint: ReactNode
  /** The label is there for assistive technology only. */
  hidden: boolean | undefined
}

/** What stands beside a control that is switched or ticked. */
export function ControlLabel({ id, label, hint, hidden }: ControlLabelProps) {
  return (
    <span className={cx('min-w-0', hidden && 'sr-only')}>
      <label htmlFor={id} className="block cursor-pointer text-body">
        {label}
      </label>
      {hint !== undefined && (
        <span id={`${id}-hint`} className="block text-label text-muted">
          {hint}
        </span>
      )}
    </span>
  )
}
