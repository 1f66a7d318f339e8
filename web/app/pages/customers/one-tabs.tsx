import { IconBolt, IconHistory, IconInbox, IconRoute } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import {
  useCustomerEvents,
  useCustomerMembers,
  useTraitHistory,
  type CustomerEvent,
  type Member,
  type TraitChange,
} from '../../api/customers.js'
import { useInbox } from '../../api/events.js'
import { useJourney } from '../../api/journeys.js'
import { EmptyState } from '../../kit/empty-state.js'
import { ErrorState } from '../../kit/error-state.js'
import { LoadMore } from '../../kit/load-more.js'
import { StatePill } from '../../kit/pill.js'
import { SkeletonLines } from '../../kit/skeleton.js'
import { Table, type Column } from '../../kit/table.js'
import { Time } from '../../kit/time.js'
import { TileName } from '../../member/tile-name.js'
import { EventList, type Entry } from '../events/event-list.js'
import { inOneLine } from '../events/words.js'
import { subjectOf } from '../inbox/message.js'
import { textOf } from './traits.js'

/** The walks of a customer through orchestrations. */
export function Members({ id }: { id: string }) {
  const { t } = useTranslation()
  const list = useCustomerMembers(id)
  const columns: Column<Member>[] = [
    {
      key: 'orchestration',
      label: t('customers:member.orchestration'),
      cell: ({ orchestrationId }) => <JourneyName id={orchestrationId} />,
    },
    { key: 'status', label: t('customers:member.status'), width: '112px', cell: ({ status }) => <StatePill state={status} /> },
    { key: 'tile', label: t('customers:member.tile'), width: '160px', cell: (member) => <Where member={member} /> },
    {
      key: 'entered',
      label: t('customers:member.entered'),
      width: '112px',
      number: true,
      cell: ({ enteredAt }) => <Time at={enteredAt} />,
    },
  ]
  if (list.error) return <ErrorState error={list.error} onRetry={list.retry} />
  if (list.rows?.length === 0)
    return (
      <EmptyState icon={IconRoute} title={t('customers:member.none')}>
        {t('customers:member.noneText')}
      </EmptyState>
    )
  return (
    <Table
      label={t('customers:tab.members')}
      columns={columns}
      rows={list.rows}
      rowKey={(member) => member.id}
      rowLink={(member) => `/journeys/${member.orchestrationId}/members/${member.id}`}
      footer={list.hasMore ? <LoadMore list={list} /> : undefined}
    />
  )
}

function Where({ member: { orchestrationId, version, status, tileId, exitReason, converted } }: { member: Member }) {
  const { t } = useTranslation()
  if (status !== 'exited') return <TileName journeyId={orchestrationId} version={version} tileId={tileId} />
  return (
    <span className="block truncate">
      {exitReason}
      {converted && ` · ${t('customers:member.converted')}`}
    </span>
  )
}

/** The name of an orchestration by its id. */
function JourneyName({ id }: { id: string }) {
  const { data } = useJourney(id)
  return <span className="block truncate font-medium">{data?.name ?? id}</span>
}

/** Events of a customer, newest first. */
export function Activity({ id }: { id: string }) {
  const { t } = useTranslation()
  const list = useCustomerEvents(id)
  if (list.error) return <ErrorState error={list.error} onRetry={list.retry} />
  if (!list.rows) return <SkeletonLines lines={6} label={t('customers:tab.events')} />
  if (list.rows.length === 0) return <EmptyState icon={IconBolt} title={t('customers:noEvents')} />
  const entryOf = (event: CustomerEvent): Entry => ({
    id: event.id,
    at: event.receivedAt,
    title: event.type === 'track' ? event.event : t(`events:type.${event.type}`),
    line: inOneLine(event.properties),
    whole: event,
  })
  return (
    <EventList
      label={t('customers:tab.events')}
      entries={list.rows.map(entryOf)}
      footer={list.hasMore ? <LoadMore list={list} /> : undefined}
    />
  )
}

/** Changes of a customer's traits, newest first: from what to what, and by what. */
export function History({ id }: { id: string }) {
  const { t } = useTranslation()
  const list = useTraitHistory(id)
  if (list.error) return <ErrorState error={list.error} onRetry={list.retry} />
  if (list.rows?.length === 0) return <EmptyState icon={IconHistory} title={t('customers:noHistory')} />
  const value = (each: unknown) =>
    each === null ? (
      <span className="text-muted">{t('customers:history.none')}</span>
    ) : (
      <span className="block truncate font-mono text-label">{textOf(each)}</span>
    )
  const columns: Column<TraitChange>[] = [
    {
      key: 'trait',
      label: t('customers:history.trait'),
      cell: ({ trait }) => <span className="block truncate font-mono text-label font-medium">{trait}</span>,
    },
    { key: 'old', label: t('customers:history.old'), cell: ({ old }) => value(old) },
    { key: 'new', label: t('customers:history.new'), cell: (change) => value(change.new) },
    { key: 'source', label: t('customers:history.source'), width: '136px', cell: ({ source }) => t(`customers:source.${source.type}`) },
    { key: 'at', label: t('customers:history.at'), width: '112px', number: true, cell: ({ at }) => <Time at={at} /> },
  ]
  return (
    <Table
      label={t('customers:tab.history')}
      columns={columns}
      rows={list.rows}
      rowKey={(change) => change.id}
      footer={list.hasMore ? <LoadMore list={list} /> : undefined}
    />
  )
}

/** What the sandbox received for a customer. */
export function Messages({ id }: { id: string }) {
  const { t } = useTranslation()
  const list = useInbox(id)
  if (list.error) return <ErrorState error={list.error} onRetry={list.retry} />
  if (!list.rows) return <SkeletonLines lines={4} label={t('customers:tab.messages')} />
  if (list.rows.length === 0) return <EmptyState icon={IconInbox} title={t('inbox:noneFor', { customer: id })} />
  return (
    <ul aria-label={t('customers:tab.messages')} className="rounded-card border border-line bg-surface">
      {list.rows.map((message) => (
        <li
          key={message.id}
          className="relative flex min-h-11 items-center gap-3 border-b border-line px-3 py-1.5 last:border-b-0 hover:bg-hover"
        >
          <Link
            to={`/inbox?customer=${encodeURIComponent(id)}&message=${message.id}`}
            className="min-w-0 flex-1 truncate rounded-[4px] font-medium after:absolute after:inset-0"
          >
            {subjectOf(message) ?? t('inbox:noSubject')}
          </Link>
          <span className="relative z-[1] shrink-0 text-table text-muted">
            <Time at={message.at} />
          </span>
        </li>
      ))}
    </ul>
  )
}
