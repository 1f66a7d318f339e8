import { useTranslation } from 'react-i18next'
import { CHANNELS } from '../../../../model/channels.js'
import {
  useSaySubscription,
  useSubscriptionHistory,
  useSubscriptions,
  type Subscription,
  type SubscriptionChange,
  type SubscriptionState,
  type Topic,
} from '../../api/consent.js'
import { useMay } from '../../api/me.js'
import { useAll } from '../../api/query.js'
import { ErrorState } from '../../kit/error-state.js'
import { LoadMore } from '../../kit/load-more.js'
import { Pill } from '../../kit/pill.js'
import { Select } from '../../kit/select.js'
import { SkeletonLines } from '../../kit/skeleton.js'
import { Table, type Column } from '../../kit/table.js'
import { Time } from '../../kit/time.js'
import { toast } from '../../kit/toast.js'
import { useUrlChoice } from '../../url.js'

const STATES = ['silent', 'subscribed', 'unsubscribed'] as const
type State = (typeof STATES)[number]

/** Something that a customer can say yes or no to: a channel, or a topic by it. */
interface Row {
  topic: Pick<Topic, 'id' | 'name' | 'optIn'> | null
  said: Subscription | undefined
}

/** What a customer said, by channel: of the whole channel and of each topic, with what they said before. */
export function Subscriptions({ id }: { id: string }) {
  const { t } = useTranslation()
  const [channel, setChannel] = useUrlChoice('channel', CHANNELS, 'email')
  const query = useSubscriptions(id)
  const topics = useAll<Topic>('topics')
  const say = useSaySubscription(id)
  const mayWrite = useMay('write')
  const error = query.error ?? topics.error
  const write = (topic: string | null, state: State): void =>
    say.mutate(
      { channel, topic, state: state === 'silent' ? null : state, etag: query.data?.etag },
      {
        onSuccess: () => toast.done(t('consent:subscriptions.saved')),
        onError: ({ message }) => toast.failed(t('kit:notDone'), { detail: message }),
      },
    )
  const columns = useColumns(mayWrite && !say.isPending ? write : undefined)
  if (error) return <ErrorState error={error} onRetry={() => void query.refetch()} />
  if (!query.data || !topics.data) return <SkeletonLines lines={6} label={t('customers:tab.subscriptions')} />
  const mine = query.data.data.subscriptions.filter((each) => each.channel === channel)
  const of = (topic: Row['topic']): Row => ({ topic, said: mine.find((each) => each.topic === (topic?.id ?? null)) })
  return (
    <div className="flex flex-col gap-4">
      <Select
        label={t('consent:channel.label')}
        value={channel}
        onChange={setChannel}
        className="w-44 max-sm:w-full"
        options={CHANNELS.map((value) => ({ value, label: t(`consent:channel.${value}`) }))}
      />
      {mine.some((each) => each.topic === null && each.state === 'unsubscribed') && (
        <p className="text-table text-muted">{t('consent:subscriptions.off')}</p>
      )}
      <Table
        label={t('customers:tab.subscriptions')}
        columns={columns}
        rows={[of(null), ...topics.data.map(of)]}
        rowKey={({ topic }) => topic?.id ?? ''}
      />
      <History id={id} topics={topics.data} />
    </div>
  )
}

/** @param write absent: it is only to be looked at */
function useColumns(write: ((topic: string | null, state: State) => void) | undefined): Column<Row>[] {
  const { t } = useTranslation()
  return [
    {
      key: 'topic',
      label: t('consent:subscriptions.what'),
      cell: ({ topic }) => (
        <span className="block truncate font-medium max-sm:break-words max-sm:whitespace-normal">
          {topic?.name ?? t('consent:subscriptions.whole')}
        </span>
      ),
    },
    {
      key: 'state',
      label: t('consent:subscriptions.state'),
      width: '240px',
      cell: ({ topic, said }) => {
        const labelOf = (state: State): string => (state === 'silent' ? t(silence(topic)) : t(`consent:state.${state}`))
        if (!write) return said ? <StateOf state={said.state} /> : <span className="text-muted">{labelOf('silent')}</span>
        return (
          <Select
            size="s"
            label={t('consent:subscriptions.stateOf', { name: topic?.name ?? t('consent:subscriptions.whole') })}
            value={said?.state ?? 'silent'}
            onChange={(state) => write(topic?.id ?? null, state)}
            options={STATES.map((value) => ({ value, label: labelOf(value) }))}
          />
        )
      },
    },
    {
      key: 'via',
      label: t('consent:via'),
      width: '136px',
      cell: ({ said }) => <span className="block truncate text-muted">{said && viaWords(said.via)}</span>,
    },
    { key: 'at', label: t('consent:at'), width: '112px', number: true, cell: ({ said }) => said && <Time at={said.at} /> },
  ]
}

/** What it means that nothing was said. */
const silence = (topic: Row['topic']): string =>
  topic?.optIn ? 'consent:state.silentOff' : topic ? 'consent:state.silentOn' : 'consent:state.silent'

function StateOf({ state }: { state: SubscriptionState }) {
  const { t } = useTranslation()
  return <Pill tone={state === 'subscribed' ? 'green' : 'amber'}>{t(`consent:state.${state}`)}</Pill>
}

/** `one_click` as one click. */
const viaWords = (via: string): string => via.replaceAll('_', ' ')

/** Every change, newest first: what proves a consent. */
function History({ id, topics }: { id: string; topics: readonly Topic[] }) {
  const { t } = useTranslation()
  const list = useSubscriptionHistory(id)
  if (list.error) return <ErrorState error={list.error} onRetry={list.retry} />
  if (list.rows?.length === 0) return <p className="text-table text-muted">{t('consent:subscriptions.nothing')}</p>
  const state = (each: SubscriptionState | null) =>
    each === null ? <span className="text-muted">{t('consent:state.none')}</span> : <StateOf state={each} />
  const columns: Column<SubscriptionChange>[] = [
    {
      key: 'what',
      label: t('consent:subscriptions.what'),
      cell: ({ channel, topic }) => (
        <span className="block truncate font-medium">
          {topic === null ? t('consent:subscriptions.whole') : (topics.find((each) => each.id === topic)?.name ?? topic)}
          <span className="font-normal text-muted"> · {t(`consent:channel.${channel}`)}</span>
        </span>
      ),
    },
    { key: 'old', label: t('consent:subscriptions.before'), width: '136px', cell: ({ old }) => state(old) },
    { key: 'new', label: t('consent:subscriptions.after'), width: '136px', cell: (change) => state(change.new) },
    { key: 'via', label: t('consent:via'), width: '112px', cell: ({ via }) => <span className="block truncate">{viaWords(via)}</span> },
    { key: 'at', label: t('consent:at'), width: '96px', number: true, cell: ({ at }) => <Time at={at} /> },
  ]
  return (
    <section className="flex flex-col gap-2">
      <h2 className="text-body font-semibold">{t('consent:subscriptions.history')}</h2>
      <Table
        label={t('consent:subscriptions.history')}
        columns={columns}
        rows={list.rows}
        rowKey={(change) => change.id}
        footer={list.hasMore ? <LoadMore list={list} /> : undefined}
      />
    </section>
  )
}
