import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCreateTopic, useReplaceTopic, useTopic, type Topic, type TopicInput } from '../../api/consent.js'
import { Banner } from '../../kit/banner.js'
import { Button } from '../../kit/button.js'
import { Dialog } from '../../kit/dialog.js'
import { Field } from '../../kit/field.js'
import { RadioGroup } from '../../kit/radio.js'
import { TextInput } from '../../kit/text-input.js'
import { toast } from '../../kit/toast.js'
import { about, elsewhere } from '../parts/form-errors.js'

const FIELDS = ['/name', '/description', '/optIn']
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

function Change({ topic, onClose }: { topic: Topic; onClose(): void }) {
  const { t } = useTranslation()
  const replace = useReplaceTopic()
  const { id, name, description, optIn } = topic
  const etag = useTopic(id).data?.etag
  return (
    <Form
      title={t('consent:topics.changeTitle', { name })}
      first={{ name, description, optIn }}
      onClose={onClose}
      change={replace}
      onSubmit={(given, then) => replace.mutate({ ...given, id, etag }, then)}
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

function Form({ title, first, change: { isPending, error }, onClose, onSubmit }: FormProps) {
  const { t } = useTranslation()
  const [name, setName] = useState(first.name)
  const [description, setDescription] = useState(first.description)
  const [consent, setConsent] = useState<(typeof CONSENT)[number]>(first.optIn ? 'asked' : 'assumed')
  const rest = elsewhere(error, (path) => FIELDS.includes(path))
  const done = (): void => {
    toast.done(t('consent:topics.saved', { name: name.trim() }))
    onClose()
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      width="m"
      onSubmit={() => onSubmit({ name, description, optIn: consent === 'asked' }, { onSuccess: done })}
      actions={
        <>
          <Button onClick={onClose}>{t('kit:cancel')}</Button>
          <Button type="submit" variant="primary" busy={isPending}>
            {t('consent:topics.save')}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Field label={t('consent:topics.name')} hint={t('consent:topics.nameHint')} error={about(error, '/name')}>
          <TextInput value={name} onChange={setName} maxLength={100} autoComplete="off" />
        </Field>
        <Field label={t('consent:topics.description')} optional error={about(error, '/description')}>
          <TextInput value={description} onChange={setDescription} maxLength={500} autoComplete="off" />
        </Field>
        <RadioGroup
          label={t('consent:topics.consent')}
          value={consent}
          onChange={setConsent}
          options={CONSENT.map((value) => ({ value, label: t(`consent:topics.${value}`), hint: t(`consent:topics.${value}Hint`) }))}
        />
        {rest !== undefined && <Banner tone="red">{rest}</Banner>}
      </div>
    </Dialog>
  )
}
