import type { Canvas, DocEdge, DocTile, Note } from './types.js'

/** How one tile differs. `fields` are `name`, `type`, and the fields of its config. */
export interface TileDifference {
  id: string
  kind: 'added' | 'removed' | 'changed' | 'moved'
  fields: string[]
  before?: DocTile
  after?: DocTile
}

/** How a canvas differs from another. */
export interface Difference {
  tiles: TileDifference[]
  edges: { kind: 'added' | 'removed' | 'turned'; before?: DocEdge; after?: DocEdge }[]
  /** `name`, `description`, and the fields of the settings. */
  others: string[]
}

/** What became of `before` in `after`. Edges are told apart by the port that they leave from. */
export function differences(before: Canvas, after: Canvas): Difference {
  const others = [
    ...(['name', 'description'] as const).filter((field) => before[field] !== after[field]),
    ...changedFields(before.settings, after.settings).map((field) => `settings.${field}`),
  ]
  return { tiles: tileDifferences(before.tiles, after.tiles), edges: edgeDifferences(before.edges, after.edges), others }
}

export const isSame = ({ tiles, edges, others }: Difference): boolean => tiles.length + edges.length + others.length === 0

function tileDifferences(before: readonly DocTile[], after: readonly DocTile[]): TileDifference[] {
  const [old, now] = [new Map(before.map((tile) => [tile.id, tile])), new Map(after.map((tile) => [tile.id, tile]))]
  const removed = before
    .filter(({ id }) => !now.has(id))
    .map((tile): TileDifference => ({ id: tile.id, kind: 'removed', fields: [], before: tile }))
  return [...removed, ...after.flatMap((tile) => tileDifference(old.get(tile.id), tile))]
}

function tileDifference(before: DocTile | undefined, after: DocTile): TileDifference[] {
  const { id } = after
  if (!before) return [{ id, kind: 'added', fields: [], after }]
  if (before === after) return []
  const fields = [
    ...(['name', 'type'] as const).filter((field) => before[field] !== after[field]),
    ...changedFields(before.config, after.config),
  ]
  if (fields.length > 0) return [{ id, kind: 'changed', fields, before, after }]
  return same(before.position, after.position) ? [] : [{ id, kind: 'moved', fields: [], before, after }]
}

function edgeDifferences(before: readonly DocEdge[], after: readonly DocEdge[]): Difference['edges'] {
  const byPort = (edges: readonly DocEdge[]) => new Map(edges.map((edge) => [`${edge.from} ${edge.port}`, edge]))
  const [old, now] = [byPort(before), byPort(after)]
  const removed = [...old].flatMap(([place, edge]) => (now.has(place) ? [] : [{ kind: 'removed' as const, before: edge }]))
  const others = [...now].flatMap(([place, edge]): Difference['edges'] => {
    const was = old.get(place)
    if (!was) return [{ kind: 'added', after: edge }]
    return was.to === edge.to ? [] : [{ kind: 'turned', before: was, after: edge }]
  })
  return [...removed, ...others]
}

/** How one note differs. */
export interface NoteDifference {
  kind: 'added' | 'removed' | 'changed' | 'moved'
  note: Note
  /** `text`, `width` and `height`, of one that is changed. */
  fields: string[]
}

/** What became of the notes `before` in `after`. */
export function noteDifferences(before: readonly Note[], after: readonly Note[]): NoteDifference[] {
  const [old, now] = [new Map(before.map((note) => [note.id, note])), new Set(after.map(({ id }) => id))]
  const removed = before.filter(({ id }) => !now.has(id)).map((note): NoteDifference => ({ kind: 'removed', note, fields: [] }))
  const others = after.flatMap((note): NoteDifference[] => {
    const was = old.get(note.id)
    if (!was) return [{ kind: 'added', note, fields: [] }]
    const fields = changedFields(was, note)
    const apart = fields.filter((field) => field !== 'position')
    return fields.length === 0 ? [] : [{ kind: apart.length > 0 ? 'changed' : 'moved', note, fields: apart }]
  })
  return [...removed, ...others]
}

function changedFields(before: object, after: object): string[] {
  if (before === after) return []
  const [a, b] = [before as Record<string, unknown>, after as Record<string, unknown>]
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => !same(a[key], b[key]))
}

/** Whether two values of JSON are the same, whatever the order of fields. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) return false
  const [keysA, keysB] = [Object.keys(a), Object.keys(b)]
  return (
    keysA.length === keysB.length && keysA.every((key) => same((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  )
}
