import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Banner } from './banner.js'
import { Button } from './button.js'
import { Dialog } from './dialog.js'
import { FormErrors } from './form-errors.js'
import { SkeletonLines } from './skeleton.js'

export interface FormDialogProps {
  open?: boolean
  onClose(): void
  title: string
  /** A sentence below the title: what will happen, to how many. */
  description?: ReactNode
  /** What is done, by name: "Save", "Take out 1,204 members". */
  action: string
  onSubmit(): void
  /** What is done by it: whether it is under way, and why it was refused. */
  change: { isPending: boolean; error: Error | null }
  /** What is given is not enough yet. */
  disabled?: boolean
  /** Red: it cannot be undone. */
  danger?: boolean
  width?: 's' | 'm' | 'l'
  /** At the left of the buttons. */
  aside?: ReactNode
  /** Fields, each with the `path` of what it edits. */
  children?: ReactNode
}

/** A form in a dialog: its fields, what is wrong with each, and two buttons. */
export function FormDialog(props: FormDialogProps) {
  const { open = true, action, change, disabled = false, danger = false, aside, children, description, width, ...rest } = props
  const { t } = useTranslation()
  return (
    <Dialog
      open={open}
      {...rest}
      {...(description !== undefined && { description })}
      {...(width && { width })}
      actions={
        <>
          {aside !== undefined && (
            <>
              {aside}
              <span className="flex-1" />
            </>
          )}
          <Button onClick={rest.onClose}>{t('kit:cancel')}</Button>
          <Button type="submit" variant={danger ? 'danger' : 'primary'} busy={change.isPending} disabled={disabled}>
            {action}
          </Button>
        </>
      }
    >
      {(children !== undefined || change.error !== null) && (
        <div className="flex flex-col gap-4">
          <FormErrors error={change.error}>{children}</FormErrors>
        </div>
      )}
    </Dialog>
  )
}

/** In place of a form whose values are being read. */
export function ReadingDialog({ title, error, onClose }: { title: string; error: Error | null; onClose(): void }) {
  return (
    <Dialog open onClose={onClose} title={title}>
      <div className="pb-5">{error ? <Banner tone="red">{error.message}</Banner> : <SkeletonLines lines={4} label={title} />}</div>
    </Dialog>
  )
}
