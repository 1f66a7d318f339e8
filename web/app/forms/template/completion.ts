import {
  autocompletion,
  insertCompletionText,
  pickedCompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete'
import type { Extension } from '@codemirror/state'
import type { EditorView } from '@codemirror/view'
import { FILTERS, TAGS } from './filters.js'
import { typingAt, type Typing } from './scan.js'

/** A variable or a filter that is offered. */
export interface Offer {
  label: string
  detail?: string
  section?: string
}

/** Puts a text in, and the cursor behind so much of it. */
const put =
  (text: (view: EditorView, from: number, to: number) => { insert: string; cursor?: number }): Completion['apply'] =>
  (view, completion, from, to) => {
    const { insert, cursor = insert.length } = text(view, from, to)
    view.dispatch({
      ...insertCompletionText(view.state, insert, from, to),
      selection: { anchor: from + cursor },
      annotations: pickedCompletion.of(completion),
    })
  }

/** The path, with what closes its tag if nothing does. */
const path = (label: string): Completion['apply'] =>
  put((view, from, to) => {
    const text = view.state.doc.toString()
    const open = text.slice(0, from)
    const output = open.lastIndexOf('{{') > open.lastIndexOf('{%')
    const rest = text.slice(to)
    const end = rest.search(/\}\}|\{[{%]/)
    const closed = !output || (end >= 0 && rest.startsWith('}}', end))
    return { insert: `${open.endsWith('{') ? ' ' : ''}${label}${closed ? '' : ' }}'}` }
  })

const filters = (offers: readonly Offer[]): Completion[] =>
  offers.map(({ label, ...rest }) => ({ label, ...rest, apply: FILTERS[label as keyof typeof FILTERS] ? `${label}: ` : label }))

const TAG_OFFERS: Completion[] = Object.entries(TAGS).map(([label, rest]) => ({
  label,
  apply: put((view, from, to) => {
    const lead = /%$/.test(view.state.sliceDoc(0, from)) ? ' ' : ''
    if (/^\s*-?%\}/.test(view.state.sliceDoc(to))) return { insert: lead + label }
    // Between the name and what closes it there is more to write, if anything ends it.
    const within = rest.startsWith(' %}{') ? ` ${rest}` : rest
    const cursor = rest.includes('{% end') ? lead.length + label.length + 1 : undefined
    return { insert: lead + label + within, ...(cursor !== undefined && { cursor }) }
  }),
}))

const VALID: Record<Typing['kind'], RegExp> = { path: /^[\w.[\]"' -]*$/, filter: /^\w*$/, tag: /^\w*$/ }

/** Offers what fits where one is typing: variables in a tag, filters behind `|`, tags behind `{%`. */
export const completing = (now: () => { variables: readonly Offer[]; filters: readonly Offer[] }): Extension =>
  autocompletion({
    icons: false,
    override: [
      ({ state, pos, explicit }: CompletionContext): CompletionResult | null => {
        const typing = typingAt(state.doc.toString(), pos)
        if (!typing) return explicit ? variablesAround(now().variables, pos) : null
        const { kind, from } = typing
        const rank = new Map([...new Set(now().variables.map(({ section }) => section))].map((name, index) => [name, index]))
        const options =
          kind === 'filter'
            ? filters(now().filters)
            : kind === 'tag'
              ? TAG_OFFERS
              : now().variables.map(({ label, section, ...rest }) => ({
                  label,
                  ...rest,
                  apply: path(label),
                  ...(section !== undefined && { section: { name: section, rank: rank.get(section)! } }),
                }))
        return { from, options, validFor: VALID[kind] }
      },
    ],
  })

/** Asked for outside of a tag: each with braces around it. */
const variablesAround = (variables: readonly Offer[], from: number): CompletionResult => ({
  from,
  options: variables.map(({ label, detail }) => ({ label, ...(detail !== undefined && { detail }), apply: `{{ ${label} }}` })),
})
