import type { InboxState } from '../engine/inbox.js'
import type { Progress } from '../engine/interpret.js'
import type { Arrival, Exit, LookReply, Message, Move, Moved, StepReply } from '../engine/host.js'
import type { Route } from '../model/route.js'

/** What names a member to the activities. Ids only. */
export interface MemberRef {
  memberId: string
  workspaceId: string
  journeyId: string
  version: number
  customerId: string
}

/** Input of the member workflow; its workflow id is the member's id. */
export interface MemberInput {
  member: MemberRef
  route: Route
  /** Set when an earlier run of this member continued as new. */
  progress?: Progress
  inbox?: InboxState
}

/** How the member workflow ends. */
export interface MemberResult {
  reason: string
}

/** An operator's command, sent as the Update `operate`; its id makes repeats harmless. */
export interface OperateInput {
  kind: 'retry' | 'skip' | 'exit' | 'move'
  id: string
  reason?: string
  /** Of a move: a tile of the version that the member walks. */
  to?: string
}

/** Local activities: the steps. */
export interface StepActivities {
  step(member: MemberRef, arrival: Arrival): Promise<StepReply>
  look(member: MemberRef, at: Arrival): Promise<LookReply>
  leave(member: MemberRef, exit: Exit): Promise<void>
  move(member: MemberRef, move: Move): Promise<Moved>
  unpark(member: MemberRef, arrival: Arrival, how: 'retry' | 'skip', id: string): Promise<void>
}

/** Regular activities: the deliveries. */
export interface DeliverActivities {
  deliver(member: MemberRef, arrival: Arrival): Promise<StepReply>
}

/** Pages of the bulk workflows. */
export interface BulkActivities {
  /** Enters the next rows of a job. */
  enrolPage(jobId: string, limit: number): Promise<{ more: boolean }>
  /** Marks the job as ended. */
  endJob(jobId: string, error?: string): Promise<void>
  /** Wakes held members, evenly over `limit / ratePerSecond` seconds; answers the last id. */
  resumePage(input: ResumeInput, after: string | undefined, limit: number): Promise<{ after?: string }>
  /** Lets in the first entries of the queue, evenly too. `more`: ask again. */
  queuePage(input: ResumeInput, limit: number): Promise<{ more: boolean }>
}

/** Pages of the bulk workflow that merges an uploaded file into profiles. */
export interface ImportActivities {
  /** Merges the next chunks; ends the job with the last. */
  importPage(jobId: string, chunks: number): Promise<{ more: boolean }>
}

/** Pages of the bulk workflow that brings members to another version. */
export interface MigrateActivities {
  /** Tells the next members past `after` to go; answers the last id, or nothing after the last page. */
  migratePage(jobId: string, after: string, limit: number): Promise<{ after?: string }>
  /** Ends the migration when nobody is left to go; answers how many are. */
  endMigration(jobId: string): Promise<number>
}

/** Pages of an operator's command to many members. */
export interface OperateActivities {
  /** Operates the next members of a job past a position; answers the last position while there are more. */
  operatePage(jobId: string, after: number, limit: number): Promise<{ after?: number }>
}

/** Pages of the bulk workflow that judges every customer by the definition of an audience. */
export interface BuildActivities {
  /** Judges the next customers, so many pages at the most. `more`: ask again. */
  buildPages(input: BuildInput, pages: number): Promise<{ more: boolean }>
}

/** Input of the bulk workflow that builds an audience. */
export interface BuildInput {
  workspaceId: string
  audienceId: string
  /** Number of the definition; when another one comes, this build is over. */
  generation: number
}

/** Input of the bulk workflow that wakes held members. */
export interface ResumeInput {
  workspaceId: string
  journeyId: string
  /** The number of the pause that is over. */
  pause: number
  /** How many members a second; as fast as it goes when absent. */
  ratePerSecond?: number
}

/** Names that the client and the workflows share. */
export const MEMBER_WORKFLOW = 'member'
export const ENROL_WORKFLOW = 'enrol'
export const RESUME_WORKFLOW = 'resume'
export const MIGRATE_WORKFLOW = 'migrate'
export const OPERATE_WORKFLOW = 'operate'
export const BUILD_WORKFLOW = 'build'
export const IMPORT_WORKFLOW = 'importCustomers'
export const OPERATE_UPDATE = 'operate'

/** Search attributes of a member's workflow; plain text in Temporal, so ids only. */
export const SEARCH_ATTRIBUTES = {
  OrchestrationId: 'KEYWORD',
  OrchestrationVersion: 'INT',
  CustomerId: 'KEYWORD',
  TileworkStatus: 'KEYWORD',
} as const

/** What a child is told whose parent, who waits for it, leaves. A repeat is harmless. */
export const parentExit = (parentId: string): Message & { kind: 'exit' } => ({
  kind: 'exit',
  id: `parent:${parentId}`,
  reason: 'parent_exited',
  cause: { parentMemberId: parentId },
})

/** The task queue of a destination with a rate limit. @param taskQueue the one of everything else */
export const queueOf = (taskQueue: string, destinationId: string): string => `${taskQueue}-${destinationId}`
