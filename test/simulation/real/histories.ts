import { WorkflowNotFoundError, type Client } from '@temporalio/client'
import { temporal } from '@temporalio/proto'

const { EventType } = temporal.api.enums.v1
type Event = temporal.api.history.v1.IHistoryEvent

/** What a workflow is doing. */
export interface Doing {
  workflowId: string
  /** Whether a task of its own is to be done, or is being done. */
  works: boolean
  /** Activities that have not ended. */
  activityIds: string[]
}

/** What a workflow is doing, by its history. A child that is yet to come is at work. */
export async function doingOf(client: Client, workflowId: string): Promise<Doing> {
  try {
    const { events } = await client.workflow.getHandle(workflowId).fetchHistory()
    return { workflowId, ...read(events ?? []) }
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { workflowId, works: true, activityIds: [] }
    throw error
  }
}

function read(events: readonly Event[]): Omit<Doing, 'workflowId'> {
  let works = false
  const activities = new Map<string, string>()
  for (const event of events) {
    if (event.eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED) works = true
    if (event.eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED) works = false
    const begun = event.activityTaskScheduledEventAttributes
    if (begun) activities.set(String(event.eventId), begun.activityId!)
    const ended =
      event.activityTaskCompletedEventAttributes ??
      event.activityTaskFailedEventAttributes ??
      event.activityTaskCanceledEventAttributes ??
      event.activityTaskTimedOutEventAttributes
    if (ended) activities.delete(String(ended.scheduledEventId))
  }
  return { works, activityIds: closes(events.at(-1)) ? [] : [...activities.values()] }
}

const closes = (last: Event | undefined): boolean =>
  Boolean(last?.workflowExecutionCompletedEventAttributes ?? last?.workflowExecutionTerminatedEventAttributes)
