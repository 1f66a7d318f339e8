import { IconBraces } from '@tabler/icons-react'
import { lazy, Suspense, useImperativeHandle, useLayoutEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useSeenProperties, useSeenTraits } from '../../api/schema.js'
import type { Doc } from '../../canvas/doc/types.js'
import { IconButton } from '../../kit/button.js'
import { Menu, type MenuItem } from '../../kit/menu.js'
import { TextArea, TextInput } from '../../kit/text-input.js'
import { scopeAt } from '../condition/scope.js'
import { Bound, type BoundProps } from '../inputs/form.js'
import type { TemplateEditorHandle, TemplateEditorProps } from './template-editor.js'
import { inserted, variablesAt, type Variable } from './variables.js'

/** Loaded when a template of several lines is shown; until then, and when it cannot be, a plain text does. */
const TemplateEditor = lazy(() => import('./template-editor.js').catch(() => ({ default: PlainEditor })))

export interface TemplateFieldProps extends Pick<BoundProps, 'path' | 'hint' | 'optional' | 'hiddenLabel' | 'className'> {
  label: string
  value: string
  onChange(template: string): void
  /** What the tile can read. */
  variables: readonly Variable[]
  /** It has several lines. */
  long?: boolean
  readOnly?: boolean
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
export function TemplateField({ value, onChange, variables, long = false, readOnly = false, placeholder, ...field }: TemplateFieldProps) {
  const { t } = useTranslation()
  const input = useRef<TemplateEditorHandle>(null)
  const items = (['customer', 'entry', 'tiles', 'orchestration'] as const).flatMap((group): MenuItem[] => {
    const own = variables.filter((each) => each.group === group)
    const insert = (path: string) => () => {
      // The menu gives the focus back to its button first; the person goes on writing.
      setTimeout(() => input.current?.insert(`{{ ${path} }}`))
    }
    return own.length === 0
      ? []
      : [
          { heading: t(`inputs:variable.${group}`) },
          ...own.map(({ path, hint }) => ({ label: path, ...(hint !== undefined && { hint }), onSelect: insert(path) })),
        ]
  })
  const paths = useMemo(() => variables.map(({ path }) => path), [variables])
  const props = { ref: input, value, onChange, label: field.label, variables: paths, readOnly, placeholder }
  return (
    <Bound {...field}>
      <div className="flex min-w-0 items-start gap-1">
        <div className="min-w-0 flex-1">
          {long ? (
            <Suspense fallback={<PlainEditor {...props} long />}>
              <TemplateEditor {...props} />
            </Suspense>
          ) : (
            <PlainEditor {...props} />
          )}
        </div>
        <Menu items={items}>
          <IconButton label={t('inputs:variable.insert')} icon={IconBraces} />
        </Menu>
      </div>
    </Bound>
  )
}

/** A template as plain text. */
function PlainEditor({
  ref,
  value,
  onChange,
  placeholder,
  long = false,
}: TemplateEditorProps & { placeholder?: string | undefined; long?: boolean }) {
  const element = useRef<HTMLInputElement & HTMLTextAreaElement>(null)
  const cursor = useRef<number>(undefined)
  useLayoutEffect(() => {
    if (cursor.current === undefined) return
    element.current?.setSelectionRange(cursor.current, cursor.current)
    cursor.current = undefined
  })
  useImperativeHandle(ref, () => ({
    insert(text) {
      const { selectionStart, selectionEnd } = element.current!
      const next = inserted(value, [selectionStart ?? value.length, selectionEnd ?? value.length], text)
      cursor.current = next.at
      onChange(next.template)
      element.current?.focus()
    },
  }))
  const Input = long ? TextArea : TextInput
  return (
    <Input ref={element} mono spellCheck={false} {...(long && { rows: 6 })} placeholder={placeholder} value={value} onChange={onChange} />
  )
}
