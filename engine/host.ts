import type { Route, RouteTile } from '../model/route.js'

/** Where a member comes from when it arrives at a tile: the visit it ends there and the port it leaves by. */
export interface Left {
  tile: string
  visit: number
  port: string
}

/** A member's arrival at a tile. Ids only: it is written to the workflow's history. */
export interface Arrival {
  tile: string
  visit: number
  from?: Left
}

/** A member to start: what enrolment gives and the workflow's start takes. */
export interface MemberStart {
  memberId: string
  workspaceId: string
  journeyId: string
  journeyName: string
  version: number
  customerId: string
  route: Route
}

/** What a tile decided on arrival. Kept in the journal and returned again if the step runs again. Instants in ms since the epoch. */
export type Decision =
  | { do: 'go'; port: string }
  /** Stay until `until` (absent: without end) and then leave by `port`, or sooner by the port of a wake-up. */
  | { do: 'wait'; until?: number; port: string }
  | { do: 'enter'; child: MemberStart }
  | { do: 'exit'; reason: string; converted: boolean }
  /** Only of a delivery that failed for good: stay until an operator decides. */
  | { do: 'park'; code: string }

/** How a tile ends a visit: by a port, or out of the orchestration. */
export type Outcome = { port: string } | { exit: string }

/**
 * One visit of a member at a tile, as its run.ts sees it. Each method first passes the gate, waits while the member is held, and
 * never returns when the member has to leave (the engine unwinds the walk itself).
 */
export interface Visit {
  readonly tile: RouteTile
  /** The step of a tile that sends nothing. */
  step(): Promise<Decision>
  /** The step and the delivery of an action or webhook tile; stays here while parked. A skip decides `{do:'go', port:'next'}`. */
  deliver(): Promise<Decision>
  /** Sleeps until the wait is due, re-armed or woken; answers the port to leave by. */
  wait(decision: Decision & { do: 'wait' }): Promise<string>
  /** Starts the child; with mode 'wait' stays until it has exited. */
  child(decision: Decision & { do: 'enter' }): Promise<void>
}

/** What a member does at a tile: tiles/<tile>/run.ts. */
export type Run = (visit: Visit) => Promise<Outcome>

/** The gate's answers, which are not decisions of the tile: paused (with the pause's number), or already exited from outside. */
export type Stopped = { do: 'held'; pause: number } | { do: 'gone'; reason: string }

export type StepReply = Decision | Stopped

/** What an operator, the router or a resume tells a running member. */
export type Message =
  /** The wait at this visit is over: leave by `port`. */
  | { kind: 'wake'; tile: string; visit: number; port: string }
  /** The wait at this visit is due at another instant (ms), or no more by time (null). */
  | { kind: 'rearm'; tile: string; visit: number; until: number | null }
  /** Pauses up to this number are over. */
  | { kind: 'resume'; pause: number }
  | { kind: 'exit'; id: string; reason: string }
  | { kind: 'retry' | 'skip'; id: string }

/**
 * What the interpreter needs from the world that it runs in: Temporal (workflows/host.ts) or the virtual clock
 * (engine/simulator.ts). Everything that is not a pure function of route and messages goes through here.
 */
export interface Host {
  /** Milliseconds since the epoch; deterministic. */
  now(): number
  /** The step of a tile that sends nothing: gate, journal, decision in one idempotent transaction. */
  step(arrival: Arrival, tile: RouteTile): Promise<StepReply>
  /**
   * The step of an action or webhook tile, with its delivery and its retries.
   * `round` grows with each retry by an operator. Ends early with `interrupted` when `stop()` becomes true between attempts.
   */
  deliver(arrival: Arrival, tile: RouteTile, round: number, stop: () => boolean): Promise<StepReply | { do: 'interrupted' }>
  /** Records an exit that no exit tile decided (operator, exit criterion). */
  leave(at: Arrival, reason: string): Promise<void>
  /** Records that an operator retried or skipped a parked member. */
  unpark(at: Arrival, how: 'retry' | 'skip', id: string): Promise<void>
  /** Starts a child member. mode 'wait' resolves when it has exited, or when `stop()` becomes true; 'continue' at once. */
  child(child: MemberStart, tile: RouteTile, stop: () => boolean): Promise<void>
  /**
   * Sleeps until `ready()` holds (answers true) or the clock reaches `due` (answers false; absent: never).
   * `due` is asked again after every message, so that a wait can be re-armed.
   */
  until(ready: () => boolean, due: () => number | undefined, summary: string): Promise<boolean>
  /** Tells people where the member is, in words; `parked` also marks it for search. */
  says(text: string, state: 'active' | 'held' | 'parked'): void
  /** True when the history has grown so long that the member should go on in a new run. */
  full(): boolean
}
