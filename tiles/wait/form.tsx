import { useTranslation } from 'react-i18next'
import type { TileFormProps } from '../../web/app/editor/tile-form.js'
import { text } from '../../web/app/canvas/words/say.js'
import { Select } from '../../web/app/kit/select.js'
import { ConditionBuilder } from '../../web/app/forms/condition/condition-builder.js'
import { scopeAt, within } from '../../web/app/forms/condition/scope.js'
import { DateTimeInput, DaysInput, TimeInput } from '../../web/app/forms/inputs/clock.js'
import { DurationField } from '../../web/app/forms/inputs/duration-input.js'
import { Bound, Form, Part, Place } from '../../web/app/forms/inputs/form.js'
import { EventInput, TraitInput } from '../../web/app/forms/inputs/names.js'
import { OffsetField } from '../../web/app/forms/inputs/offset-field.js'
import { pick, put } from '../../web/app/forms/inputs/put.js'
import { Where } from '../../web/app/forms/inputs/where.js'
import { ZoneField } from '../../web/app/forms/inputs/zone-field.js'
import { useWords } from '../../web/app/forms/words.js'
import type { WaitConfig } from './schema.js'

type Kind = WaitConfig['kind']

/** What each kind keeps of another: fields of the same name mean the same. */
const FIELDS: Record<Kind, readonly string[]> = {
  duration: ['duration'],
  time: ['time', 'days'],
  date: ['date'],
  trait: ['trait', 'offset', 'time'],
  event: ['event', 'where', 'timeout'],
  condition: ['when', 'timeout'],
}
const KINDS = Object.keys(FIELDS) as Kind[]

/** How long a member stays, until when, or until what happens. */
export default function WaitForm(props: TileFormProps) {
  const { tile, onChange, problems, focus, readOnly, doc } = props
  const { t } = useTranslation()
  const { config } = tile
  const kind = KINDS.find((each) => each === config.kind)
  const local = kind === 'time' || kind === 'date' || kind === 'trait'
  const zone = (
    <ZoneField
      path="/config/timezone"
      value={text(config.timezone)}
      tile={{ inherits: doc.settings.timezone }}
      onChange={(value) => onChange(put(config, 'timezone', value))}
    />
  )
  return (
    <Form problems={problems} base="/config" focus={focus} readOnly={readOnly}>
      <Part part="does">
        <Bound path="/config/kind" label={t('tiles:wait.kind')}>
          <Select
            value={kind}
            placeholder={t('kit:choose')}
            options={KINDS.map((value) => ({ value, label: t(`tiles:wait.${value}`) }))}
            onChange={(next) => onChange({ kind: next, ...pick(config, ...FIELDS[next], 'timezone') })}
          />
        </Bound>
        {kind && <Until {...props} kind={kind} />}
        {local && zone}
      </Part>
      {kind && !local && (
        <Part part="advanced" paths={['/config/timezone']}>
          {zone}
        </Part>
      )}
    </Form>
  )
}

function Until({ tile: { id, config }, onChange, doc, kind }: TileFormProps & { kind: Kind }) {
  const { t } = useTranslation()
  const say = useWords(doc)
  const set = (field: string) => (value: unknown) => onChange(put(config, field, value))
  const timeout = (
    <DurationField
      path="/config/timeout"
      label={t('tiles:wait.timeout')}
      hint={t('tiles:wait.noTimeout')}
      optional
      value={text(config.timeout)}
      onChange={set('timeout')}
    />
  )
  if (kind === 'duration')
    return <DurationField path="/config/duration" label={t('tiles:wait.for')} value={text(config.duration)} onChange={set('duration')} />
  if (kind === 'date')
    return (
      <Bound path="/config/date" label={t('tiles:wait.at')}>
        <DateTimeInput value={text(config.date)} onChange={set('date')} />
      </Bound>
    )
  if (kind === 'event')
    return (
      <>
        <Bound path="/config/event" label={t('tiles:wait.eventName')}>
          <EventInput value={text(config.event)} onChange={set('event')} />
        </Bound>
        <Where path="/config/where" value={config.where} onChange={set('where')} scope={within(scopeAt(doc, id), config.event)} say={say} />
        {timeout}
      </>
    )
  if (kind === 'condition')
    return (
      <>
        <Place path="/config/when">
          <ConditionBuilder
            path="/config/when"
            label={t('tiles:wait.when')}
            value={config.when}
            onChange={(value) => onChange(put(config, 'when', value ?? {}))}
            scope={scopeAt(doc, id)}
            say={say}
          />
        </Place>
        {timeout}
      </>
    )
  const time = (
    <Bound path="/config/time" label={t('tiles:wait.timeOfDay')} optional={kind === 'trait'}>
      <TimeInput value={text(config.time)} onChange={set('time')} />
    </Bound>
  )
  if (kind === 'time')
    return (
      <>
        {time}
        <Place path="/config/days">
          <DaysInput label={t('tiles:wait.days')} value={config.days as string[] | undefined} onChange={set('days')} />
        </Place>
      </>
    )
  return (
    <>
      <Bound path="/config/trait" label={t('tiles:wait.traitName')}>
        <TraitInput value={text(config.trait)} onChange={set('trait')} />
      </Bound>
      <OffsetField path="/config/offset" value={text(config.offset)} onChange={set('offset')} />
      {time}
    </>
  )
}
