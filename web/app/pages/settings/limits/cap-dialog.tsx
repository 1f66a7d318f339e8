import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CHANNELS } from '../../../../../model/channels.js'
import { OTHERWISE } from '../../../../../tiles/choices.js'
import type { Channel, Topic } from '../../../api/consent.js'
import {
  useCreateFrequencyCap,
  useFrequencyCap,
  useReplaceFrequencyCap,
  type FrequencyCap,
  type FrequencyCapInput,
} from '../../../api/frequency-caps.js'
import { useAll } from '../../../api/query.js'
import { DurationField } from '../../../forms/inputs/duration-input.js'
import { Bound, Form } from '../../../forms/inputs/form.js'
import { FormDialog, ReadingDialog } from '../../../kit/form-dialog.js'
import { useErrorsAt } from '../../../kit/form-errors.js'
import { NumberInput } from '../../../kit/number-input.js'
import { RadioGroup } from '../../../kit/radio.js'
import { Select } from '../../../kit/select.js'
import { TextInput } from '../../../kit/text-input.js'
import { toast } from '../../../kit/toast.js'
import { useOpened } from '../../../kit/use-opened.js'

const FIRST: FrequencyCapInput = { name: '', channel: 'email', topic: null, most: 3, per: 'P7D', otherwise: 'skip' }

/** Makes a frequency cap, or changes one. */
export function CapDialog({ cap, onClose }: { cap?: FrequencyCap; onClose(): void }) {
  return cap ? <Change cap={cap} onClose={onClose} /> : <Make onClose={onClose} />
}

function Make({ onClose }: { onClose(): void }) {
  const { t } = useTranslation()
  const create = useCreateFrequencyCap()
  return <CapForm title={t('settings:limits.caps.new')} first={FIRST} onClose={onClose} change={create} onSubmit={create.mutate} />
}

function Change({ cap: { id, name }, onClose }: { cap: FrequencyCap; onClose(): void }) {
  const { t } = useTranslation()
  const replace = useReplaceFrequencyCap()
  const read = useFrequencyCap(id)
  const opened = useOpened(read.data)
  const title = t('settings:limits.caps.changeTitle', { name })
  if (!opened) return <ReadingDialog title={title} error={read.error} onClose={onClose} />
  const { channel, topic, most, per, otherwise } = opened.data
  return (
    <CapForm
      title={title}
      first={{ name: opened.data.name, channel, topic, most, per, otherwise }}
      onClose={onClose}
      change={replace}
      onSubmit={(given, then) => replace.mutate({ ...given, id, etag: opened.etag }, then)}
    />
  )
}

/** What a cap is about as one choice: all, `channel:email`, `topic:<id>`. */
const aboutOf = ({ channel, topic }: FrequencyCapInput): string =>
  topic !== null ? `topic:${topic}` : channel !== null ? `channel:${channel}` : 'all'

function readAbout(about: string): Pick<FrequencyCapInput, 'channel' | 'topic'> {
  const [kind, id = ''] = about.split(':')
  return { channel: kind === 'channel' ? (id as Channel) : null, topic: kind === 'topic' ? id : null }
}

interface FormProps {
  title: string
  first: FrequencyCapInput
  change: { isPending: boolean; error: Error | null }
  onClose(): void
  onSubmit(given: FrequencyCapInput, then: { onSuccess(): void }): void
}

function CapForm({ title, first, change, onClose, onSubmit }: FormProps) {
  const { t } = useTranslation()
  const [given, setGiven] = useState(first)
  const done = (): void => {
    toast.done(t('settings:limits.caps.saved', { name: given.name.trim() }))
    onClose()
  }
  return (
    <FormDialog
      onClose={onClose}
      title={title}
      width="m"
      onSubmit={() => onSubmit(given, { onSuccess: done })}
      action={t('settings:workspace.action')}
      change={change}
    >
      <CapFields given={given} onChange={(more) => setGiven({ ...given, ...more })} />
    </FormDialog>
  )
}

function CapFields({ given, onChange }: { given: FrequencyCapInput; onChange(more: Partial<FrequencyCapInput>): void }) {
  const { t } = useTranslation()
  const topics = useAll<Topic>('topics').data ?? []
  const problems = useErrorsAt('', true)
  return (
    <Form problems={problems} base="" readOnly={false}>
      <Bound path="/name" label={t('settings:limits.caps.name')} hint={t('settings:limits.caps.nameHint')}>
        <TextInput value={given.name} onChange={(name) => onChange({ name })} maxLength={100} autoComplete="off" />
      </Bound>
      <Bound path="/topic" label={t('settings:limits.caps.about')}>
        <Select
          value={aboutOf(given)}
          onChange={(about) => onChange(readAbout(about))}
          options={[
            { value: 'all', label: t('settings:limits.caps.all') },
            ...CHANNELS.map((channel) => ({ value: `channel:${channel}`, label: t(`consent:channel.${channel}`) })),
            ...topics.map(({ id, name }) => ({ value: `topic:${id}`, label: t('settings:limits.caps.aboutTopic', { topic: name }) })),
          ]}
        />
      </Bound>
      <div className="grid grid-cols-2 gap-3">
        <Bound path="/most" label={t('settings:limits.caps.most')}>
          {/* What is no number is for the API to refuse. */}
          <NumberInput value={given.most === 0 ? undefined : given.most} onChange={(most = 0) => onChange({ most })} />
        </Bound>
        <DurationField
          path="/per"
          label={t('settings:limits.caps.window')}
          hint={t('settings:limits.caps.windowHint')}
          value={given.per}
          onChange={(per = '') => onChange({ per })}
        />
      </div>
      <RadioGroup
        label={t('settings:limits.caps.otherwise')}
        value={given.otherwise}
        options={OTHERWISE.map((each) => ({
          value: each,
          label: t(`inputs:otherwise.${each}`),
          hint: t(`settings:limits.caps.${each}Hint`),
        }))}
        onChange={(otherwise) => onChange({ otherwise })}
      />
    </Form>
  )
}
