import { EditorView } from '@codemirror/view'

const underlined = (tone: string) => ({
  textDecoration: `underline wavy var(--color-${tone}) 1px`,
  textUnderlineOffset: '3px',
  textDecorationSkipInk: 'none',
})

/** A line is as high as that of the plain input which stands there before. */
const LINE = '20px'

/** What an editor of templates looks like: as any other box to type in. */
export const theme = EditorView.theme({
  '&': { backgroundColor: 'transparent', color: 'inherit' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: LINE, maxHeight: '320px', overflow: 'auto' },
  '.cm-content': { padding: '5px 0', caretColor: 'var(--color-text)' },
  '.cm-line': { padding: '0' },
  '.cm-placeholder': { color: 'var(--color-muted)' },
  '.tw-mark-red': underlined('red'),
  '.tw-mark-amber': underlined('amber'),
  '.cm-tooltip': {
    backgroundColor: 'var(--color-raised)',
    border: '1px solid var(--color-line)',
    borderRadius: '6px',
    boxShadow: 'var(--shadow-2)',
    color: 'var(--color-text)',
    maxWidth: 'min(360px, calc(100vw - 16px))',
    overflow: 'hidden',
    zIndex: '60',
  },
  '.tw-mark-tip': { padding: '6px 10px', fontSize: '12px', lineHeight: '16px', overflowWrap: 'anywhere' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--font-mono)', fontSize: '13px', maxHeight: '240px', maxWidth: '100%' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '4px 10px', lineHeight: LINE, overflow: 'hidden', textOverflow: 'ellipsis' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--color-accent-soft)',
    color: 'var(--color-text)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > completion-section': {
    padding: '6px 10px 2px',
    border: 'none',
    opacity: '1',
    color: 'var(--color-muted)',
    fontFamily: 'var(--font-sans)',
    fontSize: '12px',
    fontWeight: '500',
  },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '600', color: 'var(--color-accent)' },
  '.cm-completionDetail': { fontFamily: 'var(--font-sans)', fontStyle: 'normal', fontSize: '12px', color: 'var(--color-muted)' },
})

/** Several lines: as high as the plain text of six that stands there before. */
export const tall = EditorView.theme({ '.cm-content': { minHeight: '130px' } })
/** One line: what is longer is scrolled to. */
export const flat = EditorView.theme({ '.cm-scroller': { scrollbarWidth: 'none', overflowY: 'hidden' } })
