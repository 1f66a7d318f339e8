import {
  Client,
  Connection,
  isGrpcServiceError,
  ServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type ConnectionOptions,
} from '@temporalio/client'
import { ApplicationFailure, WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import type { MemberStart, Message } from '../engine/host.js'
import { TileworkError } from '../model/errors.js'
import {
  BUILD_WORKFLOW,
  ENROL_WORKFLOW,
  IMPORT_WORKFLOW,
  MEMBER_WORKFLOW,
  MIGRATE_WORKFLOW,
  OPERATE_UPDATE,
  OPERATE_WORKFLOW,
  RESUME_WORKFLOW,
  type BuildInput,
  type OperateInput,
  type ResumeInput,
} from '../workflows/api.js'
import { memberStart } from '../workflows/start.js'

/** The task queue of members, their steps and deliveries, and of bulk work, unless another is asked for. */
const TASK_QUEUE = 'tilework'

/** Longest that an operator's command waits for a worker, in ms. */
const COMMAND_PATIENCE_MS = 10_000

export interface TemporalOptions {
  /** host:port */
  address: string
  namespace: string
  /** Address of Temporal's Web UI; links are empty without it. */
  uiUrl?: string
  tls?: ConnectionOptions['tls']
  apiKey?: string
  /** `tilework` unless told: for several installations in one namespace. */
  taskQueue?: string
}

/** Messages that need no answer. */
export type Signalled = Exclude<Message, { kind: 'retry' | 'skip' }>

/** Ways in which a run ends other than by itself: the exit reason that each comes to. */
const REASONS = { TERMINATED: 'terminated', CANCELLED: 'cancelled', TIMED_OUT: 'timed_out', FAILED: 'failed' } as const

/**
 * A run runs (maybe reset, or continued as new), ended by itself or in another way; 'none': never started, or closed so long ago that
 * Temporal has forgotten it.
 */
export type RunState = 'running' | 'ended' | 'none' | (typeof REASONS)[keyof typeof REASONS]

/** Temporal, as the rest of Tilework uses it. Every method but `ready` throws TileworkError 'unavailable' when it cannot be reached. */
export interface Temporal {
  /** Starts a member's workflow; harmless when it is started already. */
  startMember(start: MemberStart): Promise<void>
  /** Tells a running member something; 'gone' when it has exited. */
  send(memberId: string, message: Signalled): Promise<'sent' | 'gone'>
  /** An operator's command; its id makes a repeat harmless. @throws TileworkError wrong_state with the member's state in `extra.status` */
  operate(memberId: string, command: OperateInput): Promise<void>
  /** Starts the bulk workflow of an enrolment; harmless when it is started already. */
  startEnrol(jobId: string): Promise<void>
  /** Starts the bulk workflow of an import; harmless when it is started already. */
  startImport(jobId: string): Promise<void>
  /** Starts the bulk workflow of an operator's command to many members; harmless when it is started already. */
  startOperate(jobId: string): Promise<void>
  /** Starts the bulk workflow that wakes held members, once per pause. */
  startResume(input: ResumeInput): Promise<void>
  /** Starts the bulk workflow of a migration; harmless while it runs. One that was ended from outside is started again. */
  startMigrate(jobId: string): Promise<void>
  /** Starts the bulk workflow of an audience's definition; harmless while it runs. One that was ended from outside is started again. */
  startBuild(input: BuildInput): Promise<void>
  /** How a member's last run stands. */
  runOf(memberId: string): Promise<RunState>
  /** Link to a workflow's history in Temporal's Web UI; empty when its address is not known. */
  uiLink(workflowId: string): string
  /** Whether the server answers. */
  ready(): Promise<boolean>
  readonly client: Client
  readonly taskQueue: string
  close(): Promise<void>
}

/** Connects; gives up after ten seconds. */
export async function connectTemporal(options: TemporalOptions): Promise<Temporal> {
  const connection = await Connection.connect({
    address: options.address,
    ...(options.tls !== undefined && { tls: options.tls }),
    ...(options.apiKey && { apiKey: options.apiKey }),
  })
  return over(connection, options)
}

function over(connection: Connection, { namespace, uiUrl, taskQueue = TASK_QUEUE }: TemporalOptions): Temporal {
  const client = new Client({ connection, namespace })
  const { workflow } = client
  const bulk = (
    type: string,
    workflowId: string,
    args: unknown[],
    staticSummary: string,
    workflowIdReusePolicy: 'REJECT_DUPLICATE' | 'ALLOW_DUPLICATE' = 'REJECT_DUPLICATE',
  ) => once(() => workflow.start(type, { workflowId, taskQueue, workflowIdReusePolicy, args, staticSummary }))
  return {
    client,
    taskQueue,
    startMember: (start) =>
      once(() =>
        workflow.start(MEMBER_WORKFLOW, {
          ...memberStart(start),
          taskQueue,
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
        }),
      ),
    send: (memberId, message) => gone(() => workflow.getHandle(memberId).signal(message.kind, message)),
    operate: (memberId, command) => operateSoon(client, memberId, command),
    startEnrol: (jobId) => bulk(ENROL_WORKFLOW, jobId, [jobId], 'Enters customers'),
    startImport: (jobId) => bulk(IMPORT_WORKFLOW, jobId, [jobId], 'Imports customers'),
    startOperate: (jobId) => bulk(OPERATE_WORKFLOW, jobId, [jobId], 'Operates members'),
    startResume: (input) => bulk(RESUME_WORKFLOW, `resume_${input.journeyId}_${input.pause}`, [input], 'Wakes held members'),
    startMigrate: (jobId) => bulk(MIGRATE_WORKFLOW, jobId, [jobId], 'Brings members to another version', 'ALLOW_DUPLICATE'),
    startBuild: (input) =>
      bulk(BUILD_WORKFLOW, `build_${input.audienceId}_${input.generation}`, [input], 'Builds an audience', 'ALLOW_DUPLICATE'),
    runOf: (memberId) => runOf(client, memberId),
    uiLink: (id) => (uiUrl ? `${uiUrl.replace(/\/$/, '')}/namespaces/${namespace}/workflows/${encodeURIComponent(id)}` : ''),
    ready: () =>
      connection.workflowService.describeNamespace({ namespace }).then(
        () => true,
        () => false,
      ),
    close: () => connection.close(),
  }
}

async function runOf(client: Client, memberId: string): Promise<RunState> {
  try {
    const { name } = (await client.workflow.getHandle(memberId).describe()).status
    if (name in REASONS) return REASONS[name as keyof typeof REASONS]
    return name === 'COMPLETED' ? 'ended' : 'running'
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'none'
    throw unavailable(error)
  }
}

/** How often a command is tried that may be taken in a moment, and how long after each other, in ms. */
const SOON = { tries: 4, gapMs: 150 }

async function operateSoon(client: Client, memberId: string, command: OperateInput): Promise<void> {
  let lost = false
  for (let tried = 1; ; tried++) {
    try {
      return await operate(client, memberId, command)
    } catch (error) {
      // The task that was dropped had carried it out: it was about to end the run.
      if (lost && error instanceof TileworkError && error.extra.status === 'exited') return
      lost ||= dropped(error)
      if (!(parkedSoon(command, error) || dropped(error)) || tried >= SOON.tries) throw error
      await new Promise((resolve) => setTimeout(resolve, SOON.gapMs))
    }
  }
}

/** The projection may be ahead by a moment: a member is parked in the database before its workflow has the answer of the delivery. */
const parkedSoon = ({ kind }: OperateInput, error: unknown): boolean =>
  (kind === 'retry' || kind === 'skip') && error instanceof TileworkError && error.code === 'wrong_state' && error.extra.status === 'active'

/** Temporal drops an Update with the workflow task that took it when a signal came just as that task would end the run. */
const dropped = (error: unknown): boolean =>
  error instanceof TileworkError &&
  error.cause instanceof ServiceError &&
  isGrpcServiceError(error.cause.cause) &&
  error.cause.cause.code === FAILED_PRECONDITION

/** gRPC's status code. */
const FAILED_PRECONDITION = 9

async function operate(client: Client, memberId: string, command: OperateInput): Promise<void> {
  try {
    await client.withDeadline(Date.now() + COMMAND_PATIENCE_MS, () =>
      client.workflow.getHandle(memberId).executeUpdate(OPERATE_UPDATE, { args: [command], updateId: command.id }),
    )
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw wrongState('exited')
    if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure)
      throw wrongState(error.cause.type ?? 'exited')
    throw unavailable(error)
  }
}

function wrongState(status: string): TileworkError {
  return new TileworkError('wrong_state', `This member is ${status}; that cannot be done to it now.`, [], { status })
}

async function once(start: () => Promise<unknown>): Promise<void> {
  try {
    await start()
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw unavailable(error)
  }
}

async function gone(send: () => Promise<void>): Promise<'sent' | 'gone'> {
  try {
    await send()
    return 'sent'
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'gone'
    throw unavailable(error)
  }
}

function unavailable(error: unknown): TileworkError {
  const failure = new TileworkError('unavailable', 'Temporal cannot be reached now; try again in a moment.')
  failure.cause = error
  return failure
}
