import { useTranslation } from 'react-i18next'
import { ON_AMBIGUOUS } from '../choices.js'
import type { TileFormProps } from '../../web/app/editor/tile-form.js'
import { useAll } from '../../web/app/api/query.js'
import { useDestinationTypes, type Destination, type FieldsSchema } from '../../web/app/api/destinations.js'
import { record, spoken, text } from '../../web/app/canvas/words/say.js'
import { Combobox } from '../../web/app/kit/combobox.js'
import { RadioGroup } from '../../web/app/kit/radio.js'
import { Select } from '../../web/app/kit/select.js'
import { Bound, Form, Part, Place } from '../../web/app/forms/inputs/form.js'
import { put } from '../../web/app/forms/inputs/put.js'
import { ConsentFields } from '../../web/app/forms/sending/consent.js'
import { OnFailure, RetryFields } from '../../web/app/forms/sending/failure.js'
import { PriorityField } from '../../web/app/forms/sending/priority.js'
import { QuietHoursField } from '../../web/app/forms/sending/quiet-hours.js'
import { Preview } from '../../web/app/forms/sending/preview.js'
import { useLivePreview } from '../../web/app/forms/sending/use-live-preview.js'
import { TemplateField } from '../../web/app/forms/template/template-field.js'
import { useVariables } from '../../web/app/forms/template/use-variables.js'
import { LinkTags, TemplateChoice, useFilled } from '../../web/app/forms/sending/content.js'

/** Fields that are written over several lines. */
const LONG = ['html', 'text', 'body', 'payload', 'content']

/** Through which destination it is sent, what, and what becomes of a member when it cannot be. */
export default function ActionForm(props: TileFormProps) {
  const { tile, onChange, problems, focus, readOnly, orchestrationId } = props
  const { t } = useTranslation()
  const { config } = tile
  const { data: destinations = [], isPending } = useAll<Destination>('destinations')
  const types = useDestinationTypes().data
  const type = types?.find((each) => each.type === destinations.find(({ id }) => id === config.destinationId)?.type)
  const action = type?.actions[text(config.action) ?? '']
  const preview = useLivePreview({
    type: 'action',
    destinationId: text(config.destinationId),
    action: text(config.action),
    fields: record(config.fields) as Record<string, string>,
    template: record(config.template).id === undefined ? undefined : (config.template as { id: string; version?: number }),
    linkTags: config.linkTags as Record<string, string> | 'none' | undefined,
    tile: { id: tile.id, ...(tile.name && { name: tile.name }) },
    orchestrationId,
  })
  const setDestination = (id: string): void => onChange({ ...config, destinationId: id, fields: record(config.fields) })
  return (
    <>
      <Form problems={[...problems, ...preview.problems]} base="/config" focus={focus} readOnly={readOnly}>
        <Part part="does">
          <Bound path="/config/destinationId" label={t('tiles:action.destination')}>
            <Combobox
              value={text(config.destinationId)}
              loading={isPending}
              placeholder={t('tiles:action.pick')}
              options={destinations.map(({ id, name, type: vendor }) => ({
                value: id,
                label: name,
                hint: types?.find((each) => each.type === vendor)?.title ?? vendor,
              }))}
              onChange={setDestination}
            />
          </Bound>
          {type && (
            <Bound path="/config/action" label={t('tiles:action.action')}>
              <Select
                value={text(config.action)}
                placeholder={t('kit:choose')}
                options={Object.entries(type.actions).map(([value, { title }]) => ({ value, label: title }))}
                onChange={(next) => onChange({ ...config, action: next, fields: fitting(config.fields, type.actions[next]!.fields) })}
              />
            </Bound>
          )}
          {action && <TemplateChoice config={config} onChange={onChange} />}
          {action && <Fields {...props} fields={action.fields} />}
          {(action?.channel !== undefined || config.topic !== undefined || config.transactional !== undefined) && (
            <ConsentFields config={config} onChange={onChange} />
          )}
        </Part>
        {(config.quietHours !== undefined ||
          config.priority !== undefined ||
          (action?.channel !== undefined && config.transactional !== true)) && (
          <Part part="delivery">
            <LimitFields {...props} />
          </Part>
        )}
        <Part part="fails">
          <OnFailure config={config} onChange={onChange} />
          {action && !action.dedupes && <OnAmbiguous config={config} onChange={onChange} />}
          {action && <p className="text-label text-muted">{action.idempotency}</p>}
        </Part>
        <Part part="advanced" paths={['/config/retry', '/config/linkTags']}>
          <RetryFields config={config} onChange={onChange} />
          {action?.fields.properties?.html !== undefined && <LinkTags {...props} />}
        </Part>
      </Form>
      {action && (
        <Preview
          {...{ preview, orchestrationId }}
          titleOf={title}
          tileId={tile.id}
          takesTo={action.fields.properties?.to !== undefined}
          canSend={!readOnly}
        />
      )}
    </>
  )
}

/** When the message leaves, and before which others. */
function LimitFields({ tile: { config }, doc, onChange }: TileFormProps) {
  const settings = record(doc.settings)
  const set = (field: string) => (value: unknown) => onChange(put(config, field, value))
  return (
    <>
      <QuietHoursField
        path="/config/quietHours"
        of="tile"
        value={config.quietHours}
        onChange={set('quietHours')}
        zone={text(settings.timezone)}
      />
      <PriorityField path="/config/priority" value={config.priority} onChange={set('priority')} inherits={settings.priority} />
    </>
  )
}

/** What another action keeps of the fields: those that it has too. */
function fitting(fields: unknown, { properties = {} }: FieldsSchema): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record(fields)).filter(([name]) => name in properties))
}

function Fields({ tile, doc, onChange, fields }: TileFormProps & { fields: FieldsSchema }) {
  const variables = useVariables(doc, tile.id)
  const { config } = tile
  const values = record(config.fields)
  const filled = useFilled(config, Object.keys(fields.properties ?? {}))
  const { t } = useTranslation()
  const names = [...new Set([...Object.keys(fields.properties ?? {}), ...Object.keys(values)])]
  return (
    <Place path="/config/fields">
      {names.map((name) => (
        <TemplateField
          key={name}
          path={`/config/fields/${name}`}
          label={title(name)}
          hint={filled.includes(name) ? t('tiles:action.fromTemplate') : fields.properties?.[name]?.description}
          optional={filled.includes(name) || !fields.required?.includes(name)}
          long={LONG.includes(name)}
          variables={variables}
          value={text(values[name]) ?? ''}
          onChange={(template) => onChange({ ...config, fields: put(values, name, template) })}
        />
      ))}
    </Place>
  )
}

/** `replyTo` as a label: Reply to; `html`: HTML. */
const title = (name: string): string =>
  /^(html|url)$/.test(name) ? name.toUpperCase() : spoken(name).replace(/^./, (first) => first.toUpperCase())

function OnAmbiguous({ config, onChange }: Pick<TileFormProps, 'onChange'> & { config: Record<string, unknown> }) {
  const { t } = useTranslation()
  return (
    <Place path="/config/onAmbiguous">
      <RadioGroup
        label={t('tiles:action.ambiguous')}
        value={text(config.onAmbiguous) ?? ON_AMBIGUOUS[0]}
        onChange={(onAmbiguous) => onChange({ ...config, onAmbiguous })}
        options={ON_AMBIGUOUS.map((value) => ({
          value,
          label: t(`tiles:action.onAmbiguous.${value}`),
          hint: t(`tiles:action.onAmbiguous.${value}Hint`),
        }))}
      />
    </Place>
  )
}
