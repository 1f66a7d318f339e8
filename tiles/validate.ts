import { checkEnds, checkIds, checkPaths, checkPorts } from './checks/shape.js'
import { graphOf } from './checks/graph.js'
import type { Problem } from './checks/problem.js'
import { checkOutputs, checkProperties, checkReferences, checkSettings, type Lookups } from './checks/refs.js'
import { checkTemplates } from './checks/templates.js'
import type { DraftCanvas, DraftTile } from './index.js'
import { parseConfig, pointer } from './parse.js'

export type { Lookups } from './checks/refs.js'
export { PROBLEMS, type Problem, type ProblemCode } from './checks/problem.js'

/** What validation found; a canvas with errors cannot be activated. */
export interface Validation {
  errors: Problem[]
  warnings: Problem[]
}

/** Everything that keeps a canvas from being activated, by number, with the tile or edge that it is about. Grows with tiles plus edges. */
export function validate(canvas: DraftCanvas, lookups: Lookups): Validation {
  const { tiles, edges, settings } = canvas
  const graph = graphOf(tiles, edges)
  const byEvent = tiles.some(({ type, config }) => type === 'entry' && JSON.stringify(config.triggers ?? []).includes('"type":"event"'))
  const properties = tiles.map((tile) => checkProperties(tile, byEvent))
  return {
    errors: [
      ...checkIds(tiles, edges),
      ...checkEnds(graph),
      ...tiles.flatMap(checkConfig),
      ...checkPorts(graph),
      ...checkPaths(graph),
      ...tiles.flatMap((tile) => [...checkReferences(tile, lookups), ...checkTemplates(tile), ...checkOutputs(tile, graph)]),
      ...properties.flatMap(({ errors }) => errors),
      ...checkSettings(settings),
    ],
    warnings: properties.flatMap(({ warnings }) => warnings),
  }
}

function checkConfig(tile: DraftTile): Problem[] {
  return parseConfig(tile).issues.map(({ path, message, missing }) => ({
    code: missing ? 'TW201' : 'TW202',
    tileId: tile.id,
    path: `/config${pointer(path)}`,
    message: `'${tile.name ?? tile.id}': ${message}`,
  }))
}
