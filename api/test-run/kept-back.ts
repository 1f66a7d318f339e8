import { admissible, type Skip } from '../../sending/admit.js'
import type { Db } from '../../store/db.js'
import { walkSample, type Sample, type Walked } from './walk.js'

/**
 * Walks a customer who is known, without the messages that consent keeps back from them as of now. Where messages go is known when they are
 * rendered; so they are walked once to see it, and once more when any is kept back, after which the way is the same.
 */
export async function walkKeptBack(db: Db, workspaceId: string, sample: Sample): Promise<Walked> {
  const walked = await walkSample(sample)
  const kept = new Map<string, Skip>()
  const asked = new Set<string>()
  for (const { tileId, rendered } of walked.deliveries) {
    const place = placeOf(tileId, rendered.to)
    const reach = sample.reachOf(tileId)
    if (!reach || asked.has(place)) continue
    asked.add(place)
    const leave = await admissible(db, { ...reach, workspaceId, customerId: sample.customerId, address: rendered.to })
    if (leave.do === 'skip') kept.set(place, leave)
  }
  if (kept.size === 0) return walked
  return walkSample({ ...sample, keptBack: (tileId, to) => kept.get(placeOf(tileId, to)) })
}

const placeOf = (tileId: string, to = ''): string => `${tileId} ${to}`
