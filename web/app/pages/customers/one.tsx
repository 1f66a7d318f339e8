import { useTranslation } from 'react-i18next'
import { useParams } from 'react-router'
import { useCustomer, type Customer } from '../../api/customers.js'
import { useNames } from '../../api/query.js'
import { Page } from '../../frame/page.js'
import { Card } from '../../kit/card.js'
import { CopyId } from '../../kit/copy-id.js'
import { ErrorState } from '../../kit/error-state.js'
import { Pill } from '../../kit/pill.js'
import { SkeletonLines } from '../../kit/skeleton.js'
import { Tabs } from '../../kit/tabs.js'
import { Time } from '../../kit/time.js'
import { useUrlChoice } from '../../url.js'
import { Activity, History, Members, Messages } from './one-tabs.js'
import { Subscriptions } from './subscriptions.js'
import { TraitsCard } from './traits-card.js'

const TABS = ['members', 'events', 'history', 'subscriptions', 'messages'] as const

/** /customers/:id: one customer: traits, audiences, walks, events, changes, messages. */
export default function CustomerPage() {
  const { t } = useTranslation()
  const { id = '' } = useParams()
  const query = useCustomer(id)
  const [tab, setTab] = useUrlChoice('tab', TABS, 'members')
  const crumbs = [{ label: t('customers:title'), to: '/customers' }]
  if (!query.data)
    return (
      <Page title={id} crumbs={crumbs}>
        {query.error ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : <SkeletonLines lines={8} label={id} />}
      </Page>
    )
  const { data: customer, etag } = query.data
  const content = {
    members: <Members id={customer.id} />,
    events: <Activity id={customer.id} />,
    history: <History id={customer.id} />,
    subscriptions: <Subscriptions id={customer.id} />,
    messages: <Messages id={customer.id} />,
  }
  return (
    <Page title={nameOf(customer)} crumbs={crumbs}>
      <div className="grid grid-cols-[minmax(320px,420px)_1fr] items-start gap-4 max-lg:grid-cols-1">
        <div className="flex min-w-0 flex-col gap-4">
          <About customer={customer} />
          <TraitsCard customer={customer} etag={etag} />
        </div>
        <Tabs
          label={nameOf(customer)}
          value={tab}
          onChange={setTab}
          tabs={TABS.map((value) => ({ value, label: t(`customers:tab.${value}`), content: content[value] }))}
        />
      </div>
    </Page>
  )
}

/** What a customer is called: a name, an email, or the id. */
function nameOf({ id, traits }: Customer): string {
  const { name, firstName, lastName, email } = traits
  const whole = [firstName, lastName].filter((part) => typeof part === 'string').join(' ')
  return [name, whole, email].find((each): each is string => typeof each === 'string' && each !== '') ?? id
}

function About({ customer: { id, createdAt, updatedAt, audiences } }: { customer: Customer }) {
  const { t } = useTranslation()
  const names = useNames('audiences')
  return (
    <Card>
      <div className="flex flex-col gap-3">
        <CopyId id={id} />
        <p className="text-table text-muted">
          {t('customers:since')} <Time at={createdAt} /> · {t('customers:changed')} <Time at={updatedAt} />
        </p>
        {audiences.length > 0 && (
          <ul aria-label={t('customers:audiences')} className="flex flex-wrap gap-1.5">
            {audiences.map((audience) => (
              <li key={audience} className="max-w-full">
                <Pill tone="accent">{names?.get(audience) ?? audience}</Pill>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Card>
  )
}
