import { useTranslation } from 'react-i18next'
import { MAX_TRIGGERS } from '../choices.js'
import type { TileFormProps } from '../../web/app/editor/tile-form.js'
import { triggerWords } from '../../web/app/canvas/words/essence.js'
import { records, text } from '../../web/app/canvas/words/say.js'
import { Button } from '../../web/app/kit/button.js'
import { Select } from '../../web/app/kit/select.js'
import { Switch } from '../../web/app/kit/switch.js'
import { within } from '../../web/app/forms/condition/scope.js'
import { AddButton } from '../../web/app/forms/inputs/add-button.js'
import { Bound, Form, Part, Place, useReadOnly } from '../../web/app/forms/inputs/form.js'
import { Item } from '../../web/app/forms/inputs/item.js'
import { AudienceInput, EventInput, PropertyInput } from '../../web/app/forms/inputs/names.js'
import { put, removed, replaced } from '../../web/app/forms/inputs/put.js'
import { Where } from '../../web/app/forms/inputs/where.js'
import { useWords } from '../../web/app/forms/words.js'
import type { Trigger } from './schema.js'

type Draft = Readonly<Record<string, unknown>>
type Type = Trigger['type']

const FRESH: Record<Type, Draft> = {
  event: { type: 'event', event: '' },
  audience: { type: 'audience', audienceId: '', includeExisting: false },
  manual: { type: 'manual' },
}
const TYPES = Object.keys(FRESH) as Type[]
const KEY = 'properties.'

/** What brings customers in. */
export default function EntryForm(props: TileFormProps) {
  const { tile, onChange, problems, focus, readOnly } = props
  const { t } = useTranslation()
  const triggers = records(tile.config.triggers)
  const set = (next: Draft[]): void => onChange({ ...tile.config, triggers: next })
  return (
    <Form problems={problems} base="/config" focus={focus} readOnly={readOnly}>
      <Part part="does">
        <Place path="/config/triggers">
          {triggers.map((trigger, index) => (
            <TriggerFields
              key={index}
              {...props}
              {...{ trigger, index }}
              onTrigger={(next) => set(replaced(triggers, index, next))}
              onRemove={triggers.length > 1 ? () => set(removed(triggers, index)) : undefined}
            />
          ))}
          {triggers.length < MAX_TRIGGERS && <AddButton onClick={() => set([...triggers, FRESH.event])}>{t('tiles:entry.add')}</AddButton>}
        </Place>
      </Part>
    </Form>
  )
}

interface TriggerProps extends TileFormProps {
  trigger: Draft
  index: number
  onTrigger(trigger: Draft): void
  onRemove: (() => void) | undefined
}

function TriggerFields({ trigger, index, onTrigger, onRemove, doc }: TriggerProps) {
  const { t } = useTranslation()
  const say = useWords(doc)
  const at = `/config/triggers/${index}`
  const type = TYPES.find((each) => each === trigger.type)
  const set = (field: string) => (value: unknown) => onTrigger(put(trigger, field, value))
  const name = t('tiles:entry.trigger', { number: index + 1 })
  return (
    <Item name={name} title={triggerWords(trigger, say) ?? name} onRemove={onRemove}>
      <Bound path={`${at}/type`} label={t('tiles:entry.type')}>
        <Select
          value={type}
          placeholder={t('kit:choose')}
          options={TYPES.map((value) => ({ value, label: t(`tiles:entry.${value}`) }))}
          onChange={(next) => next !== type && onTrigger(FRESH[next])}
        />
      </Bound>
      {type === 'manual' && <p className="text-label text-muted">{t('tiles:entry.manualHint')}</p>}
      {type === 'audience' && (
        <>
          <Bound path={`${at}/audienceId`} label={t('tiles:entry.audienceName')}>
            <AudienceInput value={text(trigger.audienceId)} onChange={set('audienceId')} />
          </Bound>
          <Switch
            checked={trigger.includeExisting === true}
            label={t('tiles:entry.existing')}
            hint={t('tiles:entry.existingHint')}
            onChange={set('includeExisting')}
          />
        </>
      )}
      {type === 'event' && (
        <>
          <Bound path={`${at}/event`} label={t('tiles:entry.eventName')}>
            <EventInput value={text(trigger.event)} onChange={set('event')} />
          </Bound>
          <Where
            path={`${at}/where`}
            value={trigger.where}
            onChange={set('where')}
            scope={within({ waits: [], entryEvent: undefined, byEvent: true }, trigger.event)}
            say={say}
          />
          <Key {...{ trigger, at }} onChange={set('key')} />
        </>
      )}
    </Item>
  )
}

/** The property that tells several members of one customer apart. */
function Key({ trigger, at, onChange }: { trigger: Draft; at: string; onChange(key: string | undefined): void }) {
  const { t } = useTranslation()
  const readOnly = useReadOnly()
  const name = text(trigger.key)
  return (
    <Part part="advanced" paths={[`${at}/key`]}>
      <Bound path={`${at}/key`} label={t('tiles:entry.key')} hint={t('tiles:entry.keyHint')} optional>
        <PropertyInput
          event={text(trigger.event)}
          value={name?.startsWith(KEY) ? name.slice(KEY.length) : name}
          onChange={(property) => onChange(KEY + property.replace(KEY, ''))}
        />
      </Bound>
      {name !== undefined && !readOnly && (
        <Button size="s" variant="quiet" className="self-start" onClick={() => onChange(undefined)}>
          {t('tiles:entry.noKey')}
        </Button>
      )}
    </Part>
  )
}
