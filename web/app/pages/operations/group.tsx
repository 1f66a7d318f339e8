import { useTranslation } from 'react-i18next'
import { useErrors, type DeliveryError } from '../../api/operations.js'
import { Button, ButtonLink } from '../../kit/button.js'
import { Card } from '../../kit/card.js'
import { EmptyState } from '../../kit/empty-state.js'
import { ErrorState } from '../../kit/error-state.js'
import { LoadMore } from '../../kit/load-more.js'
import { StatePill } from '../../kit/pill.js'
import { Select } from '../../kit/select.js'
import { Table, type Column } from '../../kit/table.js'
import { Time } from '../../kit/time.js'
import { TileName } from '../../member/tile-name.js'
import { useUrlChoice } from '../../url.js'

const STATUS = ['all', 'parked', 'retrying', 'resolved'] as const

export interface GroupProps {
  journeyId: string
  code: string
  /** Of the orchestration; undefined: nothing of the group is left to be resolved. */
  name: string | undefined
  onAct: (() => void) | undefined
}

/** The deliveries of one orchestration that failed with one code; each leads to its member. */
export function Group({ journeyId, code, name, onAct }: GroupProps) {
  const { t } = useTranslation()
  const [status, setStatus] = useUrlChoice('status', STATUS, 'all')
  const list = useErrors({ journeyId, code, status: status === 'all' ? undefined : status })
  const columns = useColumns()
  return (
    <Card
      flush
      title={t('operations:group.title', { code, name: name ?? list.rows?.[0]?.orchestrationName ?? journeyId })}
      actions={
        <>
          <Select
            label={t('operations:group.status')}
            value={status}
            onChange={setStatus}
            size="s"
            className="w-36"
            options={STATUS.map((value) => ({ value, label: t(`operations:group.filter.${value}`) }))}
          />
          <ButtonLink size="s" to={`/journeys/${journeyId}/monitor`}>
            {t('operations:group.monitor')}
          </ButtonLink>
          {onAct && (
            <Button size="s" variant="primary" onClick={onAct}>
              {t('operations:bulk.open')}
            </Button>
          )}
        </>
      }
    >
      {list.error ? (
        <ErrorState error={list.error} onRetry={list.retry} />
      ) : list.rows?.length === 0 ? (
        <EmptyState title={t('operations:group.none')} />
      ) : (
        <Table
          label={t('operations:group.label')}
          columns={columns}
          rows={list.rows}
          rowKey={({ memberId, tileId, firstAt }) => `${memberId} ${tileId} ${firstAt}`}
          rowLink={({ memberId }) => `/journeys/${journeyId}/members/${memberId}`}
          footer={list.hasMore ? <LoadMore list={list} /> : undefined}
        />
      )}
    </Card>
  )
}

function useColumns(): Column<DeliveryError>[] {
  const { t } = useTranslation()
  return [
    {
      key: 'customer',
      label: t('operations:column.customer'),
      width: '180px',
      cell: ({ customerId }) => <span className="block truncate font-mono text-label max-sm:pr-24">{customerId}</span>,
    },
    {
      key: 'status',
      label: t('operations:column.status'),
      width: '116px',
      phone: 'corner',
      cell: ({ status }) => <StatePill state={status} />,
    },
    {
      key: 'tile',
      label: t('operations:column.tile'),
      width: '140px',
      cell: ({ orchestrationId, version, tileId }) => <TileName journeyId={orchestrationId} version={version} tileId={tileId} />,
    },
    {
      key: 'message',
      label: t('operations:column.message'),
      phone: 'heading',
      cell: ({ message }) => (
        <span className="line-clamp-2 break-words" title={message}>
          {message}
        </span>
      ),
    },
    { key: 'attempts', label: t('operations:column.attempts'), width: '84px', number: true, cell: ({ attempts }) => attempts },
    {
      key: 'next',
      label: t('operations:column.next'),
      width: '112px',
      number: true,
      cell: ({ nextRetryAt }) => (nextRetryAt === undefined ? '–' : <Time at={nextRetryAt} />),
    },
    { key: 'last', label: t('operations:column.last'), width: '112px', number: true, cell: ({ lastAt }) => <Time at={lastAt} /> },
  ]
}
