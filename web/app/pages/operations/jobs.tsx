import { IconListCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { at, urlOf } from '../../api/client.js'
import { useJobs, type Job } from '../../api/operations.js'
import { Page, Toolbar } from '../../frame/page.js'
import { Banner } from '../../kit/banner.js'
import { Button, buttonClass } from '../../kit/button.js'
import { Facts } from '../../kit/card.js'
import { CopyId } from '../../kit/copy-id.js'
import { Count } from '../../kit/count.js'
import { Drawer } from '../../kit/dialog.js'
import { EmptyState } from '../../kit/empty-state.js'
import { ErrorState } from '../../kit/error-state.js'
import { LoadMore } from '../../kit/load-more.js'
import { StatePill } from '../../kit/pill.js'
import { Progress } from '../../kit/progress.js'
import { Select } from '../../kit/select.js'
import { Table, type Column } from '../../kit/table.js'
import { Time } from '../../kit/time.js'
import { useUrlChoice, useUrlReset, useUrlValue } from '../../url.js'
import { spokenName } from '../destinations/fields.js'
import { OperationsTabs } from './tabs.js'

const KINDS = ['all', 'enrol', 'operate', 'migrate', 'import'] as const
const STATUS = ['all', 'running', 'done', 'failed'] as const

/** /operations/jobs: work over many rows, as it goes on. `?job` unfolds one. */
export default function JobsPage() {
  const { t } = useTranslation()
  const [kind, setKind] = useUrlChoice('kind', KINDS, 'all')
  const [status, setStatus] = useUrlChoice('status', STATUS, 'all')
  const [open, setOpen] = useUrlValue('job')
  const reset = useUrlReset()
  const list = useJobs({ kind: kind === 'all' ? undefined : kind, status: status === 'all' ? undefined : status })
  const columns = useColumns()
  const job = list.rows?.find(({ id }) => id === open)
  const filtered = kind !== 'all' || status !== 'all'
  return (
    <Page title={t('operations:jobs.title')} crumbs={[{ label: t('operations:title'), to: '/operations' }]}>
      <OperationsTabs />
      <Toolbar>
        <Select
          label={t('operations:jobs.kindLabel')}
          value={kind}
          onChange={setKind}
          className="w-48 max-sm:w-full"
          options={KINDS.map((value) => ({ value, label: t(`operations:jobs.kind.${value}`) }))}
        />
        <Select
          label={t('operations:column.status')}
          value={status}
          onChange={setStatus}
          className="w-40 max-sm:w-full"
          options={STATUS.map((value) => ({ value, label: t(`operations:jobs.status.${value}`) }))}
        />
      </Toolbar>
      {list.error ? (
        <ErrorState error={list.error} onRetry={list.retry} />
      ) : list.rows?.length !== 0 ? (
        <Table
          label={t('operations:jobs.title')}
          columns={columns}
          rows={list.rows}
          rowKey={({ id }) => id}
          onOpen={({ id }) => setOpen(id)}
          selected={({ id }) => id === open}
          footer={list.hasMore ? <LoadMore list={list} /> : undefined}
        />
      ) : filtered ? (
        <EmptyState title={t('operations:jobs.noneFound')} action={<Button onClick={reset}>{t('operations:jobs.showAll')}</Button>} />
      ) : (
        <EmptyState icon={IconListCheck} title={t('operations:jobs.empty')}>
          {t('operations:jobs.emptyText')}
        </EmptyState>
      )}
      {job && <JobDrawer job={job} onClose={() => setOpen('')} />}
    </Page>
  )
}

/** What a job does, in words. */
function useTitle(): (job: Job) => string {
  const { t } = useTranslation()
  return ({ kind, action, imports }) => {
    if (kind === 'operate' && action !== null) return t(`operations:jobs.action.${action}`)
    return imports === null ? t(`operations:jobs.kind.${kind}`) : t(`operations:jobs.imports.${imports}`)
  }
}

const refusedOf = ({ refused }: Job): number => Object.values(refused).reduce((sum, count) => sum + count, 0)

function useColumns(): Column<Job>[] {
  const { t } = useTranslation()
  const titleOf = useTitle()
  return [
    {
      key: 'what',
      label: t('operations:jobs.what'),
      cell: (job) => (
        <>
          <span className="block truncate font-medium max-sm:pr-24">{titleOf(job)}</span>
          {job.orchestrationName !== null && <span className="block truncate text-label text-muted">{job.orchestrationName}</span>}
        </>
      ),
    },
    {
      key: 'status',
      label: t('operations:column.status'),
      width: '116px',
      phone: 'corner',
      cell: ({ status }) => <StatePill state={status} />,
    },
    {
      key: 'progress',
      label: t('operations:jobs.progress'),
      width: '220px',
      cell: ({ done, total }) => (
        <span className="flex flex-col gap-1">
          <span className="tabular-nums">{t('operations:jobs.of', { done, total })}</span>
          <Progress done={done} total={total} label={t('operations:jobs.progress')} />
        </span>
      ),
    },
    { key: 'refused', label: t('operations:jobs.refused'), width: '96px', number: true, cell: (job) => <Count n={refusedOf(job)} /> },
    { key: 'begun', label: t('operations:jobs.begun'), width: '112px', number: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
  ]
}

function JobDrawer({ job, onClose }: { job: Job; onClose(): void }) {
  const { t } = useTranslation()
  const titleOf = useTitle()
  const refused = Object.entries(job.refused)
  return (
    <Drawer open onClose={onClose} title={titleOf(job)}>
      <div className="flex flex-col gap-4">
        {job.error !== undefined && <Banner tone="red">{job.error}</Banner>}
        <Progress done={job.done} total={job.total} label={t('operations:jobs.progress')} />
        <Facts
          facts={[
            { name: t('operations:column.status'), value: <StatePill state={job.status} /> },
            ...(job.orchestrationName === null ? [] : [{ name: t('operations:column.orchestration'), value: job.orchestrationName }]),
            { name: t('operations:jobs.progress'), value: t('operations:jobs.of', { done: job.done, total: job.total }) },
            ...(job.queued === undefined ? [] : [{ name: t('operations:jobs.queued'), value: <Count n={job.queued} /> }]),
            ...refused.map(([reason, count]) => ({
              name: t('operations:jobs.refusedAs', { reason: spokenName(reason).toLowerCase() }),
              value: <Count n={count} />,
            })),
            { name: t('operations:jobs.begun'), value: <Time at={job.createdAt} exact /> },
            ...(job.finishedAt === null ? [] : [{ name: t('operations:jobs.ended'), value: <Time at={job.finishedAt} exact /> }]),
            { name: t('operations:jobs.id'), value: <CopyId id={job.id} /> },
          ]}
        />
        {job.kind === 'import' && refused.length > 0 && (
          <a href={urlOf(at`/jobs/${job.id}/errors`, { format: 'csv' })} download={`${job.id}-errors.csv`} className={buttonClass()}>
            {t('operations:jobs.errors')}
          </a>
        )}
      </div>
    </Drawer>
  )
}
