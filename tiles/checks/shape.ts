import type { DraftTile, Edge } from '../index.js'
import { after, before, loopWithout, reach, type Graph } from './graph.js'
import type { Problem } from './problem.js'

const nameOf = (tile: DraftTile): string => `'${tile.name ?? tile.id}'`

/** Ids and ends of tiles and edges, before there is a graph to look at. */
export function checkIds(tiles: readonly DraftTile[], edges: readonly Edge[]): Problem[] {
  const known = new Set(tiles.map(({ id }) => id))
  return [
    ...repeated(tiles.map(({ id }) => id)).map((tileId) => ({
      code: 'TW103',
      tileId,
      message: `Two tiles have the id '${tileId}'; give each its own.`,
    })),
    ...repeated(edges.flatMap(({ id }) => id ?? [])).map((edgeId) => ({
      code: 'TW104',
      edgeId,
      message: `Two edges have the id '${edgeId}'; give each its own.`,
    })),
    ...edges.flatMap((edge) =>
      [edge.from, edge.to]
        .filter((id) => !known.has(id))
        .map((id) => ({
          code: 'TW105',
          ...edgeId(edge),
          message: `The edge from '${edge.from}' to '${edge.to}' names the tile '${id}', which does not exist; remove the edge or mend it.`,
        })),
    ),
  ]
}

function repeated(ids: readonly string[]): string[] {
  const seen = new Set<string>()
  return [...new Set(ids.filter((id) => seen.has(id) || !seen.add(id)))]
}

const edgeId = ({ id }: Edge): { edgeId?: string } => (id === undefined ? {} : { edgeId: id })

/** One entry, at least one exit, and nothing into the one or out of the other. */
export function checkEnds(graph: Graph): Problem[] {
  const tiles = [...graph.tiles.values()]
  const entries = tiles.filter(({ type }) => type === 'entry')
  const problems: Problem[] = []
  if (entries.length === 0)
    problems.push({ code: 'TW101', message: 'There is no entry; add one, and draw an edge from it to the first tile.' })
  for (const extra of entries.slice(1))
    problems.push({ code: 'TW101', tileId: extra.id, message: `${nameOf(extra)} is a second entry; keep one, and give it both triggers.` })
  if (!tiles.some(({ type }) => type === 'exit'))
    problems.push({ code: 'TW102', message: 'There is no exit; add one where members leave.' })
  for (const edge of graph.edges) {
    if (graph.tiles.get(edge.to)!.type === 'entry')
      problems.push({
        code: 'TW106',
        ...edgeId(edge),
        message: `An edge from '${edge.from}' leads into the entry; lead it to the tile after the entry.`,
      })
    if (graph.tiles.get(edge.from)!.type === 'exit')
      problems.push({
        code: 'TW107',
        ...edgeId(edge),
        message: `An edge leads out of the exit '${edge.from}'; remove it, members leave there.`,
      })
  }
  return problems
}

/** Every port has one edge, and every edge a port. Tiles that are half filled in are passed by. */
export function checkPorts(graph: Graph): Problem[] {
  return [...graph.tiles.values()].flatMap((tile) => {
    const ports = graph.ports.get(tile.id)
    if (!ports || tile.type === 'exit') return []
    const edges = graph.out.get(tile.id) ?? []
    const unknown = edges.filter(({ port }) => !ports.includes(port))
    return [
      ...ports.flatMap((port) =>
        portProblem(
          tile,
          port,
          edges.filter((edge) => edge.port === port),
        ),
      ),
      ...unknown.map((edge) => ({
        code: 'TW110',
        tileId: tile.id,
        ...edgeId(edge),
        message: `${nameOf(tile)} has no port '${edge.port}', only ${ports.join(', ')}; move the edge to one of these.`,
      })),
    ]
  })
}

function portProblem(tile: DraftTile, port: string, edges: readonly Edge[]): Problem[] {
  if (edges.length === 0)
    return [{ code: 'TW108', tileId: tile.id, message: `The port '${port}' of ${nameOf(tile)} leads nowhere; draw an edge from it.` }]
  return edges
    .slice(1)
    .map((edge) => ({
      code: 'TW109',
      tileId: tile.id,
      ...edgeId(edge),
      message: `Two edges leave the port '${port}' of ${nameOf(tile)}; keep one.`,
    }))
}

/** Every tile lies between the entry and an exit, and loops wait. */
export function checkPaths(graph: Graph): Problem[] {
  const tiles = [...graph.tiles.values()]
  const idsOf = (type: string): string[] => tiles.filter((tile) => tile.type === type).map(({ id }) => id)
  const reached = reach(idsOf('entry'), after(graph))
  const leading = reach(idsOf('exit'), before(graph))
  const problems: Problem[] = []
  if (idsOf('entry').length > 0) {
    for (const tile of tiles)
      if (!reached.has(tile.id))
        problems.push({ code: 'TW111', tileId: tile.id, message: `No path leads to ${nameOf(tile)}; draw an edge to it, or remove it.` })
  }
  if (idsOf('exit').length > 0) {
    for (const tile of tiles)
      if (!leading.has(tile.id))
        problems.push({ code: 'TW112', tileId: tile.id, message: `From ${nameOf(tile)} no path leads to an exit; draw one.` })
  }
  const loop = loopWithout(graph, ({ type }) => type === 'wait')
  if (loop)
    problems.push({
      code: 'TW113',
      tileId: loop[0]!,
      message: `The loop ${[...loop, loop[0]].join(' → ')} has no wait, so members would run around in it; put a wait into it.`,
    })
  return problems
}
