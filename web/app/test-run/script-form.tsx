import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useDeferredValue, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFoundCustomers } from '../api/members.js'
import { Button, IconButton } from '../kit/button.js'
import { Combobox } from '../kit/combobox.js'
import { Field } from '../kit/field.js'
import { NumberInput } from '../kit/number-input.js'
import { Select } from '../kit/select.js'
import { TextArea, TextInput } from '../kit/text-input.js'
import { UNITS, type Fault, type Script, type Scripted } from './script.js'

export interface ScriptFormProps {
  script: Script
  faults: Readonly<Record<string, Fault>>
  onChange(script: Script): void
}

/** Who enters by what, and what they do when. */
export function ScriptForm({ script, faults, onChange }: ScriptFormProps) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const found = useFoundCustomers(useDeferredValue(typed.trim()))
  const { events } = script
  const set = (part: Partial<Script>): void => onChange({ ...script, ...part })
  const add = (): void =>
    set({
      events: [...events, { key: Math.max(0, ...events.map(({ key }) => key)) + 1, after: 1, unit: 'hours', event: '', properties: '' }],
    })
  const wrong = (field: string): string | undefined => {
    const fault = faults[field]
    return fault && t(`testRun:fault.${fault}`)
  }
  return (
    <>
      <Field label={t('testRun:customer')} hint={t('testRun:customerHint')}>
        <Combobox
          value={script.customerId === '' ? '*' : script.customerId}
          onChange={(id) => set({ customerId: id === '*' ? '' : id })}
          onSearch={setTyped}
          loading={found.isPending}
          options={[
            { value: '*', label: t('testRun:madeUp') },
            ...(found.data ?? []).map(({ id, email, name }) => ({ value: id, label: id, hint: [name, email].filter(Boolean).join(' · ') })),
          ]}
        />
      </Field>
      <Field label={t('testRun:traits')} optional hint={t('testRun:traitsHint')} error={wrong('traits')}>
        <TextArea mono rows={2} value={script.traits} onChange={(traits) => set({ traits })} placeholder='{"email": "ada@example.com"}' />
      </Field>
      <Field label={t('testRun:entryEvent')} optional hint={t('testRun:entryHint')}>
        <TextInput value={script.entryEvent} onChange={(entryEvent) => set({ entryEvent })} placeholder="signed_up" />
      </Field>
      {script.entryEvent.trim() !== '' && (
        <Field label={t('testRun:entryProperties')} optional error={wrong('entryProperties')}>
          <TextArea mono rows={2} value={script.entryProperties} onChange={(entryProperties) => set({ entryProperties })} />
        </Field>
      )}
      <section aria-label={t('testRun:events')} className="flex flex-col gap-3">
        <h3 className="text-label font-medium">{t('testRun:events')}</h3>
        {events.map((event, index) => (
          <EventRow
            key={event.key}
            event={event}
            n={index + 1}
            wrong={(field) => wrong(`${event.key}.${field}`)}
            onChange={(changed) => set({ events: events.map((each) => (each === event ? changed : each)) })}
            onRemove={() => set({ events: events.filter((each) => each !== event) })}
          />
        ))}
        <Button size="s" icon={IconPlus} onClick={add} className="self-start">
          {t('testRun:addEvent')}
        </Button>
      </section>
    </>
  )
}

interface EventRowProps {
  event: Scripted
  n: number
  wrong(field: 'event' | 'after' | 'properties'): string | undefined
  onChange(event: Scripted): void
  onRemove(): void
}

function EventRow({ event, n, wrong, onChange, onRemove }: EventRowProps) {
  const { t } = useTranslation()
  return (
    <div className="flex flex-col gap-2 border-l-2 border-line pl-3" role="group" aria-label={t('testRun:event', { n })}>
      <div className="flex items-start gap-2">
        <Field label={t('testRun:after')} error={wrong('after')}>
          <NumberInput value={event.after} onChange={(after) => onChange({ ...event, after })} className="w-20" />
        </Field>
        <Field label={t('testRun:unit')}>
          <Select
            value={event.unit}
            onChange={(unit) => onChange({ ...event, unit })}
            className="w-28"
            options={UNITS.map((value) => ({ value, label: t(`journeys:life.resume.${value}`) }))}
          />
        </Field>
        <span className="ml-auto pt-5">
          <IconButton label={t('testRun:removeEvent', { n })} icon={IconTrash} onClick={onRemove} />
        </span>
      </div>
      <Field label={t('testRun:eventName')} error={wrong('event')}>
        <TextInput value={event.event} onChange={(name) => onChange({ ...event, event: name })} placeholder="purchase" />
      </Field>
      <Field label={t('testRun:properties')} optional error={wrong('properties')}>
        <TextInput
          mono
          value={event.properties}
          onChange={(properties) => onChange({ ...event, properties })}
          placeholder='{"total": 80}'
        />
      </Field>
    </div>
  )
}
