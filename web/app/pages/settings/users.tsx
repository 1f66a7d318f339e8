import { IconDotsVertical, IconLink, IconPencil, IconTrash, IconUserPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useRemoveUser, useSignInLink, useUsers, type User } from '../../api/admin.js'
import { useMay } from '../../api/me.js'
import { Button, IconButton } from '../../kit/button.js'
import { ConfirmDialog } from '../../kit/confirm-dialog.js'
import { ErrorState } from '../../kit/error-state.js'
import { LoadMore } from '../../kit/load-more.js'
import { Menu } from '../../kit/menu.js'
import { Table, type Column } from '../../kit/table.js'
import { Time } from '../../kit/time.js'
import { toast } from '../../kit/toast.js'
import { Section } from './section.js'
import { ShownOnce } from './shown-once.js'
import { UserDialog } from './user-dialog.js'

type Open = { what: 'new' } | { what: 'change' | 'link' | 'remove'; user: User }

/** /settings/users: who may sign in, and as what. */
export default function UsersPage() {
  const { t } = useTranslation()
  const [open, setOpen] = useState<Open>()
  const mayAdmin = useMay('admin')
  const list = useUsers()
  const columns = useColumns(setOpen)
  const close = (): void => setOpen(undefined)
  return (
    <Section
      name="users"
      actions={
        mayAdmin && (
          <Button variant="primary" icon={IconUserPlus} onClick={() => setOpen({ what: 'new' })}>
            {t('settings:users.new')}
          </Button>
        )
      }
    >
      {list.error ? (
        <ErrorState error={list.error} onRetry={list.retry} />
      ) : (
        <Table
          label={t('settings:section.users')}
          columns={columns}
          rows={list.rows}
          rowKey={({ id }) => id}
          footer={list.hasMore ? <LoadMore list={list} /> : undefined}
        />
      )}
      {open?.what === 'new' && <UserDialog onClose={close} onMade={(user) => setOpen({ what: 'link', user })} />}
      {open?.what === 'change' && <UserDialog user={open.user} onClose={close} />}
      {open?.what === 'link' && <LinkDialog user={open.user} onClose={close} />}
      {open?.what === 'remove' && <Remove user={open.user} onClose={close} />}
    </Section>
  )
}

function useColumns(onOpen: (open: Open) => void): Column<User>[] {
  const { t } = useTranslation()
  return [
    {
      key: 'name',
      label: t('settings:users.name'),
      cell: ({ name, email }) => (
        <>
          <span className="block truncate text-body font-medium max-sm:pr-10 max-sm:break-words max-sm:whitespace-normal">{name}</span>
          {email !== null && <span className="block truncate text-label text-muted">{email}</span>}
        </>
      ),
    },
    { key: 'role', label: t('settings:users.role'), width: '160px', cell: ({ role }) => t(`settings:role.${role}`) },
    {
      key: 'signedIn',
      label: t('settings:users.signedIn'),
      width: '144px',
      number: true,
      cell: ({ lastSignInAt }) => (lastSignInAt === null ? t('settings:never') : <Time at={lastSignInAt} />),
    },
    {
      key: 'more',
      label: t('settings:users.more'),
      hiddenLabel: true,
      width: '56px',
      phone: 'corner',
      cell: (user) => (
        <Menu
          items={[
            { label: t('settings:users.change'), icon: IconPencil, onSelect: () => onOpen({ what: 'change', user }) },
            { label: t('settings:users.link'), icon: IconLink, onSelect: () => onOpen({ what: 'link', user }) },
            'line',
            { label: t('settings:users.remove'), icon: IconTrash, danger: true, onSelect: () => onOpen({ what: 'remove', user }) },
          ]}
        >
          <IconButton label={t('settings:users.moreOf', { name: user.name })} icon={IconDotsVertical} iconSize={16} />
        </Menu>
      ),
    },
  ]
}

/** Says what a new link does before it is made: those before it work no more. */
function LinkDialog({ user, onClose }: { user: User; onClose(): void }) {
  const { t } = useTranslation()
  const link = useSignInLink()
  if (link.data)
    return (
      <ShownOnce title={t('settings:users.linkTitle', { name: user.name })} value={link.data.url} onClose={onClose}>
        {t('settings:users.linkMade')} <Time at={link.data.expiresAt} exact />
      </ShownOnce>
    )
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={t('settings:users.linkTitle', { name: user.name })}
      description={t('settings:users.linkText')}
      action={t('settings:users.linkAction')}
      onConfirm={() => link.mutate(user.id)}
      busy={link.isPending}
      error={link.error?.message}
    />
  )
}

function Remove({ user: { id, name }, onClose }: { user: User; onClose(): void }) {
  const { t } = useTranslation()
  const remove = useRemoveUser()
  const done = (): void => {
    toast.done(t('settings:users.removed', { name }))
    onClose()
  }
  return (
    <ConfirmDialog
      open
      danger
      onClose={onClose}
      title={t('settings:users.removeTitle', { name })}
      description={t('settings:users.removeText')}
      action={t('settings:users.removeAction')}
      onConfirm={() => remove.mutate(id, { onSuccess: done })}
      busy={remove.isPending}
      error={remove.error?.message}
    />
  )
}
