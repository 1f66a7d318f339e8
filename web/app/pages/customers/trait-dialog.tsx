import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMergeTraits, type Customer } from '../../api/customers.js'
import { FormDialog } from '../../kit/form-dialog.js'
import { Field } from '../../kit/field.js'
import { Select } from '../../kit/select.js'
import { TextArea, TextInput } from '../../kit/text-input.js'
import { useOpened } from '../../kit/use-opened.js'
import { parseTrait, textOf, TRAIT_TYPES, typeOf } from './traits.js'

export interface TraitDialogProps {
  customer: Customer
  etag: string | undefined
  /** '': a new one. */
  name: string
  onClose(): void
}

/** Sets a trait: name, type and value. It is refused when somebody changed the profile meanwhile. */
export function TraitDialog({ customer, etag, name: given, onClose }: TraitDialogProps) {
  const { t } = useTranslation()
  const merge = useMergeTraits()
  const opened = useOpened(etag)
  const old = customer.traits[given]
  const [name, setName] = useState(given)
  const [type, setType] = useState(old === undefined ? ('text' as const) : typeOf(old))
  const [typed, setTyped] = useState(old === undefined ? '' : textOf(old))
  const [tried, setTried] = useState(false)
  const parsed = parseTrait(type, typed)
  const problem = 'problem' in parsed ? t(`customers:problem.${parsed.problem}`) : undefined
  const submit = (): void => {
    setTried(true)
    if (!('value' in parsed) || name.trim() === '') return
    merge.mutate({ id: customer.id, traits: { [name.trim()]: parsed.value }, etag: opened }, { onSuccess: onClose })
  }
  return (
    <FormDialog
      onClose={onClose}
      title={given === '' ? t('customers:traits.newTitle') : t('customers:traits.editTitle', { name: given })}
      description={t('customers:traits.editText')}
      onSubmit={submit}
      action={t('customers:traits.save')}
      change={merge}
    >
      {given === '' && (
        <Field label={t('customers:traits.name')} error={tried && name.trim() === '' ? t('customers:problem.name') : undefined}>
          <TextInput value={name} onChange={setName} mono autoComplete="off" maxLength={200} />
        </Field>
      )}
      <Field label={t('customers:traits.type')}>
        <Select value={type} onChange={setType} options={TRAIT_TYPES.map((value) => ({ value, label: t(`customers:type.${value}`) }))} />
      </Field>
      <Field label={t('customers:traits.value')} error={tried ? problem : undefined}>
        {type === 'boolean' ? (
          <Select
            value={typed === 'true' || typed === 'false' ? typed : undefined}
            placeholder={t('kit:choose')}
            onChange={setTyped}
            options={(['true', 'false'] as const).map((value) => ({ value, label: value }))}
          />
        ) : (
          <TextArea value={typed} onChange={setTyped} rows={type === 'json' ? 6 : 2} mono={type === 'json'} />
        )}
      </Field>
    </FormDialog>
  )
}
