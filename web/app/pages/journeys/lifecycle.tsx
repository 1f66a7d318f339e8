import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useActivationPreview, useDeleteJourney, useLifecycle, type JourneyCounts, type Lifecycle } from '../../api/journeys.js'
import { ApiProblem } from '../../api/problem.js'
import { ConfirmDialog } from '../../kit/confirm-dialog.js'
import { Field } from '../../kit/field.js'
import { NumberInput } from '../../kit/number-input.js'
import { RadioGroup } from '../../kit/radio.js'
import { Select } from '../../kit/select.js'
import { toast } from '../../kit/toast.js'

export type Verb = 'activate' | 'pause' | 'resume' | 'complete' | 'delete'

/** What the dialogs need to know of an orchestration. */
export interface Subject {
  id: string
  name: string
  counts: Pick<JourneyCounts, 'active' | 'held' | 'parked'>
}

/** The verbs that are possible in a state, the likeliest first. */
export const verbsOf = (status: 'draft' | 'active' | 'paused' | 'completed'): Verb[] =>
  (
    ({
      draft: ['activate', 'delete'],
      active: ['pause', 'complete'],
      paused: ['resume', 'complete'],
      completed: [],
    }) as const satisfies Record<string, readonly Verb[]>
  )[status].slice()

export interface LifecycleDialogProps {
  verb: Verb
  journey: Subject
  onClose(): void
  /** After it was done. */
  onDone?(): void
}

/** Asks for one step of an orchestration's life: what it will do in plain words, to how many, and its options. */
export function LifecycleDialog(props: LifecycleDialogProps) {
  const Dialog = { activate: Activate, pause: Pause, resume: Resume, complete: Complete, delete: Delete }[props.verb]
  return <Dialog {...props} />
}

/** Runs a step; the toast says what it did. */
function useStep({ journey, onClose, onDone }: LifecycleDialogProps) {
  const { t } = useTranslation()
  const step = useLifecycle()
  const run = (change: Lifecycle): void =>
    step.mutate(change, {
      onSuccess: ({ inFlight, held }) => {
        toast.done(t(`journeys:life.${change.verb}.done`, { name: journey.name }), {
          ...(inFlight ? { detail: t('journeys:life.pause.inFlight', { count: inFlight }) } : {}),
          ...(held ? { detail: t('journeys:life.resume.held', { count: held }) } : {}),
        })
        onDone?.()
        onClose()
      },
    })
  return { run, busy: step.isPending, error: inWords(step.error) }
}

/** What keeps it from being done; of a canvas with errors the first few of them. */
function inWords(error: Error | null): string | undefined {
  if (error === null) return undefined
  const found = error instanceof ApiProblem ? error.errors.slice(0, 5).map(({ message }) => message) : []
  return [error.message, ...found.filter((message) => !error.message.includes(message))].join(' ')
}

const inside = ({ active, held, parked }: Subject['counts']): number => active + held + parked

function Activate(props: LifecycleDialogProps) {
  const { t } = useTranslation()
  const { run, busy, error } = useStep(props)
  const { id, name } = props.journey
  const preview = useActivationPreview(id)
  return (
    <ConfirmDialog
      open
      onClose={props.onClose}
      title={t('journeys:life.activate.title', { name })}
      description={preview.data ? t('journeys:life.activate.text', { count: preview.data.enters }) : t('journeys:life.activate.looking')}
      action={t('journeys:life.activate.action')}
      onConfirm={() => run({ verb: 'activate', id })}
      busy={busy}
      error={error ?? inWords(preview.error)}
    />
  )
}

function Pause(props: LifecycleDialogProps) {
  const { t } = useTranslation()
  const { run, busy, error } = useStep(props)
  const [clocks, setClocks] = useState<'run' | 'freeze'>('run')
  const [entries, setEntries] = useState<'drop' | 'queue'>('drop')
  const { id, name, counts } = props.journey
  const option = <T extends string>(value: T) => ({
    value,
    label: t(`journeys:life.pause.${value}`),
    hint: t(`journeys:life.pause.${value}Hint`),
  })
  return (
    <ConfirmDialog
      open
      width="m"
      onClose={props.onClose}
      title={t('journeys:life.pause.title', { name })}
      description={t('journeys:life.pause.text', { count: counts.active })}
      action={t('journeys:life.pause.action')}
      onConfirm={() => run({ verb: 'pause', id, options: { clocks, entries } })}
      busy={busy}
      error={error}
    >
      <RadioGroup label={t('journeys:life.pause.clocks')} value={clocks} onChange={setClocks} options={[option('run'), option('freeze')]} />
      <RadioGroup
        label={t('journeys:life.pause.entries')}
        value={entries}
        onChange={setEntries}
        options={[option('drop'), option('queue')]}
      />
    </ConfirmDialog>
  )
}

const UNITS = { minutes: (n: number) => `PT${n}M`, hours: (n: number) => `PT${n}H`, days: (n: number) => `P${n}D` }
type Unit = keyof typeof UNITS

function Resume(props: LifecycleDialogProps) {
  const { t } = useTranslation()
  const { run, busy, error } = useStep(props)
  const [overdue, setOverdue] = useState<'proceed' | 'skip'>('proceed')
  const [age, setAge] = useState<number | undefined>(6)
  const [unit, setUnit] = useState<Unit>('hours')
  const [rate, setRate] = useState<number>()
  const { id, name, counts } = props.journey
  const submit = (): void => {
    const late = overdue === 'proceed' ? ('proceed' as const) : { skipSendsOlderThan: UNITS[unit](Math.round(age ?? 0)) }
    run({ verb: 'resume', id, options: { overdue: late, ...(rate !== undefined && { ratePerSecond: rate }) } })
  }
  return (
    <ConfirmDialog
      open
      width="m"
      onClose={props.onClose}
      title={t('journeys:life.resume.title', { name })}
      description={t('journeys:life.resume.text', { count: counts.held })}
      action={t('journeys:life.resume.action')}
      onConfirm={submit}
      busy={busy}
      error={error}
    >
      <RadioGroup
        label={t('journeys:life.resume.overdue')}
        value={overdue}
        onChange={setOverdue}
        options={[
          { value: 'proceed', label: t('journeys:life.resume.proceed'), hint: t('journeys:life.resume.proceedHint') },
          {
            value: 'skip',
            label: t('journeys:life.resume.skip'),
            hint: t('journeys:life.resume.skipHint'),
            more: (
              <div className="flex items-end gap-2">
                <Field label={t('journeys:life.resume.age')}>
                  <NumberInput value={age} onChange={setAge} className="w-24" />
                </Field>
                <Select
                  label={t('journeys:life.resume.unit')}
                  value={unit}
                  onChange={setUnit}
                  className="w-32"
                  options={(Object.keys(UNITS) as Unit[]).map((value) => ({ value, label: t(`journeys:life.resume.${value}`) }))}
                />
              </div>
            ),
          },
        ]}
      />
      <Field label={t('journeys:life.resume.rate')} optional hint={t('journeys:life.resume.rateHint')}>
        <NumberInput value={rate} onChange={setRate} unit={t('journeys:life.resume.perSecond')} className="w-56" />
      </Field>
    </ConfirmDialog>
  )
}

function Complete(props: LifecycleDialogProps) {
  const { t } = useTranslation()
  const { run, busy, error } = useStep(props)
  const [members, setMembers] = useState<'walk' | 'exit'>('walk')
  const { id, name, counts } = props.journey
  const count = inside(counts)
  return (
    <ConfirmDialog
      open
      width="m"
      onClose={props.onClose}
      title={t('journeys:life.complete.title', { name })}
      description={t('journeys:life.complete.text')}
      action={members === 'exit' && count > 0 ? t('journeys:life.complete.actionExit', { count }) : t('journeys:life.complete.action')}
      danger={members === 'exit'}
      onConfirm={() => run({ verb: 'complete', id, options: { members } })}
      busy={busy}
      error={error}
    >
      <RadioGroup
        label={t('journeys:life.complete.members', { count })}
        value={members}
        onChange={setMembers}
        options={[
          { value: 'walk', label: t('journeys:life.complete.walk'), hint: t('journeys:life.complete.walkHint') },
          { value: 'exit', label: t('journeys:life.complete.exit'), hint: t('journeys:life.complete.exitHint') },
        ]}
      />
    </ConfirmDialog>
  )
}

function Delete({ journey: { id, name }, onClose, onDone }: LifecycleDialogProps) {
  const { t } = useTranslation()
  const remove = useDeleteJourney()
  const done = (): void => {
    toast.done(t('journeys:life.delete.done', { name }))
    onDone?.()
    onClose()
  }
  return (
    <ConfirmDialog
      open
      danger
      onClose={onClose}
      title={t('journeys:life.delete.title', { name })}
      description={t('journeys:life.delete.text')}
      action={t('journeys:life.delete.action')}
      onConfirm={() => remove.mutate(id, { onSuccess: done })}
      busy={remove.isPending}
      error={inWords(remove.error)}
    />
  )
}
