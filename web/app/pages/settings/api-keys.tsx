import { IconKey, IconPlus, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useApiKeys, useRevokeApiKey, type ApiKey } from '../../api/admin.js'
import { useMay } from '../../api/me.js'
import { Button, IconButton } from '../../kit/button.js'
import { Code } from '../../kit/code.js'
import { ConfirmDialog } from '../../kit/confirm-dialog.js'
import { EmptyState } from '../../kit/empty-state.js'
import { ErrorState } from '../../kit/error-state.js'
import { LoadMore } from '../../kit/load-more.js'
import { Pill } from '../../kit/pill.js'
import { Table, type Column } from '../../kit/table.js'
import { Time } from '../../kit/time.js'
import { toast } from '../../kit/toast.js'
import { useUrlValue } from '../../url.js'
import { NewKeyDialog } from './new-key-dialog.js'
import { Section } from './section.js'

const TONE = { active: 'green', expired: 'amber', revoked: 'grey' } as const

/** /settings/api-keys: keys of programs, with what each may do and when it was used last. */
export default function ApiKeysPage() {
  const { t } = useTranslation()
  const [making, setMaking] = useUrlValue('new')
  const [revoking, setRevoking] = useState<ApiKey>()
  const mayAdmin = useMay('admin')
  const list = useApiKeys()
  const columns = useColumns(setRevoking)
  const create = mayAdmin && (
    <Button variant="primary" icon={IconPlus} onClick={() => setMaking('yes')}>
      {t('settings:keys.new')}
    </Button>
  )
  return (
    <Section name="keys" actions={create}>
      {list.error ? (
        <ErrorState error={list.error} onRetry={list.retry} />
      ) : list.rows?.length === 0 ? (
        <EmptyState icon={IconKey} title={t('settings:keys.empty')} action={create}>
          {t('settings:keys.emptyText')}
        </EmptyState>
      ) : (
        <Table
          label={t('settings:section.keys')}
          columns={columns}
          rows={list.rows}
          rowKey={({ id }) => id}
          footer={list.hasMore ? <LoadMore list={list} /> : undefined}
        />
      )}
      {mayAdmin && making !== '' && <NewKeyDialog onClose={() => setMaking('')} />}
      {revoking && <Revoke apiKey={revoking} onClose={() => setRevoking(undefined)} />}
    </Section>
  )
}

function useColumns(onRevoke: (key: ApiKey) => void): Column<ApiKey>[] {
  const { t } = useTranslation()
  return [
    {
      key: 'name',
      label: t('settings:keys.name'),
      cell: ({ name, prefix }) => (
        <>
          <span className="block truncate text-body font-medium max-sm:pr-10 max-sm:break-words max-sm:whitespace-normal">{name}</span>
          <Code text={`${prefix}…`} />
        </>
      ),
    },
    {
      key: 'scopes',
      label: t('settings:keys.scopes'),
      cell: ({ scopes }) => <span className="line-clamp-2">{scopes.map((scope) => t(`settings:scope.${scope}`)).join(', ')}</span>,
    },
    {
      key: 'status',
      label: t('settings:keys.status'),
      width: '112px',
      cell: ({ status }) => <Pill tone={TONE[status]}>{t(`settings:keys.state.${status}`)}</Pill>,
    },
    {
      key: 'used',
      label: t('settings:keys.used'),
      width: '112px',
      number: true,
      cell: ({ lastUsedAt }) => (lastUsedAt === null ? t('settings:never') : <Time at={lastUsedAt} />),
    },
    {
      key: 'expires',
      label: t('settings:keys.expires'),
      width: '112px',
      number: true,
      cell: ({ expiresAt }) => (expiresAt === null ? t('settings:never') : <Time at={expiresAt} />),
    },
    {
      key: 'revoke',
      label: t('settings:keys.revoke'),
      hiddenLabel: true,
      width: '56px',
      phone: 'corner',
      cell: (key) =>
        key.status !== 'revoked' && (
          <IconButton
            label={t('settings:keys.revokeOne', { name: key.name })}
            icon={IconTrash}
            iconSize={16}
            onClick={() => onRevoke(key)}
          />
        ),
    },
  ]
}

function Revoke({ apiKey: { id, name }, onClose }: { apiKey: ApiKey; onClose(): void }) {
  const { t } = useTranslation()
  const revoke = useRevokeApiKey()
  const done = (): void => {
    toast.done(t('settings:keys.revoked', { name }))
    onClose()
  }
  return (
    <ConfirmDialog
      open
      danger
      onClose={onClose}
      title={t('settings:keys.revokeTitle', { name })}
      description={t('settings:keys.revokeText')}
      action={t('settings:keys.revokeAction')}
      onConfirm={() => revoke.mutate(id, { onSuccess: done })}
      busy={revoke.isPending}
      error={revoke.error?.message}
    />
  )
}
