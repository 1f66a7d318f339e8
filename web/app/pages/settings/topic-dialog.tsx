import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCreateTopic, useReplaceTopic, useTopic, type Topic, type TopicInput } from '../../api/consent.js'
import { FormDialog, ReadingDialog } from '../../kit/form-dialog.js'
import { Field } from '../../kit/field.js'
import { RadioGroup } from '../../kit/radio.js'
import { TextInput } from '../../kit/text-input.js'
import { toast } from '../../kit/toast.js'
import { useOpened } from '../../kit/use-opened.js'

const CONSENT = ['assumed', 'asked'] as const

/** Makes a topic, or changes one. */
export function TopicDialog({ topic, onClose }: { topic?: Topic; onClose(): void }) {
  return topic ? <Change topic={topic} onClose={onClose} /> : <Make onClose={onClose} />
}

function Make({ onClose }: { onClose(): void }) {
  const { t } = useTranslation()
  const create = useCreateTopic()
  const first = { name: '', description: '', optIn: false }
  return <Form title={t('consent:topics.new')} {...{ first, onClose }} change={create} onSubmit={create.mutate} />
}

function Change({ topic: { id, name }, onClose }: { topic: Topic; onClose(): void }) {
  const { t } = useTranslation()
  const replace = useReplaceTopic()
  const read = useTopic(id)
  const opened = useOpened(read.data)
  const title = t('consent:topics.changeTitle', { name })
  if (!opened) return <ReadingDialog title={title} error={read.error} onClose={onClose} />
  const { description, optIn } = opened.data
  return (
    <Form
      title={title}
      first={{ name: opened.data.name, description, optIn }}
      onClose={onClose}
      change={replace}
      onSubmit={(given, then) => replace.mutate({ ...given, id, etag: opened.etag }, then)}
    />
  )
}

interface FormProps {
  title: string
  first: TopicInput
  change: { isPending: boolean; error: Error | null }
  onClose(): void
  onSubmit(given: TopicInput, then: { onSuccess(): void }): void
}

function Form({ title, first, change, onClose, onSubmit }: FormProps) {
  const { t } = useTranslation()
  const [name, setName] = useState(first.name)
  const [description, setDescription] = useState(first.description)
  const [consent, setConsent] = useState<(typeof CONSENT)[number]>(first.optIn ? 'asked' : 'assumed')
  const done = (): void => {
    toast.done(t('consent:topics.saved', { name: name.trim() }))
    onClose()
  }
  return (
    <FormDialog
      onClose={onClose}
      title={title}
      width="m"
      onSubmit={() => onSubmit({ name, description, optIn: consent === 'asked' }, { onSuccess: done })}
      action={t('consent:topics.save')}
      change={change}
    >
      <Field label={t('consent:topics.name')} hint={t('consent:topics.nameHint')} path="/name">
        <TextInput value={name} onChange={setName} maxLength={100} autoComplete="off" />
      </Field>
      <Field label={t('consent:topics.description')} optional path="/description">
        <TextInput value={description} onChange={setDescription} maxLength={500} autoComplete="off" />
      </Field>
      <RadioGroup
        label={t('consent:topics.consent')}
        value={consent}
        onChange={setConsent}
        options={CONSENT.map((value) => ({ value, label: t(`consent:topics.${value}`), hint: t(`consent:topics.${value}Hint`) }))}
      />
    </FormDialog>
  )
}
