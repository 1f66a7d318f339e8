import { useTranslation } from 'react-i18next'
import { pointer } from '../../model/pointer.js'
import { METHODS } from '../choices.js'
import type { TileFormProps } from '../../web/app/editor/tile-form.js'
import { useAll } from '../../web/app/api/query.js'
import { record, text } from '../../web/app/canvas/words/say.js'
import { Combobox } from '../../web/app/kit/combobox.js'
import { Select } from '../../web/app/kit/select.js'
import { Switch } from '../../web/app/kit/switch.js'
import { TextInput } from '../../web/app/kit/text-input.js'
import { DurationField } from '../../web/app/forms/inputs/duration-input.js'
import { Bound, Form, Part, Place } from '../../web/app/forms/inputs/form.js'
import { pick, put } from '../../web/app/forms/inputs/put.js'
import { OnFailure, RetryFields } from '../../web/app/forms/sending/failure.js'
import { Preview } from '../../web/app/forms/sending/preview.js'
import { Rows } from '../../web/app/forms/sending/rows.js'
import { useLivePreview } from '../../web/app/forms/sending/use-live-preview.js'
import { TemplateField } from '../../web/app/forms/template/template-field.js'
import { useVariables, useWithSecrets } from '../../web/app/forms/template/use-variables.js'

/** What is called with what, and what is kept of the answer. */
export default function WebhookForm(props: TileFormProps) {
  const { tile, onChange, problems, focus, readOnly, doc, orchestrationId } = props
  const { t } = useTranslation()
  const { config } = tile
  const variables = useVariables(doc, tile.id)
  const withSecrets = useWithSecrets(variables)
  const set = (field: string) => (value: unknown) => onChange(put(config, field, value))
  const method = METHODS.find((each) => each === config.method)
  const whole = (value: Record<string, unknown>) => (Object.keys(value).length === 0 ? undefined : value)
  const preview = useLivePreview({
    type: 'webhook',
    method: method ?? 'POST',
    url: text(config.url) ?? '',
    headers: record(config.headers) as Record<string, string>,
    ...(pick(config, 'body') as { body?: string }),
    orchestrationId,
  })
  const titleOf = (field: string): string => {
    const header = /^headers\.(.*)$/s.exec(field)?.[1]
    return header ?? (field === 'url' ? t('tiles:webhook.url') : t('tiles:webhook.body'))
  }
  return (
    <>
      <Form problems={[...problems, ...preview.problems]} base="/config" focus={focus} readOnly={readOnly}>
        <Part part="does">
          <Bound path="/config/method" label={t('tiles:webhook.method')}>
            <Select value={method} options={METHODS.map((value) => ({ value, label: value }))} onChange={set('method')} />
          </Bound>
          <TemplateField
            path="/config/url"
            label={t('tiles:webhook.url')}
            placeholder="https://example.com/hook"
            variables={variables}
            value={text(config.url) ?? ''}
            onChange={(url) => onChange({ ...config, url })}
          />
          <TemplateField
            path="/config/body"
            label={t('tiles:webhook.body')}
            hint={t('tiles:webhook.bodyHint')}
            optional
            long
            variables={variables}
            value={text(config.body) ?? ''}
            onChange={set('body')}
          />
          <Place path="/config/headers">
            <h4 className="text-label font-medium">{t('tiles:webhook.headers')}</h4>
            <Rows
              value={record(config.headers)}
              onChange={(headers) => set('headers')(whole(headers))}
              nameLabel={t('tiles:webhook.header')}
              addLabel={t('tiles:webhook.addHeader')}
              removeLabel={(name) => t('tiles:webhook.removeHeader', { name })}
            >
              {(name, value, change) => (
                <TemplateField
                  path={pointer(['config', 'headers', name])}
                  label={t('tiles:webhook.headerValue', { name })}
                  hiddenLabel
                  variables={withSecrets}
                  placeholder="{{ secrets.token }}"
                  value={value}
                  onChange={change}
                />
              )}
            </Rows>
          </Place>
          <Place path="/config/save">
            <h4 className="text-label font-medium">{t('tiles:webhook.save')}</h4>
            <p className="text-label text-muted">{t('tiles:webhook.saveHint')}</p>
            <Rows
              value={record(config.save)}
              onChange={(save) => set('save')(whole(save))}
              nameLabel={t('tiles:webhook.saveName')}
              addLabel={t('tiles:webhook.addSave')}
              removeLabel={(name) => t('tiles:webhook.removeSave', { name })}
            >
              {(name, value, change) => (
                <Bound path={pointer(['config', 'save', name])} label={t('tiles:webhook.savePointer', { name })} hiddenLabel>
                  <TextInput mono placeholder="/data/reward" value={value} onChange={change} />
                </Bound>
              )}
            </Rows>
          </Place>
        </Part>
        <Part part="fails">
          <OnFailure config={config} onChange={onChange} />
        </Part>
        <Part part="advanced" paths={['/config/retry', '/config/timeout', '/config/secretId', '/config/sign']}>
          <Signing config={config} onChange={onChange} />
          <DurationField
            path="/config/timeout"
            label={t('tiles:webhook.timeout')}
            hint={t('tiles:webhook.timeoutHint')}
            optional
            value={text(config.timeout)}
            onChange={set('timeout')}
          />
          <RetryFields config={config} onChange={onChange} />
        </Part>
      </Form>
      <Preview {...{ preview, orchestrationId }} titleOf={titleOf} tileId={tile.id} takesTo={false} canSend={!readOnly} />
    </>
  )
}

/** Whether calls are signed, and with which secret. */
function Signing({ config, onChange }: Pick<TileFormProps, 'onChange'> & { config: Record<string, unknown> }) {
  const { t } = useTranslation()
  const { data: secrets = [], isPending } = useAll<{ id: string; name: string }>('secrets')
  const { sign: _, secretId: _secret, ...unsigned } = config
  return (
    <>
      <Switch
        checked={config.sign === true}
        label={t('tiles:webhook.sign')}
        hint={t('tiles:webhook.signHint')}
        onChange={(sign) => onChange(sign ? { ...config, sign } : unsigned)}
      />
      {(config.sign === true || config.secretId !== undefined) && (
        <Bound path="/config/secretId" label={t('tiles:webhook.secret')}>
          <Combobox
            value={text(config.secretId)}
            loading={isPending}
            placeholder={t('tiles:webhook.pickSecret')}
            options={secrets.map(({ id, name }) => ({ value: id, label: name }))}
            onChange={(secretId) => onChange({ ...config, secretId })}
          />
        </Bound>
      )}
    </>
  )
}
