import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useReplaceDestination, type Destination, type DestinationType } from '../../api/destinations.js'
import { ApiProblem } from '../../api/problem.js'
import { Button } from '../../kit/button.js'
import { Card } from '../../kit/card.js'
import { Field } from '../../kit/field.js'
import { FormErrors } from '../../kit/form-errors.js'
import { NumberInput } from '../../kit/number-input.js'
import { TextInput } from '../../kit/text-input.js'
import { toast } from '../../kit/toast.js'
import { beginWith, fieldsOf, settingsOf, type Typed } from './fields.js'
import { VendorFields } from './vendor-fields.js'

export interface SettingsFormProps {
  destination: Destination
  etag: string | undefined
  vendor: DestinationType
  mayWrite: boolean
}

/** The settings of a destination. What is kept of its secrets is not shown: each stays, is replaced or removed. */
export function SettingsForm({ destination, etag, vendor, mayWrite }: SettingsFormProps) {
  const { t } = useTranslation()
  const form = useForm(destination, etag, vendor)
  const { error } = form
  const stale = error instanceof ApiProblem && error.status === 412
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    form.save(() => toast.done(t('destinations:settings.done', { name: form.name })))
  }
  return (
    <form onSubmit={submit} noValidate>
      <Card title={t('destinations:settings.title')}>
        <div className="flex max-w-xl flex-col gap-4">
          <FormErrors error={error} actions={stale && <Button onClick={form.adopt}>{t('destinations:settings.adopt')}</Button>}>
            <Field label={t('destinations:create.name')} path="/name">
              <TextInput value={form.name} onChange={form.setName} maxLength={200} autoComplete="off" disabled={!mayWrite} />
            </Field>
            <VendorFields vendor={vendor} part="config" typed={form.config} onChange={form.setConfig} disabled={!mayWrite} />
            <Field
              label={t('destinations:rate.label')}
              hint={t(vendor.perSecond === undefined ? 'destinations:rate.open' : 'destinations:rate.vendors', {
                perSecond: vendor.perSecond,
              })}
              path="/rateLimit/perSecond"
              optional
            >
              <NumberInput value={form.perSecond} onChange={form.setPerSecond} disabled={!mayWrite} className="w-28" />
            </Field>
            <Secrets form={form} destination={destination} vendor={vendor} mayWrite={mayWrite} />
          </FormErrors>
          {mayWrite && (
            <div className="flex gap-2">
              <Button type="submit" variant="primary" busy={form.busy} disabled={!form.changed}>
                {t('destinations:settings.action')}
              </Button>
              {form.changed && <Button onClick={form.adopt}>{t('destinations:settings.undo')}</Button>}
            </div>
          )}
        </div>
      </Card>
    </form>
  )
}

type Form = ReturnType<typeof useForm>

function Secrets({ form, destination, vendor, mayWrite }: { form: Form } & Pick<SettingsFormProps, 'destination' | 'vendor' | 'mayWrite'>) {
  const { t } = useTranslation()
  const none = fieldsOf(vendor.secrets).length === 0
  if (none) return null
  return (
    <fieldset className="flex min-w-0 flex-col gap-3 rounded-input border border-line p-3">
      <legend className="px-1 text-label font-medium">{t('destinations:secret.legend')}</legend>
      {form.replacing ? (
        <>
          {destination.hasSecrets && <p className="text-table text-muted">{t('destinations:secret.replacing')}</p>}
          <VendorFields vendor={vendor} part="secrets" typed={form.secrets} onChange={form.setSecrets} kept={destination.hasSecrets} />
        </>
      ) : (
        <div className="flex flex-wrap items-center justify-between gap-2">
          <p className="text-table text-muted">{t(destination.hasSecrets ? 'destinations:secret.kept' : 'destinations:secret.none')}</p>
          {mayWrite && (
            <Button size="s" onClick={form.replace}>
              {t(destination.hasSecrets ? 'destinations:secret.replace' : 'destinations:secret.give')}
            </Button>
          )}
        </div>
      )}
    </fieldset>
  )
}

/** What is typed, and whether it differs from what was read when the form was opened. */
function useForm(destination: Destination, etag: string | undefined, vendor: DestinationType) {
  const replacement = useReplaceDestination(destination.id)
  const fields = fieldsOf(vendor.config)
  const [opened, setOpened] = useState({ destination, etag })
  const [name, setName] = useState(destination.name)
  const [config, setConfig] = useState<Typed>(beginWith(fields, destination.config))
  const [perSecond, setPerSecond] = useState(destination.rateLimit?.perSecond)
  const [secrets, setSecrets] = useState<Typed>({})
  const [replacing, setReplacing] = useState(false)
  const settings = settingsOf(fields, config)
  const open = (found: Destination, tag: string | undefined): void => {
    setOpened({ destination: found, etag: tag })
    setName(found.name)
    setConfig(beginWith(fields, found.config))
    setPerSecond(found.rateLimit?.perSecond)
    setSecrets({})
    setReplacing(false)
  }
  const same = (one: object, other: object): boolean => JSON.stringify(one) === JSON.stringify(other)
  const changed =
    name !== opened.destination.name ||
    perSecond !== opened.destination.rateLimit?.perSecond ||
    replacing ||
    !same(settings, settingsOf(fields, beginWith(fields, opened.destination.config)))
  return {
    name,
    setName,
    config,
    setConfig,
    perSecond,
    setPerSecond,
    secrets,
    setSecrets,
    replacing,
    changed,
    busy: replacement.isPending,
    error: replacement.error,
    replace: () => setReplacing(true),
    /** Drops what is typed for what is kept now. */
    adopt: () => {
      replacement.reset()
      open(destination, etag)
    },
    save: (done: () => void) =>
      replacement.mutate(
        {
          name,
          type: destination.type,
          config: settings,
          ...(perSecond !== undefined && { rateLimit: { perSecond } }),
          ...(replacing && { secrets: settingsOf(fieldsOf(vendor.secrets), secrets) }),
          etag: opened.etag,
        },
        {
          onSuccess: (answer) => {
            open(answer.data, answer.etag)
            done()
          },
        },
      ),
  }
}
