import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Banner } from './banner.js'
import { Button } from './button.js'
import { Dialog } from './dialog.js'

export interface ConfirmDialogProps {
  open: boolean
  onClose(): void
  title: string
  /** What will happen, to how many. */
  description?: ReactNode
  /** The verb that will be done, such as "Take out 1,204 members". */
  action: string
  onConfirm(): void
  busy?: boolean
  /** Red: it cannot be undone. */
  danger?: boolean
  error?: string | undefined
  /** Options of what will be done. */
  children?: ReactNode
  width?: 's' | 'm'
}

/** Says what will happen to how many and asks for it by name. */
export function ConfirmDialog({
  open,
  onClose,
  title,
  description,
  action,
  onConfirm,
  busy,
  danger,
  error,
  children,
  width,
}: ConfirmDialogProps) {
  const { t } = useTranslation()
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={title}
      description={description}
      onSubmit={onConfirm}
      {...(width && { width })}
      actions={
        <>
          <Button onClick={onClose}>{t('kit:cancel')}</Button>
          <Button type="submit" variant={danger ? 'danger' : 'primary'} busy={busy ?? false}>
            {action}
          </Button>
        </>
      }
    >
      {(children !== undefined || error !== undefined) && (
        <div className="flex flex-col gap-4">
          {children}
          {error !== undefined && <Banner tone="red">{error}</Banner>}
        </div>
      )}
    </Dialog>
  )
}
