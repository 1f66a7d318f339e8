import type { Exit, Place } from '../engine/host.js'
import type { Leaving } from '../store/criteria.js'
import { leaveMember } from '../store/steps.js'
import type { MemberRef } from '../workflows/api.js'
import type { StepDeps } from './deps.js'

/** How the store names a visit. */
export const visitOf = ({ memberId }: MemberRef, { tile, visit }: Place): Place & { memberId: string } => ({ memberId, tile, visit })

/** Takes a member out. */
export async function leave(deps: StepDeps, member: MemberRef, exit: Exit): Promise<void> {
  await leaveMember(deps.db, member.memberId, exit, await deps.now?.())
}

/** Takes a member out by a criterion; the journal keeps what it was judged by. */
export const leaveBy = (deps: StepDeps, member: MemberRef, { reads, ...exit }: Leaving): Promise<void> =>
  leave(deps, member, { ...exit, cause: { ...exit.cause, reads } })
