import { useMemo, useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { useReplaceSettings, useSettings, type Settings } from '../../api/admin.js'
import { useMay, useMe } from '../../api/me.js'
import { useSeenTraits } from '../../api/schema.js'
import { Form as InputsForm } from '../../forms/inputs/form.js'
import { LinkTagsField } from '../../forms/sending/content.js'
import { NO_DOC, variablesAt } from '../../forms/template/variables.js'
import { Button } from '../../kit/button.js'
import { Card, Facts } from '../../kit/card.js'
import { Combobox } from '../../kit/combobox.js'
import { CopyId } from '../../kit/copy-id.js'
import { ErrorState } from '../../kit/error-state.js'
import { Field } from '../../kit/field.js'
import { FormErrors } from '../../kit/form-errors.js'
import { SkeletonLines } from '../../kit/skeleton.js'
import { TextInput } from '../../kit/text-input.js'
import { toast } from '../../kit/toast.js'
import { Section } from './section.js'

/** /settings: the workspace's name and time zone, and who is signed in. */
export default function WorkspacePage() {
  const { t } = useTranslation()
  const { data, error, refetch } = useSettings()
  return (
    <Section name="workspace">
      {data ? (
        <div className="grid items-start gap-4 lg:grid-cols-2">
          <Form settings={data.data} etag={data.etag} />
          <You />
        </div>
      ) : error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <Card>
          <SkeletonLines lines={4} label={t('settings:section.workspace')} />
        </Card>
      )}
    </Section>
  )
}

/** In place of no zone: the list has no empty value. */
const NONE = 'none'

function Form({ settings, etag }: { settings: Settings; etag: string | undefined }) {
  const { t } = useTranslation()
  const mayAdmin = useMay('admin')
  const replace = useReplaceSettings()
  // What others save meanwhile must be refused, not overwritten: it goes by what was read when the page was opened.
  const [opened, setOpened] = useState({ settings, etag })
  const [name, setName] = useState(settings.name)
  const [timezone, setTimezone] = useState(settings.timezone)
  const [localeTrait, setLocaleTrait] = useState(settings.localeTrait ?? '')
  const [linkTags, setLinkTags] = useState<Record<string, string> | null>(settings.linkTags)
  const traits = useSeenTraits()
  const variables = useMemo(() => variablesAt(NO_DOC, '', { traits: traits ?? [], properties: new Map() }), [traits])
  const messages = { localeTrait: localeTrait.trim() || null, linkTags }
  const { localeTrait: beforeTrait, linkTags: beforeTags } = opened.settings
  const changed =
    JSON.stringify(messages) !== JSON.stringify({ localeTrait: beforeTrait, linkTags: beforeTags }) ||
    name !== opened.settings.name ||
    timezone !== opened.settings.timezone
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    replace.mutate(
      { ...opened.settings, name, timezone, ...messages, etag: opened.etag },
      {
        onSuccess: (answer) => {
          setOpened({ settings: answer.data, etag: answer.etag })
          setName(answer.data.name)
          toast.done(t('settings:workspace.done'))
        },
      },
    )
  }
  const zones = Intl.supportedValuesOf('timeZone').map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }))
  return (
    <form onSubmit={submit} noValidate>
      <Card title={t('settings:section.workspace')}>
        <div className="flex max-w-md flex-col gap-4">
          <FormErrors error={replace.error}>
            <Field label={t('settings:workspace.name')} path="/name">
              <TextInput value={name} onChange={setName} maxLength={200} autoComplete="off" disabled={!mayAdmin} />
            </Field>
            <Field label={t('settings:workspace.timezone')} hint={t('settings:workspace.timezoneHint')} path="/timezone">
              <Combobox
                value={timezone ?? NONE}
                onChange={(zone) => setTimezone(zone === NONE ? null : zone)}
                disabled={!mayAdmin}
                options={[{ value: NONE, label: t('settings:workspace.noZone') }, ...zones]}
              />
            </Field>
            <Field label={t('settings:workspace.localeTrait')} hint={t('settings:workspace.localeTraitHint')} path="/localeTrait" optional>
              <TextInput value={localeTrait} onChange={setLocaleTrait} maxLength={200} autoComplete="off" disabled={!mayAdmin} />
            </Field>
            {(mayAdmin || linkTags !== null) && (
              <InputsForm problems={[]} base="/linkTags" readOnly={!mayAdmin}>
                <LinkTagsField
                  widest
                  path="/linkTags"
                  value={linkTags ?? undefined}
                  onChange={(tags) => setLinkTags(tags === undefined || tags === 'none' ? null : (tags as Record<string, string>))}
                  variables={variables}
                />
              </InputsForm>
            )}
          </FormErrors>
          {mayAdmin && (
            <div>
              <Button type="submit" variant="primary" busy={replace.isPending} disabled={!changed}>
                {t('settings:workspace.action')}
              </Button>
            </div>
          )}
        </div>
      </Card>
    </form>
  )
}

/** Who is signed in, and what they may do. */
function You() {
  const { t } = useTranslation()
  const { data: me } = useMe()
  return (
    <Card title={t('settings:you.title')}>
      {me ? (
        <Facts
          facts={[
            { name: t('settings:you.name'), value: me.name },
            ...(me.role === null ? [] : [{ name: t('settings:you.role'), value: t(`settings:role.${me.role}`) }]),
            { name: t('settings:you.may'), value: me.scopes.map((scope) => t(`settings:scope.${scope}`)).join(', ') },
            { name: t('settings:workspace.id'), value: <CopyId id={me.workspace.id} /> },
          ]}
        />
      ) : (
        <SkeletonLines lines={3} label={t('settings:you.title')} />
      )}
    </Card>
  )
}
