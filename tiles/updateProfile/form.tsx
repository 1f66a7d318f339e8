import { useTranslation } from 'react-i18next'
import { MAX_CHANGES } from '../choices.js'
import type { TileFormProps } from '../../web/app/editor/tile-form.js'
import { record, records, text } from '../../web/app/canvas/words/say.js'
import { NumberInput } from '../../web/app/kit/number-input.js'
import { Select } from '../../web/app/kit/select.js'
import { AddButton } from '../../web/app/forms/inputs/add-button.js'
import { Bound, Form, Part, Place } from '../../web/app/forms/inputs/form.js'
import { Item } from '../../web/app/forms/inputs/item.js'
import { TraitInput } from '../../web/app/forms/inputs/names.js'
import { moved, pick, removed, replaced } from '../../web/app/forms/inputs/put.js'
import { ValueInput } from '../../web/app/forms/inputs/value-input.js'
import type { ProfileChange } from './schema.js'

type Op = ProfileChange['op']

/** What each change takes beside the trait. */
const TAKES: Record<Op, 'value' | 'by' | undefined> = { set: 'value', unset: undefined, increment: 'by', append: 'value', remove: 'value' }
const OPS = Object.keys(TAKES) as Op[]

/** Which traits change, one behind the other. */
export default function UpdateProfileForm({ tile: { config }, onChange, problems, focus, readOnly }: TileFormProps) {
  const { t } = useTranslation()
  const changes = records(config.changes).map(record)
  const setAll = (next: readonly unknown[]): void => onChange({ ...config, changes: next })
  return (
    <Form problems={problems} base="/config" focus={focus} readOnly={readOnly}>
      <Part part="does">
        <Place path="/config/changes">
          {changes.map((change, index) => (
            <Item
              key={index}
              name={text(change.trait) || t('tiles:profile.change', { number: index + 1 })}
              title={t('tiles:profile.change', { number: index + 1 })}
              onUp={index > 0 ? () => setAll(moved(changes, index, -1)) : undefined}
              onDown={index < changes.length - 1 ? () => setAll(moved(changes, index, 1)) : undefined}
              onRemove={changes.length > 1 ? () => setAll(removed(changes, index)) : undefined}
            >
              <Change change={change} at={`/config/changes/${index}`} onChange={(next) => setAll(replaced(changes, index, next))} />
            </Item>
          ))}
          {changes.length < MAX_CHANGES && (
            <AddButton onClick={() => setAll([...changes, { op: 'set' }])}>{t('tiles:profile.add')}</AddButton>
          )}
        </Place>
      </Part>
    </Form>
  )
}

interface ChangeProps {
  change: Record<string, unknown>
  at: string
  onChange(change: Record<string, unknown>): void
}

function Change({ change, at, onChange }: ChangeProps) {
  const { t } = useTranslation()
  const op = OPS.find((each) => each === change.op)
  const takes = op && TAKES[op]
  const setOp = (next: Op): void => onChange({ op: next, ...pick(change, 'trait', TAKES[next] ?? 'trait') })
  return (
    <>
      <Bound path={`${at}/op`} label={t('tiles:profile.op')}>
        <Select value={op} onChange={setOp} options={OPS.map((value) => ({ value, label: t(`tiles:profile.${value}`) }))} />
      </Bound>
      <Bound path={`${at}/trait`} label={t('tiles:profile.trait')}>
        <TraitInput value={text(change.trait)} onChange={(trait) => onChange({ ...change, trait })} />
      </Bound>
      {takes === 'by' && (
        <Bound path={`${at}/by`} label={t('tiles:profile.by')} hint={t('tiles:profile.byHint')}>
          <NumberInput value={typeof change.by === 'number' ? change.by : undefined} onChange={(by) => onChange({ ...change, by })} />
        </Bound>
      )}
      {takes === 'value' && (
        <Bound path={`${at}/value`} label={t('tiles:profile.value')} deep>
          <ValueInput label={t('tiles:profile.value')} value={change.value} onChange={(value) => onChange({ ...change, value })} />
        </Bound>
      )}
    </>
  )
}
