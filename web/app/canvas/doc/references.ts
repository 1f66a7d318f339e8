import type { DocTile } from './types.js'

/*
 * What a tile says of others: `of` of a condition (`tile:<id>`) and `tiles.<id>` in a template. Copies must speak of copies.
 */

type Names = ReadonlyMap<string, string>

/** Fields with templates, as tiles/checks/templates.ts reads them. */
const TEMPLATES: Partial<Record<DocTile['type'], readonly string[]>> = {
  action: ['fields', 'linkTags'],
  webhook: ['url', 'headers', 'body'],
}
/** Fields that hold the customer's own values, in which nothing speaks of tiles. */
const OPAQUE = new Set(['fields', 'linkTags', 'headers', 'save', 'body', 'changes'])

/** The config with other names for the tiles that it speaks of; the same one when it speaks of none of them. */
export function renameReferences({ type, config }: Pick<DocTile, 'type' | 'config'>, names: Names): DocTile['config'] {
  const conditions = inConditions(config, names)
  const templates = TEMPLATES[type] ?? []
  return mapObject(conditions, (value, key) => (templates.includes(key) ? inTemplates(value, names) : value))
}

function mapObject<T extends object>(value: T, change: (inner: unknown, key: string) => unknown): T {
  let other = false
  const entries = Object.entries(value).map(([key, inner]) => {
    const changed = change(inner, key)
    other ||= changed !== inner
    return [key, changed] as const
  })
  if (!other) return value
  return (Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries)) as T
}

function inConditions<T>(value: T, names: Names): T {
  if (typeof value !== 'object' || value === null) return value
  return mapObject(value, (inner, key) => {
    if (OPAQUE.has(key)) return inner
    if (key !== 'of' || typeof inner !== 'string' || !inner.startsWith('tile:')) return inConditions(inner, names)
    const name = names.get(inner.slice('tile:'.length))
    return name === undefined ? inner : `tile:${name}`
  })
}

function inTemplates(value: unknown, names: Names): unknown {
  if (typeof value === 'string') return inTemplate(value, names)
  return typeof value === 'object' && value !== null ? mapObject(value, (inner) => inTemplates(inner, names)) : value
}

/** What Liquid computes: `{{ … }}` and `{% … %}`; the rest is text. */
const COMPUTED = /\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\}/g
/** `tiles.wait_1` or `tiles["wait_1"]`; an id ends where no letter of an id follows. */
const OF_TILE = /(?<![\w.-])tiles(?:\.([A-Za-z0-9_-]+)|\[\s*(["'])([A-Za-z0-9_-]+)\2\s*\])/g

const inTemplate = (text: string, names: Names): string =>
  text.replace(COMPUTED, (computed) =>
    computed.replace(OF_TILE, (whole, dotted: string | undefined, _quote, quoted: string | undefined) => {
      const id = dotted ?? quoted!
      const name = names.get(id)
      if (name === undefined) return whole
      const at = whole.lastIndexOf(id)
      return whole.slice(0, at) + name + whole.slice(at + id.length)
    }),
  )
