import type { Rig } from './rig.js'
import { eventually } from './canvas.js'

/** Resets a workflow to after its first or its last finished task, as Temporal's UI does. */
export async function resetMember({ temporal: { client } }: Rig, id: string, to: 'first' | 'last' = 'first'): Promise<void> {
  const handle = client.workflow.getHandle(id)
  const tasks = await eventually(
    async () => (await handle.fetchHistory()).events?.filter((event) => event.workflowTaskCompletedEventAttributes) ?? [],
    (found) => found.length > 0,
  )
  const { runId } = await handle.describe()
  await client.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: id, runId },
    reason: 'tested',
    requestId: crypto.randomUUID(),
    workflowTaskFinishEventId: tasks.at(to === 'first' ? 0 : -1)!.eventId as never,
  })
}
