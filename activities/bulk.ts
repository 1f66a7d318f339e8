import { heartbeat } from '@temporalio/activity'
import { enrol, type Enrolment, type Parent } from '../store/enrol.js'
import { heldMembers } from '../store/gate.js'
import { endEnrolJob, fillRows, finishJob, finishRows, jobForWork, nextRows, type RowOutcome } from '../store/jobs.js'
import { exitedAt } from '../store/members.js'
import { leaveQueue, queuedEntries, type QueuedEntry } from '../store/queue.js'
import { parentExit, type BulkActivities, type ResumeInput } from '../workflows/api.js'
import type { BulkDeps } from './deps.js'

/** Rows that are entered, or members that are woken, at the same time. */
const CONCURRENCY = 10

/** Pages of the bulk workflows. Each may run again: what was done is done once. */
export function bulkActivities(deps: BulkDeps): BulkActivities {
  return {
    enrolPage: (jobId, limit) => enrolPage(deps, jobId, limit),
    endJob: (jobId, error) => (error === undefined ? endEnrolJob(deps.db, jobId) : finishJob(deps.db, jobId, error)),
    resumePage: (input, after, limit) => resumePage(deps, input, after, limit),
    queuePage: (input, limit) => queuePage(deps, input, limit),
  }
}

async function enrolPage(deps: BulkDeps, jobId: string, limit: number): Promise<{ more: boolean }> {
  const job = await jobForWork(deps.db, jobId)
  if (job.audienceId !== undefined) await fillRows(deps.db, jobId, limit)
  const rows = await nextRows(deps.db, jobId, limit)
  const now = await deps.now?.()
  const outcomes: RowOutcome[] = []
  await each(rows, async ({ position, customerId, triggerId }) => {
    const { workspaceId, journeyId } = job
    const enrolment = { workspaceId, journeyId, customerId, triggerId, queue: { jobId, position }, ...(now && { now }) }
    outcomes.push({ position, ...(await enterRow(deps, enrolment)) })
    heartbeat()
  })
  await finishRows(deps.db, jobId, outcomes)
  return { more: rows.length === limit }
}

async function enterRow({ db, temporal }: BulkDeps, enrolment: Enrolment): Promise<Omit<RowOutcome, 'position'>> {
  const enrolled = await enrol(db, enrolment)
  if ('refused' in enrolled) return { outcome: enrolled.refused }
  if ('queued' in enrolled) return { outcome: 'queued' }
  await temporal.startMember(enrolled.start)
  return { outcome: 'entered', memberId: enrolled.memberId }
}

/**
 * Lets in the entries at the head of the queue, by the rules of this moment; those of one customer one after another. What is decided
 * leaves the queue last, so that a page that is cut off is repeated whole. Stops when the orchestration is paused again.
 */
async function queuePage(deps: BulkDeps, { journeyId, ratePerSecond }: ResumeInput, limit: number): Promise<{ more: boolean }> {
  const entries = await queuedEntries(deps.db, journeyId, limit)
  const before = new Map<string, Promise<boolean>>()
  let paused = false
  const inTurn = async (entry: QueuedEntry): Promise<void> => {
    const { customerId } = entry.enrolment
    const turn = (before.get(customerId) ?? Promise.resolve(true)).then((open) => open && letIn(deps, entry))
    before.set(customerId, turn)
    if (!(await turn)) paused = true
    heartbeat()
  }
  if (ratePerSecond) await evenly(entries, 1000 / ratePerSecond, inTurn)
  else await each(entries, inTurn)
  return { more: entries.length > 0 && !paused }
}

/** Answers whether it was decided. */
async function letIn({ db, temporal, now }: BulkDeps, { id, enrolment }: QueuedEntry): Promise<boolean> {
  const at = await now?.()
  const enrolled = await enrol(db, { ...enrolment, ...(at && { now: at }) })
  if ('queued' in enrolled) return false
  if ('start' in enrolled) await temporal.startMember(enrolled.start)
  if (enrolment.parent?.waits) await tellParent({ db, temporal }, enrolment.parent, enrolment.memberId!)
  await leaveQueue(db, id, enrolled)
  return true
}

/** The parent goes on. One that has left meanwhile may have looked for its child before it ran. */
async function tellParent({ db, temporal }: BulkDeps, parent: Parent, childId: string): Promise<void> {
  await temporal.send(parent.memberId, { kind: 'child', id: childId, is: 'decided' })
  if (await exitedAt(db, parent.memberId, parent.tileId, parent.visit)) await temporal.send(childId, parentExit(parent.memberId))
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

/** Works through a list with ten at a time. */
export async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
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
    await sleepUntil(from + index * gapMs)
    const working = work(item)
    // Told at the end; until then it is no failure that nobody listens to.
    working.catch(() => undefined)
    begun.push(working)
  }
  // The next page begins a gap later too.
  await Promise.all([...begun, sleepUntil(from + items.length * gapMs)])
}

/** Longest sleep without a heartbeat, in ms: well below the heartbeat time-out. */
const NAP_MS = 5_000

async function sleepUntil(ms: number): Promise<void> {
  for (let left = ms - Date.now(); left > 0; left = ms - Date.now()) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(left, NAP_MS)))
    heartbeat()
  }
}
