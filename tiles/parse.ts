import type { FieldError } from '../model/errors.js'
import type { TileDefinition } from './define.js'
import { draftCanvasSchema, TILES, type DraftCanvas, type DraftTile, type Edge } from './index.js'
import { pointer } from '../model/pointer.js'
import { read, type Issue } from './issues.js'

export { issuesOf, type Issue } from './issues.js'

/** How deep a canvas may be nested: conditions within conditions, values within values. */
export const MAX_DEPTH = 50

/**
 * Reads a canvas as a draft. Wrong types and unknown fields are errors at once, in configs too; what is missing or cannot be run saves,
 * and `validate` tells of it. The canvas comes back normalised: edges with ports and ids, configs that are whole with their defaults.
 */
export function parseDraft(input: unknown): { canvas: DraftCanvas } | { errors: FieldError[] } {
  const fault = unfit(input)
  if (fault) return { errors: [fault] }
  const shape = read(draftCanvasSchema, input)
  if ('issues' in shape) return { errors: shape.issues.map((issue) => toFieldError(issue)) }
  const errors = shape.data.tiles.flatMap((tile, index) =>
    parseConfig(tile)
      .issues.filter(({ malformed }) => malformed)
      .map((issue) => toFieldError({ ...issue, path: ['tiles', index, 'config', ...issue.path] }, tile.id)),
  )
  return errors.length > 0 ? { errors } : { canvas: normalise(shape.data) }
}

const toFieldError = ({ path, message, code }: Issue, tileId?: string): FieldError => ({
  path: pointer(path),
  code,
  message,
  ...(tileId !== undefined && { tileId }),
})

/** Fills in what a canvas may leave out: ids of edges, and the defaults of configs that are whole. Nothing else is touched. */
export function normalise(canvas: DraftCanvas): DraftCanvas {
  const tiles = canvas.tiles.map((tile) => ({ ...tile, config: parseConfig(tile).config }))
  return { ...canvas, tiles, edges: withIds(canvas.edges) }
}

/** A tile's config, parsed when it is whole; else as it is, with what is wrong or missing. */
export function parseConfig(tile: Pick<DraftTile, 'type' | 'config'>): { config: Record<string, unknown>; issues: Issue[] } {
  const definition: TileDefinition = TILES[tile.type] as never
  const parsed = read(definition.config, tile.config)
  if ('issues' in parsed) return { config: tile.config, issues: parsed.issues }
  return { config: parsed.data as Record<string, unknown>, issues: [] }
}

/** Gives edges without an id one: e1, e2 … that no other has. */
function withIds(edges: readonly Edge[]): Edge[] {
  const taken = new Set(edges.map(({ id }) => id))
  let next = 1
  return edges.map((edge) => {
    if (edge.id !== undefined) return edge
    while (taken.has(`e${next}`)) next++
    taken.add(`e${next}`)
    return { id: `e${next}`, ...edge }
  })
}

/**
 * What no schema can judge: nesting beyond MAX_DEPTH, and the key `__proto__`, which objects treat in a way of their own. Walks without
 * recursion: the input may be deeper than the stack.
 */
function unfit(input: unknown): FieldError | undefined {
  const todo: { value: unknown; path: PropertyKey[] }[] = [{ value: input, path: [] }]
  for (let top = todo.pop(); top; top = todo.pop()) {
    const { value, path } = top
    if (typeof value !== 'object' || value === null) continue
    if (path.length >= MAX_DEPTH) {
      const message = `This is nested more than ${MAX_DEPTH} levels deep; make it flatter.`
      return { path: pointer(path.slice(0, 8)), code: 'too_deep', message }
    }
    if (Object.hasOwn(value, '__proto__')) {
      return {
        path: pointer([...path, '__proto__']),
        code: 'unknown_field',
        message: "There can be no field '__proto__'; give it another name.",
      }
    }
    for (const [key, inner] of Object.entries(value)) if (typeof inner === 'object') todo.push({ value: inner, path: [...path, key] })
  }
  return undefined
}
