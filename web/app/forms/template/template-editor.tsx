import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { Annotation, Compartment, EditorState, type Extension } from '@codemirror/state'
import { EditorView, keymap, placeholder as placeholderOf } from '@codemirror/view'
import { useEffect, useImperativeHandle, useLayoutEffect, useRef, type Ref, type RefObject } from 'react'
import { cx } from '../../kit/cx.js'
import { INPUT, useField } from '../../kit/field.js'
import { nonce } from '../../nonce.js'
import { bracing } from './bracing.js'
import { completing, type Offer } from './completion.js'
import { flat, tall, theme } from './editor-theme.js'
import { liquid } from './liquid-language.js'
import { mark, marking, type Mark } from './marks.js'
import { pieceAt } from './scan.js'

export interface TemplateEditorHandle {
  /** Puts a variable where the cursor is, with braces where there are none, and goes there. */
  insert(path: string): void
}

export interface TemplateEditorProps {
  ref: Ref<TemplateEditorHandle>
  value: string
  onChange(value: string): void
  /** Its name for assistive technology. */
  label: string
  /** It has several lines. */
  long: boolean
  readOnly: boolean
  placeholder: string | undefined
  /** What is offered while one types. */
  variables: readonly Offer[]
  filters: readonly Offer[]
  /** What validation found in the text of a moment ago; what is told of the text as it is. */
  judged: readonly Mark[]
  hinted: readonly Mark[]
  /** What was selected in the plain input that stood here, if it had the focus. Taken once. */
  selected: RefObject<readonly [from: number, to: number] | undefined>
}

const FromOutside = Annotation.define<boolean>()

/** A line break means there what it means in an input: send the form; what is pasted loses its own. */
const oneLine: Extension = [
  keymap.of(
    ['Enter', 'Shift-Enter', 'Mod-Enter'].map((key) => ({
      key,
      run: (view) => {
        view.dom.closest('form')?.requestSubmit()
        return true
      },
    })),
  ),
  EditorView.clipboardInputFilter.of((text) => text.replace(/\r?\n/g, '')),
  EditorState.changeFilter.of(
    (transaction) => !(transaction.isUserEvent('input') && transaction.newDoc.lines > transaction.startState.doc.lines),
  ),
  flat,
]
const manyLines: Extension = [EditorView.lineWrapping, tall]

/** A text with Liquid in it: coloured, marked where it is wrong, with variables offered while one is typed. Tab leaves it. */
export default function TemplateEditor(props: TemplateEditorProps) {
  const { ref, value, label, long, readOnly, placeholder = '', judged, hinted, selected } = props
  const at = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(undefined)
  const now = useRef(props)
  const around = useRef(new Compartment())
  const field = useField()
  // Not later than the layout: whoever was writing goes on without noticing.
  useLayoutEffect(() => {
    now.current = props
  })
  useLayoutEffect(() => {
    const made = new EditorView({
      parent: at.current!,
      state: EditorState.create({
        doc: value,
        // What is put in before anybody wrote here goes to the end.
        selection: { anchor: value.length },
        extensions: [
          EditorView.cspNonce.of(nonce),
          history(),
          long ? manyLines : oneLine,
          keymap.of([...defaultKeymap, ...historyKeymap]),
          liquid,
          theme,
          marking,
          completing(() => now.current),
          bracing,
          around.current.of([]),
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
  const { id, 'aria-describedby': describedBy, 'aria-invalid': invalid } = field
  useLayoutEffect(() => {
    const attributes = { 'aria-label': label, id, 'aria-describedby': describedBy, 'aria-invalid': invalid && 'true', 'aria-readonly': String(readOnly), 'aria-multiline': String(long), tabindex: '0' } // prettier-ignore
    const given = Object.entries(attributes).flatMap(([name, each]) => (each === undefined ? [] : [[name, each] as const]))
    const extensions = [
      EditorState.readOnly.of(readOnly),
      EditorView.editable.of(!readOnly),
      // What cannot be written in shows all that it has.
      readOnly ? EditorView.lineWrapping : [],
      EditorView.contentAttributes.of(Object.fromEntries(given)),
      placeholderOf(placeholder),
    ]
    view.current?.dispatch({ effects: around.current.reconfigure(extensions) })
  }, [label, id, describedBy, invalid, readOnly, long, placeholder])
  useLayoutEffect(() => {
    const [anchor, head] = selected.current ?? []
    selected.current = undefined
    if (anchor === undefined || head === undefined) return
    view.current?.focus()
    view.current?.dispatch({ selection: { anchor: Math.min(anchor, value.length), head: Math.min(head, value.length) } })
  }, [])
  useEffect(() => {
    const doc = view.current?.state.doc
    if (doc && doc.toString() !== value)
      view.current!.dispatch({ changes: { from: 0, to: doc.length, insert: value }, annotations: FromOutside.of(true) })
  }, [value])
  const judgedKey = JSON.stringify(judged)
  useEffect(() => mark(view.current!, 'judged', judged), [judgedKey])
  useEffect(() => mark(view.current!, 'hinted', hinted), [hinted])
  useImperativeHandle(ref, () => ({
    insert(path) {
      const editor = view.current!
      const { from } = editor.state.selection.main
      editor.dispatch(editor.state.replaceSelection(pieceAt(editor.state.doc.toString(), from, path)), { scrollIntoView: true })
      editor.focus()
    },
  }))
  return (
    <div
      ref={at}
      className={cx(
        INPUT,
        'w-full text-table focus-within:outline-2 focus-within:outline-accent has-aria-invalid:border-red',
        readOnly && 'bg-sunken! text-muted',
      )}
    />
  )
}
