import { EditorState } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { unifiedMergeView } from '@codemirror/merge'
import { nonce } from '../../nonce.js'

const look = EditorView.theme({
  '&': { backgroundColor: 'transparent', color: 'inherit', fontSize: '13px' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '20px' },
  '.cm-changedLine, .cm-insertedLine': { backgroundColor: 'var(--green-soft) !important' },
  '.cm-deletedChunk': { backgroundColor: 'var(--red-soft) !important' },
  '.cm-changedText, .cm-deletedText': { background: 'none !important', fontWeight: '600' },
  '.cm-changeGutter': { display: 'none' },
  '.cm-collapsedLines': { background: 'var(--sunken) !important', color: 'var(--muted) !important' },
})

/** Shows how a text differs from the one before: what was taken out, and what came in. @returns how to take it away */
export function showMerge(parent: HTMLElement, before: string, after: string, label: string): () => void {
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: after,
      extensions: [
        EditorView.cspNonce.of(nonce),
        EditorView.editable.of(false),
        EditorState.readOnly.of(true),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
        look,
        unifiedMergeView({ original: before, mergeControls: false, highlightChanges: true, collapseUnchanged: { margin: 3, minSize: 8 } }),
      ],
    }),
  })
  return () => view.destroy()
}
