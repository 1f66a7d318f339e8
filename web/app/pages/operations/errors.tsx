import { IconCircleCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { useMay } from '../../api/me.js'
import { useErrorCounts, type ErrorCount } from '../../api/operations.js'
import { Page } from '../../frame/page.js'
import { Button } from '../../kit/button.js'
import { Code } from '../../kit/code.js'
import { Count } from '../../kit/count.js'
import { EmptyState } from '../../kit/empty-state.js'
import { ErrorState } from '../../kit/error-state.js'
import { ABOVE_ROW, Table, type Column } from '../../kit/table.js'
import { Time } from '../../kit/time.js'
import { useUrlChoice } from '../../url.js'
import { BulkDialog } from './bulk-dialog.js'
import { Group } from './group.js'
import { OperationsTabs } from './tabs.js'

/** /operations: members that are parked and deliveries that are tried again, by orchestration and code; `?journey&code` opens one group. */
export default function ErrorsPage() {
  const { t } = useTranslation()
  const { data: counts, error, refetch } = useErrorCounts()
  const [params, setParams] = useSearchParams()
  const [acting, setActing] = useUrlChoice('do', ['none', 'act'], 'none')
  const mayOperate = useMay('operate')
  const [journeyId, code] = [params.get('journey'), params.get('code')]
  const isOpen = (count: ErrorCount): boolean => count.orchestrationId === journeyId && count.code === code
  const chosen = counts?.find(isOpen)
  const choose = ({ orchestrationId, code }: ErrorCount, more: Record<string, string> = {}): void =>
    setParams({ journey: orchestrationId, code, ...more })
  const columns = useColumns(mayOperate, (count) => choose(count, { do: 'act' }))
  return (
    <Page title={t('operations:title')}>
      <OperationsTabs />
      {counts === undefined && error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : counts?.length === 0 ? (
        <EmptyState icon={IconCircleCheck} title={t('operations:errors.empty')}>
          {t('operations:errors.emptyText')}
        </EmptyState>
      ) : (
        <>
          {counts && <Summary counts={counts} />}
          <Table
            label={t('operations:errors.title')}
            columns={columns}
            rows={counts}
            rowKey={(count) => `${count.orchestrationId} ${count.code}`}
            onOpen={(count) => choose(count)}
            selected={isOpen}
          />
        </>
      )}
      {journeyId !== null && code !== null && (
        <Group
          key={`${journeyId} ${code}`}
          journeyId={journeyId}
          code={code}
          name={chosen?.orchestrationName}
          onAct={mayOperate && chosen && chosen.parked > 0 ? () => setActing('act') : undefined}
        />
      )}
      {mayOperate && acting === 'act' && chosen && <BulkDialog group={chosen} onClose={() => setActing('none')} />}
    </Page>
  )
}

function Summary({ counts }: { counts: readonly ErrorCount[] }) {
  const { t } = useTranslation()
  const sum = (of: 'parked' | 'retrying'): number => counts.reduce((total, count) => total + count[of], 0)
  return (
    <p className="text-body">
      {t('operations:errors.parked', { count: sum('parked') })} {t('operations:errors.retrying', { count: sum('retrying') })}
    </p>
  )
}

function useColumns(mayOperate: boolean, onAct: (count: ErrorCount) => void): Column<ErrorCount>[] {
  const { t } = useTranslation()
  const act: Column<ErrorCount> = {
    key: 'act',
    label: t('operations:bulk.open'),
    hiddenLabel: true,
    width: '112px',
    phone: 'heading',
    cell: (count) =>
      count.parked > 0 && (
        <span className={ABOVE_ROW}>
          <Button
            size="s"
            aria-label={t('operations:bulk.openOne', { name: count.orchestrationName, code: count.code })}
            onClick={() => onAct(count)}
          >
            {t('operations:bulk.open')}
          </Button>
        </span>
      ),
  }
  return [
    {
      key: 'name',
      label: t('operations:column.orchestration'),
      cell: ({ orchestrationName }) => (
        <span className="block truncate text-body font-medium max-sm:break-words max-sm:whitespace-normal">{orchestrationName}</span>
      ),
    },
    {
      key: 'code',
      label: t('operations:column.code'),
      width: '220px',
      cell: ({ code }) => (
        <span className="block truncate">
          <Code text={code} />
        </span>
      ),
    },
    { key: 'parked', label: t('operations:column.parked'), width: '104px', number: true, cell: ({ parked }) => <Count n={parked} alarm /> },
    {
      key: 'retrying',
      label: t('operations:column.retrying'),
      width: '104px',
      number: true,
      cell: ({ retrying }) => <Count n={retrying} />,
    },
    {
      key: 'next',
      label: t('operations:column.next'),
      width: '128px',
      number: true,
      cell: ({ nextRetryAt }) => (nextRetryAt === undefined ? '–' : <Time at={nextRetryAt} />),
    },
    ...(mayOperate ? [act] : []),
  ]
}
