import { heartbeat } from '@temporalio/activity'
import { enrol } from '../store/enrol.js'
import { heldMembers } from '../store/gate.js'
import { finishJob, finishRows, jobForWork, nextRows, type RowOutcome } from '../store/jobs.js'
import type { BulkActivities, ResumeInput } from '../workflows/api.js'
import type { BulkDeps } from './deps.js'

/** Rows that are entered, or members that are woken, at the same time. */
const CONCURRENCY = 10

/** Pages of the bulk workflows. Each may run again: what was done is done once. */
export function bulkActivities(deps: BulkDeps): BulkActivities {
  return {
    enrolPage: (jobId, limit) => enrolPage(deps, jobId, limit),
    endJob: (jobId, error) => finishJob(deps.db, jobId, error),
    resumePage: (input, after, limit) => resumePage(deps, input, after, limit),
  }
}

async function enrolPage(deps: BulkDeps, jobId: string, limit: number): Promise<{ more: boolean }> {
  const job = await jobForWork(deps.db, jobId)
  const rows = await nextRows(deps.db, jobId, limit)
  const now = await deps.now?.()
  const outcomes: RowOutcome[] = []
  await each(rows, async (row) => {
    const enrolled = await enrol(deps.db, {
      workspaceId: job.workspaceId,
      journeyId: job.journeyId,
      customerId: row.customerId,
      triggerId: `row:${jobId}:${row.position}`,
      ...(now && { now }),
    })
    if ('start' in enrolled) await deps.temporal.startMember(enrolled.start)
    outcomes.push({
      position: row.position,
      ...('start' in enrolled ? { outcome: 'entered', memberId: enrolled.memberId } : { outcome: enrolled.refused }),
    })
    heartbeat()
  })
  await finishRows(deps.db, jobId, outcomes)
  return { more: rows.length === limit }
}

async function resumePage(deps: BulkDeps, input: ResumeInput, after: string | undefined, limit: number): Promise<{ after?: string }> {
  const { workspaceId, journeyId, pause, ratePerSecond } = input
  const held = await heldMembers(deps.db, { workspaceId, journeyId, pause, limit, ...(after !== undefined && { after }) })
  const wake = async ({ id }: { id: string }): Promise<void> => {
    await deps.temporal.send(id, { kind: 'resume', pause })
    heartbeat()
  }
  if (ratePerSecond) await evenly(held, 1000 / ratePerSecond, wake)
  else await each(held, wake)
  const last = held.at(-1)
  return held.length === limit && last ? { after: last.id } : {}
}

/** Works through a list with a few at a time. */
async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values()
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      for (const item of rest) await work(item)
    }),
  )
}

/** Begins one item every `gapMs`, counted from the first, so that a slow one does not shift the others. */
async function evenly<T>(items: readonly T[], gapMs: number, work: (item: T) => Promise<void>): Promise<void> {
  const from = Date.now()
  const begun: Promise<void>[] = []
  for (const [index, item] of items.entries()) {
    const wait = from + index * gapMs - Date.now()
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
    begun.push(work(item))
  }
  // The next page begins a gap later too.
  await Promise.all([...begun, new Promise((resolve) => setTimeout(resolve, Math.max(0, from + items.length * gapMs - Date.now())))])
}
