import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCreateUser, useReplaceUser, useUser, type Role, type User } from '../../api/admin.js'
import { FormDialog, ReadingDialog } from '../../kit/form-dialog.js'
import { Field } from '../../kit/field.js'
import { RadioGroup } from '../../kit/radio.js'
import { TextInput } from '../../kit/text-input.js'
import { toast } from '../../kit/toast.js'
import { useOpened } from '../../kit/use-opened.js'

const ROLES: readonly Role[] = ['viewer', 'editor', 'operator', 'admin']

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
      change={create}
      onClose={onClose}
      onSubmit={(given) => create.mutate(given, { onSuccess: (made) => onMade?.(made) })}
    />
  )
}

function Change({ user: { id, name }, onClose }: { user: User; onClose(): void }) {
  const { t } = useTranslation()
  const replace = useReplaceUser()
  const read = useUser(id)
  const opened = useOpened(read.data)
  const title = t('settings:users.changeTitle', { name })
  if (!opened) return <ReadingDialog title={title} error={read.error} onClose={onClose} />
  const done = (): void => {
    toast.done(t('settings:users.changed', { name }))
    onClose()
  }
  const { email, role } = opened.data
  return (
    <Form
      title={title}
      action={t('settings:users.save')}
      first={{ name: opened.data.name, email: email ?? '', role }}
      change={replace}
      onClose={onClose}
      onSubmit={(given) => replace.mutate({ ...given, id, etag: opened.etag }, { onSuccess: done })}
    />
  )
}

interface FormProps {
  title: string
  action: string
  first: { name: string; email: string; role: Role }
  change: { isPending: boolean; error: Error | null }
  onClose(): void
  onSubmit(given: { name: string; email: string | null; role: Role }): void
}

function Form({ title, action, first, change, onClose, onSubmit }: FormProps) {
  const { t } = useTranslation()
  const [name, setName] = useState(first.name)
  const [email, setEmail] = useState(first.email)
  const [role, setRole] = useState(first.role)
  return (
    <FormDialog
      onClose={onClose}
      title={title}
      width="m"
      onSubmit={() => onSubmit({ name, email: email.trim() === '' ? null : email.trim(), role })}
      action={action}
      change={change}
    >
      <Field label={t('settings:users.name')} path="/name">
        <TextInput value={name} onChange={setName} maxLength={200} autoComplete="off" />
      </Field>
      <Field label={t('settings:users.email')} optional path="/email">
        <TextInput value={email} onChange={setEmail} type="email" maxLength={254} autoComplete="off" />
      </Field>
      <RadioGroup
        label={t('settings:users.role')}
        value={role}
        onChange={setRole}
        options={ROLES.map((value) => ({ value, label: t(`settings:role.${value}`), hint: t(`settings:roleHint.${value}`) }))}
      />
    </FormDialog>
  )
}
