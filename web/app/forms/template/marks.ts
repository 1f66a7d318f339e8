import { completionStatus } from '@codemirror/autocomplete'
import { StateEffect, StateField, type EditorState, type Extension } from '@codemirror/state'
import { Decoration, EditorView, hoverTooltip, showTooltip, type DecorationSet, type Tooltip } from '@codemirror/view'

/** Something to be said about a piece of a text. */
export interface Mark {
  from: number
  to: number
  message: string
  /** `red`: it is wrong; `amber`: it may be. */
  tone: 'red' | 'amber'
}

/** What validation found, which is of a moment ago and moves with what is typed; and what is told of the text as it is. */
type Layer = 'judged' | 'hinted'

const setLayer = StateEffect.define<{ layer: Layer; marks: readonly Mark[] }>()
const setFocused = StateEffect.define<boolean>()

const decorated = (marks: readonly Mark[], length: number): DecorationSet =>
  Decoration.set(
    marks
      .filter(({ from, to }) => from < to && to <= length)
      .map(({ from, to, tone, message }) => Decoration.mark({ class: `tw-mark-${tone}`, message }).range(from, to)),
    true,
  )

const layers = StateField.define<Record<Layer, DecorationSet>>({
  create: () => ({ judged: Decoration.none, hinted: Decoration.none }),
  update(value, { changes, effects, newDoc }) {
    let next = changes.empty ? value : { judged: value.judged.map(changes), hinted: value.hinted.map(changes) }
    for (const effect of effects)
      if (effect.is(setLayer)) next = { ...next, [effect.value.layer]: decorated(effect.value.marks, newDoc.length) }
    return next
  },
  provide: (field) => [
    EditorView.decorations.from(field, ({ judged }) => judged),
    EditorView.decorations.from(field, ({ hinted }) => hinted),
  ],
})

const focused = StateField.define<boolean>({
  create: () => false,
  update: (value, { effects }) => effects.reduce((now, effect) => (effect.is(setFocused) ? effect.value : now), value),
})

/** Where a mark begins, and all that is said there. */
function saidAt(state: EditorState, at: number): { pos: number; messages: string[] } | undefined {
  const messages: string[] = []
  let pos = at
  for (const marks of Object.values(state.field(layers)))
    marks.between(at, at, (from, _to, { spec }) => {
      messages.push((spec as Pick<Mark, 'message'>).message)
      pos = Math.min(pos, from)
    })
  return messages.length > 0 ? { pos, messages } : undefined
}

function tooltipAt(state: EditorState, at: number): Tooltip | null {
  const said = saidAt(state, at)
  if (!said) return null
  return {
    pos: said.pos,
    above: true,
    create: () => {
      const dom = document.createElement('div')
      dom.className = 'tw-mark-tip'
      dom.append(...said.messages.map((message) => Object.assign(document.createElement('p'), { textContent: message })))
      return { dom }
    },
  }
}

/** What is wrong where the cursor is, as long as the field has the focus and offers nothing. */
const atCursor = showTooltip.compute([layers, focused, 'selection'], (state) =>
  state.field(focused) && completionStatus(state) === null ? tooltipAt(state, state.selection.main.head) : null,
)

/** Marks in the text, each with its message where the mouse or the cursor is. */
export const marking: Extension = [
  layers,
  focused,
  EditorView.focusChangeEffect.of((_, focusing) => setFocused.of(focusing)),
  atCursor,
  hoverTooltip((view, at) => (view.hasFocus && saidAt(view.state, view.state.selection.main.head) ? null : tooltipAt(view.state, at)), {
    hoverTime: 200,
  }),
]

/** Replaces the marks of a layer. */
export const mark = (view: EditorView, layer: Layer, marks: readonly Mark[]): void =>
  view.dispatch({ effects: setLayer.of({ layer, marks }) })
