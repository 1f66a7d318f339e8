import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCreateApiKey } from '../../api/admin.js'
import type { Scope } from '../../api/me.js'
import { Banner } from '../../kit/banner.js'
import { Checkbox } from '../../kit/checkbox.js'
import { FormDialog } from '../../kit/form-dialog.js'
import { Field } from '../../kit/field.js'
import { useErrorsAt } from '../../kit/form-errors.js'
import { Select } from '../../kit/select.js'
import { TextInput } from '../../kit/text-input.js'
import { ShownOnce } from './shown-once.js'

const SCOPES: readonly Scope[] = ['read', 'write', 'operate', 'ingest', 'admin']
/** How long a key holds, in days. */
const DAYS = { never: undefined, month: 30, quarter: 90, year: 365 } as const
type Life = keyof typeof DAYS

/** Makes a key of what it may do and for how long, and shows it once. */
export function NewKeyDialog({ onClose }: { onClose(): void }) {
  const { t } = useTranslation()
  const create = useCreateApiKey()
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState<readonly Scope[]>(['ingest'])
  const [life, setLife] = useState<Life>('never')
  if (create.data)
    return (
      <ShownOnce title={t('settings:keys.made', { name: create.data.name })} value={create.data.key} onClose={onClose}>
        {t('settings:keys.madeText')}
      </ShownOnce>
    )
  const submit = (): void => {
    const days = DAYS[life]
    create.mutate({
      name,
      scopes: SCOPES.filter((scope) => scopes.includes(scope)),
      ...(days !== undefined && { expiresAt: new Date(Date.now() + days * 86_400_000).toISOString() }),
    })
  }
  return (
    <FormDialog
      onClose={onClose}
      title={t('settings:keys.new')}
      width="m"
      onSubmit={submit}
      action={t('settings:keys.action')}
      change={create}
    >
      <Field label={t('settings:keys.name')} path="/name">
        <TextInput value={name} onChange={setName} maxLength={200} placeholder={t('settings:keys.example')} autoComplete="off" />
      </Field>
      <Scopes scopes={scopes} onChange={setScopes} />
      <Field label={t('settings:keys.expires')}>
        <Select
          value={life}
          onChange={setLife}
          options={(Object.keys(DAYS) as Life[]).map((value) => ({ value, label: t(`settings:keys.life.${value}`) }))}
        />
      </Field>
    </FormDialog>
  )
}

function Scopes({ scopes, onChange }: { scopes: readonly Scope[]; onChange(scopes: readonly Scope[]): void }) {
  const { t } = useTranslation()
  const [wrong] = useErrorsAt('/scopes')
  return (
    <fieldset className="flex min-w-0 flex-col gap-2">
      <legend className="mb-2 text-label font-medium">{t('settings:keys.scopes')}</legend>
      {SCOPES.map((scope) => (
        <Checkbox
          key={scope}
          label={t(`settings:scope.${scope}`)}
          hint={t(`settings:scopeHint.${scope}`)}
          checked={scopes.includes(scope)}
          onChange={(on) => onChange(on ? [...scopes, scope] : scopes.filter((each) => each !== scope))}
        />
      ))}
      {wrong && <Banner tone="red">{wrong.message}</Banner>}
    </fieldset>
  )
}
