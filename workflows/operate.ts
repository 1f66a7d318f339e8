import { continueAsNew, proxyActivities, workflowInfo } from '@temporalio/workflow'
import type { BulkActivities, OperateActivities } from './api.js'

/** Members that one activity operates. */
const PAGE = 100

const pages = proxyActivities<OperateActivities & Pick<BulkActivities, 'endJob'>>({
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '20 s',
  retry: { initialInterval: '500 ms', maximumInterval: '30 s' },
})

/** Carries out an operator's command on the members of a job, page by page. A page that runs again does nothing twice. */
export async function operate(jobId: string, from = 0): Promise<void> {
  let after: number | undefined = from
  for (;;) {
    ;({ after } = await pages.operatePage(jobId, after, PAGE))
    if (after === undefined) return pages.endJob(jobId)
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof operate>(jobId, after)
  }
}
