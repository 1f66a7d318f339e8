import { useTranslation } from 'react-i18next'
import { fieldsOf } from '../../../../model/templates.js'
import { useTemplateRefs } from '../../api/templates.js'
import { record, text } from '../../canvas/words/say.js'
import type { TileFormProps } from '../../editor/tile-form.js'
import { ButtonLink } from '../../kit/button.js'
import { Checkbox } from '../../kit/checkbox.js'
import { Combobox } from '../../kit/combobox.js'
import { Select } from '../../kit/select.js'
import { Bound, Place, useReadOnly } from '../inputs/form.js'
import { put } from '../inputs/put.js'
import { TemplateField } from '../template/template-field.js'
import { useVariables } from '../template/use-variables.js'
import type { Variable } from '../template/variables.js'
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
  const variables = useVariables(doc, tile.id)
  const { config } = tile
  return (
    <LinkTagsField
      path="/config/linkTags"
      value={config.linkTags}
      onChange={(tags) => onChange(put(config, 'linkTags', tags))}
      variables={variables}
    />
  )
}

interface LinkTagsFieldProps {
  path: string
  /** By name, or `none`. */
  value: unknown
  onChange(value: Record<string, unknown> | 'none' | undefined): void
  variables: readonly Variable[]
  /** There is nothing wider that could be taken away. */
  widest?: boolean
}

/** Parameters for links, each a template; or none, whatever wider settings say. */
export function LinkTagsField({ path, value, onChange, variables, widest = false }: LinkTagsFieldProps) {
  const { t } = useTranslation()
  const readOnly = useReadOnly()
  return (
    <Place path={path}>
      <h4 className="text-table font-semibold">{t('tiles:action.linkTags')}</h4>
      <p className="text-label text-muted">{t(widest ? 'tiles:action.linkTagsWidest' : 'tiles:action.linkTagsHint')}</p>
      {!widest && (
        <Checkbox
          label={t('tiles:action.noTags')}
          checked={value === 'none'}
          disabled={readOnly}
          onChange={(none) => onChange(none ? 'none' : undefined)}
        />
      )}
      {value !== 'none' && (
        <Rows
          value={record(value)}
          onChange={(tags) => onChange(Object.keys(tags).length === 0 ? undefined : tags)}
          nameLabel={t('tiles:action.tagName')}
          addLabel={t('tiles:action.addTag')}
          removeLabel={(name) => t('tiles:action.removeTag', { name })}
        >
          {(name, text, set) => (
            <TemplateField
              path={`${path}/${name}`}
              label={t('tiles:action.tagValue', { name })}
              hiddenLabel
              variables={variables}
              value={text}
              onChange={set}
            />
          )}
        </Rows>
      )}
    </Place>
  )
}
