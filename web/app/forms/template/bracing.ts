import { EditorView } from '@codemirror/view'
import { braced } from './braces.js'

/** Closes braces as they are opened. */
export const bracing = EditorView.inputHandler.of((view, start, end, text) => {
  if (start !== end || text.length !== 1 || view.state.readOnly) return false
  const done = braced(view.state.doc.toString(), start, text)
  if (!done) return false
  const { from, to, insert, cursor } = done
  view.dispatch({ changes: { from, to, insert }, selection: { anchor: from + cursor }, userEvent: 'input.type', scrollIntoView: true })
  return true
})
