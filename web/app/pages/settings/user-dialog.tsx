import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCreateUser, useReplaceUser, useUser, type Role, type User } from '../../api/admin.js'
import { Banner } from '../../kit/banner.js'
import { Button } from '../../kit/button.js'
import { Dialog } from '../../kit/dialog.js'
import { Field } from '../../kit/field.js'
import { RadioGroup } from '../../kit/radio.js'
import { TextInput } from '../../kit/text-input.js'
import { toast } from '../../kit/toast.js'
import { about, elsewhere } from '../parts/form-errors.js'

const ROLES: readonly Role[] = ['viewer', 'editor', 'operator', 'admin']
const FIELDS = ['/name', '/email', '/role']

export interface UserDialogProps {
  /** Absent: somebody new. */
  user?: User
  onClose(): void
  onMade?(user: User): void
}

/** Adds a user, or changes name, address and role of one. */
export function UserDialog({ user, onClose, onMade }: UserDialogProps) {
  return user ? <Change user={user} onClose={onClose} /> : <Add onClose={onClose} onMade={onMade} />
}

function Add({ onClose, onMade }: { onClose(): void; onMade: UserDialogProps['onMade'] }) {
  const { t } = useTranslation()
  const create = useCreateUser()
  return (
    <Form
      title={t('settings:users.new')}
      action={t('settings:users.add')}
      first={{ name: '', email: '', role: 'viewer' }}
      busy={create.isPending}
      error={create.error}
      onClose={onClose}
      onSubmit={(given) => create.mutate(given, { onSuccess: (made) => onMade?.(made) })}
    />
  )
}

function Change({ user, onClose }: { user: User; onClose(): void }) {
  const { t } = useTranslation()
  const replace = useReplaceUser()
  const etag = useUser(user.id).data?.etag
  const done = (): void => {
    toast.done(t('settings:users.changed', { name: user.name }))
    onClose()
  }
  return (
    <Form
      title={t('settings:users.changeTitle', { name: user.name })}
      action={t('settings:users.save')}
      first={{ name: user.name, email: user.email ?? '', role: user.role }}
      busy={replace.isPending}
      error={replace.error}
      onClose={onClose}
      onSubmit={(given) => replace.mutate({ ...given, id: user.id, etag }, { onSuccess: done })}
    />
  )
}

interface FormProps {
  title: string
  action: string
  first: { name: string; email: string; role: Role }
  busy: boolean
  error: Error | null
  onClose(): void
  onSubmit(given: { name: string; email: string | null; role: Role }): void
}

function Form({ title, action, first, busy, error, onClose, onSubmit }: FormProps) {
  const { t } = useTranslation()
  const [name, setName] = useState(first.name)
  const [email, setEmail] = useState(first.email)
  const [role, setRole] = useState(first.role)
  const rest = elsewhere(error, (path) => FIELDS.includes(path))
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      width="m"
      onSubmit={() => onSubmit({ name, email: email.trim() === '' ? null : email.trim(), role })}
      actions={
        <>
          <Button onClick={onClose}>{t('kit:cancel')}</Button>
          <Button type="submit" variant="primary" busy={busy}>
            {action}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Field label={t('settings:users.name')} error={about(error, '/name')}>
          <TextInput value={name} onChange={setName} maxLength={200} autoComplete="off" />
        </Field>
        <Field label={t('settings:users.email')} optional error={about(error, '/email')}>
          <TextInput value={email} onChange={setEmail} type="email" maxLength={254} autoComplete="off" />
        </Field>
        <RadioGroup
          label={t('settings:users.role')}
          value={role}
          onChange={setRole}
          options={ROLES.map((value) => ({ value, label: t(`settings:role.${value}`), hint: t(`settings:roleHint.${value}`) }))}
        />
        {rest !== undefined && <Banner tone="red">{rest}</Banner>}
      </div>
    </Dialog>
  )
}
