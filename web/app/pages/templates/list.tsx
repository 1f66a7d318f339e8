import { IconPlus, IconTemplate } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../api/me.js'
import { useTemplates, type TemplateSummary } from '../../api/templates.js'
import { Page, Toolbar } from '../../frame/page.js'
import { Button } from '../../kit/button.js'
import { EmptyState } from '../../kit/empty-state.js'
import { ErrorState } from '../../kit/error-state.js'
import { LoadMore } from '../../kit/load-more.js'
import { Pill } from '../../kit/pill.js'
import { Select } from '../../kit/select.js'
import { Table, type Column } from '../../kit/table.js'
import { SearchInput } from '../../kit/text-input.js'
import { Time } from '../../kit/time.js'
import { useUrlChoice, useUrlValue } from '../../url.js'
import { NewTemplateDialog } from './new-dialog.js'

const KINDS = ['all', 'email', 'text', 'partial'] as const

/** /templates: messages to be used again, and the partials that they bring in. */
export default function TemplatesPage() {
  const { t } = useTranslation()
  const [making, setMaking] = useUrlValue('new')
  const [search, setSearch] = useUrlValue('search')
  const [kind, setKind] = useUrlChoice('kind', KINDS, 'all')
  const mayWrite = useMay('write')
  const list = useTemplates(search, kind === 'all' ? undefined : kind)
  const columns = useColumns()
  const filtered = search !== '' || kind !== 'all'
  const create = mayWrite && (
    <Button variant="primary" icon={IconPlus} onClick={() => setMaking('yes')}>
      {t('content:new')}
    </Button>
  )
  return (
    <Page title={t('content:title')} actions={create}>
      {list.error ? (
        <ErrorState error={list.error} onRetry={list.retry} />
      ) : list.rows?.length === 0 && !filtered ? (
        <EmptyState icon={IconTemplate} title={t('content:empty.title')} action={create}>
          {t('content:empty.text')}
        </EmptyState>
      ) : (
        <>
          <Toolbar>
            <SearchInput label={t('content:search')} value={search} onChange={setSearch} />
            <Select
              label={t('content:column.kind')}
              value={kind}
              onChange={setKind}
              className="w-44 max-sm:w-full"
              options={KINDS.map((value) => ({ value, label: t(`content:filter.${value}`) }))}
            />
          </Toolbar>
          {list.rows?.length === 0 ? (
            <EmptyState icon={IconTemplate} title={t('content:none')}>
              {t('content:noneText')}
            </EmptyState>
          ) : (
            <Table
              label={t('content:title')}
              columns={columns}
              rows={list.rows}
              rowKey={({ id }) => id}
              rowLink={({ id }) => `/templates/${id}`}
              footer={list.hasMore ? <LoadMore list={list} /> : undefined}
            />
          )}
        </>
      )}
      {making !== '' && <NewTemplateDialog onClose={() => setMaking('')} />}
    </Page>
  )
}

function useColumns(): Column<TemplateSummary>[] {
  const { t } = useTranslation()
  return [
    {
      key: 'name',
      label: t('content:column.name'),
      cell: ({ name }) => <span className="block truncate text-body font-medium">{name}</span>,
    },
    { key: 'kind', label: t('content:column.kind'), width: '120px', cell: ({ kind }) => t(`content:kind.${kind}`) },
    { key: 'state', label: t('content:column.state'), width: '200px', cell: (row) => <TemplateState template={row} /> },
    { key: 'changed', label: t('content:column.changed'), width: '128px', number: true, cell: ({ updatedAt }) => <Time at={updatedAt} /> },
  ]
}

/** Which version is sent, and whether there is a draft. */
export function TemplateState({ template: { version, draftVersion } }: { template: Pick<TemplateSummary, 'version' | 'draftVersion'> }) {
  const { t } = useTranslation()
  return (
    <span className="flex items-center gap-1.5">
      {version !== null && <Pill tone="green">{t('content:live', { version })}</Pill>}
      {draftVersion !== null && <Pill tone="grey">{t('content:draft')}</Pill>}
    </span>
  )
}
