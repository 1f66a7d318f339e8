import { IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../kit/button.js'
import { ProblemsPanel, type ProblemsPanelProps } from './problems.js'

/** The drawer below the canvas. */
export function ProblemsDrawer({ onClose, ...props }: ProblemsPanelProps & { onClose(): void }) {
  const { t } = useTranslation()
  return (
    <section aria-label={t('editor:problems.title')} className="flex max-h-64 min-h-24 shrink-0 flex-col border-t border-line bg-surface">
      <header className="flex items-center justify-between border-b border-line py-0.5 pr-1 pl-4">
        <h2 className="text-table font-semibold">{t('editor:problems.title')}</h2>
        <IconButton label={t('kit:close')} icon={IconX} onClick={onClose} />
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <ProblemsPanel {...props} />
      </div>
    </section>
  )
}
