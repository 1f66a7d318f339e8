import { IconDotsVertical, IconPlugConnected, IconTrash } from '@tabler/icons-react'
import { Trans, useTranslation } from 'react-i18next'
import { useNavigate, useParams } from 'react-router'
import {
  doesOf,
  useDeleteDestination,
  useDestination,
  useDestinationTypes,
  useTestDestination,
  type Destination,
  type DestinationType,
} from '../../api/destinations.js'
import { useMay } from '../../api/me.js'
import { Page } from '../../frame/page.js'
import { Banner } from '../../kit/banner.js'
import { Button, ButtonLink, IconButton } from '../../kit/button.js'
import { Card, Facts } from '../../kit/card.js'
import { CopyId } from '../../kit/copy-id.js'
import { ErrorState } from '../../kit/error-state.js'
import { Menu } from '../../kit/menu.js'
import { SkeletonLines } from '../../kit/skeleton.js'
import { Time } from '../../kit/time.js'
import { toast } from '../../kit/toast.js'
import { useUrlChoice } from '../../url.js'
import { DeleteDialog } from '../parts/delete-dialog.js'
import { UsedBy } from '../parts/used-by.js'
import { Feedback } from './feedback.js'
import { SettingsForm } from './settings-form.js'
import { DestinationState } from './state.js'

/** The one that is built in and cannot be changed or deleted. */
const BUILT_IN = 'sandbox'

/** /destinations/:id: its settings, whether it can be reached, what it can do. */
export default function DestinationPage() {
  const { t } = useTranslation()
  const id = useParams()['id']!
  const { data, error, refetch } = useDestination(id)
  const types = useDestinationTypes()
  const [dialog, setDialog] = useUrlChoice('do', ['none', 'delete'], 'none')
  const mayWrite = useMay('write')
  const destination = data?.data
  const vendor = types.data?.find(({ type }) => type === destination?.type)
  const problem = error ?? types.error
  return (
    <Page
      title={destination?.name ?? t('destinations:one')}
      crumbs={[{ label: t('destinations:title'), to: '/destinations' }]}
      actions={destination && mayWrite && id !== BUILT_IN && <More onDelete={() => setDialog('delete')} />}
    >
      {destination && vendor ? (
        <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_360px]">
          <div className="flex min-w-0 flex-col gap-4">
            {id === BUILT_IN ? (
              <Sandbox />
            ) : (
              <SettingsForm key={id} destination={destination} etag={data.etag} vendor={vendor} mayWrite={mayWrite} />
            )}
            {mayWrite && <Connection destination={destination} />}
            <Feedback destination={destination} vendor={vendor} />
          </div>
          <div className="flex min-w-0 flex-col gap-4 max-lg:order-first">
            <About destination={destination} vendor={vendor} />
            <UsedBy kind="destinations" id={id} />
          </div>
        </div>
      ) : problem ? (
        <ErrorState error={problem} onRetry={() => void refetch()} />
      ) : (
        <Card>
          <SkeletonLines lines={6} label={t('destinations:one')} />
        </Card>
      )}
      {mayWrite && destination && dialog === 'delete' && <Delete destination={destination} onClose={() => setDialog('none')} />}
    </Page>
  )
}

function More({ onDelete }: { onDelete(): void }) {
  const { t } = useTranslation()
  return (
    <Menu items={[{ label: t('destinations:delete.open'), icon: IconTrash, danger: true, onSelect: onDelete }]}>
      <IconButton label={t('destinations:more')} icon={IconDotsVertical} />
    </Menu>
  )
}

function Sandbox() {
  const { t } = useTranslation()
  return (
    <Card title={t('destinations:sandbox.title')}>
      <div className="flex flex-col items-start gap-3">
        <p>{t('destinations:sandbox.text')}</p>
        <ButtonLink to="/inbox">{t('destinations:sandbox.inbox')}</ButtonLink>
      </div>
    </Card>
  )
}

/** Tries the connection, and says in words what came of it. */
function Connection({ destination: { id, updatedAt } }: { destination: Destination }) {
  const { t } = useTranslation()
  const test = useTestDestination(id)
  const answer = test.data
  return (
    <Card
      title={t('destinations:test.title')}
      hint={t('destinations:test.hint')}
      actions={
        <Button icon={IconPlugConnected} busy={test.isPending} onClick={() => test.mutate()}>
          {t('destinations:test.action')}
        </Button>
      }
    >
      <div key={updatedAt} className="flex flex-col gap-2">
        {test.isPending ? (
          <p className="text-muted">{t('destinations:test.asking')}</p>
        ) : test.error ? (
          <Banner tone="red">{test.error.message}</Banner>
        ) : answer === undefined ? (
          <p className="text-muted">{t('destinations:test.none')}</p>
        ) : answer.ok ? (
          <Banner tone="info">{t('destinations:test.ok')}</Banner>
        ) : (
          <Banner tone="red">
            {answer.message}
            {answer.code !== undefined && <span className="block font-mono text-label text-muted">{answer.code}</span>}
          </Banner>
        )}
      </div>
    </Card>
  )
}

function About({ destination, vendor }: { destination: Destination; vendor: DestinationType }) {
  const { id, name, status, failing, createdAt, updatedAt } = destination
  const { t } = useTranslation()
  return (
    <Card title={name}>
      <div className="flex flex-col gap-4">
        {failing && (
          <Banner tone="red">
            {failing.message}{' '}
            <Trans
              i18nKey="destinations:failing.next"
              components={{ since: <Time at={failing.since} />, next: <Time at={failing.nextTryAt} /> }}
            />
          </Banner>
        )}
        <Facts
          facts={[
            { name: t('destinations:column.type'), value: vendor.title },
            { name: t('destinations:column.state'), value: <DestinationState status={status} /> },
            { name: t('destinations:about.does'), value: doesOf(vendor) },
            { name: t('destinations:column.created'), value: <Time at={createdAt} /> },
            { name: t('destinations:column.changed'), value: <Time at={updatedAt} /> },
            { name: t('destinations:about.id'), value: <CopyId id={id} /> },
          ]}
        />
        <div>
          <h3 className="text-label font-medium">{t(vendor.dedupes ? 'destinations:about.dedupes' : 'destinations:about.mayRepeat')}</h3>
          <p className="text-table text-muted">{vendor.idempotency}</p>
          {vendor.docs !== undefined && (
            <a href={vendor.docs} target="_blank" rel="noreferrer" className="text-table text-accent underline">
              {t('destinations:about.docs')}
            </a>
          )}
        </div>
      </div>
    </Card>
  )
}

function Delete({ destination: { id, name }, onClose }: { destination: Destination; onClose(): void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const remove = useDeleteDestination()
  const done = (): void => {
    toast.done(t('destinations:delete.done', { name }))
    void navigate('/destinations')
  }
  return (
    <DeleteDialog
      title={t('destinations:delete.title', { name })}
      description={t('destinations:delete.text')}
      action={t('destinations:delete.action')}
      onConfirm={() => remove.mutate(id, { onSuccess: done })}
      onClose={onClose}
      busy={remove.isPending}
      error={remove.error}
    />
  )
}
