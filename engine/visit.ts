import type { RouteTile } from '../model/route.js'
import type { Arrival, Decision, Host, StepReply, Visit } from './host.js'
import { visitKey, type Inbox } from './inbox.js'

/** Unwinds the walk: the member leaves the orchestration. `recorded`: the exit is in the journal already. */
export class Departure extends Error {
  override name = 'Departure'
  constructor(
    readonly reason: string,
    readonly recorded: boolean,
  ) {
    super(reason)
  }
}

/** A visit over a Host: passes gates, waits while held or parked, and lets an exit interrupt everything but a send. */
export class EngineVisit implements Visit {
  #round = 1

  constructor(
    readonly arrival: Arrival,
    readonly tile: RouteTile,
    private readonly host: Host,
    private readonly inbox: Inbox,
  ) {}

  async step(): Promise<Decision> {
    return this.#pass(() => this.host.step(this.arrival, this.tile))
  }

  async deliver(): Promise<Decision> {
    for (;;) {
      const decision = await this.#pass(() => this.host.deliver(this.arrival, this.tile, this.#round, () => this.#leaving()))
      if (decision.do !== 'park') return decision
      if ((await this.#parked(decision.code)) === 'skip') return { do: 'go', port: 'next' }
      this.#round++
    }
  }

  async wait(decision: Decision & { do: 'wait' }): Promise<string> {
    const key = visitKey(this.arrival.tile, this.arrival.visit)
    const due = (): number | undefined => {
      const rearmed = this.inbox.rearmOf(key)
      return rearmed === undefined ? decision.until : (rearmed ?? undefined)
    }
    this.host.says(`Waits at ${this.tile.label}`, 'active')
    await this.#until(() => this.inbox.wakeOf(key) !== undefined, due)
    const port = this.inbox.wakeOf(key) ?? decision.port
    this.inbox.close(key)
    return port
  }

  async child(decision: Decision & { do: 'enter' }): Promise<void> {
    this.host.says(`In the orchestration that ${this.tile.label} entered`, 'active')
    await this.host.child(decision.child, this.tile, () => this.#leaving())
    this.#checkExit()
  }

  /** Asks for a step until the gate lets the member through. */
  async #pass(ask: () => Promise<StepReply | { do: 'interrupted' }>): Promise<Decision> {
    for (;;) {
      this.#checkExit()
      const reply = await ask()
      if (reply.do === 'gone') throw new Departure(reply.reason, true)
      if (reply.do === 'held') await this.#held(reply.pause)
      else if (reply.do !== 'interrupted') return reply
    }
  }

  async #held(pause: number): Promise<void> {
    this.host.says(`Held before ${this.tile.label}: the orchestration is paused`, 'held')
    await this.#until(() => this.inbox.resumed >= pause)
    this.host.says(`At ${this.tile.label}`, 'active')
  }

  async #parked(code: string): Promise<'retry' | 'skip'> {
    this.host.says(`Parked at ${this.tile.label}: ${code}`, 'parked')
    await this.#until(() => this.inbox.command !== undefined)
    const command = this.inbox.command!
    await this.host.unpark(this.arrival, command.kind, command.id)
    this.inbox.command = undefined
    this.inbox.done.add(command.id)
    this.host.says(`At ${this.tile.label}`, 'active')
    return command.kind
  }

  /** Sleeps until ready or due; an exit ends it at once. */
  async #until(ready: () => boolean, due: () => number | undefined = () => undefined): Promise<void> {
    await this.host.until(() => ready() || this.#leaving(), due, this.tile.label)
    this.#checkExit()
  }

  #leaving(): boolean {
    return this.inbox.exit !== undefined
  }

  #checkExit(): void {
    if (this.inbox.exit) throw new Departure(this.inbox.exit.reason, false)
  }
}
