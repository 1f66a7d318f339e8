import { sideOf } from '../../../tiles/branch/side.js'
import type { Canvas, Case } from '../case.js'

/** Who walks a case in the reference. */
export const WHO = { journeyId: 'jrn_sim', customerId: 'ada' }

type Paths = { id: string; weight: number }[]

/**
 * A customer's id with which the sides of all percentages come out as in the reference, although the orchestrations have other ids: so a case
 * goes the same way whenever it is played.
 * @param ids the real ids of the case's orchestrations, by the case's
 */
export function customerAlike(life: Case, ids: ReadonlyMap<string, string>): string {
  const canvases: [string, Canvas][] = [
    [WHO.journeyId, life.canvas],
    ...life.published.map(({ canvas }): [string, Canvas] => [WHO.journeyId, canvas]),
    ...Object.entries(life.children),
  ]
  const percentages = canvases.flatMap(([id, { tiles }]) =>
    tiles
      .filter(({ type, config }) => type === 'branch' && config.kind === 'percentage')
      .map(({ id: tileId, config }) => {
        const paths = config.paths as Paths
        return { tileId, paths, journeyId: ids.get(id)!, side: sideOf({ journeyId: id, tileId, customerId: WHO.customerId }, paths) }
      }),
  )
  for (let n = 0; ; n++) {
    // Nobody has been it in another case.
    const customerId = `${ids.get(WHO.journeyId)}-${n}`
    if (percentages.every(({ side, paths, ...at }) => sideOf({ ...at, customerId }, paths) === side)) return customerId
  }
}
