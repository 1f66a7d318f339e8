import type { Doc } from '../canvas/doc/types.js'
import type { Mark } from '../canvas/view/context.js'

/** What of a timeline tells the way: of a member or of a test run. */
export interface Passed {
  tileId: string
  event: string
  port?: string | undefined
}

/** The tiles and edges of a canvas that somebody has passed are lit, all others dimmed. Tiles of versions before are not on it. */
export function pathMarks(doc: Doc, entries: readonly Passed[]): ReadonlyMap<string, Mark> {
  const tiles = new Set(entries.map(({ tileId }) => tileId))
  const ways = new Set(entries.flatMap(({ event, tileId, port }) => (event === 'left' && port !== undefined ? [`${tileId} ${port}`] : [])))
  const marks = new Map<string, Mark>()
  for (const { id } of doc.tiles) marks.set(id, tiles.has(id) ? 'lit' : 'dim')
  for (const { id, from, port } of doc.edges) marks.set(id, ways.has(`${from} ${port}`) ? 'lit' : 'dim')
  return marks
}
