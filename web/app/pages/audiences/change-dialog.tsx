import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useChangeAudience, type Audience } from '../../api/audiences.js'
import { FormDialog } from '../../kit/form-dialog.js'
import { Field } from '../../kit/field.js'
import { TextInput } from '../../kit/text-input.js'
import { toast } from '../../kit/toast.js'
import { ConditionField } from './condition-field.js'

export interface ChangeDialogProps {
  audience: Audience
  /** Of what is changed: refused when somebody else was faster. */
  etag: string | undefined
  onClose(): void
}

/** Changes an audience's name and, of a condition, who is in it. */
export function ChangeDialog({ audience, etag, onClose }: ChangeDialogProps) {
  const { t } = useTranslation()
  // What was read when the dialog was opened: what others change meanwhile must be noticed, not adopted.
  const [opened] = useState({ audience, etag })
  const change = useChangeAudience(audience.id)
  const [name, setName] = useState(audience.name)
  const [when, setWhen] = useState(audience.when)
  const isList = opened.audience.kind === 'list'
  const ready = isList || when !== undefined
  const submit = (): void => {
    if (!ready) return
    change.mutate(
      { name, when, etag: opened.etag },
      {
        onSuccess: () => {
          toast.done(t('audiences:change.done', { name }))
          onClose()
        },
      },
    )
  }
  return (
    <FormDialog
      onClose={onClose}
      width={isList ? 's' : 'm'}
      title={t(isList ? 'audiences:rename' : 'audiences:change.open')}
      {...(!isList && { description: t('audiences:change.text') })}
      onSubmit={submit}
      action={t('audiences:change.action')}
      change={change}
      disabled={!ready}
    >
      <Field label={t('audiences:create.name')} path="/name">
        <TextInput value={name} onChange={setName} maxLength={200} autoComplete="off" />
      </Field>
      {!isList && <ConditionField when={when} onChange={setWhen} audienceId={audience.id} />}
    </FormDialog>
  )
}
