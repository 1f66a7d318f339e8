import { ApplicationFailure } from '@temporalio/common'
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker'
import type { Temporal } from '../../../temporal/client.js'
import type { CaseClock } from './clock.js'
import type { Doing } from './histories.js'

/** When a workflow does something by itself, ms: its wait is over, it looks again, or it tries again to send. */
type Due = Partial<Record<'until' | 'look' | 'again', number>>

const earliest = (due: Due): number => Math.min(...Object.values(due))

/** What an activity answers to a member. */
interface Reply {
  do: string
  until?: number
  look?: number
  onward?: Reply
  child?: { memberId: string }
}

/** Watches all that is done: which workflows are started, and when each is due; and moves the clock when one does what was due. */
export class Watch {
  /** Workflows of the case. */
  readonly started = new Set<string>()
  readonly #due = new Map<string, Due>()

  /** @param serverTime the time-skipping server's clock, ms */
  constructor(
    private readonly clock: CaseClock,
    private readonly serverTime: () => Promise<number>,
  ) {}

  /** Begins another case. */
  clear(): void {
    this.started.clear()
    this.#due.clear()
  }

  /** Has what is asked of Temporal come by here. */
  over(temporal: Temporal): void {
    const { send, startMember, startEnrol, startOperate, startMigrate, startResume } = temporal
    const starting = async (id: string, start: Promise<void>): Promise<void> => {
      await start
      this.started.add(id)
    }
    temporal.startMember = (start) => starting(start.memberId, startMember(start))
    temporal.startEnrol = (jobId) => starting(jobId, startEnrol(jobId))
    temporal.startOperate = (jobId) => starting(jobId, startOperate(jobId))
    temporal.startMigrate = (jobId) => starting(jobId, startMigrate(jobId))
    temporal.startResume = (input) => starting(`resume_${input.journeyId}_${input.pause}`, startResume(input))
    temporal.send = (memberId, message) => {
      if (message.kind === 'rearm') this.#change(memberId, { until: message.until ?? undefined })
      return send(memberId, message)
    }
  }

  /** Of one attempt of an activity. */
  activity(workflowId: string, type: string): ActivityInboundCallsInterceptor {
    return {
      execute: async (input, next) => {
        const due = earliest(this.#due.get(workflowId) ?? {})
        // Else something has happened to it before.
        if (due <= (await this.serverTime())) await this.clock.set(due)
        try {
          const reply = (await next(input)) as Reply | undefined
          this.#answered(workflowId, type, reply)
          return reply
        } catch (error) {
          const delay = error instanceof ApplicationFailure ? error.nextRetryDelay : undefined
          if (typeof delay === 'number') this.#due.set(workflowId, { again: this.clock.current() + delay })
          throw error
        }
      },
    }
  }

  #answered(workflowId: string, type: string, reply: Reply | undefined): void {
    const { do: what, until, look, child } = reply?.onward ?? reply ?? { do: '' }
    if (child) this.started.add(child.memberId)
    // A look changes nothing of the wait.
    if (type === 'look' && what === 'stay') this.#change(workflowId, { look })
    else this.#due.set(workflowId, defined({ until, look }))
  }

  #change(workflowId: string, due: { [K in keyof Due]: Due[K] | undefined }): void {
    this.#due.set(workflowId, defined({ ...this.#due.get(workflowId), ...due }))
  }

  /** Whether a workflow has nothing to do up to an instant, ms. */
  rests({ workflowId, works, sends }: Doing, at: number): boolean {
    const due = this.#due.get(workflowId) ?? {}
    return !works && earliest(due) > at && (!sends || due.again !== undefined)
  }
}

const defined = (due: { [K in keyof Due]: Due[K] | undefined }): Due =>
  Object.fromEntries(Object.entries(due).filter(([, at]) => at !== undefined))
