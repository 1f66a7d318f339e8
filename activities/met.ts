import type { Arrival, Decision } from '../engine/host.js'
import { judge } from '../store/facts.js'
import { eventsSinceArrival, meetCondition, meetWait } from '../store/steps.js'
import type { WaitConfig } from '../tiles/index.js'
import type { MemberRef } from '../workflows/api.js'
import type { StepDeps } from './deps.js'
import { visitOf } from './member.js'

type Of<K extends WaitConfig['kind']> = Extract<WaitConfig, { kind: K }>

/**
 * Write, commit, then read: what came between the arrival and its commit is seen here; what comes later, the router sees.
 * @returns the decision to leave at once, or undefined to wait
 */
export async function metSinceArrival(
  deps: StepDeps,
  member: MemberRef,
  arrival: Arrival,
  { config }: { config: WaitConfig },
): Promise<Decision | undefined> {
  if (config.kind === 'event') return metByEvent(deps, member, arrival, config)
  if (config.kind === 'condition') return metByCondition(deps, member, arrival, config)
  return undefined
}

async function metByEvent(deps: StepDeps, member: MemberRef, arrival: Arrival, config: Of<'event'>): Promise<Decision | undefined> {
  const at = visitOf(member, arrival)
  for (let after: string | undefined; ;) {
    const events = await eventsSinceArrival(deps.db, { ...at, ...member, event: config.event, ...(after && { after }) })
    for (const event of events) {
      const judged = config.where && (await judge(deps.db, { ...member, tileId: arrival.tile }, config.where, event.properties))
      if (judged && !judged.holds) continue
      const output = { event: event.event, properties: event.properties }
      await meetWait(deps.db, { ...at, eventId: event.id, output })
      return { do: 'go', port: 'met' }
    }
    if (events.length === 0) return undefined
    after = events.at(-1)!.id
  }
}

/** Meets the wait if its condition holds now. */
export async function metByCondition(
  deps: StepDeps,
  member: MemberRef,
  arrival: Arrival,
  config: Of<'condition'>,
): Promise<Decision | undefined> {
  const now = await deps.now?.()
  const judged = await judge(deps.db, { ...member, tileId: arrival.tile, ...(now && { now }) }, config.when)
  if (!judged.holds) return undefined
  await meetCondition(deps.db, visitOf(member, arrival), judged.reads)
  return { do: 'go', port: 'met' }
}
