import { graphOf } from './checks/graph.js'
import { checkReads } from './checks/reads.js'
import { checkReferences, checkSettingsReferences, type Lookups } from './checks/references.js'
import { checkKeys, checkSettings } from './checks/settings.js'
import { checkEnds, checkIds, checkLoops, checkPaths, checkPorts } from './checks/shape.js'
import type { DraftCanvas, DraftTile } from './index.js'
import { pointer } from '../model/pointer.js'
import { parseConfig, type Issue } from './parse.js'
import { PROBLEMS, WARNINGS, type Problem, type ProblemCode } from './problems.js'

export type { ActionLookup, Lookups } from './checks/references.js'
export { PROBLEMS, WARNINGS, type Problem, type ProblemCode } from './problems.js'

/** What validation found; a canvas with errors cannot be activated, one with warnings can. */
export interface Validation {
  errors: Problem[]
  warnings: Problem[]
}

/**
 * Everything that keeps a canvas from being activated, by number, with the tile or edge that it is about. The time it takes grows with
 * tiles plus edges, and with tiles that read other tiles times edges.
 */
export function validate({ tiles, edges, settings }: DraftCanvas, lookups: Lookups): Validation {
  const graph = graphOf(tiles, edges)
  const problems = [
    ...checkIds(tiles, edges),
    ...checkEnds(graph),
    ...tiles.flatMap(checkConfig),
    ...checkPorts(graph, edges),
    ...checkPaths(graph),
    ...checkLoops(graph),
    ...tiles.flatMap((tile) => [...checkReferences(tile, lookups), ...checkReads(tile, graph, lookups)]),
    ...checkSettings(settings),
    ...checkKeys(tiles, settings),
    ...checkSettingsReferences(settings, lookups),
  ]
  return { errors: problems.filter(({ code }) => !WARNINGS.has(code)), warnings: problems.filter(({ code }) => WARNINGS.has(code)) }
}

function checkConfig(tile: DraftTile): Problem[] {
  return parseConfig(tile).issues.map((issue) => ({
    code: numberOf(issue),
    tileId: tile.id,
    path: pointer(['config', ...issue.path]),
    message: withField(issue),
  }))
}

/** The sentence, beginning with the field unless it names it already. */
function withField({ path, message }: Issue): string {
  const field = path.findLast((key) => typeof key === 'string')
  return field === undefined || message.includes(`'${field}'`) ? message : `'${field}': ${message}`
}

/** Fields that have a number for all that can be wrong in them. */
const BY_FIELD: Record<string, ProblemCode> = { retry: 'TW213', url: 'TW214', save: 'TW215' }

function numberOf({ path: [field], missing, problem }: Issue): ProblemCode {
  if (missing) return 'TW201'
  const byField = typeof field === 'string' && Object.hasOwn(BY_FIELD, field) ? BY_FIELD[field] : undefined
  return byField ?? (problem !== undefined && Object.hasOwn(PROBLEMS, problem) ? (problem as ProblemCode) : 'TW202')
}
