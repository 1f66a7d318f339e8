import { portsOf } from '../../../tiles/ports.js'
import { edgesFrom, edgesInto, tileOf } from '../canvas/doc/lookup.js'
import type { Doc, DocTile } from '../canvas/doc/types.js'

/** A line of the outline. */
export interface Line {
  tile: DocTile
  /** 1 for the first level. A tile behind the only way on stays on the level of the one before. */
  level: number
  /** The tile and the port that lead here; none to where an outline begins. */
  from: DocTile | undefined
  port: string | undefined
  /** The tile was listed before: the paths come together, or a loop closes. It is named and not followed again. */
  again: boolean
  /** Open ports of the tile before it, which lead nowhere, have a line of their own. */
  open?: undefined
}

/** An open port. */
export interface OpenLine {
  tile: DocTile
  level: number
  port: string
  open: true
}

interface Way extends Pick<Line, 'level' | 'from' | 'port'> {
  id: string
}

/** All tiles as an outline, from the entry on, then those that nothing leads to. Each is followed once. */
export function outlineOf(doc: Doc): (Line | OpenLine)[] {
  const lines: (Line | OpenLine)[] = []
  const seen = new Set<string>()
  const walk = (start: Way): void => {
    // Not by recursion: 500 tiles in a row are no reason to fail.
    const stack = [start]
    for (let next = stack.pop(); next; next = stack.pop()) {
      const tile = tileOf(doc, next.id)
      if (!tile) continue
      lines.push({ tile, level: next.level, from: next.from, port: next.port, again: seen.has(tile.id) })
      if (seen.has(tile.id)) continue
      seen.add(tile.id)
      stack.push(...waysOn(doc, tile, next.level, lines).reverse())
    }
  }
  const roots = [...doc.tiles]
    .sort((a, b) => Number(b.type === 'entry') - Number(a.type === 'entry'))
    .filter(({ id }) => edgesInto(doc, id).length === 0)
  for (const { id } of roots) walk({ id, level: 1, from: undefined, port: undefined })
  for (const { id } of doc.tiles) if (!seen.has(id)) walk({ id, level: 1, from: undefined, port: undefined })
  return lines
}

function waysOn(doc: Doc, tile: DocTile, level: number, lines: (Line | OpenLine)[]): Way[] {
  const ports = portsOf(tile) ?? []
  const edges = edgesFrom(doc, tile.id)
  const deeper = ports.length > 1 ? level + 1 : level
  const ways = [...ports, ...edges.map(({ port }) => port).filter((port) => !ports.includes(port))]
  return ways.flatMap((port) => {
    const found = edges.filter((edge) => edge.port === port)
    if (found.length === 0) lines.push({ tile, level: deeper, port, open: true })
    return found.map(({ to }) => ({ id: to, level: deeper, from: tile, port }))
  })
}
