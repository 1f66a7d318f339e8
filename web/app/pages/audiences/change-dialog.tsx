import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useChangeAudience, type Audience } from '../../api/audiences.js'
import { Banner } from '../../kit/banner.js'
import { Button } from '../../kit/button.js'
import { Dialog } from '../../kit/dialog.js'
import { Field } from '../../kit/field.js'
import { TextInput } from '../../kit/text-input.js'
import { toast } from '../../kit/toast.js'
import { about, elsewhere } from '../parts/form-errors.js'
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
  const rest = elsewhere(change.error, (path) => path === '/name' || path.startsWith('/when'))
  return (
    <Dialog
      open
      onClose={onClose}
      width={isList ? 's' : 'm'}
      title={t(isList ? 'audiences:rename' : 'audiences:change.open')}
      {...(!isList && { description: t('audiences:change.text') })}
      onSubmit={submit}
      actions={
        <>
          <Button onClick={onClose}>{t('kit:cancel')}</Button>
          <Button type="submit" variant="primary" busy={change.isPending} disabled={!ready}>
            {t('audiences:change.action')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Field label={t('audiences:create.name')} error={about(change.error, '/name')}>
          <TextInput value={name} onChange={setName} maxLength={200} autoComplete="off" />
        </Field>
        {!isList && <ConditionField when={when} onChange={setWhen} error={change.error} audienceId={audience.id} />}
        {rest !== undefined && <Banner tone="red">{rest}</Banner>}
      </div>
    </Dialog>
  )
}
