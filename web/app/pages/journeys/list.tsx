import { IconPlus, IconRoute } from '@tabler/icons-react'
import { useDeferredValue } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../api/me.js'
import { JOURNEY_SORTS, useJourneys, useTags, type JourneyListed } from '../../api/journeys.js'
import { Page, Toolbar } from '../../frame/page.js'
import { Button } from '../../kit/button.js'
import { Count } from '../../kit/count.js'
import { cx } from '../../kit/cx.js'
import { EmptyState } from '../../kit/empty-state.js'
import { ErrorState } from '../../kit/error-state.js'
import { LoadMore } from '../../kit/load-more.js'
import { StatePill, Tag } from '../../kit/pill.js'
import { Select } from '../../kit/select.js'
import { ABOVE_ROW, Table, type Column } from '../../kit/table.js'
import { SearchInput } from '../../kit/text-input.js'
import { Time } from '../../kit/time.js'
import { useUrlChoice, useUrlReset, useUrlValue } from '../../url.js'
import { NewDialog } from './new-dialog.js'
import { RowMenu } from './row-menu.js'

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
  const [tag, setTag] = useUrlValue('tag')
  const [sort, setSort] = useUrlChoice('sort', JOURNEY_SORTS, 'created')
  const [making, setMaking] = useUrlValue('new')
  const showAll = useUrlReset()
  const tags = useTags().data ?? []
  const columns = useColumns()
  const list = useJourneys({
    q: useDeferredValue(search.trim()),
    status: status === 'all' ? undefined : status,
    tag: tag === '' ? undefined : tag,
    sort,
  })
  const filtered = search !== '' || status !== 'all' || tag !== ''
  const mayWrite = useMay('write')
  const create = mayWrite && (
    <Button variant="primary" icon={IconPlus} onClick={() => setMaking('yes')}>
      {t('journeys:new')}
    </Button>
  )
  const options = <T extends string>(values: readonly T[], area: string) =>
    values.map((value) => ({ value, label: t(`journeys:${area}.${value}`) }))
  return (
    <Page title={t('journeys:title')} actions={create}>
      <Toolbar>
        <SearchInput label={t('journeys:search')} value={search} onChange={setSearch} className="w-72 max-sm:w-full" />
        <Select
          label={t('journeys:status')}
          value={status}
          onChange={setStatus}
          className="w-40 max-sm:flex-1"
          options={options(STATUS, 'filter')}
        />
        {(tags.length > 0 || tag !== '') && (
          <Select
            label={t('journeys:tag')}
            value={tag === '' ? '*' : tag}
            onChange={(next) => setTag(next === '*' ? '' : next)}
            className="w-40 max-sm:flex-1"
            options={[
              { value: '*', label: t('journeys:allTags') },
              ...tags.map((each) => ({ value: each.tag, label: `${each.tag} (${each.count})` })),
            ]}
          />
        )}
        <Select
          label={t('journeys:sort')}
          value={sort}
          onChange={setSort}
          className="ml-auto w-44 max-sm:ml-0 max-sm:flex-1"
          options={options(JOURNEY_SORTS, 'order')}
        />
      </Toolbar>
      {list.error ? (
        <ErrorState error={list.error} onRetry={list.retry} />
      ) : list.rows?.length !== 0 ? (
        <Table
          label={t('journeys:title')}
          columns={columns}
          rows={list.rows}
          rowKey={({ id }) => id}
          rowLink={homeOf}
          footer={list.hasMore ? <LoadMore list={list} /> : undefined}
        />
      ) : filtered ? (
        <EmptyState title={t('journeys:noneFound')} action={<Button onClick={showAll}>{t('journeys:showAll')}</Button>} />
      ) : (
        <EmptyState icon={IconRoute} title={t('journeys:empty.title')} action={create}>
          {t('journeys:empty.text')}
        </EmptyState>
      )}
      {making !== '' && mayWrite && <NewDialog onClose={() => setMaking('')} />}
    </Page>
  )
}

function useColumns(): Column<JourneyListed>[] {
  const { t } = useTranslation()
  return [
    { key: 'name', label: t('journeys:column.name'), cell: (journey) => <Name {...journey} /> },
    { key: 'status', label: t('journeys:column.status'), width: '124px', cell: ({ status }) => <StatePill state={status} /> },
    ...COUNTS.map((count): Column<JourneyListed> => ({
      key: count,
      label: t(`journeys:column.${count}`),
      width: '88px',
      number: true,
      ...(count !== 'active' && count !== 'parked' && { phone: 'hidden' }),
      cell: ({ counts }) => <Count n={counts[count]} compact alarm={count === 'parked'} />,
    })),
    { key: 'changed', label: t('journeys:column.changed'), width: '120px', number: true, cell: ({ updatedAt }) => <Time at={updatedAt} /> },
    {
      key: 'menu',
      label: t('journeys:column.menu'),
      hiddenLabel: true,
      width: '56px',
      number: true,
      phone: 'corner',
      cell: (journey) => (
        <span className={cx(ABOVE_ROW, 'inline-block')}>
          <RowMenu journey={journey} />
        </span>
      ),
    },
  ]
}

function Name({ name, description, tags }: JourneyListed) {
  return (
    <>
      <span className="flex min-w-0 items-center gap-2">
        <span className="min-w-0 truncate text-body font-medium max-sm:break-words max-sm:whitespace-normal">{name}</span>
        {tags.slice(0, 3).map((tag) => (
          <span key={tag} className="max-w-32 shrink-0 max-sm:hidden">
            <Tag>{tag}</Tag>
          </span>
        ))}
      </span>
      {description !== '' && <span className="block truncate text-label text-muted">{description}</span>}
    </>
  )
}
