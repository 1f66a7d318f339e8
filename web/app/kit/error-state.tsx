import { IconAlertTriangle, IconLock, IconMapPinOff } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { ApiProblem } from '../api/problem.js'
import { Button } from './button.js'
import { EmptyState } from './empty-state.js'

/** What could not be read: what happened, why, and what to do. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation()
  const problem = error instanceof ApiProblem ? error : undefined
  const kind = problem?.status === 404 ? 'missing' : problem?.status === 403 ? 'forbidden' : 'failed'
  const icon = { missing: IconMapPinOff, forbidden: IconLock, failed: IconAlertTriangle }[kind]
  return (
    <div role="alert">
      <EmptyState
        icon={icon}
        title={t(`kit:error.${kind}`)}
        action={onRetry && kind === 'failed' && <Button onClick={onRetry}>{t('kit:retry')}</Button>}
      >
        <p className="break-words">{problem?.detail ?? (error instanceof Error ? error.message : String(error))}</p>
        {problem?.requestId !== undefined && kind === 'failed' && (
          <p className="mt-2 text-label">{t('kit:error.request', { id: problem.requestId })}</p>
        )}
      </EmptyState>
    </div>
  )
}
