import { IconAlertCircle } from '@tabler/icons-react'
import { createContext, useContext, useId, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { cx } from './cx.js'
import { useErrorsAt } from './form-errors.js'

/** What a control takes from the field around it. */
export interface InField {
  id: string
  'aria-describedby'?: string
  'aria-invalid'?: true
}

const Around = createContext<InField | undefined>(undefined)

/** The id and descriptions that a control must carry; empty outside of a field. */
export const useField = (): Partial<InField> => useContext(Around) ?? {}

export interface FieldProps {
  label: ReactNode
  /** A sentence below the label's control. */
  hint?: ReactNode
  /** JSON pointer of what it edits: what the form around it says of that stands here. */
  path?: string
  /** What is wrong and how to mend it, when the form does not say. */
  error?: string | undefined
  optional?: boolean
  /** The label is there for assistive technology only. */
  hiddenLabel?: boolean
  className?: string
  children: ReactNode
}

/** A label, a control, and what is said about it. The control is any of the kit's inputs. */
export function Field({ label, hint, path, error: own, optional, hiddenLabel, className, children }: FieldProps) {
  const { t } = useTranslation()
  const [said] = useErrorsAt(path)
  const error = own ?? said?.message
  const id = useId()
  const described = [error !== undefined && `${id}-error`, hint !== undefined && `${id}-hint`].filter(Boolean).join(' ')
  return (
    <div className={cx('flex min-w-0 flex-col gap-1', className)}>
      <label htmlFor={id} className={hiddenLabel ? 'sr-only' : 'text-label font-medium text-text'}>
        {label}
        {optional && <span className="font-normal text-muted"> · {t('kit:optional')}</span>}
      </label>
      <Around.Provider
        value={{ id, ...(described !== '' && { 'aria-describedby': described }), ...(error !== undefined && { 'aria-invalid': true }) }}
      >
        {children}
      </Around.Provider>
      {error !== undefined && (
        <p id={`${id}-error`} className="flex items-start gap-1 text-label break-words text-red">
          <IconAlertCircle size={14} className="mt-px shrink-0" aria-hidden />
          <span className="min-w-0">{error}</span>
        </p>
      )}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="text-label text-muted">
          {hint}
        </p>
      )}
    </div>
  )
}

/** What every box to type in looks like. It is as wide as what it stands in, unless a class says how wide. */
export const INPUT =
  'min-w-0 rounded-input border border-edge/70 bg-surface px-2.5 text-body text-text transition-colors hover:border-edge aria-invalid:border-red disabled:bg-sunken disabled:text-muted focus-visible:outline-offset-0'
