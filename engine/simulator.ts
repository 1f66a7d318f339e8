import type { Route } from '../model/route.js'
import type { FailureKind } from '../tiles/failure.js'
import type { Canvas, Settings, Tile } from '../tiles/index.js'
import type { Plan } from '../tiles/plan.js'
import { begin, walk } from './interpret.js'
import { Clock } from './simulator/clock.js'
import { Customer } from './simulator/customer.js'
import { Journey, type Overdue } from './simulator/journey.js'
import { SimMember } from './simulator/member.js'

/** Something that happens at an instant `at` (ms). */
export type SimHappening = { at: number } & (
  | SimEvent
  /** The profile is merged with these; null removes one. */
  | { do: 'traits'; traits: Record<string, unknown> }
  /** The customer is added to a list audience, or removed. */
  | { do: 'audience'; audience: string; member: boolean }
  /** Nothing changes unless the orchestration is active. */
  | { do: 'pause'; clocks: 'run' | 'freeze' }
  /** Nothing changes unless it is paused. */
  | { do: 'resume'; overdue: Overdue }
  /** The next of the versions is published; nothing changes once the orchestration is completed, or when there is none. */
  | { do: 'publish' }
  /** An operator's command; one that cannot be changes nothing. `to`: the tile of a move. */
  | { do: 'operate'; action: 'retry' | 'skip' | 'exit' | 'move'; to?: string }
  /** Nobody enters any more; with `members` those who are in leave. */
  | { do: 'complete'; members?: 'exit' }
)

/** An event of the customer comes in. */
export interface SimEvent {
  do: 'event'
  event: string
  properties?: Record<string, unknown>
  /** One that came before is no event. */
  messageId?: string
}

/** How an attempt to send ends. */
export type SimAnswer = { ok: true; output?: Record<string, unknown>; keptBack?: SimKeptBack } | SimFailure | SimPutOff

/** It is not tried now, but at an instant `at` (ms). No attempt. */
export interface SimPutOff extends SimKeptBack {
  ok: 'later'
  at: number
}

/** A message that is not sent, and the member goes on. */
export interface SimKeptBack {
  reason: string
  reads?: Record<string, unknown>
}

/** `dedupes`: whether the vendor does with the same key; true unless told. */
export interface SimFailure {
  ok: false
  kind: FailureKind
  code: string
  message?: string
  dedupes?: boolean
}

/** A version that is published in a simulation. */
export interface SimVersion {
  canvas: Canvas
  route: Route
  /** What becomes of the members that stand at the tiles of the version before; those that are not named stay. */
  plan: Plan
}

/** A customer, what happens to them, and what vendors answer. */
export interface SimInput {
  canvas: Canvas
  route: Route
  /** Versions to publish, in order. */
  versions?: readonly SimVersion[]
  journeyId: string
  customerId: string
  traits: Record<string, unknown>
  /** The list audiences that the customer is in at the start. */
  audiences?: readonly string[]
  entry?: { event?: string; properties?: Record<string, unknown> }
  /** ms */
  startAt: number
  /** What the customer did before, oldest first: conditions look back. */
  history?: readonly { at: number; event: string; properties: Record<string, unknown> }[]
  /** In order of time. */
  happenings: readonly SimHappening[]
  /** The virtual clock stops here (ms). */
  until: number
  /** What the vendor answers to an attempt, counted from 1 over all rounds; everything is taken when absent. */
  send?(tile: Tile, visit: number, attempt: number, seen: SimSeen): SimAnswer
  /** Told how a delivery stands after each attempt; `again`: it failed, and is tried again. */
  stands?(at: { tileId: string; visit: number }, standing: SimDelivery['outcome'] | 'again'): void
  /** Told of everything that happens to the member. What it throws ends the simulation. */
  note?(note: SimNote): void
}

/** What templates see of the customer when something is sent; instants in ms. */
export interface SimSeen {
  now: number
  enteredAt: number
  customerId: string
  traits: Record<string, unknown>
  entry: { event?: string; properties?: Record<string, unknown> }
  /** Of the orchestration, in the version that the member walks. */
  settings: Settings
  /** By tile. */
  outputs: Record<string, Record<string, unknown>>
}

/** One thing that happened to the member, in the words of its timeline (store/timeline.ts); instants in ms. */
export interface SimNote {
  at: number
  tileId: string
  visit: number
  event: 'left' | 'arrived' | 'decided' | 'waiting' | 'sent' | 'skipped' | 'failed' | 'parked' | 'entered' | 'exited'
  port?: string
  /** The values that the decision read. */
  reads?: Record<string, unknown>
  /** When a wait is due, or a message that is put off; absent: not by time. */
  until?: number
  /** Of a wait that was re-armed. */
  previousUntil?: number
  /** Of a delivery: the attempt that ended it. */
  attempt?: number
  error?: { code: string; message: string }
  reason?: string
  /** Of an exit without an exit tile. */
  cause?: Record<string, unknown>
  /** Of a sub-orchestration tile: what it enters. The child is not walked, and the member goes on. */
  orchestrationId?: string
}

/** One visit: when the member came, and by which port it left. */
export interface SimVisit {
  tileId: string
  visit: number
  at: number
  port?: string
}

/** One attempt to send, or one that was not made: it was overdue, or kept back. `unknown`: it may have arrived, and is not tried again by itself. */
export interface SimDelivery {
  tileId: string
  visit: number
  at: number
  attempt: number
  outcome: 'sent' | 'failed' | 'unknown' | 'skipped'
}

export interface SimResult {
  visits: SimVisit[]
  deliveries: SimDelivery[]
  traits: Record<string, unknown>
  /** Absent while the member is still on its way at `until`, or parked. */
  exitReason?: string
  parked?: string
  /** Held at the gate of the next tile by a pause; not so in a wait whose clock stands still. */
  held?: true
  /** Whether it reached the goal or a converting exit. */
  converted: boolean
  endedAt: number
}

/** Walks a sample customer on a virtual clock: the real interpreter and the real decisions, and nothing is sent. */
export async function simulate(input: SimInput): Promise<SimResult> {
  const clock = new Clock(input.startAt)
  const customer = new Customer(input.traits, input.audiences, input.history)
  const journey = new Journey()
  const member = new SimMember(input, { clock, customer, journey })
  const { result } = member
  clock.start(async () => {
    const ended = await walk(input.route, member, member.inbox, begin(input.route))
    if (ended.end !== 'exited') return
    result.exitReason = ended.reason
    delete result.parked
  })
  await clock.run(input.until, input.happenings, (happening) => {
    switch (happening.do) {
      case 'traits':
        customer.merge(happening.traits)
        return member.changed()
      case 'audience':
        customer.audiences[happening.member ? 'add' : 'delete'](happening.audience)
        return member.changed()
      case 'pause':
        return journey.pause(happening.clocks, clock.now)
      case 'resume':
        return member.resumed(journey.resume(happening.overdue, clock.now))
      case 'publish': {
        const next = input.versions?.[journey.version - 1]
        if (!next || journey.status === 'completed') return
        return member.published(++journey.version, next.plan)
      }
      case 'operate':
        return member.operated(happening)
      case 'complete': {
        const { done, over } = journey.complete(clock.now)
        if (done && happening.members === 'exit') member.leaves('orchestration_completed')
        else member.resumed(over)
        return
      }
      case 'event': {
        const came = customer.receive(happening)
        if (came) member.received(came)
      }
    }
  })
  return { ...result, ...member.state(), traits: customer.traits, endedAt: clock.now }
}
