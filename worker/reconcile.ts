import type { Db } from '../store/db.js'
import { childrenAt, claimLook, finishLook, suspects, type Suspect } from '../store/reconcile.js'
import { leaveMember } from '../store/steps.js'
import { versionOf } from '../store/versions.js'
import type { Temporal } from '../temporal/client.js'
import { closedMembers } from '../temporal/closed.js'
import { parentExit } from '../workflows/api.js'

/** How often it looks unless told, in ms. */
const EVERY_MS = 15_000

/** How far each look goes back behind the last one, in ms: Temporal's list is behind, clocks differ, and attempts under way are waited for. */
const OVERLAP_MS = 5 * 60_000

export interface ReconcileDeps {
  db: Db
  temporal: Temporal
}

/**
 * Finds the members whose workflows were ended from outside (Terminate in Temporal's UI, a failure) and takes them out of the projection. Asks
 * Temporal for what closed lately, so members that sleep cost nothing. Harmless to repeat and to do twice at once.
 * @param everyMs does nothing when a look, here or in another process, began less than this ago
 * @returns how many it took out
 */
export async function reconcile(deps: ReconcileDeps, everyMs = 0): Promise<number> {
  const claimed = await claimLook(deps.db, everyMs)
  if (!claimed) return 0
  const since = claimed.watermark && new Date(claimed.watermark.getTime() - OVERLAP_MS)
  let found = 0
  for await (const ids of closedMembers(deps.temporal, since))
    for (const suspect of await suspects(deps.db, ids)) if (await settle(deps, suspect)) found++
  await finishLook(deps.db, claimed.now)
  return found
}

/** Its kin first: if this is cut off, the next look finds it again. */
async function settle(deps: ReconcileDeps, suspect: Suspect): Promise<boolean> {
  const { db, temporal } = deps
  const { memberId, parentMemberId } = suspect
  const reason = await temporal.runOf(memberId)
  // Maybe reset. Older than what Temporal keeps: who ended it cannot be told any more.
  if (reason === 'running' || reason === 'ended' || reason === 'none') return false
  const waits = await waitsForChild(db, suspect)
  if (waits) await takeChildren(deps, suspect)
  // A parent that did not start it itself does not hear of its end otherwise.
  if (parentMemberId !== null) await temporal.send(parentMemberId, { kind: 'child', id: memberId, is: 'over' })
  await leaveMember(db, memberId, { reason })
  // One that came out of the queue just before its entry could be dropped.
  if (waits) await takeChildren(deps, suspect)
  return true
}

async function takeChildren({ db, temporal }: ReconcileDeps, suspect: Suspect): Promise<void> {
  for (const child of await childrenAt(db, suspect)) await temporal.send(child, parentExit(suspect.memberId))
}

async function waitsForChild(db: Db, { journeyId, version, tileId }: Suspect): Promise<boolean> {
  const tile = (await versionOf(db, journeyId, version)).tiles.get(tileId)
  return tile?.type === 'subOrchestration' && tile.config.mode === 'wait'
}

/** Reconciles now and then. `stop` waits for the look that is under way. */
export function startReconciler(
  deps: ReconcileDeps,
  { everyMs = EVERY_MS, onError }: { everyMs?: number; onError: (error: unknown) => void },
): { stop(): Promise<void> } {
  let running: Promise<unknown> = Promise.resolve()
  const timer = setInterval(() => {
    // A little sooner than the timer, which is not exact: else every other look would be skipped.
    running = running.then(() => reconcile(deps, everyMs * 0.9)).catch(onError)
  }, everyMs)
  return {
    stop: async () => {
      clearInterval(timer)
      await running
    },
  }
}
