import { IconDotsVertical, IconDownload, IconPencil, IconTrash, IconUserPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate, useParams } from 'react-router'
import { useAudience, useDeleteAudience, type Audience } from '../../api/audiences.js'
import { urlOf } from '../../api/client.js'
import { useMay } from '../../api/me.js'
import { conditionWords } from '../../canvas/words/condition.js'
import { useWords } from '../../forms/words.js'
import { Page } from '../../frame/page.js'
import { Button, IconButton } from '../../kit/button.js'
import { Card, Facts } from '../../kit/card.js'
import { Json } from '../../kit/code.js'
import { CopyId } from '../../kit/copy-id.js'
import { Count } from '../../kit/count.js'
import { ErrorState } from '../../kit/error-state.js'
import { Menu, type MenuItem } from '../../kit/menu.js'
import { Progress } from '../../kit/progress.js'
import { SkeletonLines } from '../../kit/skeleton.js'
import { Time } from '../../kit/time.js'
import { toast } from '../../kit/toast.js'
import { useUrlChoice } from '../../url.js'
import { DeleteDialog } from '../parts/delete-dialog.js'
import { UsedBy } from '../parts/used-by.js'
import { AddDialog } from './add-dialog.js'
import { ChangeDialog } from './change-dialog.js'
import { Members } from './members.js'
import { AudienceState } from './state.js'

const DIALOGS = ['none', 'add', 'change', 'delete'] as const

/** /audiences/:id: what an audience is, and who is in it. */
export default function AudiencePage() {
  const { t } = useTranslation()
  const id = useParams()['id']!
  const { data, error, refetch } = useAudience(id)
  const [dialog, setDialog] = useUrlChoice('do', DIALOGS, 'none')
  const mayWrite = useMay('write')
  const audience = data?.data
  const close = (): void => setDialog('none')
  return (
    <Page
      title={audience?.name ?? t('audiences:one')}
      crumbs={[{ label: t('audiences:title'), to: '/audiences' }]}
      state={
        audience && (
          <span className="max-sm:hidden">
            <AudienceState audience={audience} />
          </span>
        )
      }
      actions={audience && <Actions audience={audience} mayWrite={mayWrite} onChoose={setDialog} />}
    >
      {audience ? (
        <>
          {audience.progress && <Building progress={audience.progress} />}
          <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_320px]">
            <Members audience={audience} mayWrite={mayWrite} onAdd={() => setDialog('add')} />
            <div className="flex min-w-0 flex-col gap-4 max-lg:-order-1">
              <About audience={audience} />
              <UsedBy kind="audiences" id={id} />
            </div>
          </div>
          {mayWrite && dialog === 'add' && audience.kind === 'list' && <AddDialog audience={audience} onClose={close} />}
          {mayWrite && dialog === 'change' && <ChangeDialog audience={audience} etag={data.etag} onClose={close} />}
          {mayWrite && dialog === 'delete' && <Delete audience={audience} onClose={close} />}
        </>
      ) : error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <Card>
          <SkeletonLines lines={6} label={t('audiences:one')} />
        </Card>
      )}
    </Page>
  )
}

interface ActionsProps {
  audience: Audience
  mayWrite: boolean
  onChoose(dialog: (typeof DIALOGS)[number]): void
}

function Actions({ audience, mayWrite, onChoose }: ActionsProps) {
  const { t } = useTranslation()
  const isList = audience.kind === 'list'
  const change = { label: t(isList ? 'audiences:rename' : 'audiences:change.open'), icon: IconPencil, onSelect: () => onChoose('change') }
  const items: MenuItem[] = [
    ...(mayWrite && isList ? [change] : []),
    ...(['csv', 'ndjson'] as const).map((format) => ({
      label: t(`audiences:export.${format}`),
      icon: IconDownload,
      onSelect: () => window.location.assign(urlOf('/customers/export', { audience: audience.id, format })),
    })),
    ...(mayWrite
      ? (['line', { label: t('audiences:delete.open'), icon: IconTrash, danger: true, onSelect: () => onChoose('delete') }] as const)
      : []),
  ]
  return (
    <>
      <Menu items={items}>
        <IconButton label={t('audiences:more')} icon={IconDotsVertical} />
      </Menu>
      {mayWrite && (
        <Button compact variant="primary" icon={isList ? IconUserPlus : IconPencil} onClick={() => onChoose(isList ? 'add' : 'change')}>
          {t(isList ? 'audiences:add.open' : 'audiences:change.open')}
        </Button>
      )}
    </>
  )
}

function Building({ progress: { done, total } }: { progress: { done: number; total: number } }) {
  const { t } = useTranslation()
  return (
    <Card>
      <div className="flex flex-col gap-2">
        <p className="text-body">{t('audiences:building', { done, total })}</p>
        <Progress done={done} total={total} label={t('audiences:buildingLabel')} />
      </div>
    </Card>
  )
}

function About({ audience }: { audience: Audience }) {
  const { t } = useTranslation()
  const { id, name, kind, when, size, createdAt, updatedAt } = audience
  const say = useWords()
  const [asJson, setAsJson] = useState(false)
  return (
    <Card title={name}>
      <div className="flex flex-col gap-4">
        {when !== undefined && (
          <div className="flex flex-col items-start gap-2">
            <p className="max-w-full text-body break-words">{conditionWords(when, say)}</p>
            <Button size="s" aria-expanded={asJson} onClick={() => setAsJson(!asJson)}>
              {t(asJson ? 'audiences:hideJson' : 'audiences:showJson')}
            </Button>
            {asJson && (
              <div className="w-full min-w-0">
                <Json value={when} />
              </div>
            )}
          </div>
        )}
        <Facts
          facts={[
            { name: t('audiences:column.size'), value: <Count n={size} /> },
            { name: t('audiences:column.state'), value: <AudienceState audience={audience} /> },
            { name: t('audiences:column.kind'), value: t(`audiences:kind.${kind}`) },
            { name: t('audiences:column.created'), value: <Time at={createdAt} /> },
            { name: t('audiences:column.changed'), value: <Time at={updatedAt} /> },
            { name: t('audiences:column.id'), value: <CopyId id={id} /> },
          ]}
        />
      </div>
    </Card>
  )
}

function Delete({ audience: { id, name, kind, size }, onClose }: { audience: Audience; onClose(): void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const remove = useDeleteAudience()
  const done = (): void => {
    toast.done(t('audiences:delete.done', { name }))
    void navigate('/audiences')
  }
  return (
    <DeleteDialog
      title={t('audiences:delete.title', { name })}
      description={t(`audiences:delete.${kind}`, { count: size })}
      action={t('audiences:delete.action')}
      onConfirm={() => remove.mutate(id, { onSuccess: done })}
      onClose={onClose}
      busy={remove.isPending}
      error={remove.error}
    />
  )
}
