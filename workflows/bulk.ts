import { continueAsNew, proxyActivities, workflowInfo } from '@temporalio/workflow'
import type { BulkActivities, ResumeInput } from './api.js'

/** Rows of an enrolment that one activity does. */
const ENROL_PAGE = 100
/** Seconds of even wake-ups that one activity does, and how many members when there is no rate. */
const RESUME_SECONDS = 5
const RESUME_PAGE = 500

const pages = proxyActivities<BulkActivities>({
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '20 s',
  retry: { initialInterval: '500 ms', maximumInterval: '30 s' },
})

/** Enters the customers of a job, page by page. A page that runs again enters nobody twice. */
export async function enrol(jobId: string): Promise<void> {
  for (;;) {
    const { more } = await pages.enrolPage(jobId, ENROL_PAGE)
    if (!more) return pages.endJob(jobId)
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof enrol>(jobId)
  }
}

/** Wakes the members that a pause held, then lets in the entries that it queued; evenly when a rate is given. */
export async function resume(input: ResumeInput, from?: string, queue = false): Promise<void> {
  const limit = input.ratePerSecond ? Math.max(1, Math.round(input.ratePerSecond * RESUME_SECONDS)) : RESUME_PAGE
  let after = from
  for (let woken = queue; !woken; woken = after === undefined) {
    ;({ after } = await pages.resumePage(input, after, limit))
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof resume>(input, after, after === undefined)
  }
  while ((await pages.queuePage(input, limit)).more)
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof resume>(input, undefined, true)
}
