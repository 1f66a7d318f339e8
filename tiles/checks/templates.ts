import { Liquid, type Template } from 'liquidjs'
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

/** A variable that a template reads: `tiles.hook.reward` as its segments. What is only known on rendering is left out, with all after it. */
export interface Variable {
  /** JSON pointer of the template within the tile. */
  path: string
  segments: string[]
}

/** The templates of a tile, parsed: what is wrong with them, and what they read. */
export function readTemplates(tile: DraftTile): { problems: Problem[]; variables: Variable[] } {
  const problems: Problem[] = []
  const variables: Variable[] = []
  for (const { path, text } of templatesIn(tile)) {
    if (!text.includes('{{') && !text.includes('{%')) continue
    try {
      variables.push(...variablesIn(liquid.parse(text)).map((segments) => ({ path, segments })))
    } catch (error) {
      const why = (error instanceof Error ? error.message : String(error)).split('\n')[0]
      problems.push({ code: 'TW203', tileId: tile.id, path, message: `The template ${path} is no Liquid: ${why}. Mend it.` })
    }
  }
  return { problems, variables }
}

function variablesIn(template: Template[]): string[][] {
  return liquid.globalVariableSegmentsSync(template, { partials: false }).map((segments) => {
    const dynamic = segments.findIndex((segment) => typeof segment === 'object')
    return segments.slice(0, dynamic < 0 ? undefined : dynamic).map(String)
  })
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
