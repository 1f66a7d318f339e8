/* Liquid while it is being written: whole or not, and without its engine, which is far larger than the form. */

/** A variable as it stands in a template. */
export interface Written {
  segments: string[]
  from: number
  to: number
}

/** What is being typed where the cursor is, and where it begins. */
export interface Typing {
  kind: 'path' | 'filter' | 'tag'
  from: number
}

const SILENT = /\{%-?\s*(raw|comment)\s*-?%\}[\s\S]*?(\{%-?\s*end\1\s*-?%\}|$)/g
const TAG = /\{\{[\s\S]*?(?:\}\}|$)|\{%[\s\S]*?(?:%\}|$)/g
const TOKEN = /"[^"]*"|'[^']*'|[A-Za-z_][\w-]*(?:\.[\w-]+|\[\s*(?:"[^"]*"|'[^']*')\s*\])*/g
const SEGMENT = /\["([^"]*)"\]|\['([^']*)'\]|[^.[\]]+/g

/** Whether a text has anything in it that is not sent as it is. */
export const hasLiquid = (text: string): boolean => /\{[{%]/.test(text)

/** `tiles.hook["first name"]` as its segments. */
export const segmentsOf = (path: string): string[] =>
  [...path.replace(/\[\s+|\s+\]/g, (space) => space.trim()).matchAll(SEGMENT)].map(([plain, double, single]) => double ?? single ?? plain)

/** Every variable (or other word) in the tags of a template, in order; nothing that is within a text, `raw` or a comment. */
export function writtenIn(template: string): Written[] {
  const heard = template.replace(SILENT, (part) => ' '.repeat(part.length))
  return [...heard.matchAll(TAG)].flatMap(({ 0: tag, index }) =>
    [...tag.matchAll(TOKEN)]
      .filter(([token]) => !/^["']/.test(token))
      .map(({ 0: token, index: at }) => ({ segments: segmentsOf(token), from: index + at, to: index + at + token.length })),
  )
}

/** What is being typed at `at`: a variable, a filter behind `|`, or the name of a tag; nothing outside of tags and within texts. */
export function typingAt(template: string, at: number): Typing | undefined {
  const before = template.slice(0, at)
  const open = Math.max(before.lastIndexOf('{{'), before.lastIndexOf('{%'))
  if (open < 0) return undefined
  const inside = before.slice(open + 2)
  if (inside.includes(before.startsWith('{{', open) ? '}}' : '%}')) return undefined
  const word = /(?:[A-Za-z_][\w-]*(?:\.[\w-]*|\[(?:"[^"]*"?|'[^']*'?)?\]?)*)?$/.exec(inside)![0]
  const lead = inside.slice(0, inside.length - word.length)
  const typing = (kind: Typing['kind']): Typing => ({ kind, from: at - word.length })
  if (/["']/.test(lead.replace(/"[^"]*"|'[^']*'/g, ''))) return undefined
  if (/\|\s*$/.test(lead)) return typing('filter')
  if (/^-?\s*$/.test(lead)) return typing(before.startsWith('{%', open) ? 'tag' : 'path')
  // Behind a whole value only a filter could follow: nothing is offered until somebody begins a word.
  return word !== '' || /[:,=<>(]\s*$|\b(if|unless|elsif|and|or|in|contains|case|when)\s+$/.test(lead) ? typing('path') : undefined
}

/** What puts a variable where the cursor is: the path alone within a tag, else with braces around it. */
export const pieceAt = (template: string, at: number, path: string): string => {
  const typing = typingAt(template, at)
  return typing && typing.kind !== 'tag' ? path : `{{ ${path} }}`
}

/** A template with a piece in place of what is selected. `at`: where the cursor belongs then. */
export const inserted = (template: string, [from, to]: readonly [number, number], piece: string): { template: string; at: number } => ({
  template: template.slice(0, from) + piece + template.slice(to),
  at: from + piece.length,
})
