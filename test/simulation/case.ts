/*
 * A case of the simulation: an orchestration, a customer, and what happens to them. Everything in it is something that the API or the intake
 * can do, so that the same case can be played by the virtual clock, by the reference interpreter and by the real parts.
 */

export interface Case {
  /** When the member enters, ms. Dates in canvases and traits are near it. */
  startAt: number
  /** Version 1. */
  canvas: Canvas
  /** Later versions, in the order in which they are published. */
  published: Published[]
  /** The orchestrations that sub-orchestration tiles name, by id. */
  children: Record<string, Canvas>
  traits: Record<string, unknown>
  /** The list audiences that the customer is in at the start. */
  audiences: string[]
  /** Quiet hours of the workspace. */
  quietHours?: Quiet & { windows: QuietWindow[]; channels?: string[] }
  /** Frequency caps of the workspace. */
  caps: Cap[]
  /** In order of time; no two at one instant. */
  happenings: Happening[]
  /** How the attempts that fail do, by `tile:visit:n` for the n-th attempt of that visit, over all rounds; all others succeed. */
  failures: Record<string, Failure>
}

export interface Canvas {
  tiles: Tile[]
  edges: { from: string; port?: string; to: string }[]
  settings: { timezone?: string; goal?: Criterion; exitCriteria?: Criterion[]; quietHours?: 'none' | (Quiet & QuietWindow) }
}

/** How quiet hours are kept. */
export interface Quiet {
  timezone?: string
  otherwise?: 'delay' | 'skip'
}

/** By the clocks of a zone; `days` are those on which it begins. */
export interface QuietWindow {
  from: string
  to: string
  days?: string[]
}

/** At most so many messages in a window: by a channel, about a topic, or of all. */
export interface Cap {
  name: string
  channel?: string
  topic?: string
  most: number
  per: string
  otherwise: 'delay' | 'skip'
}

export interface Criterion {
  name: string
  when?: any // eslint-disable-line @typescript-eslint/no-explicit-any
  event?: string
  where?: { property: string; op: 'gte'; value: number }
  after?: string
}

export interface Tile {
  id: string
  type: string
  // The reference reads configs as plainly as a person would.
  config: any // eslint-disable-line @typescript-eslint/no-explicit-any
}

/** A version, and what becomes of the members at the tiles of the one before. */
export interface Published {
  canvas: Canvas
  plan: Record<string, { do: 'stay' | 'move' | 'exit'; to?: string }>
}

/** May be tried again; fails for good; or nobody knows whether it arrived. */
export type Failure = 'retry' | 'permanent' | 'ambiguous'

/** What happens to the customer, the orchestration or the member at an instant `at` (ms). */
export type Happening = { at: number } & Doing

type Doing =
  /** An event comes in. A repeat has the message id of an earlier one. */
  | {
      do: 'event'
      event: string
      properties: Record<string, unknown>
      messageId: string
      /** When it occurred, ms, when that is earlier. It counts as of when it comes in. */
      timestamp?: number
    }
  /** The profile is merged with these; null removes one. */
  | { do: 'traits'; traits: Record<string, unknown> }
  /** The customer is added to a list audience, or removed; also when that changes nothing. */
  | { do: 'audience'; audience: string; member: boolean }
  /** Of one that is paused: refused, changes nothing. */
  | { do: 'pause'; clocks: 'run' | 'freeze' }
  /** Of one that is not paused: refused, changes nothing. */
  | { do: 'resume'; overdue: 'proceed' | { skipSendsOlderThan: string } }
  /** The next of `published` goes live. Once the orchestration is completed, or when there is none: refused, changes nothing. */
  | { do: 'publish' }
  /** An operator's command. One that cannot be (to retry who is not parked, to move to a tile that there is not) is refused, and changes nothing. */
  | { do: 'operate'; action: 'retry' | 'skip' | 'exit' | 'move'; to?: string }
  /** Of one that is completed: refused, changes nothing. */
  | { do: 'complete'; members?: 'exit' }
