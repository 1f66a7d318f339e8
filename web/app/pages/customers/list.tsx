import { IconDownload, IconUpload, IconUserPlus, IconUsers } from '@tabler/icons-react'
import { useDeferredValue, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { urlOf } from '../../api/client.js'
import { useCustomers, useCustomerTotal, type CustomerSummary } from '../../api/customers.js'
import { useMay } from '../../api/me.js'
import { Page } from '../../frame/page.js'
import { ImportDialog } from '../../imports/import-dialog.js'
import { Button, IconButton } from '../../kit/button.js'
import { EmptyState } from '../../kit/empty-state.js'
import { Menu } from '../../kit/menu.js'
import type { Column } from '../../kit/table.js'
import { Time } from '../../kit/time.js'
import { useUrlValue } from '../../url.js'
import { CustomerTable } from './customer-table.js'
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
            {t('imports:open')}
          </Button>
        </>
      )}
    </>
  )
  return (
    <Page title={t('customers:title')} actions={actions}>
      <CustomerTable
        label={t('customers:title')}
        search={search}
        onSearch={setSearch}
        list={list}
        columns={columns}
        aside={
          total && (
            <span className="text-table text-muted">
              {t(total.exact ? 'customers:total' : 'customers:totalAbout', { count: total.count })}
            </span>
          )
        }
        empty={
          <EmptyState
            icon={IconUsers}
            title={t('customers:empty.title')}
            action={
              mayWrite && (
                <>
                  <Button onClick={() => setAdding(true)}>{t('customers:add.action')}</Button>
                  <Button variant="primary" onClick={openImport}>
                    {t('imports:open')}
                  </Button>
                </>
              )
            }
          >
            {t('customers:empty.text')}
          </EmptyState>
        }
      />
      {importing !== '' && mayWrite && <ImportDialog of="customers" onClose={() => setImporting('')} />}
      {adding && <NewCustomerDialog onClose={() => setAdding(false)} />}
    </Page>
  )
}

function useColumns(): Column<CustomerSummary>[] {
  const { t } = useTranslation()
  return [
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
