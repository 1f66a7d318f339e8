import type { Template } from 'liquidjs'
import { liquidWith, parseLiquid, partialsIn } from './engine.js'

/** Parses and never renders. */
const liquid = liquidWith()

/** A place in a text, in characters from its beginning, to behind its last. */
export type Range = readonly [from: number, to: number]

/** A variable that a text reads: `tiles.hook.reward` as its segments. What is only known on rendering is left out, with all after it. */
export interface TextVariable {
  segments: string[]
  /** Everywhere that it is read. */
  ranges: Range[]
}

/** What a text with Liquid in it reads and brings in; or why it is none, and where. */
export type TextRead = { variables: TextVariable[]; partials: string[] } | { why: string; range: Range }

/** Parses a text. */
export function readText(text: string): TextRead {
  if (!text.includes('{{') && !text.includes('{%')) return { variables: [], partials: [] }
  try {
    const parsed = parseLiquid(liquid, text)
    return { variables: variablesIn(text, parsed), partials: [...partialsIn(parsed)] }
  } catch (error) {
    const why = (error instanceof Error ? error.message : String(error)).split('\n')[0]!.replace(/, line:\d+, col:\d+$/, '')
    return { why, range: faultIn(text, error, why) }
  }
}

/** Where a partial is brought in. */
export const rangesOfPartial = (text: string, name: string): Range[] =>
  [...text.matchAll(/\{%-?\s*render\s*(["'])(.*?)\1/g)]
    .filter(([, , given]) => given === name)
    .map(({ 0: all, index }) => [index, index + all.length])

function variablesIn(text: string, parsed: Template[]): TextVariable[] {
  const starts = lineStarts(text)
  const found = new Map<string, TextVariable>()
  const { globals } = liquid.analyzeSync(parsed, { partials: false })
  for (const { segments: all, location } of Object.values(globals).flat()) {
    const dynamic = all.findIndex((segment) => typeof segment === 'object')
    const segments = all.slice(0, dynamic < 0 ? undefined : dynamic).map(String)
    const key = JSON.stringify(segments)
    const variable = found.get(key) ?? { segments, ranges: [] }
    found.set(key, variable)
    const from = starts[location.row - 1]! + location.col - 1
    variable.ranges.push([from, from + PATH.exec(text.slice(from))![0].length])
  }
  return [...found.values()]
}

/** A variable as it is written, from its beginning. */
const PATH = /^(?:[\p{L}\p{N}_?-]+|\[[^\]]*\]?|.)(?:\.[\p{L}\p{N}_?-]+|\[(?:"[^"]*"|'[^']*'|[^\]'"])*\])*/u

const lineStarts = (text: string): number[] => [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)]

/** Where a text is no Liquid: the filter that does not exist, or the tag that is wrong. */
function faultIn(text: string, error: unknown, why: string): Range {
  const { begin = 0, end = text.length } = (error as { token?: { begin: number; end: number } }).token ?? {}
  const filter = /^undefined filter: ([\w-]+)/.exec(why)?.[1]
  const at = filter === undefined ? -1 : text.slice(begin, end).search(new RegExp(`(?<=\\|\\s*)${filter}\\b`))
  if (at >= 0) return [begin + at, begin + at + filter!.length]
  // What is missing is marked by the letter before it.
  return end > begin ? [begin, end] : [Math.max(0, begin - 1), Math.max(1, begin)]
}
