import { continueAsNew, proxyActivities, workflowInfo } from '@temporalio/workflow'
import type { BuildActivities, BuildInput } from './api.js'

/** Pages of customers that one activity judges. */
const PAGES = 10

const pages = proxyActivities<BuildActivities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '90 s',
  retry: { initialInterval: '500 ms', maximumInterval: '30 s' },
})

/** Judges every customer by the definition of an audience. How far it is, is in the database. */
export async function build(input: BuildInput): Promise<void> {
  while ((await pages.buildPages(input, PAGES)).more) if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof build>(input)
}
