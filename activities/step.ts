import type { Arrival, StepReply } from '../engine/host.js'
import { earliest, NO_READS, type Facts, type Reads } from '../model/condition.js'
import { audiencesChanged } from '../ingest/audiences.js'
import { customerChanged } from '../ingest/react.js'
import { criteriaOf } from '../tiles/criteria.js'
import { readsOf, standing } from '../store/criteria.js'
import { enrol } from '../store/enrol.js'
import { loadFacts, noFacts, readsNothing } from '../store/facts.js'
import { commitStep, noteIncident, noteLooks, type StepCommit } from '../store/steps.js'
import { versionOf, type PublishedVersion } from '../store/versions.js'
import { logicOf } from '../tiles/decide.js'
import type { Tile } from '../tiles/index.js'
import { reckonedFrom } from '../tiles/wait/decide.js'
import type { MemberRef } from '../workflows/api.js'
import type { ReactingDeps } from './deps.js'
import { metSinceArrival } from './met.js'
import { leaveBy, visitOf } from './member.js'

type TileOf<T extends Tile['type']> = Extract<Tile, { type: T }>

/** The step of a tile that sends nothing: reads, decides, commits. */
export async function makeStep(deps: ReactingDeps, member: MemberRef, arrival: Arrival): Promise<StepReply> {
  const at = await stepAt(deps, member, arrival)
  const { tile } = at
  if (tile.type === 'subOrchestration') return enterChild({ ...at, tile })
  return settle(at, await decideAndCommit(at))
}

/** A step that reads nothing before it commits, so that it can share a round trip with what comes before it. */
export interface BlindStep {
  commit: StepCommit
  /** What the member does, from what the commit answered. */
  settle(reply: StepReply): Promise<StepReply>
}

/** The step at an arrival, if it is one that reads nothing. */
export async function blindStep(deps: ReactingDeps, member: MemberRef, arrival: Arrival): Promise<BlindStep | undefined> {
  const at = await stepAt(deps, member, arrival)
  const { tile, version } = at
  if (tile.type === 'subOrchestration' || criteriaOf(version.settings).length > 0 || !readsNothing(readsAt(at))) return undefined
  const now = await deps.now?.()
  const commit = decide(at, noFacts({ ...member, tileId: tile.id, ...(now && { now }) }))
  return { commit: { ...commit, ...(now && { now }) }, settle: (reply) => settle(at, { reply }) }
}

/** A step, and where it is made. */
interface StepAt<T extends Tile = Tile> {
  deps: ReactingDeps
  member: MemberRef
  arrival: Arrival
  tile: T
  version: PublishedVersion
}

async function stepAt(deps: ReactingDeps, member: MemberRef, arrival: Arrival): Promise<StepAt> {
  const version = await versionOf(deps.db, member.journeyId, member.version)
  const tile = version.tiles.get(arrival.tile)
  if (!tile) throw new Error(`Version ${member.version} of ${member.journeyId} has no tile ${arrival.tile}.`)
  return { deps, member, arrival, tile, version }
}

const readsAt = ({ tile, version }: StepAt): Reads => logicOf(tile.type).reads(tile.config, version.settings)

/** What follows a commit, and again when the step is repeated. */
async function settle({ deps, member, arrival, tile, version }: StepAt, { reply, look }: Committed): Promise<StepReply> {
  if (tile.type === 'updateProfile') {
    await audiencesChanged(deps, member, { traits: tile.config.changes.map(({ trait }) => trait) })
    // A profile change wakes waits in other orchestrations too.
    await customerChanged(deps, member.workspaceId, member.customerId)
  }
  if (reply.do === 'wait' && tile.type === 'wait') {
    const wait = await metSinceArrival(deps, member, arrival, tile, version.settings)
    if (!wait.met && wait.look !== undefined) await noteLooks(deps.db, member.memberId, { waitLook: wait.look })
    return wait.met ?? watched(reply, earliest([look, wait.look]))
  }
  return watched(reply, look)
}

/** Adds the instant of the next look to a reply at which the member stays. */
export const watched = (reply: StepReply, look: number | undefined): StepReply =>
  look === undefined || reply.do === 'go' || reply.do === 'exit' || reply.do === 'gone' ? reply : { ...reply, look }

interface Committed {
  reply: StepReply
  look?: number
}

/** Read, decide, commit: two round trips, or one when nothing is read. Decides again when the customer changed in between. */
async function decideAndCommit(at: StepAt): Promise<Committed> {
  for (;;) {
    const { facts, at: now, leaving, look } = await read(at, readsAt(at))
    if (leaving) return { reply: leaving }
    const commit = decide(at, facts)
    const decision = watched(commit.decision, look) as StepCommit['decision']
    const reply = await commitStep(at.deps.db, { ...commit, decision, ...(now && { now }) })
    if (reply.do !== 'stale') return { reply, ...(look !== undefined && { look }) }
  }
}

interface Read {
  facts: Facts
  /** The instant of the facts; undefined: the database's clock at the commit, for nothing was read. */
  at?: Date
  leaving?: StepReply
  look?: number
}

/** The facts of the tile and of the criteria in one; a criterion that holds takes the member out here, whatever the tile. */
async function read({ deps, member, tile, version }: StepAt, ofTile: Reads): Promise<Read> {
  const now = await deps.now?.()
  const of = { ...member, tileId: tile.id, settings: version.settings, ...(now && { now }) }
  const reads = both(ofTile, readsOf(version))
  const facts = readsNothing(reads) ? undefined : await loadFacts(deps.db, of, reads)
  const at = facts ? new Date(facts.now) : now
  const { leaving, look } = await standing(deps.db, of, version, facts && { facts })
  if (leaving) await leaveBy(deps, member, leaving)
  return {
    facts: facts ?? noFacts(of),
    ...(at && { at }),
    ...(leaving && { leaving: { do: 'gone', reason: leaving.reason } as const }),
    ...(look !== undefined && { look }),
  }
}

function both(a: Reads, b: Reads): Reads {
  const events = new Map([...a.events, ...b.events].map((query) => [query.key, query]))
  return {
    traits: a.traits || b.traits,
    entry: a.entry || b.entry,
    outputs: [...new Set([...a.outputs, ...b.outputs])],
    audiences: [...new Set([...a.audiences, ...b.audiences])],
    events: [...events.values()],
  }
}

function decide({ member, arrival, tile, version }: StepAt, facts: Facts): StepCommit {
  const from = tile.type === 'wait' ? reckonedFrom(arrival, facts.now) : facts.now
  const { decision, reads, changes } = logicOf(tile.type).decide(tile.config, { ...facts, now: from }, version.settings)
  return {
    memberId: member.memberId,
    journeyId: member.journeyId,
    arrival,
    decision,
    ...(reads && { reads }),
    ...(changes && { changes }),
    ...(from !== facts.now && { began: new Date(from) }),
    // Only a wait goes on depending on what it read.
    ...(tile.type === 'wait' && facts.seen !== undefined && { seen: facts.seen }),
  }
}

/** The gate first, then the child: a child that was refused is passed by, and the journal says why. */
async function enterChild(step: StepAt<TileOf<'subOrchestration'>>): Promise<StepReply> {
  const { deps, member, arrival } = step
  const { leaving, look, at } = await read(step, NO_READS)
  if (leaving) return leaving
  const passed = { do: 'go', port: 'next' } as const
  const { memberId, journeyId } = member
  const reply = await commitStep(deps.db, { memberId, journeyId, arrival, decision: passed, ...(at && { now: at }) })
  if (reply.do !== 'go') return reply.do === 'stale' ? passed : watched(reply, look)
  const child = await enrolChild(step, at)
  return child ? watched(child, look) : passed
}

async function enrolChild(
  { deps, member, arrival, tile }: StepAt<TileOf<'subOrchestration'>>,
  now: Date | undefined,
): Promise<StepReply | undefined> {
  const { orchestrationId, mode } = tile.config
  const triggerId = `sub:${member.memberId}:${arrival.tile}:${arrival.visit}`
  const enrolled = await enrol(deps.db, {
    workspaceId: member.workspaceId,
    journeyId: orchestrationId,
    customerId: member.customerId,
    triggerId,
    parent: { memberId: member.memberId, tileId: arrival.tile, visit: arrival.visit, ...(mode === 'wait' && { waits: true }) },
    queue: {},
    ...(now && { now }),
  })
  if ('memberId' in enrolled) return { do: 'enter', child: enrolled.start, watch: true }
  if ('queued' in enrolled) return mode === 'wait' ? { do: 'queued', childId: enrolled.member } : undefined
  const detail = { orchestrationId, reason: enrolled.refused }
  await noteIncident(deps.db, visitOf(member, arrival), 'refused', detail, `refused:${triggerId}`)
  return undefined
}
