import { IconX } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../kit/button.js'
import { cx } from '../../kit/cx.js'

export interface BottomDrawerProps {
  title: string
  /** It takes about half of the window; else as much as it holds. */
  tall?: boolean
  /** Beside the title, always in sight. */
  tools?: ReactNode
  onClose(): void
  children: ReactNode
}

/** The drawer below the canvas. */
export function BottomDrawer({ title, tall = false, tools, onClose, children }: BottomDrawerProps) {
  const { t } = useTranslation()
  return (
    <section
      aria-label={title}
      className={cx(
        '@container flex min-h-24 shrink-0 flex-col border-t border-line bg-surface',
        tall ? 'h-[48%] max-sm:h-[60%]' : 'max-h-64',
      )}
    >
      <header className="flex items-center gap-4 border-b border-line py-0.5 pr-1 pl-4">
        <h2 className="shrink-0 text-table font-semibold">{title}</h2>
        <div className="min-w-0 flex-1">{tools}</div>
        <IconButton label={t('kit:close')} icon={IconX} onClick={onClose} />
      </header>
      {/* What is only read out is placed absolutely: it must not make the page around higher. */}
      <div className="relative min-h-0 flex-1 overflow-y-auto">{children}</div>
    </section>
  )
}
