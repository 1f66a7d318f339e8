import { pointer } from '../../model/pointer.js'
import type { DraftTile } from '../index.js'
import { rangesOfPartial, readText, type TextVariable } from '../liquid/read.js'
import type { Problem } from '../problems.js'

/** A variable that a template of a tile reads. */
export interface Variable extends TextVariable {
  /** JSON pointer of the template within the tile. */
  path: string
}

/** A partial that a template of a tile brings in. */
export interface BroughtIn extends Required<Pick<Problem, 'path' | 'ranges'>> {
  name: string
}

/** The templates of a tile, parsed: what is wrong with them, what they read and bring in. */
export function readTemplates(tile: DraftTile): { problems: Problem[]; variables: Variable[]; partials: BroughtIn[] } {
  const problems: Problem[] = []
  const variables: Variable[] = []
  const partials: BroughtIn[] = []
  for (const { path, text } of templatesIn(tile)) {
    const read = readText(text)
    if ('why' in read) {
      const message = `The template ${path} is no Liquid: ${read.why}. Mend it.`
      problems.push({ code: 'TW203', tileId: tile.id, path, message, ranges: [read.range] })
      continue
    }
    variables.push(...read.variables.map((variable) => ({ path, ...variable })))
    partials.push(...read.partials.map((name) => ({ name, path, ranges: rangesOfPartial(text, name) })))
  }
  return { problems, variables, partials }
}

function templatesIn({ type, config }: DraftTile): { path: string; text: string }[] {
  const names = type === 'action' ? ['fields', 'linkTags'] : type === 'webhook' ? ['url', 'headers', 'body'] : []
  return names.flatMap((name) => {
    const value = config[name]
    if (typeof value === 'string') return [{ path: pointer(['config', name]), text: value }]
    if (typeof value !== 'object' || value === null) return []
    return Object.entries(value).flatMap(([key, text]) =>
      typeof text === 'string' ? [{ path: pointer(['config', name, key]), text }] : [],
    )
  })
}
