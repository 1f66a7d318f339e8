import { isGrpcServiceError, type Client } from '@temporalio/client'
import { temporal } from '@temporalio/proto'

const { EventType } = temporal.api.enums.v1
type Event = temporal.api.history.v1.IHistoryEvent

/** Of gRPC. */
const NOT_FOUND = 5

/** What a workflow is doing. */
export interface Doing {
  workflowId: string
  /** Whether a task of its own is to be done, or is being done. */
  works: boolean
  /** Whether an activity of it has not ended. */
  sends: boolean
}

/** What a workflow is doing, by its history. A child that is yet to come is at work. */
export async function doingOf(client: Client, workflowId: string): Promise<Doing> {
  try {
    const { events } = await client.workflow.getHandle(workflowId).fetchHistory()
    return { workflowId, ...read(events ?? []) }
  } catch (error) {
    if (isGrpcServiceError(error) && error.code === NOT_FOUND) return { workflowId, works: true, sends: false }
    throw error
  }
}

function read(events: readonly Event[]): Omit<Doing, 'workflowId'> {
  let works = false
  const open = new Set<string>()
  for (const event of events) {
    if (event.eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED) works = true
    if (event.eventType === EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED) works = false
    if (event.eventType === EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED) open.add(String(event.eventId))
    const ended =
      event.activityTaskCompletedEventAttributes ??
      event.activityTaskFailedEventAttributes ??
      event.activityTaskCanceledEventAttributes ??
      event.activityTaskTimedOutEventAttributes
    if (ended) open.delete(String(ended.scheduledEventId))
  }
  return { works, sends: open.size > 0 }
}
