import { Client, Connection, WorkflowNotFoundError, WorkflowUpdateFailedError, type ConnectionOptions } from '@temporalio/client'
import { ApplicationFailure, WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import type { Message } from '../engine/host.js'
import { TileworkError } from '../model/errors.js'
import type { Route } from '../model/route.js'
import { ENROL_WORKFLOW, MEMBER_WORKFLOW, OPERATE_UPDATE, RESUME_WORKFLOW, type MemberInput, type OperateInput, type ResumeInput } from '../workflows/api.js'
import { memberAttributes } from '../workflows/attributes.js'

/** The task queue of members, their steps and deliveries, and of bulk work. */
export const TASK_QUEUE = 'tilework'

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
}

/** What names a member to start. */
export interface StartMember {
  memberId: string
  workspaceId: string
  journeyId: string
  journeyName: string
  version: number
  customerId: string
  route: Route
}

/** Temporal, as the rest of Tilework uses it. Every method but `ready` throws TileworkError 'unavailable' when it cannot be reached. */
export interface Temporal {
  /** Starts a member's workflow; harmless when it is started already. */
  startMember(start: StartMember): Promise<void>
  /** Tells a running member something; 'gone' when it has exited. */
  send(memberId: string, message: Message & { kind: 'wake' | 'rearm' | 'resume' }): Promise<'sent' | 'gone'>
  /** An operator's command; its id makes a repeat harmless. @throws TileworkError wrong_state with the member's state in `extra.status` */
  operate(memberId: string, command: OperateInput): Promise<void>
  /** Starts the bulk workflow of an enrolment; harmless when it is started already. */
  startEnrol(jobId: string): Promise<void>
  /** Starts the bulk workflow that wakes held members, once per pause. */
  startResume(input: ResumeInput): Promise<void>
  /** Link to a workflow's history in Temporal's Web UI; empty when its address is not known. */
  uiLink(workflowId: string): string
  /** Whether the server answers. */
  ready(): Promise<boolean>
  readonly client: Client
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

function over(connection: Connection, { namespace, uiUrl }: TemporalOptions): Temporal {
  const client = new Client({ connection, namespace })
  const { workflow } = client
  return {
    client,
    startMember: (start) =>
      once(() =>
        workflow.start(MEMBER_WORKFLOW, {
          workflowId: start.memberId,
          taskQueue: TASK_QUEUE,
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          args: [memberInput(start)],
          typedSearchAttributes: memberAttributes(start),
          staticSummary: `${start.journeyName.slice(0, 120)} v${start.version}`,
          priority: { fairnessKey: start.journeyId },
        }),
      ),
    send: (memberId, message) => gone(() => workflow.getHandle(memberId).signal(message.kind, message)),
    operate: (memberId, command) => operate(client, memberId, command),
    startEnrol: (jobId) => once(() => startBulk(client, ENROL_WORKFLOW, jobId, [jobId], 'Enters customers')),
    startResume: (input) => {
      const id = `resume_${input.journeyId}_${input.pause}`
      return once(() => startBulk(client, RESUME_WORKFLOW, id, [input], 'Wakes held members'))
    },
    uiLink: (id) => (uiUrl ? `${uiUrl.replace(/\/$/, '')}/namespaces/${namespace}/workflows/${encodeURIComponent(id)}` : ''),
    ready: () => connection.workflowService.describeNamespace({ namespace }).then(
      () => true,
      () => false,
    ),
    close: () => connection.close(),
  }
}

const memberInput = ({ memberId, workspaceId, journeyId, version, customerId, route }: StartMember): MemberInput => ({
  member: { memberId, workspaceId, journeyId, version, customerId },
  route,
})

function startBulk(client: Client, type: string, workflowId: string, args: unknown[], staticSummary: string): Promise<unknown> {
  return client.workflow.start(type, { workflowId, taskQueue: TASK_QUEUE, workflowIdReusePolicy: 'REJECT_DUPLICATE', args, staticSummary })
}

async function operate(client: Client, memberId: string, command: OperateInput): Promise<void> {
  try {
    await client.withDeadline(Date.now() + COMMAND_PATIENCE_MS, () =>
      client.workflow.getHandle(memberId).executeUpdate(OPERATE_UPDATE, { args: [command], updateId: command.id }),
    )
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw wrongState('exited')
    if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) throw wrongState(error.cause.type ?? 'exited')
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
