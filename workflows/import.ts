import { continueAsNew, proxyActivities, workflowInfo } from '@temporalio/workflow'
import type { ImportActivities } from './api.js'

/** Chunks of a thousand rows that one activity does. */
const CHUNKS = 20

const pages = proxyActivities<ImportActivities>({
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '30 s',
  retry: { initialInterval: '500 ms', maximumInterval: '30 s' },
})

/** Merges the rows of an uploaded file into profiles, in their order. */
export async function importCustomers(jobId: string): Promise<void> {
  while ((await pages.importPage(jobId, CHUNKS)).more)
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof importCustomers>(jobId)
}
