import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { doesOf, useCreateDestination, useDestinationTypes, type DestinationType } from '../../api/destinations.js'
import { FormDialog, ReadingDialog } from '../../kit/form-dialog.js'
import { Field } from '../../kit/field.js'
import { Combobox } from '../../kit/combobox.js'
import { TextInput } from '../../kit/text-input.js'
import { beginWith, fieldsOf, settingsOf, type Typed } from './fields.js'
import { VendorFields } from './vendor-fields.js'

/** Makes a destination: the vendor first, then what that vendor needs. */
export function NewDestinationDialog({ onClose }: { onClose(): void }) {
  const { t } = useTranslation()
  const types = useDestinationTypes()
  if (types.data) return <Form types={types.data} onClose={onClose} />
  return <ReadingDialog title={t('destinations:create.title')} error={types.error} onClose={onClose} />
}

function Form({ types, onClose }: { types: DestinationType[]; onClose(): void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const create = useCreateDestination()
  const first = types.find(({ type }) => type !== 'sandbox') ?? types[0]!
  const [vendor, setVendor] = useState(first)
  const [name, setName] = useState('')
  const [config, setConfig] = useState<Typed>(beginWith(fieldsOf(first.config), {}))
  const [secrets, setSecrets] = useState<Typed>({})
  const choose = (type: string): void => {
    const chosen = types.find((each) => each.type === type)!
    setVendor(chosen)
    setConfig(beginWith(fieldsOf(chosen.config), {}))
    setSecrets({})
    create.reset()
  }
  const submit = (): void =>
    create.mutate(
      {
        name,
        type: vendor.type,
        config: settingsOf(fieldsOf(vendor.config), config),
        secrets: settingsOf(fieldsOf(vendor.secrets), secrets),
      },
      { onSuccess: ({ id }) => void navigate(`/destinations/${id}`) },
    )
  return (
    <FormDialog
      onClose={onClose}
      title={t('destinations:create.title')}
      width="m"
      onSubmit={submit}
      action={t('destinations:create.action')}
      change={create}
    >
      <Field label={t('destinations:create.vendor')}>
        <Combobox
          value={vendor.type}
          onChange={choose}
          options={types.map((each) => ({ value: each.type, label: each.title, hint: doesOf(each) }))}
        />
      </Field>
      <Field label={t('destinations:create.name')} path="/name">
        <TextInput value={name} onChange={setName} maxLength={200} placeholder={vendor.title} autoComplete="off" />
      </Field>
      <VendorFields vendor={vendor} part="config" typed={config} onChange={setConfig} />
      <VendorFields vendor={vendor} part="secrets" typed={secrets} onChange={setSecrets} />
    </FormDialog>
  )
}
