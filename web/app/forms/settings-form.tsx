import { useTranslation } from 'react-i18next'
import { MAX_CRITERIA, REENTRY_MODES } from '../../../tiles/choices.js'
import type { Problem } from '../../../tiles/problems.js'
import type { Doc, Settings } from '../canvas/doc/types.js'
import { record, records, text } from '../canvas/words/say.js'
import { RadioGroup } from '../kit/radio.js'
import { Criterion } from './criterion.js'
import { AddButton } from './inputs/add-button.js'
import { DurationField } from './inputs/duration-input.js'
import { Form, Place } from './inputs/form.js'
import { put, removed, replaced } from './inputs/put.js'
import { ZoneField } from './inputs/zone-field.js'
import { PriorityField } from './sending/priority.js'
import { QuietHoursField } from './sending/quiet-hours.js'

export interface SettingsFormProps {
  doc: Doc
  onChange(settings: Settings): void
  /** With JSON pointers within the canvas: `/settings/goal`. */
  problems: readonly Problem[]
  focus?: { path: string } | undefined
  readOnly: boolean
}

/** What holds for the whole orchestration: time zone, who may enter again, what takes members out, the goal, when messages leave. */
export function SettingsForm({ doc, onChange, problems, focus, readOnly }: SettingsFormProps) {
  const { t } = useTranslation()
  const settings = doc.settings as Record<string, unknown>
  const set = (field: string) => (value: unknown) => onChange(put(settings, field, value) as Settings)
  const criteria = records(settings.exitCriteria)
  const setCriteria = (next: Record<string, unknown>[]): void => set('exitCriteria')(next.length === 0 ? undefined : next)
  return (
    <Form problems={problems} base="/settings" focus={focus} readOnly={readOnly}>
      <ZoneField path="/settings/timezone" value={text(settings.timezone)} onChange={set('timezone')} />
      <Place path="/settings/reentry">
        <Reentry value={record(settings.reentry)} onChange={set('reentry')} />
      </Place>
      <section aria-label={t('orchestration:exit.title')} className="flex flex-col gap-2">
        <h3 className="text-table font-semibold">{t('orchestration:exit.title')}</h3>
        <p className="text-label text-muted">{t('orchestration:exit.hint')}</p>
        <Place path="/settings/exitCriteria">
          {criteria.map((criterion, index) => (
            <Criterion
              key={index}
              title={t('orchestration:exit.one', { number: index + 1 })}
              path={`/settings/exitCriteria/${index}`}
              value={criterion}
              doc={doc}
              onChange={(next) => setCriteria(replaced(criteria, index, next))}
              onRemove={() => setCriteria(removed(criteria, index))}
            />
          ))}
          {criteria.length < MAX_CRITERIA && (
            <AddButton
              onClick={() =>
                setCriteria([...criteria, { name: t('orchestration:exit.fresh', { number: criteria.length + 1 }), event: '' }])
              }
            >
              {t('orchestration:exit.add')}
            </AddButton>
          )}
        </Place>
      </section>
      <section aria-label={t('orchestration:goal.title')} className="flex flex-col gap-2">
        <h3 className="text-table font-semibold">{t('orchestration:goal.title')}</h3>
        <p className="text-label text-muted">{t('orchestration:goal.hint')}</p>
        {settings.goal === undefined ? (
          <AddButton onClick={() => set('goal')({ name: t('orchestration:goal.fresh'), event: '' })}>
            {t('orchestration:goal.add')}
          </AddButton>
        ) : (
          <Criterion
            title={t('orchestration:goal.title')}
            path="/settings/goal"
            value={record(settings.goal)}
            doc={doc}
            onChange={set('goal')}
            onRemove={() => set('goal')(undefined)}
          />
        )}
      </section>
      <section aria-label={t('orchestration:sending.title')} className="flex flex-col gap-4">
        <h3 className="text-table font-semibold">{t('orchestration:sending.title')}</h3>
        <p className="text-label text-muted">{t('orchestration:sending.hint')}</p>
        <QuietHoursField
          path="/settings/quietHours"
          of="orchestration"
          value={settings.quietHours}
          onChange={set('quietHours')}
          zone={text(settings.timezone)}
        />
        <PriorityField path="/settings/priority" value={settings.priority} onChange={set('priority')} />
      </section>
    </Form>
  )
}

/** Who may enter again. Nothing given is `never`. */
function Reentry({ value, onChange }: { value: Record<string, unknown>; onChange(value: unknown): void }) {
  const { t } = useTranslation()
  const mode = REENTRY_MODES.find((each) => each === value.mode) ?? REENTRY_MODES[0]
  const cooldown = (
    <DurationField
      path="/settings/reentry/cooldown"
      label={t('orchestration:reentry.cooldown')}
      hint={t('orchestration:reentry.cooldownHint')}
      optional
      value={text(value.cooldown)}
      onChange={(next) => onChange(put({ ...value, mode }, 'cooldown', next))}
    />
  )
  return (
    <RadioGroup
      label={t('orchestration:reentry.label')}
      value={mode}
      options={REENTRY_MODES.map((each) => ({
        value: each,
        label: t(`orchestration:reentry.${each}`),
        hint: t(`orchestration:reentry.about.${each}`),
        ...((each !== 'never' || value.cooldown !== undefined) && { more: cooldown }),
      }))}
      onChange={(next) => onChange(next === 'never' ? { mode: next } : { ...value, mode: next })}
    />
  )
}
