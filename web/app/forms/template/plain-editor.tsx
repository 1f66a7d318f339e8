import { useImperativeHandle, useLayoutEffect, useRef } from 'react'
import { TextArea, TextInput } from '../../kit/text-input.js'
import { inserted, pieceAt } from './scan.js'
import type { TemplateEditorProps } from './template-editor.js'

type PlainProps = Pick<TemplateEditorProps, 'ref' | 'value' | 'onChange' | 'long' | 'readOnly' | 'placeholder' | 'selected'>

/** A template as plain text: until the editor is there, and where there is nothing to colour. */
export function PlainEditor({ ref, value, onChange, placeholder, long, readOnly, selected }: PlainProps) {
  const element = useRef<HTMLInputElement & HTMLTextAreaElement>(null)
  // What is to be selected once the text is as it is to be.
  useLayoutEffect(() => {
    if (!selected.current) return
    element.current?.focus()
    element.current?.setSelectionRange(...(selected.current as [number, number]))
    selected.current = undefined
  })
  // Whoever is writing here when the editor takes over goes on there.
  useLayoutEffect(() => {
    const input = element.current!
    return () => {
      if (document.activeElement === input) selected.current ??= [input.selectionStart ?? value.length, input.selectionEnd ?? value.length]
    }
  }, [])
  useImperativeHandle(ref, () => ({
    insert(path) {
      const { selectionStart, selectionEnd } = element.current!
      const from = selectionStart ?? value.length
      const next = inserted(value, [from, selectionEnd ?? from], pieceAt(value, from, path))
      selected.current = [next.at, next.at]
      onChange(next.template)
    },
  }))
  const props = { ref: element, mono: true, spellCheck: false, readOnly, placeholder, value, onChange }
  return long ? (
    // It grows with its text as the editor will, so that nothing below jumps.
    <TextArea {...props} rows={6} className="block max-h-[332px] min-h-[142px] w-full resize-none [field-sizing:content] leading-5" />
  ) : (
    <TextInput {...props} className="block w-full" />
  )
}
