import type { Fate, PublishInput } from '../api/versions.js'
import type { Doc } from '../canvas/doc/types.js'

/** What becomes of the members at one tile; `to` of a move is a tile of the new version. */
export interface Step {
  do: Fate
  to?: string
}
export type Plan = Readonly<Record<string, Step>>

/** Members stay where they are unless told. */
export const FALLBACK: Fate = 'stay'

/** Where members can be moved: any tile of the new version but its entry. */
export const landings = (next: Doc) => next.tiles.filter(({ type }) => type !== 'entry')

/** Where a move from a tile goes unless told: to the same tile of the new version, if it is still there. */
export const landingOf = (next: Doc, tileId: string): string | undefined => landings(next).find(({ id }) => id === tileId)?.id

/** The plan with another fate for some tiles; a move goes to the same tile where there is one. */
export function decide(plan: Plan, next: Doc, tileIds: readonly string[], fate: Fate): Plan {
  const steps = tileIds.map((id): [string, Step] => {
    const to = fate === 'move' ? landingOf(next, id) : undefined
    return [id, { do: fate, ...(to !== undefined && { to }) }]
  })
  return { ...plan, ...Object.fromEntries(steps) }
}

/** Tiles whose members are to be moved but nobody said where. */
export const open = (plan: Plan): string[] => Object.keys(plan).filter((id) => plan[id]!.do === 'move' && plan[id]!.to === undefined)

/** What is sent: what stays is what is not named; a move without a place is left out until it has one. */
export function bodyOfPlan(plan: Plan): PublishInput {
  const unsaid = new Set(open(plan))
  const named = Object.entries(plan).filter(([id, step]) => step.do !== FALLBACK && !unsaid.has(id))
  return { plan: Object.fromEntries(named), default: FALLBACK }
}

/** Members by what becomes of them. */
export function totals(plan: Plan, members: Readonly<Record<string, number>>): Record<Fate, number> {
  const sums: Record<Fate, number> = { stay: 0, move: 0, exit: 0 }
  for (const [id, n] of Object.entries(members)) sums[plan[id]?.do ?? FALLBACK] += n
  return sums
}
