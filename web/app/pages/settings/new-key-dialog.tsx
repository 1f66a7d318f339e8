import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCreateApiKey } from '../../api/admin.js'
import type { Scope } from '../../api/me.js'
import { Banner } from '../../kit/banner.js'
import { Button } from '../../kit/button.js'
import { Checkbox } from '../../kit/checkbox.js'
import { Dialog } from '../../kit/dialog.js'
import { Field } from '../../kit/field.js'
import { Select } from '../../kit/select.js'
import { TextInput } from '../../kit/text-input.js'
import { about, elsewhere } from '../parts/form-errors.js'
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
  const rest = elsewhere(create.error, (path) => path === '/name' || path === '/scopes')
  const wrongScopes = about(create.error, '/scopes')
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('settings:keys.new')}
      width="m"
      onSubmit={submit}
      actions={
        <>
          <Button onClick={onClose}>{t('kit:cancel')}</Button>
          <Button type="submit" variant="primary" busy={create.isPending}>
            {t('settings:keys.action')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Field label={t('settings:keys.name')} error={about(create.error, '/name')}>
          <TextInput value={name} onChange={setName} maxLength={200} placeholder={t('settings:keys.example')} autoComplete="off" />
        </Field>
        <fieldset className="flex min-w-0 flex-col gap-2">
          <legend className="mb-2 text-label font-medium">{t('settings:keys.scopes')}</legend>
          {SCOPES.map((scope) => (
            <Checkbox
              key={scope}
              label={t(`settings:scope.${scope}`)}
              hint={t(`settings:scopeHint.${scope}`)}
              checked={scopes.includes(scope)}
              onChange={(on) => setScopes(on ? [...scopes, scope] : scopes.filter((each) => each !== scope))}
            />
          ))}
          {wrongScopes !== undefined && <Banner tone="red">{wrongScopes}</Banner>}
        </fieldset>
        <Field label={t('settings:keys.expires')}>
          <Select
            value={life}
            onChange={setLife}
            options={(Object.keys(DAYS) as Life[]).map((value) => ({ value, label: t(`settings:keys.life.${value}`) }))}
          />
        </Field>
        {rest !== undefined && <Banner tone="red">{rest}</Banner>}
      </div>
    </Dialog>
  )
}
