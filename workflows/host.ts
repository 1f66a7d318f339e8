import {
  ActivityCancellationType,
  CancellationScope,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  sleep,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow'
import { ChildWorkflowFailure, WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import type { Arrival, MemberStart, Host, StepReply } from '../engine/host.js'
import type { RouteTile } from '../model/route.js'
import { MEMBER_WORKFLOW, type DeliverActivities, type MemberRef, type StepActivities } from './api.js'
import { memberStart, STATUS } from './start.js'

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
  /** Where the member is, as last said. */
  state: 'active' | 'held' | 'parked' = 'active'

  /** @param nextMessage resolves with the next message to the member */
  constructor(
    private readonly member: MemberRef,
    private readonly nextMessage: () => Promise<void>,
  ) {}

  now(): number {
    return Date.now()
  }

  step(arrival: Arrival, tile: RouteTile): Promise<StepReply> {
    return steps.step.executeWithOptions({ summary: tile.label }, [this.member, arrival])
  }

  async deliver(arrival: Arrival, tile: RouteTile, round: number, stop: () => boolean): Promise<StepReply | { do: 'interrupted' }> {
    const retry = tile.retry!
    const scope = new CancellationScope()
    const options = {
      summary: tile.label,
      startToCloseTimeout: (tile.timeoutMs ?? 30_000) + DELIVERY_GRACE_MS,
      // The ledger counts the attempts that began; a lost worker or database is not one of them. So Temporal's own count is open.
      retry: {
        initialInterval: retry.initialMs,
        backoffCoefficient: retry.backoff,
        maximumInterval: Math.max(retry.maxMs, retry.initialMs),
      },
      cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    }
    const sending = scope.run(() => deliveries.deliver.executeWithOptions(options, [this.member, arrival, round]))
    let over = false
    const cancelWhenStopped = async (): Promise<void> => {
      while (!over && !stop()) await this.nextMessage()
      if (!over) scope.cancel()
    }
    void cancelWhenStopped()
    try {
      return await sending
    } catch (error) {
      // Cancelled between two attempts; one that is under way ends by itself first.
      if (scope.consideredCancelled && (isCancellation(error) || stop())) return { do: 'interrupted' }
      throw error
    } finally {
      over = true
    }
  }

  async leave(_at: Arrival, reason: string): Promise<void> {
    await steps.leave(this.member, reason)
  }

  async unpark(at: Arrival, how: 'retry' | 'skip', id: string): Promise<void> {
    await steps.unpark(this.member, at, how, id)
  }

  async child(child: MemberStart, tile: RouteTile, stop: () => boolean): Promise<void> {
    try {
      const handle = await startChild(MEMBER_WORKFLOW, {
        ...memberStart(child),
        parentClosePolicy: 'ABANDON',
      })
      if (tile.kind !== 'wait') return
      await this.#finished(handle.result(), stop)
    } catch (error) {
      // Started before (this run was reset), or ended from outside: in both cases there is nothing to wait for.
      if (!(error instanceof WorkflowExecutionAlreadyStartedError) && !(error instanceof ChildWorkflowFailure)) throw error
    }
  }

  async #finished(result: Promise<unknown>, stop: () => boolean): Promise<void> {
    let over = false
    const ended = result.finally(() => (over = true))
    while (!over && !stop()) await Promise.race([ended, this.nextMessage()])
    ended.catch(() => undefined)
  }

  async until(ready: () => boolean, due: () => number | undefined, summary: string): Promise<boolean> {
    this.#leftover?.cancel()
    this.#leftover = undefined
    for (;;) {
      if (ready()) return true
      const at = due()
      if (at !== undefined && at <= Date.now()) return false
      if (at === undefined) {
        await this.nextMessage()
        continue
      }
      const timer = new CancellationScope()
      let fired = false
      // Cancelling is the only way that it fails, and then nobody asks any more.
      const firing = timer
        .run(() => sleep(at - Date.now(), { summary }))
        .then(
          () => void (fired = true),
          () => undefined,
        )
      while (!fired && !ready() && due() === at) await Promise.race([firing, this.nextMessage()])
      if (fired) return ready()
      if (ready()) this.#leftover = timer
      else timer.cancel()
    }
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
