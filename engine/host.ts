import type { Route, RouteTile } from '../model/route.js'

/** A visit of a member at a tile. */
export interface Place {
  tile: string
  visit: number
}

/** Where a member comes from when it arrives at a tile: the visit it ends there and the port it leaves by (`moved` when it was moved). */
export interface Left extends Place {
  port: string
}

/** A member's arrival at a tile. Ids and instants only: it is written to the workflow's history. */
export interface Arrival extends Place {
  from?: Left
  /** Of a member that was moved from one wait to another: when the wait began that is reckoned anew, ms. */
  began?: number
  /** Of a wait for a time of day: when the member's last wait by time was due, ms. It does not take the same time of day twice. */
  lastDue?: number
  /**
   * Of a delivery: the visit behind port `next`, when its step needs nothing of the workflow. Then the activity makes that step too, once the
   * delivery is over, and the workflow saves one of its own.
   */
  onward?: Place & Pick<Arrival, 'lastDue'>
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
  | { do: 'go'; port: string; onward?: StepReply }
  /** Stay until `until` (absent: without end) and then leave by `port`, or sooner by the port of a wake-up. */
  | { do: 'wait'; until?: number; port: string }
  /** `watch`: if the child runs already, it is asked to say when it exits. */
  | { do: 'enter'; child: MemberStart; watch?: true }
  | { do: 'exit'; reason: string; converted: boolean }
  /** Only of a delivery that failed for good: stay until an operator decides. */
  | { do: 'park'; code: string }

/** The gate's answers, which are not decisions of the tile. */
export type Stopped =
  /** The orchestration is paused; number of the pause. */
  | { do: 'held'; pause: number }
  /** The wait that the member left by time is not over: its clock was stopped. Back to it, until an instant or the end of a pause. */
  | { do: 'early'; until?: number; pause?: number }
  /** Exited already: from outside, by an exit criterion or the goal. */
  | { do: 'gone'; reason: string }
  /** The published plan moves members of this tile. */
  | { do: 'move'; move: Move }
  /** The child that the member is to wait for is queued: to stay until it is decided whether it may enter, and then to ask again. */
  | { do: 'queued'; childId: string }

/** The reply to a step. `look`: an instant (ms) at which passing time alone may end the stay, so the member has to look again then. */
export type StepReply = (Decision | Stopped) & { look?: number }

/** The reply to a look: stay (and look again then), leave the wait by a port, or gone. */
export type LookReply = { do: 'stay'; look?: number } | { do: 'go'; port: string } | { do: 'gone'; reason: string }

/** Why a member leaves without an exit tile. Ids and instants only. */
export interface Exit {
  reason: string
  converted?: boolean
  /** What caused it: an exit criterion or the goal with its event, an operator, a parent. */
  cause?: Record<string, unknown>
}

/** Where a member is to be moved. */
export interface Move {
  /** Makes a repeat harmless. */
  id: string
  tile: string
  /** Another version than the one it walks. */
  version?: number
  reason?: string
}

/** What a move came to: where to arrive now. `place` is where the member stood. */
export type Moved =
  | { do: 'gone'; reason: string }
  | { do: 'moved'; place: Place; tile: string; visit?: number; began?: number; version?: number; route?: Route }

/** What an operator, the router, a resume or a publication tells a running member. */
export type Message =
  /** The wait at this visit is over: leave by `port`. */
  | { kind: 'wake'; tile: string; visit: number; port: string }
  /** The wait at this visit is due at another instant (ms), or no more by time (null). */
  | { kind: 'rearm'; tile: string; visit: number; until: number | null }
  /** Something changed that moves the instant of the next look: look now. */
  | { kind: 'look' }
  /** Pauses up to this number are over. */
  | { kind: 'resume'; pause: number }
  /** Of a member that this one waits for: it has been decided whether it may enter, or it has exited. */
  | { kind: 'child'; id: string; is: 'decided' | 'over' }
  /** This member is waited for by another one: to tell it on exiting. */
  | { kind: 'watch'; by: string }
  | ({ kind: 'exit'; id: string } & Exit)
  | ({ kind: 'move' } & Move)
  | { kind: 'retry' | 'skip'; id: string }

/** A child member that runs. */
export interface Child {
  /** Whether it has exited. */
  over: boolean
}

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
   * The step of an action or webhook tile, with its delivery and its retries. Ends early with `interrupted` when `stop()` becomes true
   * between attempts.
   */
  deliver(arrival: Arrival, tile: RouteTile, stop: () => boolean): Promise<StepReply | { do: 'interrupted' }>
  /** Judges what may have become true by time alone: exit criteria, the goal, the condition of a wait. */
  look(at: Arrival): Promise<LookReply>
  /** Records an exit that no exit tile decided. */
  leave(at: Arrival, exit: Exit): Promise<void>
  /** Records a move, and reckons anew what the member stands at. */
  move(at: Arrival, move: Move): Promise<Moved>
  /** Records that an operator retried or skipped a parked member. */
  unpark(at: Arrival, how: 'retry' | 'skip', id: string): Promise<void>
  /**
   * Starts a child member; resolves once it runs. One that somebody else has started is over at once, or, with `watch`, when a message
   * says so.
   */
  child(child: MemberStart, tile: RouteTile, watch: boolean): Promise<Child>
  /** Takes a child out, because its parent, who waits for it, leaves. */
  takeAlong(childId: string): Promise<void>
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
