import { LRUCache } from 'lru-cache'
import type { Db } from '../store/db.js'
import type { StoredEvent } from '../store/events.js'
import { MAX_NAMES, noteSightings, traitsOf, TRAITS, type Sighting } from '../store/schema.js'
import { isObject } from './segment.js'

/** How long a name that was written down is not written again, in ms, and how many are remembered. */
const QUIET_MS = 60_000
const REMEMBERED = 20_000
/** How long after a changed profile was looked at another one of the workspace is not, in ms. */
const PROFILE_MS = 1_000
/** Most that waits to be written down: what is beyond it comes by again. */
const MAX_WAITING = 2_000
/** Longest name of a property, and longest sample, in characters. */
const MAX_NAME = 200
const MAX_SAMPLE = 40
/** How deep names within objects are looked for. */
const MAX_DEPTH = 3

const DATE = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/

/**
 * Names and types of what the router sees, for editors. Each is written at most once a minute by this process, in one statement with
 * others; what is lost with the process comes by again.
 */
export class SchemaNotes {
  private readonly known = new LRUCache<string, true>({ max: REMEMBERED, ttl: QUIET_MS })
  private readonly profiles = new LRUCache<string, true>({ max: 1_000, ttl: PROFILE_MS })
  private waiting: Sighting[] = []

  /** Takes note of an event with its properties; of an identify, with the traits. Costs a look-up for each property. */
  event(workspaceId: string, { type, event, properties }: Pick<StoredEvent, 'type' | 'event' | 'properties'>): void {
    this.see({ workspaceId, of: event, name: '', type: '' })
    this.names(workspaceId, type === 'identify' ? TRAITS : event, properties)
  }

  /** Looks at the traits of a customer whom the API changed; of many in a second, at those of one. */
  async profile(db: Db, workspaceId: string, customerId: string): Promise<void> {
    if (this.profiles.has(workspaceId)) return
    this.profiles.set(workspaceId, true)
    this.traits(workspaceId, await traitsOf(db, workspaceId, customerId))
  }

  /** Takes note of traits of a customer. */
  traits(workspaceId: string, traits: Record<string, unknown>): void {
    this.names(workspaceId, TRAITS, traits)
  }

  /** Writes down what is new since the last time. */
  async flush(db: Db): Promise<void> {
    const sightings = this.waiting
    this.waiting = []
    await noteSightings(db, sightings)
  }

  private names(workspaceId: string, of: string, fields: Record<string, unknown>): void {
    let left = MAX_NAMES
    for (const { name, value } of named(fields)) {
      if (left-- === 0) return
      const type = typeOf(value)
      const sample = sampleOf(value)
      if (type !== undefined) this.see({ workspaceId, of, name, type, ...(sample !== undefined && { sample }) })
    }
  }

  private see(sighting: Sighting): void {
    const key = JSON.stringify([sighting.workspaceId, sighting.of, sighting.name, sighting.type])
    if (this.known.has(key) || this.waiting.length >= MAX_WAITING) return
    this.known.set(key, true)
    this.waiting.push(sighting)
  }
}

/** Names as conditions and templates say them: within objects, one that has a dot of its own cannot be asked for. */
function* named(fields: Record<string, unknown>, prefix = '', depth = 1): Generator<{ name: string; value: unknown }> {
  for (const [field, value] of Object.entries(fields)) {
    const name = prefix + field
    if (field === '' || name.length > MAX_NAME || (depth > 1 && field.includes('.'))) continue
    yield { name, value }
    if (isObject(value) && depth < MAX_DEPTH) yield* named(value, `${name}.`, depth + 1)
  }
}

function typeOf(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined
  if (Array.isArray(value)) return 'array'
  return typeof value === 'string' && DATE.test(value) ? 'date' : typeof value
}

function sampleOf(value: unknown): Sighting['sample'] | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return value
  if (typeof value !== 'string' || value === '') return undefined
  return value.length <= MAX_SAMPLE ? value : `${value.slice(0, MAX_SAMPLE - 1).replace(/\p{Surrogate}$/u, '')}…`
}
