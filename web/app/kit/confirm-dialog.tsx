import { FormDialog, type FormDialogProps } from './form-dialog.js'

export interface ConfirmDialogProps extends Omit<FormDialogProps, 'onSubmit' | 'change'> {
  onConfirm(): void
  busy?: boolean
  error?: string | undefined
}

/** Says what will happen to how many and asks for it by name. */
export function ConfirmDialog({ onConfirm, busy = false, error, ...rest }: ConfirmDialogProps) {
  return <FormDialog {...rest} onSubmit={onConfirm} change={{ isPending: busy, error: error === undefined ? null : new Error(error) }} />
}
