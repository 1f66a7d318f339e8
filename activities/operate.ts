import { Context, heartbeat } from '@temporalio/activity'
import { TileworkError } from '../model/errors.js'
import {
  finishOperated,
  noteOperations,
  operatedAlready,
  operateJob,
  operateRows,
  operationId,
  type Operation,
  type OperateRow,
} from '../store/operate.js'
import { versionOf } from '../store/versions.js'
import type { OperateActivities, OperateInput } from '../workflows/api.js'
import { each } from './bulk.js'
import type { BulkDeps } from './deps.js'

/** After so many tries, some two minutes, a member that does not answer is passed by. */
const MAX_TRIES = 8

/** The pages of an operator's command to many members. */
export function operateActivities(deps: BulkDeps): OperateActivities {
  return { operatePage: (jobId, after, limit) => operatePage(deps, jobId, after, limit) }
}

/**
 * Operates the next members of a job. May run again: each operation has an id, and what a member recorded under it is done. A member that
 * does not answer in time (a send is under way) is tried again when the others are done.
 */
async function operatePage(deps: BulkDeps, jobId: string, after: number, limit: number): Promise<{ after?: number }> {
  const { db } = deps
  const job = await operateJob(db, jobId)
  const rows = await operateRows(db, jobId, after, limit)
  const open = rows.filter((row) => row.open)
  const ids = new Map(open.map(({ memberId }) => [memberId, operationId(jobId, memberId)]))
  await noteOperations(db, ids, { actor: job.actor, reason: job.reason })
  const earlier = await operatedAlready(db, ids)
  const outcomes = new Map<OperateRow, string>()
  const silent: OperateRow[] = []
  await each(open, async (row) => {
    const outcome = earlier.has(row.memberId) ? 'operated' : await operateOne(deps, job, row, ids.get(row.memberId)!)
    if (outcome === undefined) silent.push(row)
    else outcomes.set(row, outcome)
    heartbeat()
  })
  // A refusal may be the answer to a repeat of what was done.
  const refused = [...outcomes].filter(([, outcome]) => outcome !== 'operated').map(([{ memberId }]) => memberId)
  const done = await operatedAlready(db, new Map(refused.map((id) => [id, ids.get(id)!])))
  const given = Context.current().info.attempt >= MAX_TRIES
  if (given) for (const row of silent) outcomes.set(row, 'no_answer')
  await finishOperated(
    db,
    jobId,
    [...outcomes].map(([{ position, memberId }, outcome]) => ({ position, outcome: done.has(memberId) ? 'operated' : outcome })),
  )
  if (silent.length > 0 && !given) throw new Error(`${silent.length} members have not answered yet`)
  const last = rows.at(-1)
  return rows.length === limit && last ? { after: last.position } : {}
}

/** Answers `operated`, why not, or undefined when the member has not answered. */
async function operateOne(
  { db, temporal }: BulkDeps,
  { action, to, reason, journeyId }: Operation & { journeyId: string },
  { memberId, version }: OperateRow,
  id: string,
): Promise<string | undefined> {
  if (version === null) return 'erased'
  if (action === 'move') {
    const tile = (await versionOf(db, journeyId, version)).tiles.get(to!)
    if (!tile || tile.type === 'entry') return 'unknown_tile'
  }
  const command: OperateInput = {
    kind: action,
    id,
    ...((action === 'exit' || action === 'move') && { reason }),
    ...(action === 'move' && { to: to! }),
  }
  try {
    await temporal.operate(memberId, command)
    return 'operated'
  } catch (error) {
    if (!(error instanceof TileworkError)) throw error
    return error.code === 'wrong_state' ? String(error.extra.status) : undefined
  }
}
