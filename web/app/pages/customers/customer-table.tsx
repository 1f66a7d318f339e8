import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { CustomerSummary } from '../../api/customers.js'
import { Toolbar } from '../../frame/page.js'
import { Button } from '../../kit/button.js'
import { EmptyState } from '../../kit/empty-state.js'
import { ErrorState } from '../../kit/error-state.js'
import { LoadMore } from '../../kit/load-more.js'
import { Table, type Column } from '../../kit/table.js'
import { SearchInput } from '../../kit/text-input.js'

export interface CustomerTableProps<Row> {
  label: string
  search: string
  onSearch(search: string): void
  /** What useList answers for the search. */
  list: {
    rows: Row[] | undefined
    error: Error | null
    retry(): void
    hasMore: boolean
    loadingMore: boolean
    loadMore(): void
  }
  /** Behind id, name and email. */
  columns: readonly Column<Row>[]
  /** Beside the search. */
  aside?: ReactNode
  /** Where nobody is without a search. */
  empty: ReactNode
}

/** Customers with a search above; each row leads to the customer. */
export function CustomerTable<Row extends Pick<CustomerSummary, 'id' | 'name' | 'email'>>(props: CustomerTableProps<Row>) {
  const { label, search, onSearch, list, columns, aside, empty } = props
  const { t } = useTranslation()
  const named: Column<Row>[] = [
    {
      key: 'id',
      label: t('customers:column.id'),
      cell: ({ id }) => <span className="block truncate font-mono text-label max-sm:pr-10">{id}</span>,
    },
    { key: 'name', label: t('customers:column.name'), cell: ({ name }) => <span className="block truncate">{name ?? '–'}</span> },
    { key: 'email', label: t('customers:column.email'), cell: ({ email }) => <span className="block truncate">{email ?? '–'}</span> },
  ]
  return (
    <>
      <Toolbar>
        <SearchInput label={t('customers:search')} value={search} onChange={onSearch} className="w-80 max-sm:w-full" />
        {aside}
      </Toolbar>
      {list.error ? (
        <ErrorState error={list.error} onRetry={list.retry} />
      ) : list.rows?.length !== 0 ? (
        <Table
          label={label}
          columns={[...named, ...columns]}
          rows={list.rows}
          rowKey={({ id }) => id}
          rowLink={({ id }) => `/customers/${encodeURIComponent(id)}`}
          footer={list.hasMore ? <LoadMore list={list} /> : undefined}
        />
      ) : search !== '' ? (
        <EmptyState
          title={t('customers:noneFound', { search })}
          action={<Button onClick={() => onSearch('')}>{t('customers:showAll')}</Button>}
        >
          {t('customers:noneFoundHint')}
        </EmptyState>
      ) : (
        empty
      )}
    </>
  )
}
