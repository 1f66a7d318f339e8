import type { FieldError } from '../model/errors.js'
import { pointer } from '../model/pointer.js'
import type { DraftCanvas } from './index.js'

/** What becomes of the members that stand at a tile when the next version is published. */
export type Fate = 'stay' | 'move' | 'exit'

/** The fate of a tile's members; `to` is the tile of the next version that they move to, the same one unless told. */
export interface TilePlan {
  do: Fate
  to?: string | undefined
}

/** Tile of the live version to what becomes of its members. */
export type Plan = Record<string, TilePlan>

type Canvas = Pick<DraftCanvas, 'tiles' | 'edges'>

/**
 * A publication's plan with every tile of the live version in it, and every move with its target.
 * @param asked what the publication says of single tiles
 * @param fallback what it says of all others. Nobody stands at an exit, so it leaves those be; who stands at the entry and is to move goes to
 * the tile that the next version's entry leads to.
 * @param live the version whose members it is about
 * @param next the version that is published; it is valid
 */
export function resolvePlan(asked: Plan, fallback: Fate, live: Canvas, next: Canvas): { plan: Plan } | { errors: FieldError[] } {
  const errors: FieldError[] = []
  const from = new Map(live.tiles.map((tile) => [tile.id, tile]))
  const targets = new Map(next.tiles.map((tile) => [tile.id, tile]))
  const plan = new Map<string, TilePlan>()

  for (const [id, { do: fate, to }] of Object.entries(asked)) {
    const complain = (field: string[], code: string, message: string): void => {
      errors.push({ path: pointer(['plan', id, ...field]), code, message, tileId: id })
    }
    if (!from.has(id)) {
      complain([], 'unknown_tile', `The live version has no tile '${id}'; name one that it has.`)
    } else if (fate !== 'move') {
      if (to !== undefined) complain(['to'], 'not_applicable', `Only a move has a target; leave 'to' out, or let '${id}' move.`)
      plan.set(id, { do: fate })
    } else {
      const target = targets.get(to ?? id)
      if (!target)
        complain(['to'], 'unknown_tile', `The new version has no tile '${to ?? id}'; let the members of '${id}' move to one that it has.`)
      else if (target.type === 'entry')
        complain(['to'], 'entry', `Nobody can be moved to the entry; let the members of '${id}' move to a tile behind it.`)
      plan.set(id, { do: 'move', to: to ?? id })
    }
  }

  for (const { id, type } of live.tiles) {
    if (plan.has(id)) continue
    const resolved = byDefault(id, type, fallback, next, targets)
    if (!resolved) {
      const message = `The new version has no tile '${id}' that its members could move to; say in 'plan' what becomes of them.`
      errors.push({ path: '/default', code: 'unknown_tile', message, tileId: id })
    } else plan.set(id, resolved)
  }
  return errors.length > 0 ? { errors } : { plan: Object.fromEntries(plan) }
}

function byDefault(
  id: string,
  type: string,
  fallback: Fate,
  next: Canvas,
  targets: ReadonlyMap<string, { type: string }>,
): TilePlan | undefined {
  if (fallback === 'stay' || type === 'exit') return { do: 'stay' }
  if (fallback === 'exit') return { do: 'exit' }
  if (type === 'entry') {
    const entry = next.tiles.find((tile) => tile.type === 'entry')
    const first = next.edges.find(({ from }) => from === entry?.id)
    return first && { do: 'move', to: first.to }
  }
  const target = targets.get(id)
  return target && target.type !== 'entry' ? { do: 'move', to: id } : undefined
}
