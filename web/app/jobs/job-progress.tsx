import { IconCircleCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { urlOf, at } from '../api/client.js'
import type { ImportOf } from '../api/imports.js'
import { useJob } from '../api/jobs.js'
import { Banner } from '../kit/banner.js'
import { buttonClass } from '../kit/button.js'
import { Progress } from '../kit/progress.js'

export interface JobProgressProps {
  id: string
  /** What its rows are, for the sentences. */
  what: ImportOf | 'members'
}

/** How far a job is; at its end what it did, and the file of the rows that were refused. */
export function JobProgress({ id, what }: JobProgressProps) {
  const { t } = useTranslation()
  const { data: job, error } = useJob(id)
  if (error) return <Banner tone="red">{error.message}</Banner>
  const refused = Object.values(job?.refused ?? {}).reduce((sum, count) => sum + count, 0)
  const ended = job !== undefined && job.status !== 'running'
  return (
    <div role="status" className="flex flex-col gap-3">
      <p className="flex items-center gap-2">
        {job?.status === 'done' && <IconCircleCheck size={18} className="shrink-0 text-green" aria-hidden />}
        {job?.status === 'done'
          ? t(`jobs:${what}.done`, { count: job.done - refused })
          : t(`jobs:${what}.running`, { count: job?.total ?? 0, done: (job?.done ?? 0).toLocaleString('en') })}
      </p>
      <Progress done={job?.done ?? 0} total={job?.total} label={t('jobs:progress')} />
      {job?.status === 'failed' && <Banner tone="red">{t('jobs:failed', { reason: job.error ?? '' })}</Banner>}
      {ended && refused > 0 && (
        <Banner
          tone="amber"
          actions={
            what !== 'members' && (
              <a
                href={urlOf(at`/jobs/${id}/errors`, { format: 'csv' })}
                download={`${id}-errors.csv`}
                className={buttonClass({ size: 's' })}
              >
                {t('jobs:errors')}
              </a>
            )
          }
        >
          {t('jobs:refused', { count: refused })}
        </Banner>
      )}
    </div>
  )
}
