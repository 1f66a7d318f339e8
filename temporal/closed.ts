import { MEMBER_WORKFLOW } from '../workflows/api.js'
import type { Temporal } from './client.js'

/** Ways in which a run ends other than by itself, as Temporal's queries name them. */
const STATUSES = ['Terminated', 'Canceled', 'TimedOut', 'Failed']

/** Ids that one batch has at the most. */
const BATCH = 200

/**
 * Ids of members that had a run that did not end by itself and closed at or after `since` (any time: absent), in batches. Temporal's list is
 * behind by a second or more, and a run that was reset is in it: confirm with `runOf`.
 */
export async function* closedMembers({ client, taskQueue }: Temporal, since?: Date): AsyncGenerator<string[]> {
  const conditions = [
    `WorkflowType = '${MEMBER_WORKFLOW}'`,
    `TaskQueue = '${taskQueue}'`,
    `ExecutionStatus IN (${STATUSES.map((status) => `'${status}'`).join(', ')})`,
    ...(since ? [`CloseTime >= '${since.toISOString()}'`] : []),
  ]
  let batch: string[] = []
  for await (const { workflowId } of client.workflow.list({ query: conditions.join(' AND '), pageSize: BATCH })) {
    batch.push(workflowId)
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
