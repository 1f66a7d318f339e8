import { IconPlus, IconStack2 } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useAudiences, type Audience } from '../../api/audiences.js'
import { useMay } from '../../api/me.js'
import { useUses, type Use } from '../../api/used-by.js'
import { conditionWords } from '../../canvas/words/condition.js'
import { useWords } from '../../forms/words.js'
import { Page } from '../../frame/page.js'
import { Button } from '../../kit/button.js'
import { Count } from '../../kit/count.js'
import { EmptyState } from '../../kit/empty-state.js'
import { ErrorState } from '../../kit/error-state.js'
import { LoadMore } from '../../kit/load-more.js'
import { Table, type Column } from '../../kit/table.js'
import { Time } from '../../kit/time.js'
import { useUrlValue } from '../../url.js'
import { useUsesColumn } from '../parts/uses.js'
import { NewAudienceDialog } from './new-dialog.js'
import { AudienceState } from './state.js'

/** /audiences: lists, and conditions that are kept up to date. */
export default function AudiencesPage() {
  const { t } = useTranslation()
  const [making, setMaking] = useUrlValue('new')
  const mayWrite = useMay('write')
  const list = useAudiences()
  const uses = useUses('audiences', list.rows?.map(({ id }) => id) ?? [])
  const columns = useColumns(uses)
  const create = mayWrite && (
    <Button variant="primary" icon={IconPlus} onClick={() => setMaking('yes')}>
      {t('audiences:new')}
    </Button>
  )
  return (
    <Page title={t('audiences:title')} actions={create}>
      {list.error ? (
        <ErrorState error={list.error} onRetry={list.retry} />
      ) : list.rows?.length === 0 ? (
        <EmptyState icon={IconStack2} title={t('audiences:empty.title')} action={create}>
          {t('audiences:empty.text')}
        </EmptyState>
      ) : (
        <Table
          label={t('audiences:title')}
          columns={columns}
          rows={list.rows}
          rowKey={({ id }) => id}
          rowLink={({ id }) => `/audiences/${id}`}
          footer={list.hasMore ? <LoadMore list={list} /> : undefined}
        />
      )}
      {making !== '' && <NewAudienceDialog onClose={() => setMaking('')} />}
    </Page>
  )
}

function useColumns(useOf: (id: string) => Use | undefined): Column<Audience>[] {
  const { t } = useTranslation()
  const uses = useUsesColumn<Audience>(useOf)
  const say = useWords()
  return [
    {
      key: 'name',
      label: t('audiences:column.name'),
      cell: ({ name, when }) => (
        <>
          <span className="block truncate text-body font-medium max-sm:break-words max-sm:whitespace-normal">{name}</span>
          {when !== undefined && <span className="block truncate text-label text-muted">{conditionWords(when, say)}</span>}
        </>
      ),
    },
    { key: 'kind', label: t('audiences:column.kind'), width: '120px', cell: ({ kind }) => t(`audiences:kind.${kind}`) },
    {
      key: 'state',
      label: t('audiences:column.state'),
      width: '144px',
      cell: (audience) => <AudienceState audience={audience} />,
    },
    { key: 'size', label: t('audiences:column.size'), width: '112px', number: true, cell: ({ size }) => <Count n={size} /> },
    uses,
    {
      key: 'changed',
      label: t('audiences:column.changed'),
      width: '128px',
      number: true,
      cell: ({ updatedAt }) => <Time at={updatedAt} />,
    },
  ]
}
