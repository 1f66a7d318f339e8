import type { z } from 'zod'
import type { FieldError } from '../model/errors.js'
import { draftCanvasSchema, TILES, type DraftCanvas, type DraftTile } from './index.js'
import type { TileDefinition } from './define.js'

/** One complaint of zod about a value inside what was parsed. */
export interface Issue {
  path: PropertyKey[]
  message: string
  /** Something is not there yet, rather than wrong. */
  missing: boolean
  /** Of the wrong shape: an unknown field or a wrong type, which no draft may hold. */
  malformed: boolean
  code: string
}

type Raw = z.core.$ZodIssue

/**
 * Zod's issues, flat. Of a union it tells the issues of the alternative that was meant: the one whose fields fit best, so that a
 * fault deep in a condition is named where it is.
 */
export function issuesOf(error: z.ZodError, input: unknown): Issue[] {
  return error.issues.flatMap((issue) => flatten(issue, [], input))
}

function flatten(issue: Raw, prefix: PropertyKey[], input: unknown): Issue[] {
  const path = [...prefix, ...issue.path]
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const value = at(input, path)
    if (value !== undefined) return meant(issue.errors).flatMap((inner) => flatten(inner, path, input))
  }
  const value = at(input, path)
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], message: `There is no field '${key}' here; remove it or mend its name.`, missing: false, malformed: true, code: 'unknown_field' }))
  }
  const missing = value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
  const message = value === undefined ? `Give ${named(path)}${expected(issue)}.` : issue.message
  const malformed = issue.code === 'invalid_type' && value !== undefined
  return [{ path, message, missing, malformed, code: issue.code === 'custom' ? 'invalid_value' : issue.code }]
}

/** The alternative with no unknown fields and the fewest complaints. */
function meant(alternatives: Raw[][]): Raw[] {
  const cost = (issues: Raw[]): number =>
    issues.reduce((sum, { code, path }) => sum + (path.length <= 1 && (code === 'unrecognized_keys' || code === 'invalid_type') ? 100 : 1), 0)
  return alternatives.reduce((best, issues) => (cost(issues) < cost(best) ? issues : best))
}

const named = (path: PropertyKey[]): string => (path.length ? `'${String(path.at(-1))}'` : 'a value')

function expected(issue: Raw): string {
  if (issue.code === 'invalid_value') return `: one of ${issue.values.map(String).join(', ')}`
  if (issue.code === 'invalid_union' && issue.discriminator) return ''
  return issue.code === 'invalid_type' && issue.expected !== 'string' ? ` (${issue.expected})` : ''
}

function at(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
    value = (value as Record<PropertyKey, unknown>)[key]
  }
  return value
}

/** RFC 6901. */
export const pointer = (path: readonly PropertyKey[]): string =>
  path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

/**
 * Reads a canvas as a draft. Wrong types and unknown fields are errors at once; what is missing or cannot be run saves, and `validate`
 * tells of it. Configs that are whole come back with their defaults.
 */
export function parseDraft(input: unknown): { canvas: DraftCanvas } | { errors: FieldError[] } {
  const shape = draftCanvasSchema.safeParse(input)
  if (!shape.success) return { errors: issuesOf(shape.error, input).map(toFieldError) }
  const errors: FieldError[] = []
  const tiles = shape.data.tiles.map((tile, index) => {
    const { config, issues } = parseConfig(tile)
    const wrong = issues.filter(({ malformed }) => malformed)
    errors.push(...wrong.map((issue) => toFieldError({ ...issue, path: ['tiles', index, 'config', ...issue.path] })))
    return { ...tile, config }
  })
  return errors.length > 0 ? { errors } : { canvas: withEdgeIds({ ...shape.data, tiles }) }
}

const toFieldError = ({ path, message, code }: Issue): FieldError => ({ path: pointer(path), code, message })

/** A tile's config, parsed when it is whole; else as it is, with what is wrong or missing. */
export function parseConfig(tile: Pick<DraftTile, 'type' | 'config'>): { config: Record<string, unknown>; issues: Issue[] } {
  const definition: TileDefinition = TILES[tile.type] as never
  const parsed = definition.config.safeParse(tile.config)
  if (parsed.success) return { config: parsed.data as Record<string, unknown>, issues: [] }
  return { config: tile.config, issues: issuesOf(parsed.error, tile.config) }
}

/** Gives edges without an id one: e1, e2 … that no other has. */
function withEdgeIds(canvas: DraftCanvas): DraftCanvas {
  const taken = new Set(canvas.edges.map(({ id }) => id))
  let next = 1
  const edges = canvas.edges.map((edge) => {
    if (edge.id !== undefined) return edge
    while (taken.has(`e${next}`)) next++
    taken.add(`e${next}`)
    return { id: `e${next}`, ...edge }
  })
  return { ...canvas, edges }
}
