import type { Route, RouteTile, TileType } from '../model/route.js'
import { RUNS } from '../tiles/runs.js'
import type { Arrival, Decision, Exit, Host, Left, Move, Place, StepReply } from './host.js'
import { visitKey, type Inbox } from './inbox.js'

/** Where a member is between two tiles; all that a new run needs to go on. */
export interface Progress {
  /** The tile to arrive at next. */
  tile: string
  from?: Left
  /** See Arrival. */
  began?: number
  lastDue?: number
  /** What lastDue was before, should the last wait turn out not to be over. */
  earlierDue?: number | undefined
  /** Visits so far, by tile. */
  visits: Record<string, number>
}

/** How a walk ends: the member exited, or the history is long and the walk goes on in a new run, on the route of the version it walks now. */
export type Ended = { end: 'exited'; reason: string } | { end: 'again'; progress: Progress; route: Route }

/** The beginning of every walk: at the entry tile, visited for the first time. */
export const begin = (route: Route): Progress => ({ tile: route.start, visits: {} })

/**
 * Walks a member along its route, one tile after another, until it exits. Deterministic: all else is the Host's.
 * @param inbox messages to the member; the Host's owner pushes into it
 * @param progress where to go on; changed in place
 */
export function walk(route: Route, host: Host, inbox: Inbox, progress: Progress): Promise<Ended> {
  return new Walk(route, host, inbox, progress).run()
}

/** Unwinds a stay: the member leaves the orchestration. `recorded`: the exit is in the journal already. */
class Departure extends Error {
  constructor(
    readonly exit: Exit,
    readonly recorded: boolean,
  ) {
    super(exit.reason)
  }
}

/** Unwinds a stay: the member goes to another tile, maybe of another version. */
class Relocation extends Error {
  constructor(readonly move: Move) {
    super(`to ${move.tile}`)
  }
}

/** How a stay at a tile ends: by a port, out of the orchestration, or by asking the tile again. */
type Turn = { port: string; onward?: StepReply } | { exit: string } | 'ask'

const ASK = 'ask'
const never = (): undefined => undefined

/** One walk. Few promises on the way from tile to tile: Temporal's SDK takes a stack trace for every one. */
class Walk {
  #tile!: RouteTile
  #arrival!: Arrival

  constructor(
    private route: Route,
    private readonly host: Host,
    private readonly inbox: Inbox,
    private readonly progress: Progress,
  ) {}

  async run(): Promise<Ended> {
    /** The reply of the step here, when the visit before has brought it along: committed already, so nothing comes before it. */
    let made: StepReply | undefined
    let arrived = false
    /** Not in a new run: the same visit may go on, with the child that this run has started. */
    let moved = false
    for (;;) {
      if (!made && !arrived && !moved && this.host.full()) return { end: 'again', progress: this.progress, route: this.route }
      if (!arrived) this.#arrive()
      arrived = true
      moved = false
      try {
        if (!made) this.#checkCalls()
        const reply = made ?? (await this.#ask())
        const turn = turnOf(reply) ?? (await this.#stay(reply as Staying))
        made = undefined
        if (turn === ASK) continue
        if ('exit' in turn) return { end: 'exited', reason: turn.exit }
        made = turn.onward
        this.#leave(turn.port)
        arrived = false
      } catch (unwound) {
        made = undefined
        if (unwound instanceof Departure) return this.#depart(unwound)
        if (!(unwound instanceof Relocation)) throw unwound
        const ended = await this.#relocate(unwound.move)
        if (ended) return ended
        arrived = false
        moved = true
      }
    }
  }

  #arrive(): void {
    const { tile: id, from, began, visits } = this.progress
    this.#tile = this.#tileOf(id)
    const visit = (visits[id] = (visits[id] ?? 0) + 1)
    const onward = this.#onward()
    this.#arrival = {
      tile: id,
      visit,
      ...(from && { from }),
      ...(began !== undefined && { began }),
      ...this.#lastDue(this.#tile),
      ...(onward && { onward }),
    }
  }

  /** Sets out by a port. */
  #leave(port: string): void {
    const { tile, visit } = this.#arrival
    const next = this.#tile.next[port]
    if (next === undefined) throw new Error(`Tile '${tile}' has no edge at port '${port}'.`)
    this.progress.tile = next
    this.progress.from = { tile, visit, port }
    delete this.progress.began
  }

  #tileOf(id: string): RouteTile {
    const tile = this.route.tiles[id]
    if (!tile) throw new Error(`The route has no tile '${id}'.`)
    return tile
  }

  /** The visit whose step the delivery here makes too. */
  #onward(): Arrival['onward'] {
    const behind = this.#tile.next.next
    if (RUNS[this.#tile.type] !== 'delivery' || behind === undefined) return undefined
    const tile = this.#tileOf(behind)
    if (!STEPS_ONLY.has(tile.type)) return undefined
    return { tile: behind, visit: (this.progress.visits[behind] ?? 0) + 1, ...this.#lastDue(tile) }
  }

  /** What a wait for a time of day has to know of the wait before it. */
  #lastDue({ type, kind }: RouteTile): { lastDue?: number } {
    const { lastDue } = this.progress
    return lastDue !== undefined && type === 'wait' && kind === 'time' ? { lastDue } : {}
  }

  #ask(): Promise<StepReply | { do: 'interrupted' }> | StepReply {
    switch (RUNS[this.#tile.type]) {
      case 'nothing':
        return { do: 'go', port: 'next' }
      case 'step':
        return this.host.step(this.#arrival, this.#tile)
      default:
        return this.host.deliver(this.#arrival, this.#tile, this.#called)
    }
  }

  async #stay(reply: Staying): Promise<Turn> {
    switch (reply.do) {
      case 'wait':
        this.host.says(`Waits at '${this.#tile.label}'`, 'active')
        return { port: await this.#sleep(this.#arrival, reply.port, reply.until, reply.look) }
      case 'enter':
        return this.#accompany(reply)
      case 'park':
        return this.#parked(reply)
      case 'held':
        this.host.says(`Held before '${this.#tile.label}': the orchestration is paused`, 'held')
        await this.#until(() => this.inbox.resumed >= reply.pause, never, reply.look)
        this.host.says(`At '${this.#tile.label}'`, 'active')
        return ASK
      case 'early':
        return this.#backToWait(reply)
      case 'queued':
        return this.#awaitTurn(reply)
      case 'move':
        throw new Relocation(reply.move)
      case 'gone':
        throw new Departure({ reason: reply.reason }, true)
      case 'interrupted':
        return ASK
    }
  }

  /** Sleeps through the wait of a visit; answers the port to leave by. `over`: ends it by time all the same. */
  async #sleep(at: Place, port: string, until?: number, look?: number, over: () => boolean = () => false): Promise<string> {
    const key = visitKey(at)
    const due = (): number | undefined => {
      const rearmed = this.inbox.rearmOf(key)
      return rearmed === undefined ? until : (rearmed ?? undefined)
    }
    await this.#until(() => this.inbox.wakeOf(key) !== undefined || over(), due, look)
    const woken = this.inbox.wakeOf(key)
    const last = due()
    if (woken === undefined && last !== undefined) {
      this.progress.earlierDue = this.progress.lastDue
      this.progress.lastDue = last
    }
    this.inbox.close(key)
    return woken ?? port
  }

  /** The member set out from a wait by time, but the wait's clock was stopped: it is still there. */
  async #backToWait({ until, pause, look }: StepReply & { do: 'early' }): Promise<Turn> {
    const from = this.#arrival.from!
    const { earlierDue } = this.progress
    if (earlierDue === undefined) delete this.progress.lastDue
    else this.progress.lastDue = earlierDue
    this.#unarrive()
    this.#tile = this.#tileOf(from.tile)
    this.#arrival = { tile: from.tile, visit: from.visit }
    this.host.says(`Waits at '${this.#tile.label}'`, pause === undefined ? 'active' : 'held')
    // The look of the reply is of the criteria only; what the wait asks for is judged anew.
    const lookAt = this.#tile.kind === 'condition' ? this.host.now() : look
    const port = await this.#sleep(from, from.port, until, lookAt, () => pause !== undefined && this.inbox.resumed >= pause)
    return { port }
  }

  /** Nobody enters the child yet. A member that leaves meanwhile does so first, which drops the entry; if that came too late, the child runs. */
  async #awaitTurn({ childId, look }: StepReply & { do: 'queued' }): Promise<Turn> {
    this.host.says(`Waits for the orchestration that '${this.#tile.label}' enters: it is paused`, 'active')
    try {
      await this.#until(() => this.inbox.child(childId) !== undefined, never, look)
    } catch (unwound) {
      if (!(unwound instanceof Departure)) throw unwound
      if (!unwound.recorded) await this.host.leave(this.#arrival, unwound.exit)
      await this.host.takeAlong(childId)
      throw new Departure(unwound.exit, true)
    }
    return ASK
  }

  async #accompany({ child, look, watch }: StepReply & { do: 'enter' }): Promise<Turn> {
    const run = await this.host.child(child, this.#tile, watch === true)
    if (this.#tile.kind === 'wait') {
      this.host.says(`In the orchestration that '${this.#tile.label}' entered`, 'active')
      try {
        await this.#until(() => run.over || this.inbox.child(child.memberId) === 'over', never, look)
      } catch (unwound) {
        if (unwound instanceof Departure) await this.host.takeAlong(child.memberId)
        throw unwound
      }
    }
    return { port: 'next' }
  }

  async #parked({ code, look }: StepReply & { do: 'park' }): Promise<Turn> {
    this.host.says(`Parked at '${this.#tile.label}': ${code}`, 'parked')
    await this.#until(() => this.inbox.command !== undefined, never, look)
    const { kind, id } = this.inbox.command!
    await this.host.unpark(this.#arrival, kind, id)
    this.inbox.command = undefined
    this.inbox.done.add(id)
    this.host.says(`At '${this.#tile.label}'`, 'active')
    return kind === 'skip' ? { port: 'next' } : ASK
  }

  /** Sleeps until ready or due. An exit or a move ends it at once, and at `look` it is judged what time has changed. */
  async #until(ready: () => boolean, due: () => number | undefined, look?: number): Promise<void> {
    let lookAt = look
    for (;;) {
      await this.host.until(
        () => ready() || this.#called() || this.inbox.look,
        () => earlier(due(), lookAt),
        this.#tile.label,
      )
      this.#checkCalls()
      const at = due()
      if (ready() || (at !== undefined && at <= this.host.now())) return
      this.inbox.look = false
      const seen = await this.host.look(this.#arrival)
      if (seen.do === 'gone') throw new Departure({ reason: seen.reason }, true)
      if (seen.do === 'go') this.inbox.push({ kind: 'wake', ...placeOf(this.#arrival), port: seen.port })
      lookAt = seen.do === 'stay' ? seen.look : undefined
    }
  }

  async #depart({ exit, recorded }: Departure): Promise<Ended> {
    if (!recorded) await this.host.leave(this.#arrival, exit)
    if (this.inbox.exit) this.inbox.done.add(this.inbox.exit.id)
    return { end: 'exited', reason: exit.reason }
  }

  /** Goes to another tile, maybe on the route of another version. */
  async #relocate(move: Move): Promise<Ended | undefined> {
    const moved = await this.host.move(this.#arrival, move)
    if (moved.do === 'gone') return this.#depart(new Departure({ reason: moved.reason }, true))
    const { place, tile, visit, began, route } = moved
    if (this.#arrival.tile !== place.tile || this.#arrival.visit !== place.visit) this.#unarrive()
    this.inbox.close(visitKey(place))
    this.inbox.done.add(move.id)
    if (this.inbox.move?.id === move.id) this.inbox.move = undefined
    // It was about the tile that the member has left.
    if (visit === undefined) this.inbox.command = undefined
    this.host.says(`Moved from '${place.tile}'`, 'active')
    const { progress } = this
    progress.tile = tile
    progress.from = { ...place, port: 'moved' }
    delete progress.began
    if (began !== undefined) progress.began = began
    // The same visit again: it is counted when it arrives.
    if (visit !== undefined) progress.visits[tile] = visit - 1
    if (route) this.route = route
    return undefined
  }

  /** The member has not arrived where it meant to. */
  #unarrive(): void {
    this.progress.visits[this.#arrival.tile]!--
  }

  #called = (): boolean => this.inbox.exit !== undefined || this.inbox.move !== undefined

  #checkCalls(): void {
    const { exit, move } = this.inbox
    if (exit) {
      const { reason, converted, cause } = exit
      throw new Departure({ reason, ...(converted && { converted }), ...(cause && { cause }) }, false)
    }
    if (move) {
      const { kind: _, ...to } = move
      throw new Relocation(to)
    }
  }
}

/** Replies at which a member stays. */
type Staying = Exclude<StepReply | { do: 'interrupted' }, { do: 'go' | 'exit' }> & { look?: number }

/** Tiles whose step needs nothing of the workflow. */
const STEPS_ONLY: ReadonlySet<TileType> = new Set(['wait', 'branch', 'updateProfile', 'exit'])

/** What a reply that needs no stay comes to. */
function turnOf(reply: Decision | { do: string }): Turn | undefined {
  const decision = reply as Decision
  if (decision.do === 'go') return { port: decision.port, ...(decision.onward && { onward: decision.onward }) }
  if (decision.do === 'exit') return { exit: decision.reason }
  return undefined
}

const placeOf = ({ tile, visit }: Place): Place => ({ tile, visit })

const earlier = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.min(a, b)
