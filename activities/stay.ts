import type { Arrival, LookReply, Move, Moved, Place } from '../engine/host.js'
import { earliest } from '../model/condition.js'
import { standing } from '../store/criteria.js'
import type { Db } from '../store/db.js'
import { loadFacts } from '../store/facts.js'
import { memberPlace } from '../store/members.js'
import { moveMember, noteLooks, reviseStep, stepAt, unparkMember } from '../store/steps.js'
import { versionOf, type PublishedVersion } from '../store/versions.js'
import { logicOf } from '../tiles/decide.js'
import type { MemberRef, StepActivities } from '../workflows/api.js'
import type { ReactingDeps, StepDeps } from './deps.js'
import { leave, leaveBy, visitOf } from './member.js'
import { metByCondition } from './met.js'
import { makeStep } from './step.js'

/** The local activities of a member: its steps, and what ends or moves a stay. */
export function stepActivities(deps: ReactingDeps): StepActivities {
  return {
    step: (member, arrival) => makeStep(deps, member, arrival),
    look: (member, at) => look(deps, member, at),
    leave: (member, exit) => leave(deps, member, exit),
    move: (member, to) => move(deps, member, to),
    unpark: async (member, arrival, how, id) =>
      unparkMember(deps.db, visitOf(member, arrival), how === 'retry' ? 'retried' : 'skipped', id, await deps.now?.()),
  }
}

/** Judges what time alone may have made true: criteria, and the condition that the member waits for. */
async function look(deps: StepDeps, member: MemberRef, at: Arrival): Promise<LookReply> {
  const version = await versionOf(deps.db, member.journeyId, member.version)
  const now = await deps.now?.()
  const { leaving, look: byCriteria } = await standing(deps.db, { ...member, tileId: at.tile, ...(now && { now }) }, version)
  if (leaving) {
    await leaveBy(deps, member, leaving)
    return { do: 'gone', reason: leaving.reason }
  }
  const tile = version.tiles.get(at.tile)
  let byWait: number | undefined
  if (tile?.type === 'wait' && tile.config.kind === 'condition' && (await waitsAt(deps, member, at))) {
    const wait = await metByCondition(deps, member, at, tile.config, version.settings)
    if (wait.met?.do === 'go') return { do: 'go', port: wait.met.port }
    byWait = wait.look
  }
  await noteLooks(deps.db, member.memberId, { look: byCriteria, waitLook: byWait })
  const next = earliest([byCriteria, byWait])
  return { do: 'stay', ...(next !== undefined && { look: next }) }
}

/** Whether the member has arrived there, and is not held before it. */
async function waitsAt({ db }: StepDeps, { memberId }: MemberRef, { tile, visit }: Place): Promise<boolean> {
  const place = await memberPlace(db, memberId)
  return place?.tile === tile && place.visit === visit
}

async function move(deps: StepDeps, member: MemberRef, to: Move): Promise<Moved> {
  const { db } = deps
  const target = to.version ?? member.version
  const [version, place] = await Promise.all([versionOf(db, member.journeyId, target), memberPlace(db, member.memberId)])
  const stays = target !== member.version && to.tile === place?.tile && (await isSame(db, member, place, version))
  // The version has changed since the move was asked for, and knows no such tile: the member stays where it is.
  if (place && !version.tiles.has(to.tile)) return { do: 'moved', place, ...place }
  const now = await deps.now?.()
  const { id, tile, reason } = to
  const moved = await moveMember(db, {
    memberId: member.memberId, version: target, tile, stays, id, ...(reason !== undefined && { reason }), ...(now && { now }),
  }) // prettier-ignore
  if (moved.do === 'gone') return moved
  if (moved.visit !== undefined) await revise(deps, member, { tile, visit: moved.visit }, version)
  return moved.version === undefined ? moved : { ...moved, route: version.route }
}

/** Whether the tile that the member visits is of the same type in another version. One that was moved before it arrived is at an older tile. */
async function isSame(db: Db, member: MemberRef, place: Place, version: PublishedVersion): Promise<boolean> {
  const step = await stepAt(db, visitOf(member, place))
  const from = step && (await versionOf(db, member.journeyId, step.version))
  return from?.tiles.get(place.tile)?.type === version.tiles.get(place.tile)?.type
}

/** Decides anew, by the tile as it is in the version that the member walks now, and as of when its visit began. */
async function revise(deps: StepDeps, member: MemberRef, place: Place, version: PublishedVersion): Promise<void> {
  const at = visitOf(member, place)
  const tile = version.tiles.get(place.tile)!
  const step = await stepAt(deps.db, at)
  if (!step) return
  if (tile.type === 'wait' || tile.type === 'branch') {
    const logic = logicOf(tile.type)
    const of = { ...member, tileId: tile.id, settings: version.settings, now: step.beganAt }
    const facts = await loadFacts(deps.db, of, logic.reads(tile.config, version.settings))
    const { decision, reads } = logic.decide(tile.config, facts, version.settings)
    await reviseStep(deps.db, at, decision, reads)
  } else if (step.decision.do === 'go' && version.route.tiles[tile.id]!.next[step.decision.port] === undefined) {
    await reviseStep(deps.db, at, { do: 'go', port: 'next' })
  }
}
