import { differences, type Difference } from '../canvas/doc/diff.js'
import type { Doc, DocEdge } from '../canvas/doc/types.js'
import type { Mark } from '../canvas/view/context.js'

/** Two versions on one canvas. */
export interface Comparison {
  difference: Difference
  /** What is there after, and what was removed besides, where it was. */
  doc: Doc
  marks: ReadonlyMap<string, Mark>
}

/** Lays a version over the one before: removed tiles and edges are still drawn, all that differs is marked by its id. */
export function compare(before: Doc, after: Doc): Comparison {
  const difference = differences(before, after)
  const marks = new Map<string, Mark>()
  for (const { id, kind } of difference.tiles) if (kind !== 'moved') marks.set(id, kind)
  const gone: DocEdge[] = []
  for (const { before: was, after: now } of difference.edges) {
    if (now) marks.set(now.id, 'added')
    if (!was) continue
    // Ids are those of each version: another edge may have this one now.
    const edge = { ...was, id: `removed ${was.id}` }
    gone.push(edge)
    marks.set(edge.id, 'removed')
  }
  const removed = difference.tiles.flatMap(({ kind, before: tile }) => (kind === 'removed' && tile ? [tile] : []))
  return { difference, marks, doc: { ...after, tiles: [...removed, ...after.tiles], edges: [...gone, ...after.edges] } }
}
