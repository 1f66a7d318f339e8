import type { FieldError } from '../model/errors.js'
import type { TileDefinition } from './define.js'
import { draftCanvasSchema, TILES, type DraftCanvas, type DraftTile, type Edge } from './index.js'
import { pointer, read, type Issue } from './issues.js'

export { issuesOf, pointer, type Issue } from './issues.js'

/** How deep a canvas may be nested: conditions within conditions, values within values. */
export const MAX_DEPTH = 50

/**
 * Reads a canvas as a draft. Wrong types and unknown fields are errors at once, in configs too; what is missing or cannot be run saves,
 * and `validate` tells of it. The canvas comes back normalised: edges with ports and ids, configs that are whole with their defaults.
 */
export function parseDraft(input: unknown): { canvas: DraftCanvas } | { errors: FieldError[] } {
  const deep = tooDeep(input)
  if (deep)
    return { errors: [{ path: deep, code: 'too_deep', message: `This is nested more than ${MAX_DEPTH} levels deep; make it flatter.` }] }
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

/** The pointer of a place deeper than MAX_DEPTH, if there is one. Walks without recursion: the input may be deeper than the stack. */
function tooDeep(input: unknown): string | undefined {
  const todo: { value: unknown; path: PropertyKey[] }[] = [{ value: input, path: [] }]
  for (let top = todo.pop(); top; top = todo.pop()) {
    if (typeof top.value !== 'object' || top.value === null) continue
    if (top.path.length >= MAX_DEPTH) return pointer(top.path.slice(0, 8))
    for (const [key, value] of Object.entries(top.value)) if (typeof value === 'object') todo.push({ value, path: [...top.path, key] })
  }
  return undefined
}
