import { refusedTraits } from '../store/customers.js'
import type { StoredEvent } from '../store/events.js'
import { displaced, mergeCustomers, partitionOf, type Claim } from '../store/identity.js'
import { leaveMember } from '../store/steps.js'
import { customerMerged, type ReactDeps } from './react.js'

/** An event, with what it says of who its customer is. */
export type NamingEvent = StoredEvent & {
  workspaceId: string
  anonymousId: string | null
  /** Whether anonymousId means this customer already, and not by this very event. */
  settled: boolean
}

export interface IdentityDeps extends ReactDeps {
  /** Takes a partition for the rest of this go; false: another router has it now. */
  hold(partition: number): Promise<boolean>
}

/**
 * `done`, with who became whom, and what was left out, in a sentence; `again`: earlier events of the visitor come first now, look for events anew;
 * or the partition that has to be waited for.
 */
export type Named =
  { do: 'done'; merged: { from: string; into: string }[]; leftOut?: string } | { do: 'again' } | { do: 'wait'; partition: number }

/** Makes the customers one whom an event names together, and lets the members react to it. */
export async function settleIdentity(deps: IdentityDeps, event: NamingEvent): Promise<Named> {
  const named: Named = { do: 'done', merged: [] }
  for (const claim of claimsOf(event)) {
    const partition = await partitionOf(deps.db, event.workspaceId, claim.from)
    if (!(await deps.hold(partition))) return { do: 'wait', partition }
    const claimed = await mergeCustomers(deps.db, claim)
    if (claimed.did === 'merged' && claimed.waiting > 0 && !claimed.refused) return { do: 'again' }
    if (claimed.did !== 'merged' && claimed.did !== 'again') continue
    await takeOutDisplaced(deps, event.workspaceId, claimed.into)
    await customerMerged(deps, event.workspaceId, claimed.into)
    if (claimed.did === 'again') continue
    named.merged.push(claimed)
    if (claimed.refused) named.leftOut = `'${claimed.from}' was merged, but for the traits. ${refusedTraits(claimed.refused).message}`
  }
  return named
}

function claimsOf(event: NamingEvent): Claim[] {
  const { workspaceId, customerId: into, id: eventId, anonymousId, settled, type, properties } = event
  const claims: Claim[] = []
  if (anonymousId !== null && anonymousId !== into && !settled)
    claims.push({ workspaceId, from: anonymousId, into, by: 'identify', eventId })
  if (type === 'alias' && typeof properties.previousId === 'string')
    claims.push({ workspaceId, from: properties.previousId, into, by: 'alias', eventId })
  return claims
}

/** One that never started cannot be told, and needs not: its first step finds that it has left. */
async function takeOutDisplaced({ db, temporal }: IdentityDeps, workspaceId: string, customerId: string): Promise<void> {
  for (const { memberId, by } of await displaced(db, workspaceId, customerId)) {
    const exit = { reason: 'merged', cause: { memberId: by } }
    if ((await temporal.send(memberId, { kind: 'exit', id: `merged:${by}`, ...exit })) === 'gone') await leaveMember(db, memberId, exit)
  }
}
