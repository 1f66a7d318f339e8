import { admissible, type Leave } from '../../sending/admit.js'
import type { Db } from '../../store/db.js'
import { MAX_MS, walkSample, type Sample, type Walked } from './walk.js'

/**
 * Walks a customer who is known, with what consent says to each message as of now. Where messages go is known when they are rendered; so it is walked to
 * see that, and again when any is kept back, until a walk has none that was not asked about: it may go another way, to another address. Of a walk that takes
 * long there is one more at the most.
 */
export async function walkKeptBack(db: Db, workspaceId: string, sample: Sample): Promise<Walked> {
  const said = new Map<string, Leave>()
  const began = performance.now()
  for (let last = false; ; last = performance.now() - began > MAX_MS) {
    const asked = new Map<string, { tileId: string; to: string | undefined }>()
    const consent = (tileId: string, to: string | undefined): Leave => {
      const place = `${tileId} ${to ?? ''}`
      if (!said.has(place)) asked.set(place, { tileId, to })
      return said.get(place) ?? { do: 'send' }
    }
    const walked = await walkSample({ ...sample, consent })
    let kept = false
    for (const [place, { tileId, to }] of asked) {
      const leave = await admissible(db, { ...sample.reachOf(tileId)!, workspaceId, customerId: sample.customerId, address: to })
      said.set(place, leave)
      kept ||= leave.do !== 'send'
    }
    if (!kept || last) return walked
  }
}
