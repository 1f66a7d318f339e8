import { useTranslation } from 'react-i18next'
import type { DestinationType } from '../../api/destinations.js'
import { Checkbox } from '../../kit/checkbox.js'
import { Field } from '../../kit/field.js'
import { NumberInput } from '../../kit/number-input.js'
import { Select } from '../../kit/select.js'
import { Switch } from '../../kit/switch.js'
import { TextArea, TextInput } from '../../kit/text-input.js'
import { fieldsOf, spokenName, type Typed, type VendorField } from './fields.js'

export interface VendorFieldsProps {
  vendor: DestinationType
  /** The settings, or the secrets: those are never shown. */
  part: 'config' | 'secrets'
  typed: Typed
  onChange(typed: Typed): void
  disabled?: boolean
  /** Some secrets are kept already: none has to be given, and those that are not required can be removed. */
  kept?: boolean
}

/** The vendor's own settings or secrets, each by its type. */
export function VendorFields({ vendor, part, typed, onChange, disabled = false, kept = false }: VendorFieldsProps) {
  const { t } = useTranslation()
  const words = useFieldWords(vendor.type)
  return fieldsOf(vendor[part]).map((field) => {
    const { label, hint } = words(field)
    const value = typed[field.name]
    const change = (next: unknown): void => onChange({ ...typed, [field.name]: next })
    if (field.input === 'switch')
      return <Switch key={field.name} label={label} hint={hint} checked={value === true} onChange={change} disabled={disabled} />
    const removed = value === null
    return (
      <div key={field.name} className="flex min-w-0 flex-col gap-1.5">
        <Field label={label} hint={hint} optional={kept || !field.required} path={`/${part}/${field.name}`}>
          <One field={field} secret={part === 'secrets'} value={value} onChange={change} disabled={disabled || removed} />
        </Field>
        {kept && !field.required && (
          <Checkbox label={t('destinations:secret.remove', { label })} checked={removed} onChange={(on) => change(on ? null : undefined)} />
        )}
      </div>
    )
  })
}

interface OneProps {
  field: VendorField
  secret: boolean
  value: unknown
  onChange(value: unknown): void
  disabled: boolean
}

function One({ field: { input, schema }, secret, value, onChange, disabled }: OneProps) {
  const text = typeof value === 'string' ? value : ''
  switch (input) {
    case 'number':
      return <NumberInput value={value as number | undefined} onChange={onChange} disabled={disabled} />
    case 'choice':
      return (
        <Select
          value={text === '' ? undefined : text}
          onChange={onChange}
          disabled={disabled}
          options={(schema.enum as string[]).map((choice) => ({ value: choice, label: choice }))}
        />
      )
    case 'long':
    case 'json':
      return <TextArea value={text} onChange={onChange} mono rows={5} spellCheck={false} disabled={disabled} />
    default:
      return (
        <TextInput
          value={text}
          onChange={onChange}
          disabled={disabled}
          type={secret ? 'password' : 'text'}
          autoComplete={secret ? 'new-password' : 'off'}
        />
      )
  }
}

/** What a setting is called: the words of this application for vendors that it knows, else the vendor's own, else its name. */
function useFieldWords(type: string): (field: VendorField) => { label: string; hint?: string } {
  const { t } = useTranslation()
  return ({ name, schema }) => {
    const label = t(`destinations:field.${type}.${name}`, { defaultValue: schema.title ?? spokenName(name) })
    const hint = t(`destinations:hint.${type}.${name}`, { defaultValue: schema.description ?? '' })
    return { label, ...(hint !== '' && { hint }) }
  }
}
