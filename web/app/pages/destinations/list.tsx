import { IconPlug, IconPlus } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useDestinations, useDestinationTypes, type Destination } from '../../api/destinations.js'
import { useMay } from '../../api/me.js'
import { useUses, type Use } from '../../api/used-by.js'
import { Page } from '../../frame/page.js'
import { Button } from '../../kit/button.js'
import { EmptyState } from '../../kit/empty-state.js'
import { ErrorState } from '../../kit/error-state.js'
import { LoadMore } from '../../kit/load-more.js'
import { Table, type Column } from '../../kit/table.js'
import { Time } from '../../kit/time.js'
import { useUrlValue } from '../../url.js'
import { useUsesColumn } from '../parts/uses.js'
import { NewDestinationDialog } from './new-dialog.js'
import { DestinationTabs } from './parts.js'
import { DestinationState } from './state.js'

/** /destinations: the accounts that orchestrations send through. */
export default function DestinationsPage() {
  const { t } = useTranslation()
  const [making, setMaking] = useUrlValue('new')
  const mayWrite = useMay('write')
  const list = useDestinations()
  const uses = useUses('destinations', list.rows?.map(({ id }) => id) ?? [])
  const columns = useColumns(uses)
  const create = mayWrite && (
    <Button variant="primary" icon={IconPlus} onClick={() => setMaking('yes')}>
      {t('destinations:new')}
    </Button>
  )
  const onlySandbox = list.rows?.every(({ type }) => type === 'sandbox') === true && !list.hasMore
  return (
    <Page title={t('destinations:title')} actions={create}>
      <DestinationTabs />
      {list.error ? (
        <ErrorState error={list.error} onRetry={list.retry} />
      ) : (
        <Table
          label={t('destinations:title')}
          columns={columns}
          rows={list.rows}
          rowKey={({ id }) => id}
          rowLink={({ id }) => `/destinations/${id}`}
          footer={list.hasMore ? <LoadMore list={list} /> : undefined}
        />
      )}
      {onlySandbox && (
        <EmptyState icon={IconPlug} title={t('destinations:empty.title')} action={create}>
          {t('destinations:empty.text')}
        </EmptyState>
      )}
      {mayWrite && making !== '' && <NewDestinationDialog onClose={() => setMaking('')} />}
    </Page>
  )
}

function useColumns(useOf: (id: string) => Use | undefined): Column<Destination>[] {
  const { t } = useTranslation()
  const uses = useUsesColumn<Destination>(useOf)
  const { data: types = [] } = useDestinationTypes()
  return [
    {
      key: 'name',
      label: t('destinations:column.name'),
      cell: ({ name }) => <span className="block truncate text-body font-medium max-sm:break-words max-sm:whitespace-normal">{name}</span>,
    },
    {
      key: 'type',
      label: t('destinations:column.type'),
      width: '200px',
      cell: ({ type }) => types.find((each) => each.type === type)?.title ?? type,
    },
    {
      key: 'state',
      label: t('destinations:column.state'),
      width: '144px',
      cell: ({ status }) => <DestinationState status={status} />,
    },
    uses,
    {
      key: 'changed',
      label: t('destinations:column.changed'),
      width: '128px',
      number: true,
      cell: ({ updatedAt }) => <Time at={updatedAt} />,
    },
  ]
}
