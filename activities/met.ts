import type { Arrival, Decision } from '../engine/host.js'
import { judge, type FactsOf } from '../store/facts.js'
import { eventsSinceArrival, meetCondition, meetWait } from '../store/steps.js'
import type { Settings, WaitConfig } from '../tiles/index.js'
import type { MemberRef } from '../workflows/api.js'
import type { StepDeps } from './deps.js'
import { visitOf } from './member.js'

/** How a wait stands: met, so that the member leaves at once; or when time alone may meet it, ms. */
export interface Met {
  met?: Decision | undefined
  look?: number
}

type Of<K extends WaitConfig['kind']> = Extract<WaitConfig, { kind: K }>

/**
 * Write, commit, then read: what came between the arrival and its commit is seen here; what comes later, the router sees.
 */
export async function metSinceArrival(
  deps: StepDeps,
  member: MemberRef,
  arrival: Arrival,
  { config }: { config: WaitConfig },
  settings: Settings,
): Promise<Met> {
  if (config.kind === 'event') return { met: await metByEvent(deps, member, arrival, config, settings) }
  if (config.kind === 'condition') return metByCondition(deps, member, arrival, config, settings)
  return {}
}

async function metByEvent(
  deps: StepDeps,
  member: MemberRef,
  arrival: Arrival,
  config: Of<'event'>,
  settings: Settings,
): Promise<Decision | undefined> {
  const at = visitOf(member, arrival)
  for (let after: string | undefined; ;) {
    const events = await eventsSinceArrival(deps.db, { ...at, event: config.event, ...(after && { after }) })
    for (const event of events) {
      const judged = config.where && (await judge(deps.db, judging(member, arrival, config, settings), config.where, event.properties))
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
  settings: Settings,
): Promise<Met> {
  const now = await deps.now?.()
  const judged = await judge(deps.db, { ...judging(member, arrival, config, settings), ...(now && { now }) }, config.when)
  if (!judged.holds) return judged.look === undefined ? {} : { look: judged.look }
  await meetCondition(deps.db, visitOf(member, arrival), judged.reads)
  return { met: { do: 'go', port: 'met' } }
}

/** What judging reads by: the zone in force is the wait's, the customer's or the settings'. */
const judging = (member: MemberRef, { tile }: Arrival, { timezone }: WaitConfig, settings: Settings): FactsOf => ({
  ...member,
  tileId: tile,
  settings,
  ...(timezone !== undefined && { timezone }),
})
