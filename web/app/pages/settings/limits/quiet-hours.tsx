import { useState, type FormEvent } from 'react'
import { useTranslation } from 'react-i18next'
import type { WorkspaceQuietHours } from '../../../../../model/quiet-hours.js'
import { CHANNELS } from '../../../../../model/channels.js'
import { MAX_WINDOWS } from '../../../../../tiles/choices.js'
import { useReplaceSettings, useSettings, type Settings } from '../../../api/admin.js'
import { useMay } from '../../../api/me.js'
import { ApiProblem } from '../../../api/problem.js'
import { AddButton } from '../../../forms/inputs/add-button.js'
import { Form, Place } from '../../../forms/inputs/form.js'
import { Item } from '../../../forms/inputs/item.js'
import { put, removed, replaced } from '../../../forms/inputs/put.js'
import { FRESH, KeepingFields, WindowFields } from '../../../forms/sending/quiet-hours.js'
import { Banner } from '../../../kit/banner.js'
import { Button } from '../../../kit/button.js'
import { Card } from '../../../kit/card.js'
import { Checkbox } from '../../../kit/checkbox.js'
import { ErrorState } from '../../../kit/error-state.js'
import { SkeletonLines } from '../../../kit/skeleton.js'
import { Switch } from '../../../kit/switch.js'
import { toast } from '../../../kit/toast.js'

/** The quiet hours of the workspace. */
export function QuietHoursCard() {
  const { t } = useTranslation()
  const { data, error, refetch } = useSettings()
  return (
    <Card title={t('settings:limits.quiet.title')} hint={t('settings:limits.quiet.hint')}>
      {data ? (
        <QuietHoursForm settings={data.data} etag={data.etag} />
      ) : error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <SkeletonLines lines={3} label={t('settings:limits.quiet.title')} />
      )}
    </Card>
  )
}

const BASE = '/quietHours'
type Value = Record<string, unknown>

function QuietHoursForm({ settings, etag }: { settings: Settings; etag: string | undefined }) {
  const { t } = useTranslation()
  const mayAdmin = useMay('admin')
  const replace = useReplaceSettings()
  // What others save meanwhile must be refused, not overwritten: it goes by what was read when the page was opened.
  const [opened, setOpened] = useState({ settings, etag })
  const [hours, setHours] = useState(settings.quietHours)
  const changed = JSON.stringify(hours) !== JSON.stringify(opened.settings.quietHours)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    replace.mutate(
      { ...opened.settings, quietHours: hours, etag: opened.etag },
      {
        onSuccess: (answer) => {
          setOpened({ settings: answer.data, etag: answer.etag })
          toast.done(t('settings:limits.quiet.done'))
        },
      },
    )
  }
  const { error } = replace
  const errors = error instanceof ApiProblem ? error.errors : []
  return (
    <form onSubmit={submit} noValidate className="flex max-w-md flex-col gap-4">
      <Form problems={errors} base={BASE} readOnly={!mayAdmin}>
        <Switch
          label={t('settings:limits.quiet.on')}
          checked={hours !== null}
          disabled={!mayAdmin}
          onChange={(on) => setHours(on ? (opened.settings.quietHours ?? { windows: [FRESH] }) : null)}
        />
        {hours && <Fields hours={hours} onChange={setHours} />}
      </Form>
      {error && errors.length === 0 && <Banner tone="red">{error.message}</Banner>}
      {mayAdmin && (
        <div>
          <Button type="submit" variant="primary" busy={replace.isPending} disabled={!changed}>
            {t('settings:workspace.action')}
          </Button>
        </div>
      )}
    </form>
  )
}

function Fields({ hours, onChange }: { hours: WorkspaceQuietHours; onChange(hours: WorkspaceQuietHours): void }) {
  const { t } = useTranslation()
  const { windows, channels } = hours
  const setWindows = (next: readonly Value[]): void => onChange({ ...hours, windows: next as unknown as WorkspaceQuietHours['windows'] })
  const values = windows as unknown as readonly Value[]
  const names = (index: number): string => t('settings:limits.quiet.window', { number: index + 1 })
  return (
    <>
      <Place path={`${BASE}/windows`}>
        {values.map((value, index) => (
          <Item
            key={index}
            title={names(index)}
            name={names(index)}
            onRemove={values.length > 1 ? () => setWindows(removed(values, index)) : undefined}
          >
            <WindowFields path={`${BASE}/windows/${index}`} value={value} onChange={(next) => setWindows(replaced(values, index, next))} />
          </Item>
        ))}
        {values.length < MAX_WINDOWS && (
          <AddButton onClick={() => setWindows([...values, FRESH])}>{t('settings:limits.quiet.add')}</AddButton>
        )}
      </Place>
      <KeepingFields
        path={BASE}
        value={hours as unknown as Value}
        onChange={(next) => onChange(next as unknown as WorkspaceQuietHours)}
        zone={undefined}
      />
      <Place path={`${BASE}/channels`}>
        <fieldset className="flex flex-col gap-2">
          <legend className="pb-1 text-label font-medium">{t('settings:limits.quiet.channels')}</legend>
          {CHANNELS.map((channel) => {
            const chosen = channels ?? CHANNELS
            const toggle = (on: boolean): void => {
              const next = CHANNELS.filter((each) => (each === channel ? on : chosen.includes(each)))
              onChange(
                put(
                  hours as unknown as Value,
                  'channels',
                  next.length === CHANNELS.length ? undefined : next,
                ) as unknown as WorkspaceQuietHours,
              )
            }
            return <Checkbox key={channel} label={t(`consent:channel.${channel}`)} checked={chosen.includes(channel)} onChange={toggle} />
          })}
        </fieldset>
      </Place>
    </>
  )
}
