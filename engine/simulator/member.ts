import {
  conditionReads,
  earliest,
  emptyReads,
  evaluate,
  nextChange,
  type Condition,
  type Facts,
  type Reads,
} from '../../model/condition.js'
import type { Route, RouteTile } from '../../model/route.js'
import { criteriaOf, criteriaReads, judgeCriterion, type Criterion } from '../../tiles/criteria.js'
import { logicOf } from '../../tiles/decide.js'
import { verdictOn, type Verdict } from '../../tiles/failure.js'
import type { Settings, Tile, WaitConfig } from '../../tiles/index.js'
import type { Plan } from '../../tiles/plan.js'
import { applyChanges } from '../../tiles/updateProfile/decide.js'
import { mayMove, reckonedFrom, waitLogic } from '../../tiles/wait/decide.js'
import type { Arrival, Child, Decision, Exit, Host, LookReply, Move, Moved, Place, StepReply, Stopped } from '../host.js'
import { Inbox, visitKey } from '../inbox.js'
import type { SimAnswer, SimDelivery, SimInput, SimNote, SimPutOff, SimResult, SimSeen, SimVisit } from '../simulator.js'
import type { Clock } from './clock.js'
import type { Came, Customer } from './customer.js'
import type { Journey, Pause } from './journey.js'

type WaitOf<K extends WaitConfig['kind']> = Extract<WaitConfig, { kind: K }>

/** Where the member stands. */
interface Here {
  tile: Tile
  visit: number
  /** When its decision was reckoned from, ms. */
  beganAt: number
  /** Of a wait: what it decided. */
  wait?: Decision & { do: 'wait' }
  /** Whether it was met. */
  met?: boolean
  record: SimVisit
}

interface Standing {
  gone?: StepReply & { do: 'gone' }
  look?: number
}

/** A delivery: the attempts that began, of this round and of all, and how it ended. */
interface Ledger {
  round: number
  all: number
  /** Why it was put off in this round, as noted. */
  told: Set<string>
  ended?: Exclude<Verdict, 'again'> | { state: 'sent' | 'skipped'; decision: Decision }
}

/** What the members of a simulation live in. */
export interface World {
  clock: Clock
  customer: Customer
  journey: Journey
}

/** A member of a simulation: the Host on the virtual clock. It does at its steps what the activities and the store do, and as the router is told. */
export class SimMember implements Host {
  readonly inbox = new Inbox()
  readonly result: SimResult
  #here: Here
  readonly #outputs: Record<string, Record<string, unknown>> = {}
  #version = 1
  #tiles: Map<string, Tile>
  #settings: Settings
  readonly #enteredAt: number
  /** Deliveries, by visit. */
  readonly #ledger = new Map<string, Ledger>()
  /** Where the member is, as last said. */
  #state: 'active' | 'held' | 'parked' = 'active'
  #commands = 0

  /** Held at the gate: by which pause, since when (ms), and whether within a wait whose clock stands still. */
  #held: { pause: number; at: number; frozen: boolean } | undefined
  /** What it sends until its next wait is overdue. */
  #skipSends = false
  readonly clock: Clock
  readonly customer: Customer
  readonly journey: Journey

  constructor(
    private readonly input: SimInput,
    { clock, customer, journey }: World,
  ) {
    this.clock = clock
    this.customer = customer
    this.journey = journey
    this.#tiles = new Map(input.canvas.tiles.map((tile) => [tile.id, tile]))
    this.#settings = input.canvas.settings
    this.#enteredAt = clock.now
    const record = { tileId: input.route.start, visit: 1, at: clock.now }
    this.#here = { tile: this.#tileOf(input.route.start), visit: 1, beganAt: clock.now, record }
    this.result = { visits: [record], deliveries: [], traits: {}, converted: false, endedAt: clock.now }
    this.#note('arrived')
  }

  now(): number {
    return this.clock.now
  }

  async step(arrival: Arrival): Promise<StepReply> {
    const tile = this.#tileOf(arrival.tile)
    const { gone, look } = this.#standing(tile)
    if (gone) return gone
    if (this.#isHere(arrival)) return this.#again(look)
    // A child walks in its own simulation.
    if (tile.type === 'subOrchestration') {
      const stopped = this.#gate(arrival, look)
      if (stopped) return stopped
      this.#arrive(arrival, tile, this.now())
      this.#note('entered', { orchestrationId: tile.config.orchestrationId })
      return { do: 'go', port: 'next' }
    }
    const logic = logicOf(tile.type)
    const beganAt = tile.type === 'wait' ? reckonedFrom(arrival, this.now()) : this.now()
    const facts = { ...this.#facts(tile, logic.reads(tile.config, this.#settings)), now: beganAt }
    const { decision, reads, changes } = logic.decide(tile.config, facts, this.#settings)
    const stopped = this.#gate(arrival, look)
    if (stopped) return stopped
    this.#arrive(arrival, tile, beganAt)
    this.#noteDecision(decision, reads)
    if (changes) this.customer.traits = applyChanges(this.customer.traits, changes)
    if (decision.do === 'exit') this.result.converted ||= decision.converted
    if (decision.do !== 'wait') return decision
    this.#here.wait = decision
    this.#skipSends = false
    const met = this.#metSince(arrival.began)
    return met.port === undefined ? watched(decision, earliest([look, met.look])) : { do: 'go', port: met.port }
  }

  async deliver(arrival: Arrival, routeTile: RouteTile, stop: () => boolean): Promise<StepReply | { do: 'interrupted' }> {
    const reply = await this.#deliver(arrival, routeTile, stop)
    const { tile, visit, onward } = arrival
    if (!onward || reply.do !== 'go' || reply.port !== 'next') return reply
    return { ...reply, onward: await this.step({ ...onward, from: { tile, visit, port: 'next' } }) }
  }

  async #deliver(arrival: Arrival, routeTile: RouteTile, stop: () => boolean): Promise<StepReply | { do: 'interrupted' }> {
    const tile = this.#tileOf(arrival.tile)
    if (tile.type !== 'action' && tile.type !== 'webhook') throw new Error(`Tile ${tile.id} does not send.`)
    const { maxAttempts, initialMs, backoff, maxMs } = routeTile.retry!
    for (;;) {
      const { gone, look } = this.#standing(tile)
      if (gone) return gone
      const ledger = this.#ledgerOf(arrival)
      if (ledger.ended) return this.#settled(ledger.ended.decision, look)
      const stopped = this.#gate(arrival, look)
      if (stopped) return stopped
      if (!this.#isHere(arrival)) this.#arrive(arrival, tile, this.now())
      const answer = this.#skipSends ? undefined : (this.input.send?.(tile, arrival.visit, ledger.all + 1, this.#seen()) ?? { ok: true })
      if (answer?.ok === 'later') {
        this.#notePutOff(ledger, answer)
        const left = await this.#backOff(tile, answer.at, stop)
        if (left) return left
        continue
      }
      const [attempt, all] = [++ledger.round, ++ledger.all]
      const note = (outcome: SimDelivery['outcome']) =>
        this.result.deliveries.push({ tileId: tile.id, visit: arrival.visit, at: this.now(), attempt: all, outcome })
      if (answer?.ok && answer.output) this.#outputs[tile.id] = answer.output
      const verdict =
        !answer || answer.ok
          ? { state: answer && !answer.keptBack ? ('sent' as const) : ('skipped' as const), decision: GO_ON }
          : verdictOn(tile, { dedupes: true, ...answer, attempt, maxAttempts })
      note(verdict === 'again' ? 'failed' : verdict.state)
      this.input.stands?.({ tileId: tile.id, visit: arrival.visit }, verdict === 'again' ? verdict : verdict.state)
      if (verdict !== 'again') {
        ledger.ended = verdict
        this.#noteDelivery(verdict.decision, all, answer)
        return this.#settled(verdict.decision, look)
      }
      const left = await this.#backOff(tile, this.now() + Math.min(initialMs * backoff ** (attempt - 1), maxMs), stop)
      if (left) return left
    }
  }

  #ledgerOf(at: Place): Ledger {
    const key = visitKey(at)
    if (!this.#ledger.has(key)) this.#ledger.set(key, { round: 0, all: 0, told: new Set() })
    return this.#ledger.get(key)!
  }

  #settled(decision: Decision, look: number | undefined): StepReply {
    if (decision.do === 'park') this.result.parked = decision.code
    return watched(decision, look)
  }

  /** Sleeps until the next attempt; answers what ends it sooner. */
  async #backOff(tile: Tile, until: number, stop: () => boolean): Promise<StepReply | { do: 'interrupted' } | undefined> {
    for (;;) {
      this.inbox.look = false
      const { gone, look } = this.#standing(tile)
      if (gone) return gone
      if (this.now() >= until) return undefined
      await this.clock.sleep(
        () => stop() || this.inbox.look,
        () => earliest([until, look]),
      )
      if (stop()) return { do: 'interrupted' }
    }
  }

  async look(at: Arrival): Promise<LookReply> {
    const { tile, visit } = this.#here
    const { gone, look } = this.#standing(tile)
    if (gone) return gone
    const met = at.tile === tile.id && at.visit === visit ? this.#metByNow() : {}
    if (met.port !== undefined) return { do: 'go', port: met.port }
    const next = earliest([look, met.look])
    return { do: 'stay', ...(next !== undefined && { look: next }) }
  }

  async leave(_at: Arrival, { reason, converted, cause }: Exit): Promise<void> {
    this.result.converted ||= converted === true
    this.#note('exited', { reason, ...(cause && { cause }) })
  }

  async unpark(at: Arrival, how: 'retry' | 'skip'): Promise<void> {
    delete this.result.parked
    if (how === 'retry') this.#anotherRound(at)
    else this.#ledgerOf(at).ended = { state: 'skipped', decision: GO_ON }
  }

  async takeAlong(): Promise<void> {}
  async child(): Promise<Child> {
    return { over: true }
  }
  /** As the SQL function tw_move. The same tile in another version goes on with its visit, and decides anew. */
  async move(_at: Arrival, { tile: to, version }: Move): Promise<Moved> {
    const { tile, visit, wait, beganAt } = this.#here
    const place = { tile: tile.id, visit }
    this.#held = undefined
    delete this.result.parked
    const began = wait && { began: beganAt }
    if (version === undefined) return { do: 'moved', place, tile: to, ...began }
    const { canvas, route } = this.input.versions![version - 2]!
    this.#version = version
    this.#tiles = new Map(canvas.tiles.map((each) => [each.id, each]))
    this.#settings = canvas.settings
    const same = to === tile.id && this.#tileOf(to).type === tile.type
    if (!same) return { do: 'moved', place, tile: to, ...began, version, route }
    this.#revise(this.#tileOf(to), route)
    return { do: 'moved', place, tile: to, visit, version, route }
  }

  #revise(tile: Tile, route: Route): void {
    const { visit, beganAt, record } = this.#here
    this.#here = { tile, visit, beganAt, record }
    const ended = this.#ledger.get(visitKey({ tile: tile.id, visit }))?.ended
    if (ended?.state === 'failed') this.#anotherRound({ tile: tile.id, visit })
    // The port that it left by is not there any more.
    const port = ended?.decision.do === 'go' ? ended.decision.port : undefined
    if (ended && port !== undefined && route.tiles[tile.id]!.next[port] === undefined) ended.decision = GO_ON
    if (tile.type !== 'wait') return
    const facts = { ...this.#facts(tile, waitLogic.reads(tile.config, this.#settings)), now: beganAt }
    const { decision } = waitLogic.decide(tile.config, facts, this.#settings)
    if (decision.do === 'wait') this.#here.wait = decision
  }

  /** A delivery that ended begins anew, with the same key. */
  #anotherRound(at: Place): void {
    const ledger = this.#ledgerOf(at)
    ledger.round = 0
    ledger.told.clear()
    delete ledger.ended
  }

  #isHere({ tile, visit }: Place): boolean {
    return this.#here.tile.id === tile && this.#here.visit === visit
  }

  /** The step of a visit that goes on in another version: what it decided, or decided anew. */
  #again(look: number | undefined): StepReply {
    const { wait, record } = this.#here
    if (!wait) return GO_ON
    const met = this.#metSince(record.at)
    return met.port === undefined ? watched(wait, earliest([look, met.look])) : { do: 'go', port: met.port }
  }

  async until(ready: () => boolean, dueAt: () => number | undefined): Promise<boolean> {
    if (ready()) return true
    const at = dueAt()
    return at !== undefined && at <= this.now() ? false : this.clock.sleep(ready, dueAt)
  }

  says(_text: string, state: 'active' | 'held' | 'parked'): void {
    this.#state = state
  }

  full(): boolean {
    return false
  }

  /** The customer did something: what the router tells the member of it. */
  received(event: Came): void {
    if (this.#takenOut(event) || !this.#waits()) return
    const { tile } = this.#here
    if (tile.type !== 'wait') return
    if (tile.config.kind === 'event') this.#meet(tile.config, event)
    else if (this.#metByNow().port) this.#wake()
  }

  /** A version was published: what the plan says of the tile where the member stands. */
  published(version: number, plan: Plan): void {
    if (this.#version !== version - 1) return
    const tile = this.#here.tile.id
    const { do: fate, to = tile } = Object.hasOwn(plan, tile) ? plan[tile]! : { do: 'stay' as const }
    if (fate === 'exit') this.leaves('version_published')
    if (fate === 'move') this.inbox.push({ kind: 'move', id: `version ${version}`, version, tile: to })
  }

  /** An operator's command; what cannot be changes nothing. */
  operated({ action, to }: { action: 'retry' | 'skip' | 'exit' | 'move'; to?: string }): void {
    const id = `operator ${++this.#commands}`
    if (action === 'exit') this.leaves('operator')
    else if (action !== 'move') {
      if (this.#state === 'parked') this.inbox.push({ kind: action, id })
    } else if (to !== undefined && this.#tiles.has(to) && this.#tiles.get(to)!.type !== 'entry') {
      this.inbox.push({ kind: 'move', id, tile: to })
    }
  }

  /** The member is told to leave. */
  leaves(reason: string): void {
    this.inbox.push({ kind: 'exit', id: reason, reason })
  }

  /** A pause is over. */
  resumed(pause: Pause | undefined): void {
    if (pause && this.#held) this.inbox.push({ kind: 'resume', pause: pause.number })
  }

  /** How the member stands at the end. */
  state(): Pick<SimResult, 'held'> {
    return this.#held && !this.#held.frozen && this.result.exitReason === undefined ? { held: true } : {}
  }

  /** Whether the member may be at its wait: one that is held is before the next tile, unless the wait's clock is frozen. */
  #waits(): boolean {
    const { wait, met } = this.#here
    return wait !== undefined && !met && (!this.#held || this.#held.frozen)
  }

  #wake(): void {
    const { tile, visit } = this.#here
    this.#here.met = true
    this.inbox.push({ kind: 'wake', tile: tile.id, visit, port: 'met' })
  }

  /** The gate: what stops the member from arriving, as the SQL function tw_arrive. */
  #gate({ from }: Arrival, look: number | undefined): StepReply | undefined {
    const { journey, clock } = this
    const { wait, record } = this.#here
    const over = from && wait?.until !== undefined && wait.port === from.port
    const due = over ? journey.due(wait.until!, record.at, clock.now) : undefined
    const pause = journey.paused
    const frozen = due !== undefined && pause?.clocks === 'freeze' && pause.beganAt < due
    if (!frozen && due !== undefined && due > clock.now) {
      this.#held = undefined
      return watched({ do: 'early', until: due }, look)
    }
    if (pause) {
      const at = this.#held && !this.#held.frozen ? this.#held.at : clock.now
      this.#held = { pause: pause.number, at, frozen }
      return watched({ do: frozen ? 'early' : 'held', pause: pause.number }, look)
    }
    if (this.#held && !this.#held.frozen) {
      const { endedAt, skipMs = Infinity } = journey.pauses[this.#held.pause - 1]!
      this.#skipSends ||= endedAt! - this.#held.at > skipMs
    }
    this.#held = undefined
    return undefined
  }

  /** The customer's profile changed: what the router tells the member of it. */
  changed(): void {
    if (this.#takenOut()) return
    const { tile, wait } = this.#here
    if (!this.#waits() || tile.type !== 'wait') return
    if (this.#metByNow().port) this.#wake()
    else this.#rearm(tile.config, wait!)
  }

  /** Tells the member to leave when a criterion holds now, else to look anew at what time will change. */
  #takenOut(event?: Came): boolean {
    const { held } = this.#judge(event && [event])
    if (!held) this.inbox.push({ kind: 'look' })
    else {
      const { name, converted } = held
      this.inbox.push({ kind: 'exit', id: name, reason: name, converted, cause: { criterion: name } })
    }
    return held !== undefined
  }

  #meet(wanted: WaitOf<'event'>, { event, properties }: Came): void {
    if (wanted.event !== event || (wanted.where && !this.#holds(wanted.where, properties))) return
    this.#outputs[this.#here.tile.id] = { event, properties }
    this.#note('decided', { port: 'met', reads: { event, properties } })
    this.#wake()
  }

  /** Reckons the wait anew; a trait that names no date any more ends it now. */
  #rearm(config: WaitConfig, wait: Decision & { do: 'wait' }): void {
    if (!mayMove(config)) return
    const { tile, visit, beganAt } = this.#here
    const facts = { ...this.#facts(tile, { ...emptyReads(), traits: true }), now: beganAt }
    const { decision, reads } = waitLogic.decide(config, facts, this.#settings)
    const until = decision.do === 'wait' ? (decision.until ?? 0) : 0
    if (until === wait.until) return
    const rearmed = { ...(until > 0 && { until }), ...(wait.until !== undefined && { previousUntil: wait.until }) }
    this.#note('waiting', { ...rearmed, ...(reads && { reads }) })
    wait.until = until
    this.inbox.push({ kind: 'rearm', tile: tile.id, visit, until })
  }

  /** Of a wait that a move reckoned anew: an event that came since the wait before it began meets it too. */
  #metSince(began: number | undefined): { port?: string; look?: number } {
    const { tile } = this.#here
    if (tile.type !== 'wait' || tile.config.kind !== 'event' || began === undefined) return this.#metByNow()
    for (const event of this.customer.events) if (event.at > began && !this.#here.met) this.#meet(tile.config, event)
    return this.#here.met ? { port: 'met' } : {}
  }

  /** How the wait that the member stands at is met by what is so now; when time alone may meet it. */
  #metByNow(): { port?: string; look?: number } {
    const { tile } = this.#here
    if (tile.type !== 'wait' || tile.config.kind !== 'condition') return {}
    const facts = this.#facts(tile, conditionReads(tile.config.when), tile.config.timezone)
    const { holds, reads } = evaluate(tile.config.when, facts)
    if (holds) {
      this.#note('decided', { port: 'met', reads })
      return { port: 'met' }
    }
    const look = nextChange(tile.config.when, facts)
    return look === undefined ? {} : { look }
  }

  /** Whether a criterion takes the member out here, and when time alone may do so. */
  #standing(tile: Tile): Standing {
    const { held, look } = this.#judge(undefined, tile)
    if (held) {
      this.result.converted ||= held.converted
      this.#note('exited', { reason: held.name, cause: { criterion: held.name } })
      return { gone: { do: 'gone', reason: held.name } }
    }
    return look === undefined ? {} : { look }
  }

  /** @param events only these; else all since the member entered */
  #judge(events: readonly Came[] = this.customer.events, tile: Tile = this.#here.tile): { held?: Criterion; look?: number } {
    const criteria = criteriaOf(this.#settings)
    if (criteria.length === 0) return {}
    const facts = this.#facts(tile, criteriaReads(criteria))
    let next: number | undefined
    for (const criterion of criteria) {
      const asked = events.filter(({ event, at }) => event === criterion.event && at >= this.#enteredAt)
      const { held, look } = judgeCriterion(criterion, facts, this.#settings, asked)
      if (held) return { held: criterion }
      next = earliest([next, look])
    }
    return next === undefined ? {} : { look: next }
  }

  /** The journal's row of a visit. */
  #arrive({ visit, from }: Arrival, tile: Tile, beganAt: number): void {
    if (from) {
      this.#here.record.port = from.port
      this.#note('left', { port: from.port })
    }
    const record = { tileId: tile.id, visit, at: this.now() }
    this.result.visits.push(record)
    this.#here = { tile, visit, beganAt, record }
    this.#note('arrived')
  }

  #note(event: SimNote['event'], more: Partial<SimNote> = {}): void {
    const { tile, visit } = this.#here
    this.input.note?.({ at: this.now(), tileId: tile.id, visit, event, ...more })
  }

  #noteDecision(decision: Decision, reads: Record<string, unknown> | undefined): void {
    const read = reads && { reads }
    if (decision.do === 'go') this.#note('decided', { port: decision.port, ...read })
    if (decision.do === 'wait') this.#note('waiting', { ...(decision.until !== undefined && { until: decision.until }), ...read })
    if (decision.do === 'exit') this.#note('exited', { reason: decision.reason })
  }

  /** One note for each reason as it was read. */
  #notePutOff({ told }: Ledger, { reason, reads: { until, ...reads } = {} }: SimPutOff): void {
    const why = JSON.stringify([reason, until, reads])
    if (told.has(why)) return
    told.add(why)
    this.#note('waiting', { reason, reads, ...(typeof until === 'string' && { until: Date.parse(until) }) })
  }

  #noteDelivery(decision: Decision, attempt: number, answer: Exclude<SimAnswer, SimPutOff> | undefined): void {
    if (!answer) return
    if (answer.ok) return answer.keptBack ? this.#note('skipped', { ...answer.keptBack }) : this.#note('sent', { attempt })
    const error = { code: answer.code, message: answer.message ?? answer.code }
    this.#note('failed', { attempt, error })
    if (decision.do === 'park') this.#note('parked', { error })
    if (decision.do === 'exit') this.#note('exited', { reason: decision.reason })
  }

  /** What templates see now. */
  #seen(): SimSeen {
    const { customerId, entry = {} } = this.input
    const [traits, settings] = [this.customer.traits, this.#settings]
    return { now: this.now(), enteredAt: this.#enteredAt, customerId, traits, settings, entry, outputs: { ...this.#outputs } }
  }

  #tileOf(id: string): Tile {
    return this.#tiles.get(id)!
  }

  #holds(condition: Condition, property: Record<string, unknown>): boolean {
    const { tile } = this.#here
    const timezone = tile.type === 'wait' ? tile.config.timezone : undefined
    return evaluate(condition, { ...this.#facts(tile, conditionReads(condition), timezone), property }).holds
  }

  #facts(tile: Tile, reads: Reads, timezone?: string): Facts {
    const { customerId, journeyId, entry = {} } = this.input
    const [now, enteredAt, outputs, settings] = [this.now(), this.#enteredAt, this.#outputs, this.#settings]
    return this.customer.facts({ now, customerId, journeyId, tileId: tile.id, enteredAt, entry, outputs, settings, timezone }, reads)
  }
}

const GO_ON = { do: 'go', port: 'next' } as const

/** Adds the instant of the next look to a reply at which the member stays. */
function watched(reply: Decision | Stopped, look: number | undefined): StepReply {
  return look === undefined || reply.do === 'go' || reply.do === 'exit' ? reply : { ...reply, look }
}
