import { IconBolt, IconCircleCheck } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useRecentEvents, useRejectedEvents, type AcceptedEvent, type RejectedEvent } from '../../api/events.js'
import { Page, Toolbar } from '../../frame/page.js'
import { ButtonLink } from '../../kit/button.js'
import { Code } from '../../kit/code.js'
import { EmptyState } from '../../kit/empty-state.js'
import { ErrorState } from '../../kit/error-state.js'
import { LoadMore } from '../../kit/load-more.js'
import { SkeletonLines } from '../../kit/skeleton.js'
import { Switch } from '../../kit/switch.js'
import { Tabs } from '../../kit/tabs.js'
import { SearchInput } from '../../kit/text-input.js'
import { useUrlChoice, useUrlValue } from '../../url.js'
import { EventList, type Entry } from './event-list.js'
import { holds, inOneLine } from './words.js'

const TABS = ['accepted', 'rejected'] as const

/** /events: what comes in, as it comes, and what was rejected with the reason. */
export default function EventsPage() {
  const { t } = useTranslation()
  const [tab, setTab] = useUrlChoice('tab', TABS, 'accepted')
  const [filter, setFilter] = useUrlValue('filter')
  const [live, setLive] = useState(true)
  return (
    <Page title={t('events:title')}>
      <Toolbar>
        <SearchInput label={t('events:filter')} value={filter} onChange={setFilter} className="w-80 max-sm:w-full" />
        <Switch checked={live} onChange={setLive} label={t('events:live')} />
      </Toolbar>
      <Tabs
        label={t('events:title')}
        value={tab}
        onChange={setTab}
        tabs={[
          { value: 'accepted', label: t('events:accepted'), content: <Accepted live={live} filter={filter} /> },
          { value: 'rejected', label: t('events:rejected'), content: <Rejected live={live} filter={filter} /> },
        ]}
      />
    </Page>
  )
}

interface Watched {
  live: boolean
  filter: string
}

function Accepted({ live, filter }: Watched) {
  const { t } = useTranslation()
  const list = useRecentEvents(live)
  const entryOf = (event: AcceptedEvent): Entry => ({
    id: event.id,
    at: event.receivedAt,
    title: event.event.startsWith('$') || event.event === '' ? t(`events:type.${event.type}`) : event.event,
    line: inOneLine(event.properties),
    aside: <CustomerLink id={event.customerId} />,
    whole: event,
  })
  if (list.rows?.length === 0)
    return (
      <EmptyState
        icon={IconBolt}
        title={t('events:empty.title')}
        action={<ButtonLink to="/settings/api-keys">{t('events:empty.action')}</ButtonLink>}
      >
        <p>{t('events:empty.text')}</p>
        <Code
          block
          className="mt-3 text-left"
          text={`curl -u <write key>: ${window.location.origin}/v1/track \\\n  -H 'Content-Type: application/json' \\\n  -d '{"userId":"ada","event":"Signed Up"}'`}
        />
      </EmptyState>
    )
  return <Entries list={list} filter={filter} label={t('events:accepted')} entryOf={entryOf} />
}

function Rejected({ live, filter }: Watched) {
  const { t } = useTranslation()
  const list = useRejectedEvents(live)
  const entryOf = (event: RejectedEvent): Entry => ({
    id: event.id,
    at: event.receivedAt,
    title: event.event ?? event.type ?? t('events:noName'),
    line: event.reason,
    ...(event.customerId !== null && { aside: <CustomerLink id={event.customerId} /> }),
    whole: { ...event, raw: parsed(event.raw) },
  })
  if (list.rows?.length === 0)
    return (
      <EmptyState icon={IconCircleCheck} title={t('events:noneRejected.title')}>
        {t('events:noneRejected.text')}
      </EmptyState>
    )
  return <Entries list={list} filter={filter} label={t('events:rejected')} entryOf={entryOf} />
}

/** JSON as it was sent, read where it was not cut off. */
function parsed(raw: string): unknown {
  try {
    return JSON.parse(raw)
  } catch {
    return raw
  }
}

interface EntriesProps<T> {
  list: { rows: T[] | undefined; error: Error | null; retry(): void; hasMore: boolean; loadingMore: boolean; loadMore(): void }
  filter: string
  label: string
  entryOf(event: T): Entry
}

function Entries<T>({ list, filter, label, entryOf }: EntriesProps<T>) {
  const { t } = useTranslation()
  if (list.error) return <ErrorState error={list.error} onRetry={list.retry} />
  if (!list.rows) return <SkeletonLines lines={8} label={label} />
  const shown = list.rows.filter((event) => filter === '' || holds(event, filter))
  if (shown.length === 0) return <EmptyState title={t('events:noneShown', { count: list.rows.length })} action={<LoadMore list={list} />} />
  return <EventList label={label} entries={shown.map(entryOf)} footer={list.hasMore ? <LoadMore list={list} /> : undefined} />
}

/** The id of a customer, as a link to their page. */
export const CustomerLink = ({ id }: { id: string }) => (
  <Link
    to={`/customers/${encodeURIComponent(id)}`}
    className="block max-w-56 truncate rounded-[4px] font-mono text-label text-accent hover:underline max-sm:max-w-28"
  >
    {id}
  </Link>
)
