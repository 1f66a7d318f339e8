import type { Message } from './host.js'

/** An operator's command that the walk has not taken yet. */
export type Command = Message & { kind: 'exit' | 'move' | 'retry' | 'skip' }

/** What an inbox holds, to carry it over to a new run. */
export interface InboxState {
  resumed: number
  wakes: Record<string, string>
  rearms: Record<string, number | null>
  /** Messages that came just before the run ended. */
  exit?: Command & { kind: 'exit' }
  move?: Command & { kind: 'move' }
  command?: Command & { kind: 'retry' | 'skip' }
  /** Ids of commands that were carried out: a repeat that comes to the new run is one still. */
  done?: string[]
  watchers?: string[]
}

/** The key of a visit. */
export const visitKey = ({ tile, visit }: { tile: string; visit: number }): string => `${tile}#${visit}`

/**
 * Messages to a member, kept until the walk asks: they may come before the member is at the place that they are about.
 * Pure; the same messages in the same order leave the same state.
 */
export class Inbox {
  /** Pauses up to this number are over. */
  resumed: number
  /** The exit that was asked for, if any; the walk leaves at its next chance. */
  exit: (Command & { kind: 'exit' }) | undefined
  /** The move that was asked for; the walk goes there at its next chance. */
  move: (Command & { kind: 'move' }) | undefined
  /** A retry or skip for a parked member. */
  command: (Command & { kind: 'retry' | 'skip' }) | undefined
  /** Whether to look now at what time may have changed. */
  look = false
  /** Ids of commands that have been carried out. */
  readonly done: Set<string>
  /** Members to tell when this one exits. */
  readonly watchers: Set<string>
  /** Members that this one waits for: what is known of them. */
  readonly #children = new Map<string, 'decided' | 'over'>()
  #wakes: Map<string, string>
  #rearms: Map<string, number | null>
  #listener: (() => void) | undefined

  constructor(state: InboxState = { resumed: 0, wakes: {}, rearms: {} }) {
    this.resumed = state.resumed
    this.#wakes = new Map(Object.entries(state.wakes))
    this.#rearms = new Map(Object.entries(state.rearms))
    this.exit = state.exit
    this.move = state.move
    this.command = state.command
    this.done = new Set(state.done)
    this.watchers = new Set(state.watchers)
  }

  /** Whom to tell of each message; undefined: nobody. A function, not a promise: Temporal traces the stack of every promise. */
  listen(listener: (() => void) | undefined): void {
    this.#listener = listener
  }

  push(message: Message): void {
    this.#take(message)
    this.notify()
  }

  /** Tells the listener to look: something else than a message happened. */
  notify(): void {
    this.#listener?.()
  }

  #take(message: Message): void {
    switch (message.kind) {
      case 'wake':
        // The first wake-up of a visit decides.
        if (!this.#wakes.has(visitKey(message))) this.#wakes.set(visitKey(message), message.port)
        break
      case 'rearm':
        this.#rearms.set(visitKey(message), message.until)
        break
      case 'look':
        this.look = true
        break
      case 'resume':
        this.resumed = Math.max(this.resumed, message.pause)
        break
      case 'child':
        // A late word that it entered is no news of one that has exited.
        if (this.#children.get(message.id) !== 'over') this.#children.set(message.id, message.is)
        break
      case 'watch':
        this.watchers.add(message.by)
        break
      case 'exit':
        this.exit ??= message
        break
      case 'move':
        if (!this.done.has(message.id)) this.move = message
        break
      default:
        if (!this.done.has(message.id)) this.command ??= message
    }
  }

  /** Whether a command waits to be carried out. */
  pending(id: string): boolean {
    return this.exit?.id === id || this.move?.id === id || this.command?.id === id
  }

  /** The port by which the wait of this visit was ended, if it was. */
  wakeOf(key: string): string | undefined {
    return this.#wakes.get(key)
  }

  /** The re-armed instant of this visit's wait; null: none by time; undefined: not re-armed. */
  rearmOf(key: string): number | null | undefined {
    return this.#rearms.get(key)
  }

  /** What is known of a member that this one waits for. */
  child(id: string): 'decided' | 'over' | undefined {
    return this.#children.get(id)
  }

  /** Forgets what is about a visit that is over. */
  close(key: string): void {
    this.#wakes.delete(key)
    this.#rearms.delete(key)
  }

  state(): InboxState {
    return {
      resumed: this.resumed,
      wakes: Object.fromEntries(this.#wakes),
      rearms: Object.fromEntries(this.#rearms),
      ...(this.exit && { exit: this.exit }),
      ...(this.move && { move: this.move }),
      ...(this.command && { command: this.command }),
      ...(this.done.size > 0 && { done: [...this.done] }),
      ...(this.watchers.size > 0 && { watchers: [...this.watchers] }),
    }
  }
}
