import { ApplicationFailure } from '@temporalio/common'
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker'
import type { Temporal } from '../../../temporal/client.js'
import type { CaseClock } from './clock.js'
import type { Doing } from './histories.js'

/** Watches all that is done: which instants timers are set for, which workflows are started, which activities wait for another attempt. */
export class Watch {
  /** Workflows of the case. */
  readonly started = new Set<string>()
  /** `workflow/activity` to when it is tried again, ms. */
  readonly #again = new Map<string, number>()

  constructor(private readonly clock: CaseClock) {}

  /** Begins another case. */
  clear(): void {
    this.started.clear()
    this.#again.clear()
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
      if (message.kind === 'rearm' && message.until !== null) this.clock.expect(message.until)
      return send(memberId, message)
    }
  }

  /** Of one attempt of an activity. */
  activity(workflowId: string, activityId: string): ActivityInboundCallsInterceptor {
    const key = `${workflowId}/${activityId}`
    return {
      execute: async (input, next) => {
        this.#again.delete(key)
        try {
          const reply = await next(input)
          this.#read(reply)
          return reply
        } catch (error) {
          if (error instanceof ApplicationFailure && typeof error.nextRetryDelay === 'number') {
            const due = this.clock.current() + error.nextRetryDelay
            this.clock.expect(due)
            this.#again.set(key, due)
          }
          throw error
        }
      },
    }
  }

  /** What a reply to a step tells the member: the instants (ms) to come back at, and the child to start. */
  #read(reply: unknown): void {
    if (typeof reply !== 'object' || reply === null) return
    const { until, look, onward, child } = reply as { until?: unknown; look?: unknown; onward?: unknown; child?: { memberId: string } }
    for (const at of [until, look]) if (typeof at === 'number') this.clock.expect(at)
    if (child) this.started.add(child.memberId)
    this.#read(onward)
  }

  /** Whether a workflow has nothing to do up to an instant, ms. */
  rests({ workflowId, works, activityIds }: Doing, at: number): boolean {
    return !works && activityIds.every((id) => (this.#again.get(`${workflowId}/${id}`) ?? 0) > at)
  }
}
