import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useMergeTraits } from '../../api/customers.js'
import { FormDialog } from '../../kit/form-dialog.js'
import { Field } from '../../kit/field.js'
import { TextInput } from '../../kit/text-input.js'

/** Adds a customer by id and email; more traits are set on their page. */
export function NewCustomerDialog({ onClose }: { onClose(): void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const merge = useMergeTraits()
  const [id, setId] = useState('')
  const [email, setEmail] = useState('')
  const submit = (): void =>
    merge.mutate(
      { id: id.trim(), traits: email.trim() === '' ? {} : { email: email.trim() } },
      { onSuccess: ({ data }) => void navigate(`/customers/${encodeURIComponent(data.id)}`) },
    )
  return (
    <FormDialog
      onClose={onClose}
      title={t('customers:add.title')}
      description={t('customers:add.text')}
      onSubmit={submit}
      action={t('customers:add.action')}
      change={merge}
      disabled={id.trim() === ''}
    >
      <Field label={t('customers:add.id')} hint={t('customers:add.idHint')} error={merge.error?.message}>
        <TextInput value={id} onChange={setId} mono maxLength={255} autoComplete="off" />
      </Field>
      <Field label={t('customers:add.email')} optional>
        <TextInput value={email} onChange={setEmail} type="email" autoComplete="off" />
      </Field>
    </FormDialog>
  )
}
