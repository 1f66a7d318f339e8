import { IconPlus } from '@tabler/icons-react'
import { useDeferredValue, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFoundCustomers } from '../api/members.js'
import type { Doc } from '../canvas/doc/types.js'
import type { Say } from '../canvas/words/say.js'
import { DateTimeInput } from '../forms/inputs/clock.js'
import { Bound } from '../forms/inputs/form.js'
import { Item } from '../forms/inputs/item.js'
import { AudienceInput, EventInput } from '../forms/inputs/names.js'
import { ZoneField } from '../forms/inputs/zone-field.js'
import { Button } from '../kit/button.js'
import { Combobox } from '../kit/combobox.js'
import { Field } from '../kit/field.js'
import { Select } from '../kit/select.js'
import { tileWords } from '../member/words.js'
import { Answers } from './answers.js'
import { AudiencesField } from './audiences-field.js'
import { Fold } from './fold.js'
import { hereZone, MomentField } from './moment-field.js'
import { moment, nextKey, NO_VALUES, sending, WAYS_IN, type Happening, type Script, type WayIn } from './script.js'
import { ValuesField } from './values-field.js'

export interface ScriptFormProps {
  script: Script
  doc: Doc
  say: Say
  onChange(script: Script): void
}

interface PartProps {
  script: Script
  set(part: Partial<Script>): void
}

/** Who enters by what, what they do when, and what is answered; what few need is folded away. */
export function ScriptForm({ script, doc, say, onChange }: ScriptFormProps) {
  const { t } = useTranslation()
  const set = (part: Partial<Script>): void => onChange({ ...script, ...part })
  const tiles = sending(doc)
  const scripted = tiles.filter(({ id }) => (script.answers[id] ?? []).length > 0).length
  return (
    <>
      <Who {...{ script, set }} zone={doc.settings.timezone} />
      <Entry entry={script.entry} onChange={(entry) => set({ entry })} />
      <Happenings happenings={script.happenings} onChange={(happenings) => set({ happenings })} />
      {tiles.length > 0 && (
        <Fold title={t('testRun:answers')} told={t('testRun:answersTold', { count: scripted })} open={scripted > 0}>
          {tiles.map((tile) => (
            <Answers
              key={tile.id}
              tile={tile}
              name={tileWords(doc, tile.id, say)}
              answers={script.answers[tile.id] ?? []}
              onChange={(answers) => set({ answers: { ...script.answers, [tile.id]: answers } })}
            />
          ))}
        </Fold>
      )}
      <Clock {...{ script, set }} />
    </>
  )
}

function Who({ script, set, zone }: PartProps & { zone: string | undefined }) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState('')
  const found = useFoundCustomers(useDeferredValue(typed.trim()))
  const { customerId, zone: own, audiences, ownAudiences } = script
  return (
    <>
      <Bound path="/customer/id" label={t('testRun:customer')} hint={t('testRun:customerHint')}>
        <Combobox
          value={customerId === '' ? '*' : customerId}
          onChange={(id) => set({ customerId: id === '*' ? '' : id })}
          onSearch={setTyped}
          loading={found.isPending}
          options={[
            { value: '*', label: t('testRun:madeUp') },
            ...(found.data ?? []).map(({ id, email, name }) => ({ value: id, label: id, hint: [name, email].filter(Boolean).join(' · ') })),
          ]}
        />
      </Bound>
      <ValuesField
        path="/customer/traits"
        label={t('testRun:traits')}
        {...(customerId !== '' && { hint: t('testRun:traitsHint') })}
        of="traits"
        value={script.traits}
        onChange={(traits) => set({ traits })}
      />
      <Fold title={t('testRun:more')} open={own !== undefined || audiences.length > 0 || !ownAudiences}>
        <ZoneField
          path="/customer/traits/timezone"
          value={own}
          onChange={(next) => set({ zone: next === 'customer' ? undefined : next })}
          tile={{ inherits: zone }}
        />
        <AudiencesField script={script} onChange={set} />
      </Fold>
    </>
  )
}

function Entry({ entry, onChange }: { entry: WayIn; onChange(entry: WayIn): void }) {
  const { t } = useTranslation()
  const set = (part: Partial<WayIn>): void => onChange({ ...entry, ...part })
  return (
    <>
      <Field label={t('testRun:entry')} hint={t(`testRun:entryHint.${entry.by}`)}>
        <Select
          value={entry.by}
          onChange={(by) => set({ by })}
          options={WAYS_IN.map((by) => ({ value: by, label: t(`testRun:entryBy.${by}`) }))}
        />
      </Field>
      {entry.by === 'event' && (
        <Bound path="/entry/event" label={t('testRun:entryEvent')}>
          <EventInput value={entry.event} onChange={(event) => set({ event })} />
        </Bound>
      )}
      {entry.by === 'audience' ? (
        <Bound path="/entry/audience" label={t('testRun:entryAudience')}>
          <AudienceInput value={entry.audienceId || undefined} onChange={(audienceId) => set({ audienceId })} />
        </Bound>
      ) : (
        <ValuesField
          path="/entry/properties"
          label={t(entry.by === 'event' ? 'testRun:entryProperties' : 'testRun:entryData')}
          of={{ event: entry.by === 'event' ? entry.event : '' }}
          value={entry.values}
          onChange={(values) => set({ values })}
        />
      )}
    </>
  )
}

function Happenings({ happenings, onChange }: { happenings: readonly Happening[]; onChange(happenings: readonly Happening[]): void }) {
  const { t } = useTranslation()
  const add = (does: Happening['does']): void =>
    onChange([...happenings, { key: nextKey(happenings), does, at: moment(1, 'hours'), event: '', values: NO_VALUES }])
  return (
    <section aria-label={t('testRun:events')} className="flex min-w-0 flex-col gap-3">
      <h3 className="text-table font-semibold">{t('testRun:events')}</h3>
      {happenings.map((happening, index) => (
        <OneHappening
          key={happening.key}
          happening={happening}
          index={index}
          onChange={(next) => onChange(happenings.map((each) => (each === happening ? next : each)))}
          onRemove={() => onChange(happenings.filter((each) => each !== happening))}
        />
      ))}
      <div className="flex flex-wrap gap-2">
        <Button size="s" icon={IconPlus} onClick={() => add('event')}>
          {t('testRun:addEvent')}
        </Button>
        <Button size="s" icon={IconPlus} onClick={() => add('profile')}>
          {t('testRun:addChange')}
        </Button>
      </div>
    </section>
  )
}

interface OneHappeningProps {
  happening: Happening
  index: number
  onChange(happening: Happening): void
  onRemove(): void
}

function OneHappening({ happening, index, onChange, onRemove }: OneHappeningProps) {
  const { t } = useTranslation()
  const { does, at, event, values } = happening
  const set = (part: Partial<Happening>): void => onChange({ ...happening, ...part })
  const name = t(`testRun:does.${does}`, { n: index + 1 })
  const path = `/events/${index}`
  return (
    <Item title={name} name={name} onRemove={onRemove}>
      <MomentField path={`${path}/at`} label={t('testRun:when')} value={at} onChange={(next) => set({ at: next })} />
      {does === 'event' && (
        <Bound path={`${path}/event`} label={t('testRun:eventName')}>
          <EventInput value={event} onChange={(next) => set({ event: next })} />
        </Bound>
      )}
      <ValuesField
        path={`${path}/properties`}
        label={t(does === 'event' ? 'testRun:properties' : 'testRun:traits')}
        of={does === 'event' ? { event } : 'traits'}
        value={values}
        onChange={(next) => set({ values: next })}
      />
    </Item>
  )
}

function Clock({ script: { startAt, until }, set }: PartProps) {
  const { t } = useTranslation()
  return (
    <Fold title={t('testRun:clock')} open={startAt !== '' || until !== undefined}>
      <Bound path="/startAt" label={t('testRun:startAt')} hint={t('testRun:startAtHint', { zone: hereZone() })} optional>
        <DateTimeInput value={startAt || undefined} onChange={(next) => set({ startAt: next ?? '' })} />
      </Bound>
      {until ? (
        <>
          <MomentField path="/until" label={t('testRun:until')} value={until} onChange={(next) => set({ until: next })} />
          <Button size="s" className="self-start" onClick={() => set({ until: undefined })}>
            {t('testRun:untilYear')}
          </Button>
        </>
      ) : (
        <div className="flex flex-wrap items-center gap-2 text-table">
          <span className="text-muted">{t('testRun:endsInAYear')}</span>
          <Button size="s" onClick={() => set({ until: moment(30, 'days') })}>
            {t('testRun:setUntil')}
          </Button>
        </div>
      )}
    </Fold>
  )
}
