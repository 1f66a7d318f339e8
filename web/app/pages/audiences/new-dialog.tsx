import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useCreateAudience, type Condition } from '../../api/audiences.js'
import { FormDialog } from '../../kit/form-dialog.js'
import { Field } from '../../kit/field.js'
import { RadioGroup } from '../../kit/radio.js'
import { TextInput } from '../../kit/text-input.js'
import { ConditionField } from './condition-field.js'

const KINDS = ['list', 'condition'] as const
type Kind = (typeof KINDS)[number]

/** Makes an audience and goes to it. */
export function NewAudienceDialog({ onClose }: { onClose(): void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const create = useCreateAudience()
  const [name, setName] = useState('')
  const [kind, setKind] = useState<Kind>('list')
  const [when, setWhen] = useState<Condition>()
  const ready = kind === 'list' || when !== undefined
  const submit = (): void => {
    if (!ready) return
    create.mutate({ name, when: kind === 'condition' ? when : undefined }, { onSuccess: ({ id }) => void navigate(`/audiences/${id}`) })
  }
  return (
    <FormDialog
      onClose={onClose}
      title={t('audiences:create.title')}
      width={kind === 'condition' ? 'm' : 's'}
      onSubmit={submit}
      action={t('audiences:create.action')}
      change={create}
      disabled={!ready}
    >
      <Field label={t('audiences:create.name')} path="/name">
        <TextInput value={name} onChange={setName} maxLength={200} placeholder={t('audiences:create.example')} autoComplete="off" />
      </Field>
      <RadioGroup
        label={t('audiences:create.kind')}
        value={kind}
        onChange={setKind}
        options={KINDS.map((value) => ({ value, label: t(`audiences:kind.${value}`), hint: t(`audiences:kindHint.${value}`) }))}
      />
      {kind === 'condition' && <ConditionField when={when} onChange={setWhen} />}
    </FormDialog>
  )
}
