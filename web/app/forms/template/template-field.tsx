import { IconBraces } from '@tabler/icons-react'
import { useLayoutEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useSeenProperties, useSeenTraits } from '../../api/schema.js'
import type { Doc } from '../../canvas/doc/types.js'
import { IconButton } from '../../kit/button.js'
import { Menu, type MenuItem } from '../../kit/menu.js'
import { TextArea, TextInput } from '../../kit/text-input.js'
import { scopeAt } from '../condition/scope.js'
import { Bound, type BoundProps } from '../inputs/form.js'
import { inserted, variablesAt, type Variable } from './variables.js'

export interface TemplateFieldProps extends Pick<BoundProps, 'path' | 'label' | 'hint' | 'optional' | 'hiddenLabel' | 'className'> {
  value: string
  onChange(template: string): void
  /** What the tile can read. */
  variables: readonly Variable[]
  /** Lines that are shown; one line unless told. */
  rows?: number
  placeholder?: string
}

/** What the templates of a tile can read, with the traits and properties that came in. */
export function useVariables(doc: Doc, tileId: string): Variable[] {
  const traits = useSeenTraits()
  const properties = useSeenProperties(scopeAt(doc, tileId).entryEvent)
  return useMemo(
    () =>
      variablesAt(doc, tileId, {
        traits: traits ?? [],
        entryProperties: properties ?? [],
      }),
    [doc, tileId, traits, properties],
  )
}

/** A Liquid template, with a list of what it can read. */
export function TemplateField({ value, onChange, variables, rows = 1, placeholder, ...field }: TemplateFieldProps) {
  const { t } = useTranslation()
  const element = useRef<HTMLInputElement & HTMLTextAreaElement>(null)
  const cursor = useRef<number>(undefined)
  useLayoutEffect(() => {
    if (cursor.current === undefined) return
    element.current?.setSelectionRange(cursor.current, cursor.current)
    cursor.current = undefined
  })
  const insert = (path: string): void => {
    const { selectionStart, selectionEnd } = element.current!
    const next = inserted(value, [selectionStart ?? value.length, selectionEnd ?? value.length], path)
    cursor.current = next.at
    onChange(next.template)
    // The menu gives the focus back to its button; the person goes on writing.
    setTimeout(() => element.current?.focus())
  }
  const items = (['customer', 'entry', 'tiles', 'orchestration'] as const).flatMap((group): MenuItem[] => {
    const own = variables.filter((each) => each.group === group)
    return own.length === 0
      ? []
      : [
          { heading: t(`inputs:variable.${group}`) },
          ...own.map(({ path, hint }) => ({ label: path, ...(hint !== undefined && { hint }), onSelect: () => insert(path) })),
        ]
  })
  const Input = rows > 1 ? TextArea : TextInput
  return (
    <Bound {...field}>
      <div className="flex min-w-0 items-start gap-1">
        <Input
          ref={element}
          mono
          spellCheck={false}
          {...(rows > 1 && { rows })}
          {...(placeholder !== undefined && { placeholder })}
          value={value}
          onChange={onChange}
          className="min-w-0 flex-1"
        />
        <Menu items={items}>
          <IconButton label={t('inputs:variable.insert')} icon={IconBraces} />
        </Menu>
      </div>
    </Bound>
  )
}
