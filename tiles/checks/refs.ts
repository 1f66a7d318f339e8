import type { Condition } from '../../model/condition.js'
import type { DraftTile, Settings } from '../index.js'
import { before, reach, type Graph } from './graph.js'
import type { Problem } from './problem.js'

/** What validation looks up. */
export interface Lookups {
  /** Destinations by id, with the fields of their actions. */
  destinations: ReadonlyMap<string, { type: string; actions: Record<string, { known: string[]; required: string[] }> }>
  audiences: ReadonlySet<string>
  /** Orchestrations by id, with those that they enter. */
  journeys: ReadonlyMap<string, { name: string; status: string; children: string[] }>
  /** The id of the orchestration that is validated. */
  selfId?: string
}

type Config = Record<string, unknown>
type Found = Omit<Problem, 'tileId'>

/** What a tile names must exist. */
export function checkReferences(tile: DraftTile, lookups: Lookups): Problem[] {
  const config = tile.config
  const found: Found[] = []
  if (tile.type === 'action' && typeof config.destinationId === 'string') found.push(...checkAction(config, lookups))
  if (tile.type === 'subOrchestration' && typeof config.orchestrationId === 'string')
    found.push(...checkChild(config.orchestrationId, lookups))
  if (tile.type === 'entry') found.push(...checkTriggers(config, lookups))
  for (const condition of conditionsIn(config)) {
    if ('audience' in condition && !lookups.audiences.has(condition.audience)) found.push(unknownAudience(condition.audience))
  }
  return found.map((problem) => ({ ...problem, tileId: tile.id }))
}

const unknownAudience = (id: string): Found => ({ code: 'TW304', message: `There is no audience '${id}'; choose one that exists.` })

function checkAction(config: Config, { destinations }: Lookups): Found[] {
  const destination = destinations.get(config.destinationId as string)
  if (!destination)
    return [
      { code: 'TW301', message: `There is no destination '${String(config.destinationId)}'; choose one that exists, such as 'sandbox'.` },
    ]
  const action = destination.actions[String(config.action)]
  if (!action) {
    const actions = Object.keys(destination.actions).join(', ')
    return [
      { code: 'TW302', message: `A destination of type ${destination.type} has no action '${String(config.action)}'; it has ${actions}.` },
    ]
  }
  const given = Object.keys((config.fields as Config | undefined) ?? {})
  return [
    ...given
      .filter((name) => !action.known.includes(name))
      .map((name) => ({ code: 'TW303', message: `The action has no field '${name}'; it has ${action.known.join(', ')}.` })),
    ...action.required
      .filter((name) => !given.includes(name))
      .map((name) => ({ code: 'TW303', message: `The action needs the field '${name}'; fill it in.` })),
  ]
}

function checkChild(id: string, { journeys, selfId }: Lookups): Found[] {
  if (id !== selfId && !journeys.has(id)) return [{ code: 'TW305', message: `There is no orchestration '${id}'; choose one that exists.` }]
  if (selfId === undefined) return []
  const reached = reach([id], (journey) => (journey === selfId ? [] : (journeys.get(journey)?.children ?? [])))
  return reached.has(selfId)
    ? [{ code: 'TW306', message: `'${journeys.get(id)?.name ?? id}' leads back into this orchestration; break the cycle.` }]
    : []
}

function checkTriggers(config: Config, lookups: Lookups): Found[] {
  const triggers = Array.isArray(config.triggers) ? (config.triggers as Config[]) : []
  return triggers.flatMap((trigger) => {
    if (trigger.type !== 'audience') return []
    const later: Found = {
      code: 'TW401',
      message: 'Members cannot enter by an audience in this release; use an event or a manual trigger.',
    }
    return lookups.audiences.has(String(trigger.audienceId)) ? [later] : [later, unknownAudience(String(trigger.audienceId))]
  })
}

/** Settings that are kept in drafts and not run yet. */
export function checkSettings(settings: Settings): Problem[] {
  const problems: Problem[] = []
  if (settings.exitCriteria?.length)
    problems.push({
      code: 'TW402',
      path: '/settings/exitCriteria',
      message: 'Exit criteria are not run in this release; remove them to activate.',
    })
  if (settings.goal)
    problems.push({
      code: 'TW403',
      path: '/settings/goal',
      message: 'A goal is not run in this release; remove it to activate, and mark an exit as a conversion instead.',
    })
  if (settings.quietHours)
    problems.push({
      code: 'TW404',
      path: '/settings/quietHours',
      message: 'Quiet hours are not run in this release; remove them to activate.',
    })
  return problems
}

/** Properties and templates that name tiles: these must be able to have run before, and to have left something. */
export function checkOutputs(tile: DraftTile, graph: Graph): Problem[] {
  const named = [...propertiesIn(tile.config), ...templatesIn(tile).flatMap(tilesNamedIn)]
  if (named.length === 0) return []
  const earlier = reach(before(graph)(tile.id), before(graph))
  return [...new Set(named)].flatMap((id) => {
    const other = graph.tiles.get(id)
    const why = !other
      ? 'does not exist'
      : !leavesOutput(other)
        ? 'is neither an event wait nor a webhook that saves, so it leaves nothing'
        : !earlier.has(id)
          ? 'cannot have run before'
          : undefined
    return why === undefined
      ? []
      : [{ code: 'TW307', tileId: tile.id, message: `It reads what the tile '${id}' left, and that tile ${why}; name another.` }]
  })
}

const leavesOutput = ({ type, config }: DraftTile): boolean =>
  (type === 'wait' && config.kind === 'event') || (type === 'webhook' && config.save !== undefined)

/** `property` outside of `where` needs `of`; and of entry, an event that enters. */
export function checkProperties(tile: DraftTile, byEvent: boolean): { errors: Problem[]; warnings: Problem[] } {
  const errors: Problem[] = []
  const warnings: Problem[] = []
  for (const condition of conditionsIn(tile.config, { where: false })) {
    if (!('property' in condition)) continue
    if (condition.of === undefined)
      errors.push({
        code: 'TW204',
        tileId: tile.id,
        message: `The property '${condition.property}' needs "of": "entry" or "tile:<id of a wait>".`,
      })
    if (condition.of === 'entry' && !byEvent)
      warnings.push({
        code: 'TW308',
        tileId: tile.id,
        message: `The property '${condition.property}' of entry is always missing: no event enters members.`,
      })
  }
  return { errors, warnings }
}

/** Every condition in a value, the nested ones too; without those inside `where` when asked so. */
export function* conditionsIn(value: unknown, options: { where: boolean } = { where: true }): Generator<Condition> {
  if (typeof value !== 'object' || value === null) return
  if ('op' in value && ('trait' in value || 'property' in value || 'audience' in value || 'event' in value)) yield value as Condition
  for (const [key, inner] of Object.entries(value)) if (options.where || key !== 'where') yield* conditionsIn(inner, options)
}

function propertiesIn(config: Config): string[] {
  return [...conditionsIn(config)].flatMap((condition) =>
    'property' in condition && condition.of?.startsWith('tile:') ? [condition.of.slice('tile:'.length)] : [],
  )
}

/** The templates of a tile: field name and text. */
export function templatesIn({ type, config }: DraftTile): { field: string; text: string }[] {
  const texts =
    type === 'action'
      ? { fields: config.fields }
      : type === 'webhook'
        ? { url: config.url, body: config.body, headers: config.headers }
        : {}
  return Object.entries(texts).flatMap(([field, value]) => {
    if (typeof value === 'string') return [{ field, text: value }]
    if (typeof value !== 'object' || value === null) return []
    return Object.entries(value).flatMap(([name, text]) => (typeof text === 'string' ? [{ field: `${field}/${name}`, text }] : []))
  })
}

const tilesNamedIn = ({ text }: { text: string }): string[] =>
  [...text.matchAll(/\{[{%][^}]*?\btiles(?:\.([A-Za-z0-9_-]+)|\[\s*["']([A-Za-z0-9_-]+)["']\s*\])/g)].map(
    ([, dotted, quoted]) => (dotted ?? quoted)!,
  )
