import { useTranslation } from 'react-i18next'
import { fieldsOf } from '../../../../model/templates.js'
import { useTemplateRefs } from '../../api/templates.js'
import { record, text } from '../../canvas/words/say.js'
import type { TileFormProps } from '../../editor/tile-form.js'
import { ButtonLink } from '../../kit/button.js'
import { Combobox } from '../../kit/combobox.js'
import { Select } from '../../kit/select.js'
import { Bound, Place } from '../inputs/form.js'
import { put } from '../inputs/put.js'
import { TemplateField } from '../template/template-field.js'
import { useVariables } from '../template/use-variables.js'
import { Rows } from './rows.js'

interface ConfigProps {
  config: Record<string, unknown>
  onChange(config: Record<string, unknown>): void
}

/** In place of no template, and of no version: lists have no empty value. */
const NONE = 'none'

/** From which template a message comes, if from one, and in which version. */
export function TemplateChoice({ config, onChange }: ConfigProps) {
  const { t } = useTranslation()
  const { data: refs, isPending } = useTemplateRefs()
  const { id, version } = record(config.template)
  const chosen = refs?.find((each) => each.id === id)
  const options = (refs ?? [])
    .filter(({ kind, version: live, id: each }) => (kind !== 'partial' && live !== null) || each === id)
    .map(({ id: value, name, kind, channel }) => ({ value, label: name, hint: channel ?? t(`content:kind.${kind}`) }))
  const versions = Object.keys(chosen?.versions ?? {}).map(Number).sort((a, b) => b - a) // prettier-ignore
  const set = (next: string): void => onChange(put(config, 'template', next === NONE ? undefined : { id: next }))
  return (
    <>
      <Bound path="/config/template" deep label={t('tiles:action.template')} hint={t('tiles:action.templateHint')} optional>
        <Combobox
          value={text(id) ?? NONE}
          loading={isPending}
          options={[{ value: NONE, label: t('tiles:action.noTemplate') }, ...options]}
          onChange={set}
        />
      </Bound>
      {chosen && (
        <div className="flex items-end gap-2">
          <Bound path="/config/template/version" label={t('tiles:action.version')} className="min-w-0 flex-1">
            <Select
              value={typeof version === 'number' ? String(version) : NONE}
              onChange={(next) => onChange({ ...config, template: next === NONE ? { id } : { id, version: Number(next) } })}
              options={[
                { value: NONE, label: t('tiles:action.latest', { version: chosen.version ?? 0 }) },
                ...versions.map((each) => ({ value: String(each), label: t('content:version', { version: each }) })),
              ]}
            />
          </Bound>
          <ButtonLink to={`/templates/${chosen.id}`}>{t('tiles:action.openTemplate')}</ButtonLink>
        </div>
      )}
    </>
  )
}

/** The fields that the template of a tile fills. */
export function useFilled(config: Record<string, unknown>, known: readonly string[]): string[] {
  const { data: refs } = useTemplateRefs()
  const { id, version } = record(config.template)
  const ref = refs?.find((each) => each.id === id)
  const summary = ref?.versions[String(version ?? ref.version)]
  return Object.keys(fieldsOf(Object.fromEntries((summary?.parts ?? []).map((part) => [part, '…'])), known))
}

/** Parameters that the links of an email get from its tile. */
export function LinkTags({ tile, doc, onChange }: Pick<TileFormProps, 'tile' | 'doc' | 'onChange'>) {
  const { t } = useTranslation()
  const variables = useVariables(doc, tile.id)
  const { config } = tile
  return (
    <Place path="/config/linkTags">
      <h4 className="text-label font-medium">{t('tiles:action.linkTags')}</h4>
      <p className="text-label text-muted">{t('tiles:action.linkTagsHint')}</p>
      <Rows
        value={record(config.linkTags)}
        onChange={(tags) => onChange(put(config, 'linkTags', Object.keys(tags).length === 0 ? undefined : tags))}
        nameLabel={t('tiles:action.tagName')}
        addLabel={t('tiles:action.addTag')}
        removeLabel={(name) => t('tiles:action.removeTag', { name })}
      >
        {(name, value, set) => (
          <TemplateField
            path={`/config/linkTags/${name}`}
            label={t('tiles:action.tagValue', { name })}
            hiddenLabel
            variables={variables}
            value={value}
            onChange={set}
          />
        )}
      </Rows>
    </Place>
  )
}
