import { IconBraces, IconDots } from '@tabler/icons-react'
import { useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { pointer } from '../../../../model/pointer.js'
import { conditionWords } from '../../canvas/words/condition.js'
import type { Say } from '../../canvas/words/say.js'
import { Button, IconButton } from '../../kit/button.js'
import { cx } from '../../kit/cx.js'
import { Menu, type MenuItem } from '../../kit/menu.js'
import { Select } from '../../kit/select.js'
import { AddButton } from '../inputs/add-button.js'
import { useProblemsAt, useReadOnly } from '../inputs/form.js'
import { moved } from '../inputs/put.js'
import { addTo, asGroup, grouped, kindOf, leafOf, negated, nodeAt, partsOf, removeAt, setAt, type Node, type Path } from './edit.js'
import { JsonNode } from './json-node.js'
import { AudienceLeaf, EventLeaf, PropertyLeaf, TraitLeaf } from './leaf.js'
import { within, type Scope } from './scope.js'

export interface ConditionBuilderProps {
  /** A condition, whole or not; undefined: none. */
  value: unknown
  /** Undefined: the last part was removed. */
  onChange(value: unknown): void
  scope: Scope
  say: Say
  /** Its name for assistive technology. */
  label: string
  /** JSON pointer of the condition: what is wrong there is shown in place. */
  path: string
}

interface Builder extends Pick<ConditionBuilderProps, 'path'> {
  root: unknown
  change(root: unknown, focus?: Path): void
}

/** Says what must hold: parts that look at one thing, in groups of all or any, as deep as need be. */
export function ConditionBuilder({ value, onChange, scope, say, label, path }: ConditionBuilderProps) {
  const { t } = useTranslation()
  const readOnly = useReadOnly()
  const [json, setJson] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  const focus = useRef<string>(undefined)
  useLayoutEffect(() => {
    if (focus.current === undefined) return
    const place = box.current?.querySelector(`[data-path="${CSS.escape(focus.current)}"]`)
    place?.querySelector<HTMLElement>('[data-subject] button, textarea, button')?.focus()
    focus.current = undefined
  })
  const change = (root: unknown, to?: Path): void => {
    if (to) focus.current = path + pointer(to)
    onChange(root)
  }
  const words = conditionWords(value, say)
  return (
    <div ref={box} role="group" aria-label={label} className="@container flex min-w-0 flex-col gap-2">
      <p className="text-table break-words text-muted" aria-live="polite">
        {words ?? t('condition:nothing')}
      </p>
      {json ? <JsonNode value={value} onChange={onChange} /> : <Part builder={{ root: value, change, path }} at={[]} scope={scope} />}
      <div className="flex flex-wrap gap-1">
        {!json && kindOf(value) !== 'empty' && (
          <AddButton onClick={() => add({ root: value, change, path }, [])}>{t('condition:add')}</AddButton>
        )}
        {!readOnly && (
          <Button size="s" variant="quiet" icon={IconBraces} className="ml-auto" aria-pressed={json} onClick={() => setJson(!json)}>
            {t(json ? 'condition:json.form' : 'condition:json.show')}
          </Button>
        )}
      </div>
    </div>
  )
}

function add({ root, change }: Builder, at: Path): void {
  const { root: next, at: added } = addTo(root, at)
  change(next, added)
}

interface PartProps {
  builder: Builder
  at: Path
  scope: Scope
}

/** One node: a group with its parts, a not around another, or a leaf. */
function Part(props: PartProps) {
  const kind = kindOf(nodeAt(props.builder.root, props.at))
  const path = props.builder.path + pointer(props.at)
  const problems = useProblemsAt(path, kind !== 'all' && kind !== 'any' && kind !== 'not')
  return (
    <div data-path={path} className="min-w-0">
      {kind === 'all' || kind === 'any' ? <Group {...props} kind={kind} /> : kind === 'not' ? <Not {...props} /> : <Leaf {...props} />}
      {problems.slice(0, 1).map(({ message }) => (
        <p key={message} className="mt-1 text-label break-words text-red">
          {message}
        </p>
      ))}
    </div>
  )
}

const FRAME = 'flex min-w-0 flex-col gap-2 border-line'

/** What stands around a group or a not. Where it is narrow, those within others have a line at the left only, the deeper the closer. */
function frameOf(at: Path): string {
  const narrow = '@max-md:rounded-none @max-md:border-0 @max-md:border-l-2 @max-md:py-0 @max-md:pr-0'
  return cx(
    FRAME,
    'rounded-card border bg-sunken p-2',
    at.length > 0 && narrow,
    at.length > 0 && (at.length > 4 ? '@max-md:pl-1' : '@max-md:pl-2'),
  )
}

function Group({ builder, at, scope, kind }: PartProps & { kind: 'all' | 'any' }) {
  const { t } = useTranslation()
  const node = nodeAt(builder.root, at)
  const parts = partsOf(node)
  return (
    <div role="group" aria-label={t(`condition:group.${kind}`)} className={frameOf(at)}>
      <div className="flex items-center gap-2">
        <Select
          size="s"
          className="w-40"
          label={t('condition:group.label')}
          value={kind}
          options={(['all', 'any'] as const).map((each) => ({ value: each, label: t(`condition:group.${each}`) }))}
          onChange={(next) => builder.change(setAt(builder.root, at, asGroup(node, next)))}
        />
        <span className="flex-1" />
        <Actions builder={builder} at={at} />
      </div>
      {parts.map((_, index) => (
        <Part key={index} builder={builder} at={[...at, kind, index]} scope={scope} />
      ))}
      {at.length > 0 && (
        <AddButton quiet onClick={() => add(builder, at)}>
          {t('condition:addHere')}
        </AddButton>
      )}
    </div>
  )
}

function Not({ builder, at, scope }: PartProps) {
  const { t } = useTranslation()
  return (
    <div role="group" aria-label={t('condition:not')} className={frameOf(at)}>
      <div className="flex items-center gap-2">
        <span className="flex-1 text-table font-medium">{t('condition:not')}</span>
        <Actions builder={builder} at={at} />
      </div>
      <Part builder={builder} at={[...at, 'not']} scope={scope} />
    </div>
  )
}

const SUBJECTS = ['trait', 'property', 'audience', 'event'] as const

function Leaf({ builder, at, scope }: PartProps) {
  const { t } = useTranslation()
  const value = nodeAt(builder.root, at)
  const kind = kindOf(value)
  const leaf = value as Node
  const path = builder.path + pointer(at)
  const set = (next: unknown): void => builder.change(setAt(builder.root, at, next))
  const fields = { leaf, onChange: set, scope, path }
  return (
    <div className={cx(FRAME, 'rounded-card border bg-surface p-2', at.length > 4 && '@max-md:p-1.5')}>
      <div className="flex items-center gap-2" data-subject>
        {kind !== 'other' && (
          <Select
            size="s"
            className="w-40"
            label={t('condition:subject.label')}
            placeholder={t('condition:subject.choose')}
            value={kind === 'empty' ? undefined : (kind as (typeof SUBJECTS)[number])}
            options={SUBJECTS.map((each) => ({ value: each, label: t(`condition:subject.${each}`) }))}
            onChange={(next) => next !== kind && set(leafOf(next, next === 'property' && !scope.judged ? 'entry' : undefined))}
          />
        )}
        <span className="flex-1" />
        {(value !== undefined || at.length > 0) && <Actions builder={builder} at={at} />}
      </div>
      {kind === 'trait' && <TraitLeaf {...fields} />}
      {kind === 'property' && <PropertyLeaf {...fields} />}
      {kind === 'audience' && <AudienceLeaf {...fields} />}
      {kind === 'event' && <EventLeaf {...fields} />}
      {kind === 'event' && <Where builder={builder} at={at} scope={within(scope, leaf.event)} />}
      {kind === 'other' && <JsonNode value={value} onChange={set} />}
    </div>
  )
}

/** What the event must be like. */
function Where({ builder, at, scope }: PartProps) {
  const { t } = useTranslation()
  const event = nodeAt(builder.root, at) as Node
  const there = [...at, 'where']
  if (event.where === undefined)
    return (
      <AddButton quiet onClick={() => builder.change(setAt(builder.root, at, { ...event, where: leafOf('property') }), there)}>
        {t('condition:event.addWhere')}
      </AddButton>
    )
  const kind = kindOf(event.where)
  return (
    <div role="group" aria-label={t('condition:event.where')} className="flex min-w-0 flex-col gap-1.5">
      <span className="text-label font-medium">{t('condition:event.where')}</span>
      <Part builder={builder} at={there} scope={scope} />
      {kind !== 'all' && kind !== 'any' && (
        <AddButton quiet onClick={() => add(builder, there)}>
          {t('condition:addHere')}
        </AddButton>
      )}
    </div>
  )
}

/** What can be done with a node as a whole. */
function Actions({ builder, at }: Pick<PartProps, 'builder' | 'at'>) {
  const { t } = useTranslation()
  const { root, change } = builder
  if (useReadOnly()) return null
  const node = nodeAt(root, at)
  const [list, index] = [at.slice(0, -1), at.at(-1)]
  const siblings = typeof index === 'number' ? (nodeAt(root, list) as unknown[]) : []
  const move = (by: 1 | -1): MenuItem => ({
    label: t(by < 0 ? 'condition:up' : 'condition:down'),
    disabled: typeof index !== 'number' || index + by < 0 || index + by >= siblings.length,
    onSelect: () => change(setAt(root, list, moved(siblings, index as number, by)), [...list, (index as number) + by]),
  })
  const items: (MenuItem | 'line')[] = [
    {
      label: t(kindOf(node) === 'not' ? 'condition:unnegate' : 'condition:negate'),
      onSelect: () => change(setAt(root, at, negated(node)), at),
    },
    { label: t('condition:wrap'), onSelect: () => change(setAt(root, at, grouped(node)), at) },
    ...(siblings.length > 1 ? [move(-1), move(1)] : []),
    'line',
    { label: t('condition:remove'), danger: true, onSelect: () => change(removeAt(root, at), []) },
  ]
  return (
    <Menu items={items} align="end">
      <IconButton label={t('condition:actions')} icon={IconDots} className="size-7" />
    </Menu>
  )
}
