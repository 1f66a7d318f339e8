import { durationMs } from '../../model/duration.js'

/** A pause of the orchestration; instants in ms. */
export interface Pause {
  number: number
  beganAt: number
  endedAt?: number
  clocks: 'run' | 'freeze'
  /** Of the resume: sends of members that were held longer than this are skipped. */
  skipMs?: number
}

/** How a resume treats what is overdue. */
export type Overdue = 'proceed' | { skipSendsOlderThan: string }

/** The orchestration of a simulation, as the gate knows it. */
export class Journey {
  status: 'active' | 'paused' | 'completed' = 'active'
  readonly pauses: Pause[] = []
  /** The live version. */
  version = 1

  /** Nothing changes unless it is active. */
  pause(clocks: Pause['clocks'], now: number): void {
    if (this.status !== 'active') return
    this.status = 'paused'
    this.pauses.push({ number: this.pauses.length + 1, beganAt: now, clocks })
  }

  /** Answers the pause that is over; nothing changes unless it is paused. */
  resume(overdue: Overdue, now: number): Pause | undefined {
    if (this.status !== 'paused') return undefined
    this.status = 'active'
    const pause = this.pauses.at(-1)!
    pause.endedAt = now
    if (overdue !== 'proceed') pause.skipMs = durationMs(overdue.skipSendsOlderThan)
    return pause
  }

  /** Answers whether it was not completed before, and the pause that is over by it. */
  complete(now: number): { done: boolean; over?: Pause | undefined } {
    if (this.status === 'completed') return { done: false }
    const over = this.resume('proceed', now)
    this.status = 'completed'
    return { done: true, over }
  }

  /** The pause that is on. */
  get paused(): Pause | undefined {
    return this.status === 'paused' ? this.pauses.at(-1) : undefined
  }

  /** When a wait is due with the time that frozen clocks add (ms); the same rules as the SQL function tw_due. */
  due(until: number, arrivedAt: number, now: number): number {
    let due = until
    for (const { clocks, beganAt, endedAt = now } of this.pauses) {
      if (clocks !== 'freeze' || endedAt <= arrivedAt) continue
      if (beganAt >= due) break
      due += endedAt - Math.max(beganAt, arrivedAt)
    }
    return due
  }
}
