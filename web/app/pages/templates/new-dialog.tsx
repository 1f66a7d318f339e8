import { RadioGroup } from 'radix-ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useCreateTemplate } from '../../api/templates.js'
import { FormDialog } from '../../kit/form-dialog.js'
import { Field } from '../../kit/field.js'
import { TextInput } from '../../kit/text-input.js'
import { STARTERS, type Starter } from './starters.js'

/** Makes a template from something that is worth changing, and goes to write it. */
export function NewTemplateDialog({ onClose }: { onClose(): void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const create = useCreateTemplate()
  const [starter, setStarter] = useState<Starter>(STARTERS[0]!)
  const [typed, setName] = useState<string>()
  const name = typed ?? t(`content:starter.${starter.id}.name`)
  const submit = (): void => {
    const { kind, channel, content } = starter
    create.mutate({ name, kind, channel, content }, { onSuccess: ({ id }) => void navigate(`/templates/${id}`) })
  }
  return (
    <FormDialog
      width="l"
      onClose={onClose}
      title={t('content:create.title')}
      onSubmit={submit}
      action={t('content:create.action')}
      change={create}
    >
      <Field label={t('content:create.name')} hint={starter.kind === 'partial' ? t('content:create.partialHint') : undefined} path="/name">
        <TextInput value={name} onChange={setName} maxLength={200} autoComplete="off" />
      </Field>
      <RadioGroup.Root
        aria-label={t('content:create.begin')}
        value={starter.id}
        onValueChange={(id) => setStarter(STARTERS.find((each) => each.id === id)!)}
        className="grid grid-cols-2 gap-3 max-sm:grid-cols-1"
      >
        {STARTERS.map(({ id, kind }) => (
          <RadioGroup.Item
            key={id}
            value={id}
            className="flex min-w-0 flex-col gap-0.5 rounded-card border border-line p-3 text-left transition-colors hover:border-edge hover:bg-hover data-[state=checked]:border-accent data-[state=checked]:bg-accent-soft"
          >
            <span className="flex w-full items-baseline justify-between gap-2">
              <span className="font-medium">{t(`content:starter.${id}.title`)}</span>
              <span className="text-label text-muted">{t(`content:kind.${kind}`)}</span>
            </span>
            <span className="text-label text-muted">{t(`content:starter.${id}.about`)}</span>
          </RadioGroup.Item>
        ))}
      </RadioGroup.Root>
    </FormDialog>
  )
}
