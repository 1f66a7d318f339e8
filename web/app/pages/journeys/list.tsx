import { IconPlus, IconRoute } from '@tabler/icons-react'
import { useDeferredValue } from 'react'
import { useTranslation } from 'react-i18next'
import { useJourneys, type JourneyListed } from '../../api/journeys.js'
import { Page, Toolbar } from '../../frame/page.js'
import { Button } from '../../kit/button.js'
import { Count } from '../../kit/count.js'
import { EmptyState } from '../../kit/empty-state.js'
import { ErrorState } from '../../kit/error-state.js'
import { LoadMore } from '../../kit/load-more.js'
import { StatePill } from '../../kit/pill.js'
import { Select } from '../../kit/select.js'
import { Table, type Column } from '../../kit/table.js'
import { SearchInput } from '../../kit/text-input.js'
import { Time } from '../../kit/time.js'
import { useUrlChoice, useUrlReset, useUrlValue } from '../../url.js'
import { NewDialog } from './new-dialog.js'

const STATUS = ['all', 'draft', 'active', 'paused', 'completed'] as const
const COUNTS = ['entered', 'active', 'held', 'parked', 'exited'] as const

/** Where an orchestration opens: a draft to be drawn, everything else to be watched. */
export const homeOf = ({ id, status }: Pick<JourneyListed, 'id' | 'status'>): string =>
  `/journeys/${id}/${status === 'draft' ? 'edit' : 'monitor'}`

/** /journeys: all orchestrations with their state and counts. */
export default function JourneysPage() {
  const { t } = useTranslation()
  const [search, setSearch] = useUrlValue('search')
  const [status, setStatus] = useUrlChoice('status', STATUS, 'all')
  const [making, setMaking] = useUrlValue('new', 'no')
  const list = useJourneys({ search: useDeferredValue(search.trim()), status: status === 'all' ? undefined : status })
  const filtered = search !== '' || status !== 'all'
  const showAll = useUrlReset()
  const columns = useColumns()
  const create = (
    <Button variant="primary" icon={IconPlus} onClick={() => setMaking('yes')}>
      {t('journeys:new')}
    </Button>
  )
  return (
    <Page title={t('journeys:title')} actions={create}>
      <Toolbar>
        <SearchInput label={t('journeys:search')} value={search} onChange={setSearch} className="w-72 max-sm:w-full" />
        <Select
          label={t('journeys:status')}
          value={status}
          onChange={setStatus}
          className="w-40 max-sm:w-full"
          options={STATUS.map((value) => ({ value, label: t(`journeys:filter.${value}`) }))}
        />
      </Toolbar>
      {list.error ? (
        <ErrorState error={list.error} onRetry={list.retry} />
      ) : list.rows?.length === 0 ? (
        filtered ? (
          <EmptyState title={t('journeys:noneFound')} action={<Button onClick={showAll}>{t('journeys:showAll')}</Button>} />
        ) : (
          <EmptyState icon={IconRoute} title={t('journeys:empty.title')} action={create}>
            {t('journeys:empty.text')}
          </EmptyState>
        )
      ) : (
        <Table
          label={t('journeys:title')}
          columns={columns}
          rows={list.rows}
          rowKey={({ id }) => id}
          rowLink={homeOf}
          footer={list.hasMore ? <LoadMore list={list} /> : undefined}
        />
      )}
      {making !== 'no' && <NewDialog onClose={() => setMaking('no')} />}
    </Page>
  )
}

function useColumns(): Column<JourneyListed>[] {
  const { t } = useTranslation()
  return [
    {
      key: 'name',
      label: t('journeys:column.name'),
      cell: ({ name, description }) => (
        <>
          <span className="block truncate text-body font-medium max-sm:break-words max-sm:whitespace-normal">{name}</span>
          {description !== '' && <span className="block truncate text-label text-muted">{description}</span>}
        </>
      ),
    },
    {
      key: 'status',
      label: t('journeys:column.status'),
      width: '124px',
      phone: 'heading',
      cell: ({ status }) => <StatePill state={status} />,
    },
    ...COUNTS.map((count): Column<JourneyListed> => ({
      key: count,
      label: t(`journeys:column.${count}`),
      width: '96px',
      number: true,
      cell: ({ members }) => <Count n={members?.[count] ?? 0} compact alarm={count === 'parked'} />,
    })),
    { key: 'changed', label: t('journeys:column.changed'), width: '128px', number: true, cell: ({ updatedAt }) => <Time at={updatedAt} /> },
  ]
}
