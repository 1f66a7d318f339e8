import { useTranslation } from 'react-i18next'
import { MAX_PATH_NAME, MAX_PATHS } from '../choices.js'
import type { TileFormProps } from '../../web/app/editor/tile-form.js'
import { records, text } from '../../web/app/canvas/words/say.js'
import { Button } from '../../web/app/kit/button.js'
import { Select } from '../../web/app/kit/select.js'
import { TextInput } from '../../web/app/kit/text-input.js'
import { PathFields } from '../../web/app/forms/branch/path-fields.js'
import {
  asKind,
  balanced,
  BRANCH_KINDS,
  evenly,
  sumOf,
  withPath,
  type BranchKind,
  type BranchPath,
} from '../../web/app/forms/branch/paths.js'
import { AddButton } from '../../web/app/forms/inputs/add-button.js'
import { Bound, Form, Part, Place, useReadOnly } from '../../web/app/forms/inputs/form.js'
import { Item } from '../../web/app/forms/inputs/item.js'
import { moved, put, removed, replaced } from '../../web/app/forms/inputs/put.js'
import { ZoneField } from '../../web/app/forms/inputs/zone-field.js'

/** Which way members go: the paths in order, each with what takes it. */
export default function BranchForm(props: TileFormProps) {
  const { tile, onChange, problems, focus, readOnly, doc } = props
  const { t } = useTranslation()
  const { config } = tile
  const kind = BRANCH_KINDS.find((each) => each === config.kind)
  const paths = records(config.paths) as BranchPath[]
  const setKind = (next: BranchKind): void => {
    const kept = asKind(paths, next)
    onChange({
      kind: next,
      paths: kept.length > 0 ? kept : withPath([], next),
      ...(next === 'time' && text(config.timezone) && { timezone: config.timezone }),
    })
  }
  const setPaths = (next: BranchPath[]): void => onChange({ ...config, paths: next })
  return (
    <Form problems={problems} base="/config" focus={focus} readOnly={readOnly}>
      <Part part="does">
        <Bound path="/config/kind" label={t('tiles:branch.kind')}>
          <Select
            value={kind}
            placeholder={t('kit:choose')}
            options={BRANCH_KINDS.map((value) => ({ value, label: t(`tiles:branch.${value}`) }))}
            onChange={setKind}
          />
        </Bound>
        {kind === 'time' && (
          <ZoneField
            path="/config/timezone"
            value={text(config.timezone)}
            tile={{ inherits: doc.settings.timezone }}
            onChange={(value) => onChange(put(config, 'timezone', value))}
          />
        )}
        {kind && (
          <Place path="/config/paths">
            {paths.map((path, index) => (
              <Path key={path.id} {...props} {...{ kind, paths, path, index, setPaths }} />
            ))}
            {kind === 'percentage' && <Weights paths={paths} onChange={setPaths} />}
            {paths.length < MAX_PATHS && <AddButton onClick={() => setPaths(withPath(paths, kind))}>{t('tiles:branch.add')}</AddButton>}
            <p className="text-label text-muted">{t(`tiles:branch.rest.${kind}`)}</p>
          </Place>
        )}
      </Part>
    </Form>
  )
}

interface PathProps extends TileFormProps {
  kind: BranchKind
  paths: readonly BranchPath[]
  path: BranchPath
  index: number
  setPaths(paths: BranchPath[]): void
}

function Path({ kind, paths, path, index, setPaths, doc, tile }: PathProps) {
  const { t } = useTranslation()
  const at = `/config/paths/${index}`
  const set = (next: Record<string, unknown>): void => setPaths(replaced(paths, index, next as BranchPath))
  return (
    <Item
      name={text(path.name) ?? path.id}
      title={
        <>
          {t('tiles:branch.path', { number: index + 1 })} <span className="font-mono text-label text-muted">{path.id}</span>
        </>
      }
      onUp={index > 0 ? () => setPaths(moved(paths, index, -1)) : undefined}
      onDown={index < paths.length - 1 ? () => setPaths(moved(paths, index, 1)) : undefined}
      onRemove={paths.length > 1 ? () => setPaths(removed(paths, index)) : undefined}
    >
      <Bound path={`${at}/name`} label={t('tiles:branch.name')} optional>
        <TextInput
          value={text(path.name) ?? ''}
          placeholder={path.id}
          maxLength={MAX_PATH_NAME}
          onChange={(name) => set(put(path, 'name', name))}
        />
      </Bound>
      <PathFields {...{ kind, path, at, doc }} tileId={tile.id} onChange={set} />
    </Item>
  )
}

/** What the weights sum to, and ways to make that 100. */
function Weights({ paths, onChange }: { paths: readonly BranchPath[]; onChange(paths: BranchPath[]): void }) {
  const { t } = useTranslation()
  const readOnly = useReadOnly()
  const sum = sumOf(paths)
  return (
    <div className="flex flex-wrap items-center gap-2">
      <span role="status" className={`flex-1 text-table ${sum === 100 ? 'text-muted' : 'text-red'}`}>
        {t('tiles:branch.sum', { sum })}
      </span>
      {!readOnly && (
        <>
          <Button size="s" onClick={() => onChange(evenly(paths))}>
            {t('tiles:branch.evenly')}
          </Button>
          <Button size="s" disabled={sum === 100} onClick={() => onChange(balanced(paths))}>
            {t('tiles:branch.balance')}
          </Button>
        </>
      )}
    </div>
  )
}
