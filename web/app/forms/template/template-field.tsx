import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Bound, useProblemsAt, useReadOnly, type BoundProps } from '../inputs/form.js'
import type { Offer } from './completion.js'
import { FILTERS, type Filter } from './filters.js'
import type { Mark } from './marks.js'
import { PlainEditor } from './plain-editor.js'
import { hasLiquid } from './scan.js'
import type TemplateEditor from './template-editor.js'
import type { TemplateEditorHandle } from './template-editor.js'
import { useHint } from './use-variables.js'
import { unseenIn, type Variable } from './variables.js'
import { VariablePicker } from './variable-picker.js'

export interface TemplateFieldProps extends Pick<BoundProps, 'path' | 'hint' | 'optional' | 'hiddenLabel' | 'className'> {
  label: string
  value: string
  onChange(template: string): void
  /** What the tile can read. */
  variables: readonly Variable[]
  /** It has several lines. */
  long?: boolean
  placeholder?: string
}

type Editor = typeof TemplateEditor
let loaded: Editor | undefined

/** The editor, once it is wanted and there; a plain text does until then, and when it cannot be loaded. */
function useEditor(wanted: boolean): Editor | undefined {
  const [editor, setEditor] = useState(() => loaded)
  useEffect(() => {
    if (!wanted || editor) return undefined
    let gone = false
    import('./template-editor.js').then(
      (module) => {
        loaded = module.default
        if (!gone) setEditor(() => loaded)
      },
      () => undefined,
    )
    return () => {
      gone = true
    }
  }, [wanted, editor])
  return wanted ? editor : undefined
}

/**
 * A Liquid template, with a list of what it can read. A line is a plain input until somebody writes in it or it has Liquid: many of them
 * cost nothing.
 */
export function TemplateField({ value, onChange, variables, long = false, placeholder, ...field }: TemplateFieldProps) {
  const readOnly = useReadOnly()
  const handle = useRef<TemplateEditorHandle>(null)
  const selected = useRef<readonly [number, number]>(undefined)
  const [touched, setTouched] = useState(false)
  const [composing, setComposing] = useState(false)
  const Editor = useEditor((long || touched || hasLiquid(value)) && !composing)
  const { judged, hinted, described } = useMarks(field.path, value, variables)
  const offers = useOffers(variables)
  const props = { ref: handle, value, onChange, long, readOnly, placeholder, selected }
  const hint = described === '' ? field.hint : <>{field.hint}<span className="sr-only"> {described}</span></> // prettier-ignore
  return (
    <Bound {...field} hint={hint}>
      <div
        className="flex min-w-0 items-start gap-1"
        onFocus={() => !readOnly && setTouched(true)}
        // An input that is taken away would take with it what is being composed.
        onCompositionStart={() => !Editor && setComposing(true)}
        onCompositionEnd={() => setComposing(false)}
      >
        <div className="min-w-0 flex-1">
          {Editor ? <Editor {...props} {...offers} label={field.label} judged={judged} hinted={hinted} /> : <PlainEditor {...props} />}
        </div>
        {!readOnly && (
          <VariablePicker variables={variables} onOpen={() => setTouched(true)} onPick={(path) => handle.current?.insert(path)} />
        )}
      </div>
    </Bound>
  )
}

/** What is to be marked in a template, and what of it the field does not say already. */
function useMarks(path: string, value: string, variables: readonly Variable[]): { judged: Mark[]; hinted: Mark[]; described: string } {
  const { t } = useTranslation()
  const problems = useProblemsAt(path)
  const hinted = useMemo(
    () =>
      unseenIn(value, variables).map(({ from, to, group, name, near }): Mark => {
        const unseen = t(`inputs:variable.unseen.${group}`, { name })
        return { from, to, tone: 'amber', message: near === undefined ? unseen : `${unseen} ${t('inputs:variable.near', { near })}` }
      }),
    [value, variables, t],
  )
  const judged = problems.flatMap(({ message, ranges = [] }) => ranges.map(([from, to]): Mark => ({ from, to, message, tone: 'red' })))
  const more = [...problems.slice(1), ...hinted].map(({ message }) => message)
  return { judged, hinted, described: [...new Set(more)].join(' ') }
}

function useOffers(variables: readonly Variable[]): { variables: Offer[]; filters: Offer[] } {
  const { t } = useTranslation()
  const hintOf = useHint()
  return useMemo(
    () => ({
      variables: variables.map((variable) => ({
        label: variable.path,
        detail: hintOf(variable),
        section: t(`inputs:variable.${variable.group}`),
      })),
      filters: (Object.keys(FILTERS) as Filter[]).map((label) => ({ label, detail: t(`inputs:filter.${label}`) })),
    }),
    [variables, hintOf, t],
  )
}
