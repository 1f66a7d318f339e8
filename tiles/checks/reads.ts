import type { DraftTile } from '../index.js'
import { nearest } from '../nearest.js'
import { pointer } from '../../model/pointer.js'
import type { Problem } from '../problems.js'
import { conditionsIn } from './conditions.js'
import { before, reach, type Graph } from './graph.js'
import type { Lookups } from './references.js'
import { templateReads } from './message.js'
import { unseen } from './scope.js'
import { readTemplates, type Variable } from './templates.js'

/** A place of a tile that reads what another tile left. */
interface Reading extends Pick<Problem, 'ranges'> {
  of: string
  by: 'property' | 'template'
  path: string
  /** What of that which the tile left, where a template says so. */
  part?: string | undefined
}

/** What a tile's conditions and templates read must be there by the time that a member arrives; also what its reusable template reads. */
export function checkReads(tile: DraftTile, graph: Graph, { secrets, templates }: Pick<Lookups, 'secrets' | 'templates'>): Problem[] {
  const { problems, variables: own } = readTemplates(tile)
  const variables = [...own, ...templateReads(tile, templates)]
  const properties = conditionsIn(tile.config, ['config'])
  const readings: Reading[] = []
  const names = new Set(secrets.values())
  for (const { condition, path, inWhere } of properties) {
    if (!('property' in condition)) continue
    const { property, of } = condition
    if (of?.startsWith('tile:')) readings.push({ of: of.slice('tile:'.length), by: 'property', path: pointer(path) })
    if (of === undefined && !inWhere) {
      const message = `The property '${property}' is of no event; add "of": "entry", or "of": "tile:<id of an event wait>".`
      problems.push({ code: 'TW204', tileId: tile.id, path: pointer(path), message })
    }
    if (of === 'entry' && !graph.entersByEvent)
      problems.push(noEntryEvent(tile, { path: pointer(path) }, `The property '${property}' of entry`))
  }
  for (const variable of variables) {
    const { path, ranges, segments } = variable
    const [root, of, part] = segments
    const place = { path, ...(ranges.length > 0 && { ranges }) }
    if (root === 'tiles' && of !== undefined) readings.push({ of, by: 'template', ...place, part })
    if (root === 'entry' && !graph.entersByEvent) problems.push(noEntryEvent(tile, place, `'${segments.join('.')}'`))
    if (isSecret(variable)) problems.push(...checkSecret(tile, variable, names))
    else problems.push(...checkVariable(tile, variable))
  }
  return [...problems, ...checkReadings(tile, readings, graph)]
}

const noEntryEvent = (tile: DraftTile, place: Pick<Problem, 'path' | 'ranges'>, what: string): Problem => ({
  code: 'TW308',
  tileId: tile.id,
  ...place,
  message: `${what} is always missing, because no event enters customers here; add an event trigger to the entry, or read something else.`,
})

/** Only headers of a webhook see secrets. */
const isSecret = ({ path, segments: [root] }: Variable): boolean => root === 'secrets' && path.startsWith('/config/headers/')

function checkSecret({ id: tileId }: DraftTile, { path, ranges, segments: [, name] }: Variable, names: ReadonlySet<string>): Problem[] {
  if (name === undefined || names.has(name)) return []
  const near = nearest(name, [...names])
  const mend = near ? `did you mean '${near}'?` : 'name one that exists, or make it.'
  return [{ code: 'TW312', tileId, path, ranges, message: `There is no secret named '${name}'; ${mend}` }]
}

function checkVariable(tile: DraftTile, { path, ranges, segments }: Variable): Problem[] {
  const message = unseen(segments, tile.type)
  return message === undefined ? [] : [{ code: 'TW314', tileId: tile.id, path, ...(ranges.length > 0 && { ranges }), message }]
}

/** The tile that is read must exist, leave something, and lie on a path that leads here. */
function checkReadings(tile: DraftTile, readings: readonly Reading[], graph: Graph): Problem[] {
  if (readings.length === 0) return []
  const earlier = reach(before(graph)(tile.id), before(graph))
  return readings.flatMap(({ of, by, path, ranges, part }): Problem[] => {
    const problem = (code: Problem['code'], message: string): Problem[] => [
      { code, tileId: tile.id, path, ...(ranges && { ranges }), message },
    ]
    const reads = `It reads what the tile '${of}' left,`
    const other = graph.tiles.get(of)
    if (!other) return problem('TW307', `${reads} and there is no such tile; name one that exists.`)
    const left = leftBy(other, by)
    if (left === undefined) {
      return problem(
        'TW310',
        by === 'property'
          ? `${reads} and only a wait for an event leaves properties; name one.`
          : `${reads} and only a wait for an event and a webhook that saves leave something; name one.`,
      )
    }
    if (!earlier.has(of)) return problem('TW309', `${reads} and no path leads from there to here; name a tile that comes before.`)
    if (part === undefined || left.includes(part)) return []
    const near = nearest(part, left)
    const mend = near ? `did you mean '${near}'?` : `it leaves ${left.join(', ')}.`
    return problem('TW314', `The tile '${of}' leaves no '${part}'; ${mend}`)
  })
}

/** Names of what a tile leaves to read; undefined where there is nothing. */
function leftBy({ type, config }: DraftTile, by: Reading['by']): string[] | undefined {
  if (type === 'wait' && config.kind === 'event') return ['event', 'properties']
  return by === 'template' && type === 'webhook' && config.save !== undefined ? Object.keys(config.save as object) : undefined
}
