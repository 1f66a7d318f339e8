import type { Arrival, Decision, StepReply } from '../engine/host.js'
import { enrol } from '../store/enrol.js'
import { judge, loadFacts, noFacts, readsNothing } from '../store/facts.js'
import { commitStep, eventsSinceArrival, leaveMember, meetCondition, meetWait, noteIncident, unparkMember } from '../store/steps.js'
import { versionOf, type PublishedVersion } from '../store/versions.js'
import { logicOf } from '../tiles/decide.js'
import type { Tile } from '../tiles/index.js'
import type { MemberRef, StepActivities } from '../workflows/api.js'
import type { StepDeps } from './deps.js'

type TileOf<T extends Tile['type']> = Extract<Tile, { type: T }>

/** The local activities of a member: steps, exits and what operators decide. */
export function stepActivities(deps: StepDeps): StepActivities {
  return {
    step: (member, arrival) => step(deps, member, arrival),
    leave: async (member, reason) => leaveMember(deps.db, member.memberId, reason, await deps.now?.()),
    unpark: async (member, arrival, how, id) =>
      unparkMember(deps.db, visitOf(member, arrival), how === 'retry' ? 'retried' : 'skipped', id, await deps.now?.()),
  }
}

/** How the store names a visit. */
const visitOf = ({ memberId }: MemberRef, { tile, visit }: Arrival) => ({ memberId, tile, visit })

async function step(deps: StepDeps, member: MemberRef, arrival: Arrival): Promise<StepReply> {
  const version = await versionOf(deps.db, member.journeyId, member.version)
  const tile = version.tiles.get(arrival.tile)
  if (!tile) throw new Error(`Version ${member.version} of ${member.journeyId} has no tile ${arrival.tile}.`)
  if (tile.type === 'subOrchestration') return enterChild(deps, member, arrival, tile)
  const reply = await decideAndCommit(deps, member, arrival, tile, version)
  if (reply.do !== 'wait' || tile.type !== 'wait') return reply
  return (await metSinceArrival(deps, member, arrival, tile)) ?? reply
}

/** Read, decide, commit: two round trips, or one when the tile reads nothing. */
async function decideAndCommit(
  deps: StepDeps,
  member: MemberRef,
  arrival: Arrival,
  tile: Tile,
  version: PublishedVersion,
): Promise<StepReply> {
  const logic = logicOf(tile.type)
  const reads = logic.reads(tile.config, version.settings)
  const now = await deps.now?.()
  const of = { ...member, tileId: tile.id, settings: version.settings, ...(now && { now }) }
  const facts = readsNothing(reads) ? undefined : await loadFacts(deps.db, of, reads)
  const decided = logic.decide(tile.config, facts ?? noFacts(of), version.settings)
  return commitStep(deps.db, {
    memberId: member.memberId,
    journeyId: member.journeyId,
    arrival,
    decision: decided.decision,
    ...(decided.reads && { reads: decided.reads }),
    ...(decided.changes && { changes: decided.changes }),
    // A decision that went by the clock arrives at that instant.
    ...(facts ? { now: new Date(facts.now) } : now && { now }),
  })
}

/**
 * Write, commit, then read: what came between the arrival and its commit is seen here; what comes later, the router sees.
 * @returns the decision to leave at once, or undefined to wait
 */
async function metSinceArrival(
  deps: StepDeps,
  member: MemberRef,
  arrival: Arrival,
  { config }: TileOf<'wait'>,
): Promise<Decision | undefined> {
  if (config.kind === 'event') return metByEvent(deps, member, arrival, config)
  if (config.kind === 'condition') return metByCondition(deps, member, arrival, config)
  return undefined
}

async function metByEvent(
  deps: StepDeps,
  member: MemberRef,
  arrival: Arrival,
  config: TileOf<'wait'>['config'] & { kind: 'event' },
): Promise<Decision | undefined> {
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

async function metByCondition(
  deps: StepDeps,
  member: MemberRef,
  arrival: Arrival,
  config: TileOf<'wait'>['config'] & { kind: 'condition' },
): Promise<Decision | undefined> {
  const judged = await judge(deps.db, { ...member, tileId: arrival.tile }, config.when)
  if (!judged.holds) return undefined
  await meetCondition(deps.db, visitOf(member, arrival), judged.reads)
  return { do: 'go', port: 'met' }
}

/** The gate first, then the child: a child that was refused is passed by, and the journal says why. */
async function enterChild(deps: StepDeps, member: MemberRef, arrival: Arrival, tile: TileOf<'subOrchestration'>): Promise<StepReply> {
  const { memberId } = member
  const now = await deps.now?.()
  const passed = { do: 'go', port: 'next' } as const
  const reply = await commitStep(deps.db, { memberId, journeyId: member.journeyId, arrival, decision: passed, ...(now && { now }) })
  if (reply.do !== 'go') return reply
  const enrolled = await enrol(deps.db, {
    workspaceId: member.workspaceId,
    journeyId: tile.config.orchestrationId,
    customerId: member.customerId,
    triggerId: `sub:${memberId}:${arrival.tile}:${arrival.visit}`,
    parent: { memberId, tileId: arrival.tile },
    ...(now && { now }),
  })
  if ('memberId' in enrolled) return { do: 'enter', child: enrolled.start }
  const detail = { orchestrationId: tile.config.orchestrationId, reason: enrolled.refused }
  await noteIncident(deps.db, visitOf(member, arrival), 'refused', detail, `refused:${arrival.tile}:${arrival.visit}`)
  return passed
}
