import { emptyReads } from '../model/condition.js'
import { newId } from '../model/ids.js'
import { loadFacts } from '../store/facts.js'
import { noteIncident } from '../store/steps.js'
import { waitLogic } from '../tiles/wait/decide.js'
import type { ReactDeps, Waiting } from './react.js'

/**
 * Reckons a wait anew from when it began, and tells the member when its instant is another. A trait that names no date any more
 * ends the wait now. The step's row is locked before the traits are read: of two changes at once the later reckoning sees both.
 */
export async function rearm({ db, temporal }: ReactDeps, member: Waiting): Promise<void> {
  const { memberId, tileId: tile, visit, wait, settings } = member
  await db.tx(async (tx) => {
    const step = await tx.one<{ until: number; beganAt: Date }>(
      `select (decision ->> 'until')::float8 as until, coalesce(began_at, arrived_at) as "beganAt" from step
       where member_id = $1 and tile_id = $2 and visit = $3::int and decision ->> 'do' = 'wait' for update`,
      [memberId, tile, visit],
    )
    if (!step) return
    const facts = await loadFacts(tx, { ...member, now: step.beganAt }, { ...emptyReads(), traits: true })
    const { decision, reads = {} } = waitLogic.decide(wait, facts, settings)
    const until = decision.do === 'wait' ? (decision.until ?? 0) : 0
    if (until === step.until) return
    await tx.query(
      `update step set decision = jsonb_set(decision, '{until}', to_jsonb($4::float8)), reads = $5::jsonb
       where member_id = $1 and tile_id = $2 and visit = $3::int`,
      [memberId, tile, visit, until, JSON.stringify(reads)],
    )
    const detail = { from: step.until, until, reads }
    await noteIncident(tx, { memberId, tile, visit }, 'rearmed', detail, `rearmed:${newId('evt')}`)
    // Told inside the transaction: when it cannot be, the row stays as it was and the next try sees the difference.
    await temporal.send(memberId, { kind: 'rearm', tile, visit, until })
  })
}
