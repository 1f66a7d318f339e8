import { EventTally, type Facts, type Reads } from '../../model/condition.js'
import { resolveZone } from '../../model/zone.js'
import type { SimEvent } from '../simulator.js'
import type { Settings } from '../../tiles/index.js'

/** An event that the customer performed. */
export interface Came {
  event: string
  properties: Record<string, unknown>
  /** When it was received, ms. */
  at: number
}

/** Whose facts, and at which tile. */
export interface FactsOf extends Pick<Facts, 'now' | 'customerId' | 'journeyId' | 'tileId' | 'enteredAt' | 'entry' | 'outputs'> {
  settings: Settings
  /** The tile's own time zone, or `customer`. */
  timezone?: string | undefined
}

/** The customer of a simulation: what profile and events hold at the virtual instant. */
export class Customer {
  readonly events: Came[]
  readonly audiences: Set<string>
  readonly #messageIds = new Set<string>()

  constructor(
    public traits: Record<string, unknown>,
    audiences: readonly string[] = [],
    history: readonly Came[] = [],
  ) {
    this.audiences = new Set(audiences)
    this.events = [...history]
  }

  /** Takes an event in; undefined when it came before. */
  receive({ event, properties = {}, at, messageId }: SimEvent & { at: number }): Came | undefined {
    if (messageId !== undefined) {
      if (this.#messageIds.has(messageId)) return undefined
      this.#messageIds.add(messageId)
    }
    const came = { event, properties, at }
    this.events.push(came)
    return came
  }

  /** Merges traits into the profile; null removes one. */
  merge(traits: Record<string, unknown>): void {
    this.traits = Object.fromEntries(Object.entries({ ...this.traits, ...traits }).filter(([, value]) => value !== null))
  }

  /** What a decision reads. */
  facts({ settings, timezone, ...of }: FactsOf, reads: Reads): Facts {
    const facts: Facts = {
      ...of,
      traits: this.traits,
      zone: resolveZone(timezone, this.traits, settings.timezone),
      audiences: Object.fromEntries(reads.audiences.map((id) => [id, this.audiences.has(id)])),
      events: {},
    }
    for (const query of reads.events) {
      const tally = new EventTally(query, facts)
      for (const { event, at, properties } of this.events.toReversed()) if (event === query.event) tally.add(at, properties)
      facts.events[query.key] = tally.count
      if (tally.changes !== undefined) facts.changes = { ...facts.changes, [query.key]: tally.changes }
    }
    return facts
  }
}
