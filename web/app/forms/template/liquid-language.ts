import { HighlightStyle, StreamLanguage, syntaxHighlighting } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import { tags } from '@lezer/highlight'

interface State {
  /** What closes the tag that one is in; empty outside. */
  closes: '' | '}}' | '%}'
  /** The name of the tag comes next. */
  begins: boolean
}

/** Liquid in any text: what stands in {{ }} and {% %}. */
const language = StreamLanguage.define<State>({
  startState: () => ({ closes: '', begins: false }),
  token(stream, state) {
    if (state.closes === '') {
      if (stream.match(/^\{[{%]-?/)) {
        state.begins = stream.current().startsWith('{%')
        state.closes = state.begins ? '%}' : '}}'
        return 'bracket'
      }
      stream.next()
      while (!stream.eol() && stream.peek() !== '{') stream.next()
      return null
    }
    if (stream.match(state.closes === '}}' ? /^-?\}\}/ : /^-?%\}/)) {
      state.closes = ''
      return 'bracket'
    }
    if (stream.eatSpace()) return null
    if (state.begins) {
      state.begins = false
      if (stream.match(/^\w+/)) return 'keyword'
    }
    if (stream.match(/^("[^"]*"|'[^']*')/)) return 'string'
    if (stream.match(/^\d+(\.\d+)?/)) return 'number'
    if (stream.match(/^\|\s*\w*/)) return 'keyword'
    if (stream.match(/^(and|or|contains|in)\b/)) return 'keyword'
    if (stream.match(/^[A-Za-z_][\w-]*(\.[\w-]+|\[("[^"]*"|'[^']*'|\d+)\])*/)) return 'variableName'
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

export const liquid: Extension = [language, syntaxHighlighting(style)]
