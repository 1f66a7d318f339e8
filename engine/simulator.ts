import { conditionReads, emptyReads, evaluate, EventTally, type Condition, type Facts, type Reads } from '../model/condition.js'
import { resolveZone } from '../model/zone.js'
import type { Route, RouteTile } from '../model/route.js'
import { logicOf } from '../tiles/decide.js'
import type { Canvas, Settings, Tile, WaitConfig } from '../tiles/index.js'
import { applyChanges } from '../tiles/updateProfile/decide.js'
import { due } from '../tiles/wait/decide.js'
import { criteriaOf, criteriaReads, judgeCriteria, type Criterion } from '../tiles/criteria.js'
import type { Arrival, Child, Decision, Exit, Host, LookReply, Moved, StepReply } from './host.js'
import { Inbox } from './inbox.js'
import { begin, walk } from './interpret.js'

/** Something that happens at an instant `at` (ms). */
export type SimHappening = { at: number } & (
  | SimEvent
  /** The profile is merged with these; null removes one. */
  | { do: 'traits'; traits: Record<string, unknown> }
)

/** An event of the customer comes in. */
export interface SimEvent {
  do: 'event'
  event: string
  properties?: Record<string, unknown>
}

/** How an attempt to send ends. */
export type SimAnswer = { ok: true; output?: Record<string, unknown> } | { ok: false; again: boolean; code: string }

/** A customer, what happens to them, and what vendors answer. */
export interface SimInput {
  canvas: Canvas
  route: Route
  journeyId: string
  customerId: string
  traits: Record<string, unknown>
  entry?: { event?: string; properties?: Record<string, unknown> }
  /** ms */
  startAt: number
  /** In order of time. */
  happenings: readonly SimHappening[]
  /** The virtual clock stops here (ms). */
  until: number
  /** What the vendor answers to an attempt, counted from 1; everything is taken when absent. */
  send?(tile: Tile, visit: number, attempt: number): SimAnswer
}

/** One visit: when the member came, and by which port it left. */
export interface SimVisit {
  tileId: string
  visit: number
  at: number
  port?: string
}

export interface SimResult {
  visits: SimVisit[]
  deliveries: { tileId: string; visit: number; at: number; attempt: number; ok: boolean }[]
  traits: Record<string, unknown>
  /** Absent while the member is still on its way at `until`, or parked. */
  exitReason?: string
  parked?: string
  /** Whether it reached the goal or a converting exit. */
  converted: boolean
  endedAt: number
}

/** The virtual clock came to its end. */
class Halt extends Error {}

/** Walks a sample customer on a virtual clock: the real interpreter and the real decisions, and nothing is sent. */
export async function simulate(input: SimInput): Promise<SimResult> {
  const host = new SimulatorHost(input)
  try {
    const ended = await walk(input.route, host, host.inbox, begin(input.route))
    if (ended.end === 'exited') host.result.exitReason = ended.reason
  } catch (error) {
    if (!(error instanceof Halt)) throw error
  }
  host.result.endedAt = host.now()
  return host.result
}

class SimulatorHost implements Host {
  readonly inbox = new Inbox()
  readonly result: SimResult
  #now: number
  #next = 0
  readonly #received: (SimEvent & { at: number })[] = []
  #at: { tile: Tile; visit: number; arrivedAt: number; until: number | undefined } | undefined
  #outputs: Record<string, Record<string, unknown>> = {}
  readonly #tiles: Map<string, Tile>
  readonly #settings: Settings

  constructor(private readonly input: SimInput) {
    this.#now = input.startAt
    this.#tiles = new Map(input.canvas.tiles.map((tile) => [tile.id, tile]))
    this.#settings = input.canvas.settings
    this.result = { visits: [], deliveries: [], traits: { ...input.traits }, converted: false, endedAt: input.startAt }
    this.result.visits.push({ tileId: input.route.start, visit: 1, at: input.startAt })
  }

  now(): number {
    return this.#now
  }

  async step(arrival: Arrival): Promise<StepReply> {
    const tile = this.#arrive(arrival)
    const { gone, look } = this.#judge(tile)
    if (gone) return gone
    // A child walks in its own simulation.
    if (tile.type === 'subOrchestration') return { do: 'go', port: 'next' }
    const logic = logicOf(tile.type)
    const { decision, changes } = logic.decide(tile.config, this.#facts(tile, logic.reads(tile.config, this.#settings)), this.#settings)
    if (changes) this.result.traits = applyChanges(this.result.traits, changes)
    if (decision.do === 'exit') this.result.converted ||= decision.converted
    this.#at = { tile, visit: arrival.visit, arrivedAt: this.#now, until: decision.do === 'wait' ? decision.until : undefined }
    if (tile.type === 'wait' && tile.config.kind === 'condition' && this.#holds(tile, tile.config.when)) return { do: 'go', port: 'met' }
    return { ...decision, ...(look !== undefined && { look }) }
  }

  async deliver(arrival: Arrival, routeTile: RouteTile, stop: () => boolean): Promise<StepReply | { do: 'interrupted' }> {
    const tile = this.#arrive(arrival)
    if (tile.type !== 'action' && tile.type !== 'webhook') throw new Error(`Tile ${tile.id} does not send.`)
    const { maxAttempts, initialMs, backoff, maxMs } = routeTile.retry!
    for (let attempt = 1; ; attempt++) {
      const { gone, look } = this.#judge(tile)
      if (gone) return gone
      const answer = this.input.send?.(tile, arrival.visit, attempt) ?? { ok: true }
      this.result.deliveries.push({ tileId: tile.id, visit: arrival.visit, at: this.#now, attempt, ok: answer.ok })
      if (answer.ok) {
        if (answer.output) this.#outputs[tile.id] = answer.output
        return { do: 'go', port: 'next' }
      }
      if (!answer.again || attempt >= maxAttempts) {
        return { ...this.#failed(tile.config.onFailure, answer.code), ...(look !== undefined && { look }) }
      }
      const again = this.#now + Math.min(initialMs * backoff ** (attempt - 1), maxMs)
      this.#sleepUntil(Math.min(again, look ?? Infinity), stop)
      if (stop()) return { do: 'interrupted' }
    }
  }

  /** Whether a criterion takes the member out here, and when time alone may do so. */
  #judge(tile: Tile): { gone?: StepReply & { do: 'gone' }; look?: number } {
    const criteria = criteriaOf(this.#settings)
    if (criteria.length === 0) return {}
    const { held, look } = judgeCriteria(criteria, this.#facts(tile, criteriaReads(criteria)), this.#settings)
    if (held) return { gone: this.#gone(held.criterion) }
    return look === undefined ? {} : { look }
  }

  #gone({ name, converted }: Criterion): StepReply & { do: 'gone' } {
    this.result.converted ||= converted
    return { do: 'gone', reason: name }
  }

  async look(): Promise<LookReply> {
    const { gone, look } = this.#judge(this.#at!.tile)
    return gone ?? { do: 'stay', ...(look !== undefined && { look }) }
  }

  #failed(onFailure: 'park' | 'continue' | 'exit' | 'branch', code: string): Decision {
    if (onFailure === 'continue') return { do: 'go', port: 'next' }
    if (onFailure === 'branch') return { do: 'go', port: 'failed' }
    if (onFailure === 'exit') return { do: 'exit', reason: 'failed', converted: false }
    this.result.parked = code
    return { do: 'park', code }
  }

  async leave(_at: Arrival, { converted }: Exit): Promise<void> {
    this.result.converted ||= converted === true
  }
  async unpark(): Promise<void> {}
  async takeAlong(): Promise<void> {}
  async child(): Promise<Child> {
    return { over: true }
  }
  async move(): Promise<Moved> {
    throw new Error('A simulated member is not moved.')
  }

  async until(ready: () => boolean, dueAt: () => number | undefined): Promise<boolean> {
    for (;;) {
      if (ready()) return true
      const at = dueAt()
      if (at !== undefined && at <= this.#now) return false
      this.#sleepUntil(at ?? Infinity, () => ready() || dueAt() !== at)
    }
  }

  says(): void {}

  full(): boolean {
    return false
  }

  /** Lets time pass to an instant; what happens on the way happens. Ends sooner when `stop` holds. At one instant, timers come before events. */
  #sleepUntil(at: number, stop: () => boolean): void {
    for (;;) {
      const happening = this.input.happenings[this.#next]
      const to = Math.min(at, happening?.at ?? Infinity)
      if (to > this.input.until) {
        this.#now = this.input.until
        throw new Halt()
      }
      this.#now = Math.max(this.#now, to)
      if (!happening || at <= happening.at) return
      this.#next++
      this.#happen(happening)
      if (stop()) return
    }
  }

  #happen(happening: SimHappening): void {
    if (happening.do === 'traits') this.#merge(happening.traits)
    else this.#received.push(happening)
    const here = this.#at
    if (!here || this.#takenOut(here.tile, happening)) return
    if (here.tile.type !== 'wait') return
    const { tile, visit } = here
    const { config } = here.tile
    if (config.kind === 'condition') {
      if (this.#holds(tile, config.when)) this.inbox.push({ kind: 'wake', tile: tile.id, visit, port: 'met' })
    } else if (config.kind === 'event') {
      if (happening.do === 'event') this.#meet(here.tile, visit, config, happening)
    } else if (happening.do === 'traits') {
      const facts = { ...this.#facts(tile, { ...emptyReads(), traits: true }), now: here.arrivedAt }
      const { until } = due(config, facts, this.#settings)
      if (until === here.until) return
      here.until = until
      this.inbox.push({ kind: 'rearm', tile: tile.id, visit, until: until ?? 0 })
    }
  }

  #merge(traits: Record<string, unknown>): void {
    const merged = { ...this.result.traits, ...traits }
    this.result.traits = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null))
  }

  #meet(tile: Tile, visit: number, wanted: WaitConfig & { kind: 'event' }, { event, properties = {} }: SimEvent): void {
    if (wanted.event !== event || (wanted.where && !this.#holds(tile, wanted.where, properties))) return
    this.#outputs[tile.id] = { event, properties }
    this.inbox.push({ kind: 'wake', tile: tile.id, visit, port: 'met' })
  }

  /** Tells the member to leave when a criterion holds now, or asks for this event. */
  #takenOut(tile: Tile, happening: SimHappening): boolean {
    const criteria = criteriaOf(this.#settings)
    const asked = happening.do === 'event' && criteria.find((each) => this.#asksFor(tile, each, happening))
    const criterion = asked || judgeCriteria(criteria, this.#facts(tile, criteriaReads(criteria)), this.#settings).held?.criterion
    if (!criterion) return false
    this.inbox.push({ kind: 'exit', id: criterion.name, reason: criterion.name, converted: criterion.converted })
    return true
  }

  #asksFor(tile: Tile, { event, where }: Criterion, received: SimEvent): boolean {
    return event === received.event && (!where || this.#holds(tile, where, received.properties ?? {}))
  }

  #arrive({ tile: id, visit, from }: Arrival): Tile {
    const left = from && this.result.visits.find((each) => each.tileId === from.tile && each.visit === from.visit)
    if (left) left.port = from.port
    this.result.visits.push({ tileId: id, visit, at: this.#now })
    const tile = this.#tiles.get(id)!
    this.#at = { tile, visit, arrivedAt: this.#now, until: undefined }
    return tile
  }

  #holds(tile: Tile, condition: Condition, property?: Record<string, unknown>): boolean {
    const facts = this.#facts(tile, conditionReads(condition))
    return evaluate(condition, property ? { ...facts, property } : facts).holds
  }

  #facts(tile: Tile, reads: Reads): Facts {
    const facts: Facts = {
      now: this.#now,
      customerId: this.input.customerId,
      journeyId: this.input.journeyId,
      tileId: tile.id,
      enteredAt: this.input.startAt,
      traits: this.result.traits,
      entry: this.input.entry ?? {},
      outputs: this.#outputs,
      audiences: {},
      events: {},
    }
    facts.zone = resolveZone('timezone' in tile.config ? tile.config.timezone : undefined, facts.traits, this.#settings.timezone)
    for (const query of reads.events) {
      const tally = new EventTally(query, facts)
      const asked = this.#received.filter(({ event }) => event === query.event)
      for (const { at, properties } of asked.reverse()) tally.add(at, properties ?? {})
      facts.events[query.key] = tally.count
      if (tally.changes !== undefined) facts.changes = { ...facts.changes, [query.key]: tally.changes }
    }
    return facts
  }
}
