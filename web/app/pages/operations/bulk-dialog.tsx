import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useBulk, useBulkPreview, type ErrorCount } from '../../api/operations.js'
import { Field } from '../../kit/field.js'
import { FormDialog } from '../../kit/form-dialog.js'
import { RadioGroup } from '../../kit/radio.js'
import { TextInput } from '../../kit/text-input.js'
import { toast } from '../../kit/toast.js'

const ACTIONS = ['retry', 'skip', 'exit'] as const
type Action = (typeof ACTIONS)[number]

/** Retries, skips or takes out the parked members of a group; says how many it would be before. */
export function BulkDialog({ group, onClose }: { group: ErrorCount; onClose(): void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const [action, setAction] = useState<Action>('retry')
  const [reason, setReason] = useState('')
  const filter = { status: 'parked' as const, errorCode: group.code }
  const preview = useBulkPreview(group.orchestrationId, { filter, action })
  const bulk = useBulk(group.orchestrationId)
  const count = preview.data ?? group.parked
  const submit = (): void =>
    bulk.mutate(
      { filter, action, reason },
      {
        onSuccess: () => {
          toast.done(t(`operations:bulk.done.${action}`, { count }), {
            action: { label: t('operations:bulk.follow'), onSelect: () => void navigate('/operations/jobs') },
          })
          onClose()
        },
      },
    )
  return (
    <FormDialog
      width="m"
      onClose={onClose}
      title={t('operations:bulk.title', { code: group.code, name: group.orchestrationName })}
      description={t('operations:bulk.count', { count })}
      action={t(`operations:bulk.action.${action}`, { count })}
      danger={action === 'exit'}
      onSubmit={submit}
      change={{ isPending: bulk.isPending, error: bulk.error ?? preview.error }}
    >
      <RadioGroup
        label={t('operations:bulk.what')}
        value={action}
        onChange={setAction}
        options={ACTIONS.map((value) => ({ value, label: t(`operations:bulk.${value}`), hint: t(`operations:bulk.${value}Hint`) }))}
      />
      <Field label={t('operations:bulk.reason')} hint={t('operations:bulk.reasonHint')} path="/reason">
        <TextInput value={reason} onChange={setReason} maxLength={500} autoComplete="off" />
      </Field>
    </FormDialog>
  )
}
