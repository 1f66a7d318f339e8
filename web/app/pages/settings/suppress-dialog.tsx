import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CHANNELS } from '../../../../model/channels.js'
import { useSuppress, type Channel, type SuppressionReason } from '../../api/consent.js'
import { FormDialog } from '../../kit/form-dialog.js'
import { Field } from '../../kit/field.js'
import { RadioGroup } from '../../kit/radio.js'
import { Select } from '../../kit/select.js'
import { TextInput } from '../../kit/text-input.js'
import { toast } from '../../kit/toast.js'

const REASONS: readonly SuppressionReason[] = ['manual', 'hard_bounce', 'complaint']

/** Adds an address that is not to be written to. */
export function SuppressDialog({ onClose }: { onClose(): void }) {
  const { t } = useTranslation()
  const suppress = useSuppress()
  const [channel, setChannel] = useState<Channel>('email')
  const [address, setAddress] = useState('')
  const [reason, setReason] = useState<SuppressionReason>('manual')
  const done = (): void => {
    toast.done(t('consent:suppressions.added', { address: address.trim() }))
    onClose()
  }
  return (
    <FormDialog
      onClose={onClose}
      title={t('consent:suppressions.addTitle')}
      width="m"
      onSubmit={() => suppress.mutate({ channel, address, reason }, { onSuccess: done })}
      action={t('consent:suppressions.addAction')}
      change={suppress}
    >
      <Field label={t('consent:channel.label')}>
        <Select
          value={channel}
          onChange={setChannel}
          options={CHANNELS.map((value) => ({ value, label: t(`consent:channel.${value}`) }))}
        />
      </Field>
      <Field label={t('consent:suppressions.address')} path="/address">
        <TextInput value={address} onChange={setAddress} maxLength={2048} autoComplete="off" />
      </Field>
      <RadioGroup
        label={t('consent:suppressions.reason')}
        value={reason}
        onChange={setReason}
        options={REASONS.map((value) => ({
          value,
          label: t(`consent:suppressions.reasons.${value}`),
          hint: t(`consent:suppressions.reasonHint.${value}`),
        }))}
      />
    </FormDialog>
  )
}
