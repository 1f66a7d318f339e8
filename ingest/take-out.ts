import type { StoredEvent } from '../store/events.js'
import { standing } from '../store/criteria.js'
import type { LiveMember } from '../store/members.js'
import { looksElsewhere, noteIncident } from '../store/steps.js'
import { versionOf } from '../store/versions.js'
import { criteriaOf, type Criterion } from '../tiles/criteria.js'
import { conditionReads } from '../model/condition.js'
import type { ReactDeps } from './react.js'

/**
 * Tells a member to leave when an exit criterion or the goal of its orchestration holds; the journal keeps what it was judged by. Costs
 * nothing when there is none.
 * @param event what has just come; `any`: of all since the member entered; absent: the profile or the audiences changed
 * @returns whether it was told
 */
export async function takeOut({ db, temporal }: ReactDeps, member: LiveMember, event?: StoredEvent | 'any'): Promise<boolean> {
  const version = await versionOf(db, member.journeyId, member.version)
  const criteria = criteriaOf(version.settings)
  if (!criteria.some((criterion) => caresFor(criterion, event))) return false
  const { leaving, look } = await standing(db, member, version, typeof event === 'object' ? { event } : {})
  const at = { memberId: member.memberId, tile: member.tileId, visit: member.visit }
  if (!leaving) {
    if (look !== undefined && (await looksElsewhere(db, at, 'look', look))) await temporal.send(member.memberId, { kind: 'look' })
    return false
  }
  const { reads, ...exit } = leaving
  await noteIncident(db, at, 'decided', { reads, reason: exit.reason }, `criterion:${exit.reason}`)
  await temporal.send(member.memberId, { kind: 'exit', id: `criterion:${exit.reason}`, ...exit })
  return true
}

function caresFor({ event: name, when }: Criterion, event: StoredEvent | 'any' | undefined): boolean {
  if (event === undefined) return name === undefined
  if (event === 'any' || name === event.event) return true
  return when !== undefined && conditionReads(when).events.some((query) => query.event === event.event)
}
