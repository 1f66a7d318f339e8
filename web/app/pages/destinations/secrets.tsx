import { IconKey, IconPlus, IconRefresh, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDeleteSecret, useSecrets, type Secret } from '../../api/destinations.js'
import { useMay } from '../../api/me.js'
import { Page } from '../../frame/page.js'
import { Button, IconButton } from '../../kit/button.js'
import { Code } from '../../kit/code.js'
import { CopyId } from '../../kit/copy-id.js'
import { EmptyState } from '../../kit/empty-state.js'
import { ErrorState } from '../../kit/error-state.js'
import { LoadMore } from '../../kit/load-more.js'
import { Table, type Column } from '../../kit/table.js'
import { Time } from '../../kit/time.js'
import { toast } from '../../kit/toast.js'
import { DeleteDialog } from '../parts/delete-dialog.js'
import { DestinationTabs } from './parts.js'
import { SecretDialog } from './secret-dialog.js'

type Open = { what: 'new' } | { what: 'replace' | 'delete'; secret: Secret }

/** /destinations/secrets: names of what webhooks send and sign with. Values are written and never read. */
export default function SecretsPage() {
  const { t } = useTranslation()
  const list = useSecrets()
  const mayWrite = useMay('write')
  const [open, setOpen] = useState<Open>()
  const columns = useColumns(mayWrite, setOpen)
  const close = (): void => setOpen(undefined)
  const create = mayWrite && (
    <Button variant="primary" icon={IconPlus} onClick={() => setOpen({ what: 'new' })}>
      {t('destinations:secrets.new')}
    </Button>
  )
  return (
    <Page title={t('destinations:secrets.title')} crumbs={[{ label: t('destinations:title'), to: '/destinations' }]} actions={create}>
      <DestinationTabs />
      {list.error ? (
        <ErrorState error={list.error} onRetry={list.retry} />
      ) : list.rows?.length === 0 ? (
        <EmptyState icon={IconKey} title={t('destinations:secrets.empty')} action={create}>
          {t('destinations:secrets.emptyText')}
        </EmptyState>
      ) : (
        <Table
          label={t('destinations:secrets.title')}
          columns={columns}
          rows={list.rows}
          rowKey={({ id }) => id}
          footer={list.hasMore ? <LoadMore list={list} /> : undefined}
        />
      )}
      {open?.what === 'new' && <SecretDialog onClose={close} />}
      {open?.what === 'replace' && <SecretDialog secret={open.secret} onClose={close} />}
      {open?.what === 'delete' && <Delete secret={open.secret} onClose={close} />}
    </Page>
  )
}

function useColumns(mayWrite: boolean, onOpen: (open: Open) => void): Column<Secret>[] {
  const { t } = useTranslation()
  const actions: Column<Secret> = {
    key: 'actions',
    label: t('destinations:secrets.actions'),
    hiddenLabel: true,
    width: '88px',
    phone: 'corner',
    cell: (secret) => (
      <span className="flex justify-end">
        <IconButton
          label={t('destinations:secrets.replaceOne', { name: secret.name })}
          icon={IconRefresh}
          iconSize={16}
          onClick={() => onOpen({ what: 'replace', secret })}
        />
        <IconButton
          label={t('destinations:secrets.deleteOne', { name: secret.name })}
          icon={IconTrash}
          iconSize={16}
          onClick={() => onOpen({ what: 'delete', secret })}
        />
      </span>
    ),
  }
  return [
    {
      key: 'name',
      label: t('destinations:column.name'),
      cell: ({ name }) => <span className="block truncate font-mono text-table font-medium max-sm:pr-20">{name}</span>,
    },
    {
      key: 'use',
      label: t('destinations:secrets.use'),
      cell: ({ name }) => (
        <span className="block truncate">
          <Code text={`{{ secrets.${name} }}`} />
        </span>
      ),
    },
    { key: 'id', label: t('destinations:about.id'), width: '240px', cell: ({ id }) => <CopyId id={id} /> },
    {
      key: 'created',
      label: t('destinations:column.created'),
      width: '128px',
      number: true,
      cell: ({ createdAt }) => <Time at={createdAt} />,
    },
    ...(mayWrite ? [actions] : []),
  ]
}

function Delete({ secret: { id, name }, onClose }: { secret: Secret; onClose(): void }) {
  const { t } = useTranslation()
  const remove = useDeleteSecret()
  const done = (): void => {
    toast.done(t('destinations:secrets.deleted', { name }))
    onClose()
  }
  return (
    <DeleteDialog
      title={t('destinations:secrets.deleteTitle', { name })}
      description={t('destinations:secrets.deleteText')}
      action={t('destinations:secrets.deleteAction')}
      onConfirm={() => remove.mutate(id, { onSuccess: done })}
      onClose={onClose}
      busy={remove.isPending}
      error={remove.error}
    />
  )
}
