import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useJob } from '../../api/jobs.js'
import { Banner } from '../../kit/banner.js'
import { Button } from '../../kit/button.js'
import { Dialog } from '../../kit/dialog.js'
import { Progress } from '../../kit/progress.js'

export interface JobDialogProps {
  id: string
  /** What is done: names its sentences. */
  kind: 'retry' | 'skip' | 'move' | 'exit' | 'publish'
  onClose(): void
}

/** How far work over many members is, and how it ended. It goes on when this is closed. */
export function JobDialog({ id, kind, onClose }: JobDialogProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { data: job, error } = useJob(id)
  const status = job?.status ?? 'running'
  useEffect(() => {
    if (status !== 'running') void client.invalidateQueries({ queryKey: ['journeys'] })
  }, [client, status])
  const refused = Object.entries(job?.refused ?? {})
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(`member:job.${kind}`)}
      description={status === 'running' ? t('member:job.goesOn') : undefined}
      actions={
        <Button variant="primary" onClick={onClose}>
          {t('kit:close')}
        </Button>
      }
    >
      <div className="flex flex-col gap-3">
        {status === 'running' && <Progress done={job?.done ?? 0} total={job?.total} label={t(`member:job.${kind}`)} />}
        <p role="status" className="text-body tabular-nums">
          {job && t(status === 'done' ? 'member:job.done' : 'member:job.progress', { count: job.total, done: job.done })}
        </p>
        {refused.length > 0 && (
          <ul className="list-disc pl-5 text-table text-muted">
            {refused.map(([reason, count]) => (
              <li key={reason}>{t('member:job.refused', { count, reason: reason.replaceAll('_', ' ') })}</li>
            ))}
          </ul>
        )}
        {(error ?? job?.error) && <Banner tone="red">{error?.message ?? job?.error}</Banner>}
      </div>
    </Dialog>
  )
}
