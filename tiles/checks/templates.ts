import { Liquid } from 'liquidjs'
import { pointer } from '../../model/pointer.js'
import type { DraftTile } from '../index.js'
import type { Problem } from '../problems.js'

/** Parses and never renders. A template is one text: tags that bring in files are refused. */
const liquid = new Liquid({ strictFilters: true, ownPropertyOnly: true, parseLimit: 262_144 })
for (const name of ['include', 'render', 'layout']) {
  liquid.registerTag(name, {
    parse() {
      throw new Error(`there are no other templates to ${name}; write the text here`)
    },
    render: () => undefined,
  })
}

type Range = readonly [from: number, to: number]

/** A variable that a template reads: `tiles.hook.reward` as its segments. What is only known on rendering is left out, with all after it. */
export interface Variable {
  /** JSON pointer of the template within the tile. */
  path: string
  segments: string[]
  /** Everywhere in the template that it is read. */
  ranges: Range[]
}

/** The templates of a tile, parsed: what is wrong with them, and what they read. */
export function readTemplates(tile: DraftTile): { problems: Problem[]; variables: Variable[] } {
  const problems: Problem[] = []
  const variables: Variable[] = []
  for (const { path, text } of templatesIn(tile)) {
    if (!text.includes('{{') && !text.includes('{%')) continue
    try {
      variables.push(...variablesIn(text).map((variable) => ({ path, ...variable })))
    } catch (error) {
      const why = (error instanceof Error ? error.message : String(error)).split('\n')[0]!
      const message = `The template ${path} is no Liquid: ${why}. Mend it.`
      problems.push({ code: 'TW203', tileId: tile.id, path, message, ranges: [faultIn(text, error, why)] })
    }
  }
  return { problems, variables }
}

function variablesIn(text: string): Pick<Variable, 'segments' | 'ranges'>[] {
  const starts = lineStarts(text)
  const found = new Map<string, Pick<Variable, 'segments' | 'ranges'>>()
  const { globals } = liquid.analyzeSync(liquid.parse(text), { partials: false })
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

function templatesIn({ type, config }: DraftTile): { path: string; text: string }[] {
  const names = type === 'action' ? ['fields'] : type === 'webhook' ? ['url', 'headers', 'body'] : []
  return names.flatMap((name) => {
    const value = config[name]
    if (typeof value === 'string') return [{ path: pointer(['config', name]), text: value }]
    if (typeof value !== 'object' || value === null) return []
    return Object.entries(value).flatMap(([key, text]) =>
      typeof text === 'string' ? [{ path: pointer(['config', name, key]), text }] : [],
    )
  })
}
