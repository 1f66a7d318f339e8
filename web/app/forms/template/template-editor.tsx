import { autocompletion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language'
import { Annotation, Compartment, EditorState } from '@codemirror/state'
import { EditorView, keymap } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useEffect, useImperativeHandle, useRef, type Ref } from 'react'
import { INPUT } from '../../kit/field.js'
import { cx } from '../../kit/cx.js'
import { nonce } from '../../nonce.js'

export interface TemplateEditorHandle {
  /** Puts a text where the cursor is. */
  insert(text: string): void
}

export interface TemplateEditorProps {
  ref: Ref<TemplateEditorHandle>
  value: string
  onChange(value: string): void
  /** Its name for assistive technology. */
  label: string
  /** Paths that are offered. */
  variables: readonly string[]
  readOnly: boolean
}

/** Liquid in any text: what stands in {{ }} and {% %}. */
const liquid = StreamLanguage.define<{ inside: string }>({
  startState: () => ({ inside: '' }),
  token(stream, state) {
    if (state.inside === '') {
      const open = /^\{[{%]-?/.exec(stream.string.slice(stream.pos))
      if (!open) {
        stream.next()
        while (!stream.eol() && stream.peek() !== '{') stream.next()
        return null
      }
      stream.pos += open[0].length
      state.inside = open[0].startsWith('{{') ? '}}' : '%}'
      return 'bracket'
    }
    if (stream.match(/^-?[}%]\}/)) return ((state.inside = ''), 'bracket')
    if (stream.eatSpace()) return null
    if (stream.match(/^("[^"]*"|'[^']*')/)) return 'string'
    if (stream.match(/^\d+(\.\d+)?/)) return 'number'
    if (stream.match(/^\|\s*\w+/)) return 'keyword'
    if (stream.match(/^[A-Za-z_][\w.[\]"-]*/)) return 'variableName'
    stream.next()
    return null
  },
})

const style = HighlightStyle.define([
  { tag: tags.bracket, color: 'var(--color-muted)' },
  { tag: tags.variableName, color: 'var(--color-accent)' },
  { tag: tags.string, color: 'var(--color-green)' },
  { tag: tags.number, color: 'var(--color-blue)' },
  { tag: tags.keyword, color: 'var(--color-amber)' },
])
const theme = EditorView.theme({
  '&': { backgroundColor: 'transparent' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', maxHeight: '320px', overflow: 'auto' },
  '.cm-content': { padding: '6px 0', caretColor: 'var(--color-text)' },
  '.cm-line': { padding: '0' },
  '.cm-tooltip': { backgroundColor: 'var(--color-raised)', border: '1px solid var(--color-line)', color: 'var(--color-text)' },
})
const FromOutside = Annotation.define<boolean>()

/** A text with Liquid in it, coloured, with variables offered while one is typed. Tab leaves it. */
export default function TemplateEditor({ ref, value, onChange, label, variables, readOnly }: TemplateEditorProps) {
  const at = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(undefined)
  const now = useRef({ onChange, variables })
  const locked = useRef(new Compartment())
  useEffect(() => {
    now.current = { onChange, variables }
  })
  useEffect(() => {
    const complete = (context: CompletionContext): CompletionResult | null => {
      const typed = context.matchBefore(/\{[{%][^}%]*?[\w.]*$/)
      const word = context.matchBefore(/[\w.]*$/)
      return typed && word ? { from: word.from, options: now.current.variables.map((name) => ({ label: name })) } : null
    }
    const made = new EditorView({
      parent: at.current!,
      state: EditorState.create({
        doc: value,
        extensions: [
          EditorView.cspNonce.of(nonce),
          history(),
          keymap.of([...defaultKeymap, ...historyKeymap]),
          EditorView.lineWrapping,
          liquid,
          syntaxHighlighting(style),
          theme,
          autocompletion({ override: [complete], icons: false }),
          locked.current.of([]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged && !update.transactions.some((each) => each.annotation(FromOutside)))
              now.current.onChange(update.state.doc.toString())
          }),
        ],
      }),
    })
    view.current = made
    return () => made.destroy()
    // Made once; what changes later is told to it below.
  }, [])
  useEffect(() => {
    const extensions = [
      EditorState.readOnly.of(readOnly),
      EditorView.editable.of(!readOnly),
      EditorView.contentAttributes.of({ 'aria-label': label }),
    ]
    view.current?.dispatch({ effects: locked.current.reconfigure(extensions) })
  }, [readOnly, label])
  useEffect(() => {
    const doc = view.current?.state.doc
    if (doc && doc.toString() !== value)
      view.current!.dispatch({ changes: { from: 0, to: doc.length, insert: value }, annotations: FromOutside.of(true) })
  }, [value])
  useImperativeHandle(ref, () => ({
    insert(text) {
      view.current?.dispatch(view.current.state.replaceSelection(text))
      view.current?.focus()
    },
  }))
  return <div ref={at} className={cx(INPUT, 'w-full text-table focus-within:border-accent')} />
}
