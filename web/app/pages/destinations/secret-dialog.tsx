import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCreateSecret, useReplaceSecret, type Secret } from '../../api/destinations.js'
import { FormDialog } from '../../kit/form-dialog.js'
import { Field } from '../../kit/field.js'
import { TextInput } from '../../kit/text-input.js'
import { toast } from '../../kit/toast.js'

/** Keeps a new secret, or puts another value in the place of one that is kept. */
export function SecretDialog({ secret, onClose }: { secret?: Secret; onClose(): void }) {
  const { t } = useTranslation()
  const create = useCreateSecret()
  const replace = useReplaceSecret()
  const [name, setName] = useState(secret?.name ?? '')
  const [value, setValue] = useState('')
  const change = secret ? replace : create
  const onSuccess = (): void => {
    toast.done(t(secret ? 'destinations:secrets.replaced' : 'destinations:secrets.kept', { name }))
    onClose()
  }
  const submit = (): void =>
    secret ? replace.mutate({ id: secret.id, value }, { onSuccess }) : create.mutate({ name, value }, { onSuccess })
  return (
    <FormDialog
      onClose={onClose}
      title={secret ? t('destinations:secrets.replaceTitle', { name }) : t('destinations:secrets.new')}
      description={t(secret ? 'destinations:secrets.replaceText' : 'destinations:secrets.newText')}
      onSubmit={submit}
      action={t(secret ? 'destinations:secrets.replaceAction' : 'destinations:secrets.newAction')}
      change={change}
    >
      {!secret && (
        <Field label={t('destinations:secrets.name')} path="/name">
          <TextInput value={name} onChange={setName} mono placeholder="crm" autoComplete="off" spellCheck={false} />
        </Field>
      )}
      <Field label={t('destinations:secrets.value')} hint={t('destinations:secrets.valueHint')} path="/value">
        <TextInput value={value} onChange={setValue} type="password" autoComplete="new-password" />
      </Field>
    </FormDialog>
  )
}
