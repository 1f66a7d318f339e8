import { IconDownload, IconUpload, IconUserPlus, IconUsers } from '@tabler/icons-react'
import { useDeferredValue, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { urlOf } from '../../api/client.js'
import { useCustomers, useCustomerTotal, type CustomerSummary } from '../../api/customers.js'
import { useMay } from '../../api/me.js'
import { Page, Toolbar } from '../../frame/page.js'
import { Button, IconButton } from '../../kit/button.js'
import { EmptyState } from '../../kit/empty-state.js'
import { ErrorState } from '../../kit/error-state.js'
import { LoadMore } from '../../kit/load-more.js'
import { Menu } from '../../kit/menu.js'
import { Table, type Column } from '../../kit/table.js'
import { SearchInput } from '../../kit/text-input.js'
import { Time } from '../../kit/time.js'
import { useUrlValue } from '../../url.js'
import { ImportDialog } from './import-dialog.js'
import { NewCustomerDialog } from './new-dialog.js'

/** /customers: everybody who is known, found by how the words of id, email or name begin. */
export default function CustomersPage() {
  const { t } = useTranslation()
  const [search, setSearch] = useUrlValue('search')
  const [importing, setImporting] = useUrlValue('import')
  const [adding, setAdding] = useState(false)
  const list = useCustomers(useDeferredValue(search.trim()))
  const total = useCustomerTotal().data
  const columns = useColumns()
  const mayWrite = useMay('write')
  const openImport = (): void => setImporting('yes')
  const actions = (
    <>
      <Menu
        items={(['csv', 'ndjson'] as const).map((format) => ({
          label: t(`customers:export.${format}`),
          onSelect: () => window.location.assign(urlOf('/customers/export', { format })),
        }))}
      >
        <IconButton label={t('customers:export.label')} icon={IconDownload} />
      </Menu>
      {mayWrite && (
        <>
          <Button icon={IconUserPlus} onClick={() => setAdding(true)} className="max-sm:hidden">
            {t('customers:add.action')}
          </Button>
          <Button variant="primary" icon={IconUpload} onClick={openImport}>
            {t('customers:import.open')}
          </Button>
        </>
      )}
    </>
  )
  return (
    <Page title={t('customers:title')} actions={actions}>
      <Toolbar>
        <SearchInput label={t('customers:search')} value={search} onChange={setSearch} className="w-80 max-sm:w-full" />
        {total && (
          <span className="text-table text-muted">
            {t(total.exact ? 'customers:total' : 'customers:totalAbout', { count: total.count })}
          </span>
        )}
      </Toolbar>
      {list.error ? (
        <ErrorState error={list.error} onRetry={list.retry} />
      ) : list.rows?.length !== 0 ? (
        <Table
          label={t('customers:title')}
          columns={columns}
          rows={list.rows}
          rowKey={({ id }) => id}
          rowLink={({ id }) => `/customers/${encodeURIComponent(id)}`}
          footer={list.hasMore ? <LoadMore list={list} /> : undefined}
        />
      ) : search !== '' ? (
        <EmptyState
          title={t('customers:noneFound', { search })}
          action={<Button onClick={() => setSearch('')}>{t('customers:showAll')}</Button>}
        >
          {t('customers:noneFoundHint')}
        </EmptyState>
      ) : (
        <EmptyState
          icon={IconUsers}
          title={t('customers:empty.title')}
          action={
            mayWrite && (
              <>
                <Button onClick={() => setAdding(true)}>{t('customers:add.action')}</Button>
                <Button variant="primary" onClick={openImport}>
                  {t('customers:import.open')}
                </Button>
              </>
            )
          }
        >
          {t('customers:empty.text')}
        </EmptyState>
      )}
      {importing !== '' && mayWrite && <ImportDialog onClose={() => setImporting('')} />}
      {adding && <NewCustomerDialog onClose={() => setAdding(false)} />}
    </Page>
  )
}

function useColumns(): Column<CustomerSummary>[] {
  const { t } = useTranslation()
  return [
    { key: 'id', label: t('customers:column.id'), cell: ({ id }) => <span className="block truncate font-mono text-label">{id}</span> },
    { key: 'name', label: t('customers:column.name'), cell: ({ name }) => <span className="block truncate">{name ?? '–'}</span> },
    { key: 'email', label: t('customers:column.email'), cell: ({ email }) => <span className="block truncate">{email ?? '–'}</span> },
    {
      key: 'updated',
      label: t('customers:column.updated'),
      width: '128px',
      number: true,
      cell: ({ updatedAt }) => <Time at={updatedAt} />,
    },
    {
      key: 'created',
      label: t('customers:column.created'),
      width: '128px',
      number: true,
      phone: 'hidden',
      cell: ({ createdAt }) => <Time at={createdAt} />,
    },
  ]
}
