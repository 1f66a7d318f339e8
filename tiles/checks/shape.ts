import type { DraftTile, Edge } from '../index.js'
import { portsOf } from '../ports.js'
import type { Problem } from '../problems.js'
import { after, before, group, loopsWithout, reach, type Graph } from './graph.js'

/** Ids and ends of tiles and edges, before there is a graph to look at. */
export function checkIds(tiles: readonly DraftTile[], edges: readonly Edge[]): Problem[] {
  const ids = tiles.map(({ id }) => id)
  const known = new Set(ids)
  return [
    ...repeated(ids).map((tileId): Problem => ({
      code: 'TW103',
      tileId,
      message: `Two tiles have the id '${tileId}'; give each its own.`,
    })),
    ...repeated(edges.flatMap(({ id }) => id ?? [])).map((edgeId): Problem => ({
      code: 'TW104',
      edgeId,
      message: `Two edges have the id '${edgeId}'; give each its own.`,
    })),
    ...edges.flatMap((edge) => [edge.from, edge.to].filter((id) => !known.has(id)).map((id) => noSuchTile(edge, id))),
  ]
}

const noSuchTile = (edge: Edge, id: string): Problem => ({
  code: 'TW105',
  ...edgeId(edge),
  message: `The edge from '${edge.from}' to '${edge.to}' names the tile '${id}', which does not exist; remove the edge or mend it.`,
})

function repeated(ids: readonly string[]): string[] {
  const seen = new Set<string>()
  return [...new Set(ids.filter((id) => seen.has(id) || !seen.add(id)))]
}

/** One entry, at least one exit, and nothing into the one or out of the other. */
export function checkEnds(graph: Graph): Problem[] {
  const tiles = [...graph.tiles.values()]
  const entries = tiles.filter(({ type }) => type === 'entry')
  const problems: Problem[] = []
  if (entries.length === 0) {
    problems.push({ code: 'TW101', message: 'There is no entry; add one, and draw an edge from it to the first tile.' })
  }
  for (const extra of entries.slice(1)) {
    problems.push({
      code: 'TW101',
      tileId: extra.id,
      message: `${nameOf(extra)} is a second entry; keep one, and give it the triggers of both.`,
    })
  }
  if (!tiles.some(({ type }) => type === 'exit'))
    problems.push({ code: 'TW102', message: 'There is no exit; add one where members leave.' })
  return [...problems, ...graph.edges.flatMap((edge) => checkDirection(edge, graph))]
}

function checkDirection(edge: Edge, { tiles }: Graph): Problem[] {
  const problem = (code: 'TW106' | 'TW107', message: string): Problem[] => [{ code, ...edgeId(edge), message }]
  return [
    ...(tiles.get(edge.to)!.type === 'entry'
      ? problem('TW106', `An edge from '${edge.from}' leads into the entry; lead it to the tile after the entry.`)
      : []),
    ...(tiles.get(edge.from)!.type === 'exit'
      ? problem('TW107', `An edge leads out of the exit '${edge.from}'; remove it, members leave there.`)
      : []),
  ]
}

/** Every port has one edge, and every edge a port. Tiles whose ports cannot be told yet are passed by. */
export function checkPorts(graph: Graph, edges: readonly Edge[]): Problem[] {
  // An edge to a tile that does not exist takes its port all the same: that is one thing to mend.
  const out = group(edges, 'from')
  return [...graph.tiles.values()].flatMap((tile) => {
    const ports = portsOf(tile)
    if (!ports || tile.type === 'exit') return []
    const byPort = group(out.get(tile.id) ?? [], 'port')
    const unknown = [...byPort].flatMap(([port, leaving]) => (ports.includes(port) ? [] : leaving))
    return [
      ...ports.flatMap((port) => portProblem(tile, port, byPort.get(port) ?? [])),
      ...unknown.map((edge): Problem => ({
        code: 'TW110',
        tileId: tile.id,
        ...edgeId(edge),
        message: `${nameOf(tile)} has no port '${edge.port}', only ${ports.join(', ')}; move the edge to one of these.`,
      })),
    ]
  })
}

function portProblem(tile: DraftTile, port: string, edges: readonly Edge[]): Problem[] {
  if (edges.length === 0) {
    return [{ code: 'TW108', tileId: tile.id, message: `The port '${port}' of ${nameOf(tile)} leads nowhere; draw an edge from it.` }]
  }
  return edges.slice(1).map((edge) => ({
    code: 'TW109',
    tileId: tile.id,
    ...edgeId(edge),
    message: `Two edges leave the port '${port}' of ${nameOf(tile)}; keep one.`,
  }))
}

/** Every tile lies between the entry and an exit. */
export function checkPaths(graph: Graph): Problem[] {
  const tiles = [...graph.tiles.values()]
  const idsOf = (type: string): string[] => tiles.filter((tile) => tile.type === type).map(({ id }) => id)
  const missing = (
    code: 'TW111' | 'TW112',
    ends: string[],
    next: (id: string) => string[],
    message: (name: string) => string,
  ): Problem[] => {
    // Without an entry or an exit that is the one thing to mend first.
    if (ends.length === 0) return []
    const reached = reach(ends, next)
    return tiles.filter(({ id }) => !reached.has(id)).map((tile) => ({ code, tileId: tile.id, message: message(nameOf(tile)) }))
  }
  return [
    ...missing('TW111', idsOf('entry'), after(graph), (name) => `No path leads to ${name}; draw an edge to it, or remove it.`),
    ...missing('TW112', idsOf('exit'), before(graph), (name) => `From ${name} no path leads to an exit; draw one.`),
  ]
}

/** Every loop waits; and a wait that may be over at once is no brake. */
export function checkLoops(graph: Graph): Problem[] {
  const isWait = (tile: DraftTile): boolean => tile.type === 'wait'
  const shown = (loop: string[]): string => [...loop, loop[0]].join(' → ')
  const endless = loopsWithout(graph, isWait).map((loop): Problem => ({
    code: 'TW113',
    tileId: loop[0]!,
    message: `The loop ${shown(loop)} has no wait, so members would run round in it; put a wait into it.`,
  }))
  const loose = loopsWithout(graph, (tile) => isWait(tile) && holdsAlways(tile)).filter((loop) =>
    loop.some((id) => isWait(graph.tiles.get(id)!)),
  )
  return [
    ...endless,
    ...loose.map((loop): Problem => ({
      code: 'TW114',
      tileId: loop[0]!,
      message: `In the loop ${shown(loop)} the wait is over at once when its date is past or its condition holds; put a wait for a duration, a time of day or an event into it.`,
    })),
  ]
}

/** A wait that takes time each time: not for a date, of which there is one, nor for what may hold already. */
function holdsAlways({ config: { kind, duration } }: DraftTile): boolean {
  if (kind === 'duration') return typeof duration === 'string' && /[1-9]/.test(duration)
  return kind === 'time' || kind === 'event'
}

const nameOf = (tile: DraftTile): string => `'${tile.name || tile.id}'`
const edgeId = ({ id }: Edge): { edgeId?: string } => (id === undefined ? {} : { edgeId: id })
