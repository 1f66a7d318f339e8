import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Banner } from '../../kit/banner.js'
import { Button } from '../../kit/button.js'
import { Code } from '../../kit/code.js'
import { Dialog } from '../../kit/dialog.js'

export interface ShownOnceProps {
  title: string
  /** What it is for, and for how long. */
  children: ReactNode
  value: string
  onClose(): void
}

/** A key or a link that is never shown again: it stays until the person says that it is copied. */
export function ShownOnce({ title, children, value, onClose }: ShownOnceProps) {
  const { t } = useTranslation()
  return (
    <Dialog
      open
      sticky
      width="m"
      onClose={onClose}
      title={title}
      actions={
        <Button variant="primary" onClick={onClose}>
          {t('settings:once.done')}
        </Button>
      }
    >
      <div className="flex flex-col gap-3">
        <Banner tone="amber">{t('settings:once.text')}</Banner>
        <Code block text={value} />
        <p className="text-table text-muted">{children}</p>
      </div>
    </Dialog>
  )
}
