import {
  ActivityCancellationType,
  CancellationScope,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  sleep,
  startChild,
  getExternalWorkflowHandle,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow'
import { WorkflowExecutionAlreadyStartedError, type ActivityOptions } from '@temporalio/common'
import type { Arrival, Child, Exit, Host, LookReply, MemberStart, Move, Moved, StepReply } from '../engine/host.js'
import type { Inbox } from '../engine/inbox.js'
import type { RouteTile } from '../model/route.js'
import { MEMBER_WORKFLOW, parentExit, queueOf, type DeliverActivities, type MemberRef, type StepActivities } from './api.js'
import { memberStart, STATUS, VERSION } from './start.js'

/** How long past its own time-out an attempt may take before Temporal gives it up, in milliseconds. */
const DELIVERY_GRACE_MS = 15_000

const steps = proxyLocalActivities<StepActivities>({
  startToCloseTimeout: '15 s',
  // A step fails only when PostgreSQL cannot be reached or on a fault of ours: try until it is mended.
  retry: { initialInterval: '200 ms', backoffCoefficient: 2, maximumInterval: '30 s' },
})

const deliveries = proxyActivities<DeliverActivities>({ startToCloseTimeout: '1 minute' })

/** The Host over Temporal: local activities for steps, activities for deliveries, durable timers for waits. */
export class TemporalHost implements Host {
  /** The timer of a wait that ended early. Cancelling it is an event; a member that exits first saves it. */
  #leftover: CancellationScope | undefined
  /** Children that this run started: a member that is moved to the same tile of another version goes on waiting for its child. */
  readonly #children = new Map<string, Child>()
  /** Where the member is, as last said. */
  state: 'active' | 'held' | 'parked' = 'active'

  constructor(
    /** Its version changes when it is moved to another. */
    public member: MemberRef,
    private readonly inbox: Inbox,
  ) {}

  now(): number {
    return Date.now()
  }

  step(arrival: Arrival, tile: RouteTile): Promise<StepReply> {
    return steps.step.executeWithOptions({ summary: tile.label }, [this.member, arrival])
  }

  async deliver(arrival: Arrival, tile: RouteTile, stop: () => boolean): Promise<StepReply | { do: 'interrupted' }> {
    const scope = new CancellationScope()
    const sending = scope.run(() => deliveries.deliver.executeWithOptions(deliveryOptions(tile), [this.member, arrival]))
    this.inbox.listen(() => {
      if (stop()) scope.cancel()
    })
    try {
      return await sending
    } catch (error) {
      // Cancelled between two attempts; one that is under way ends by itself first.
      if (scope.consideredCancelled && (isCancellation(error) || stop())) return { do: 'interrupted' }
      throw error
    } finally {
      this.inbox.listen(undefined)
    }
  }

  look(at: Arrival): Promise<LookReply> {
    return steps.look(this.member, at)
  }

  leave(_at: Arrival, exit: Exit): Promise<void> {
    return steps.leave(this.member, exit)
  }

  async move(_at: Arrival, move: Move): Promise<Moved> {
    const moved = await steps.move(this.member, move)
    if (moved.do === 'moved' && moved.version !== undefined) {
      this.member = { ...this.member, version: moved.version }
      upsertSearchAttributes([{ key: VERSION, value: moved.version }])
    }
    return moved
  }

  unpark(at: Arrival, how: 'retry' | 'skip', id: string): Promise<void> {
    return steps.unpark(this.member, at, how, id)
  }

  async child(child: MemberStart, tile: RouteTile, watch: boolean): Promise<Child> {
    const started = this.#children.get(child.memberId)
    if (started) return started
    const run: Child = { over: false }
    this.#children.set(child.memberId, run)
    try {
      const handle = await startChild(MEMBER_WORKFLOW, { ...memberStart(child), parentClosePolicy: 'ABANDON' })
      if (tile.kind === 'wait') void this.#watch(run, handle.result())
    } catch (error) {
      // Started before: from the queue of its orchestration, or by a run that was reset.
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
      run.over = !watch || tile.kind !== 'wait' || !(await this.#askToTell(child.memberId))
    }
    return run
  }

  /** Answers whether the child runs, and will tell when it exits. */
  #askToTell(childId: string): Promise<boolean> {
    return getExternalWorkflowHandle(childId)
      .signal('watch', { kind: 'watch', by: this.member.memberId })
      .then(
        () => true,
        () => false,
      )
  }

  /** Whatever ended the child, there is nothing more to wait for. */
  async #watch(run: Child, result: Promise<unknown>): Promise<void> {
    await result.catch(() => undefined)
    run.over = true
    this.inbox.notify()
  }

  async takeAlong(childId: string): Promise<void> {
    // One that has exited meanwhile cannot be told, and need not be.
    await getExternalWorkflowHandle(childId)
      .signal('exit', parentExit(this.member.memberId))
      .catch(() => undefined)
  }

  async until(ready: () => boolean, due: () => number | undefined, summary: string): Promise<boolean> {
    this.#leftover?.cancel()
    this.#leftover = undefined
    for (;;) {
      if (ready()) return true
      const at = due()
      if (at !== undefined && at <= Date.now()) return false
      const timer = at === undefined ? undefined : new CancellationScope()
      const fired = await this.#timerOrMessage(timer, at, summary, () => ready() || due() !== at)
      if (fired) return ready()
      if (ready()) this.#leftover = timer
      else timer?.cancel()
    }
  }

  /** Answers whether the timer fired, and not a message after which `enough()` holds came first. */
  #timerOrMessage(timer: CancellationScope | undefined, at: number | undefined, summary: string, enough: () => boolean): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (fired: boolean): void => {
        this.inbox.listen(undefined)
        resolve(fired)
      }
      this.inbox.listen(() => {
        if (enough()) end(false)
      })
      // Cancelling is the only way that it fails, and then nobody asks any more.
      timer
        ?.run(() => sleep(at! - Date.now(), { summary }))
        .then(
          () => end(true),
          () => undefined,
        )
    })
  }

  says(text: string, state: 'active' | 'held' | 'parked'): void {
    setCurrentDetails(text)
    const marked = (state === 'parked') !== (this.state === 'parked')
    this.state = state
    if (marked) upsertSearchAttributes([{ key: STATUS, value: state }])
  }

  full(): boolean {
    return workflowInfo().continueAsNewSuggested
  }
}

function deliveryOptions(tile: RouteTile): ActivityOptions {
  const { initialMs, backoff, maxMs } = tile.retry!
  return {
    summary: tile.label,
    ...(tile.queue !== undefined && { taskQueue: queueOf(workflowInfo().taskQueue, tile.queue) }),
    startToCloseTimeout: (tile.timeoutMs ?? 30_000) + DELIVERY_GRACE_MS,
    // The ledger counts the attempts that began; a lost worker or database is not one of them. So Temporal's own count is open.
    retry: { initialInterval: initialMs, backoffCoefficient: backoff, maximumInterval: Math.max(maxMs, initialMs) },
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  }
}
