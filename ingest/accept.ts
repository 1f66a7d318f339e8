import { TileworkError } from '../model/errors.js'
import type { Db } from '../store/db.js'
import { insertEvents, type EventType } from '../store/events.js'
import { faultOf, sqlState } from './fault.js'
import { readEvent, type Envelope } from './segment.js'

/** An event that is not kept, and why, in a sentence. */
export interface Rejected {
  /** Place in the batch, from 0. */
  position: number
  reason: string
  tooLarge: boolean
}

export interface Accepted {
  /** How many are kept now that were not before. */
  fresh: number
  /** How many could be read, repeated ones among them. */
  read: number
  rejected: Rejected[]
}

/**
 * Keeps events durably, before the sender is answered. One that cannot be read does not take its neighbours along.
 * @param type of all of them; undefined: each says its own
 * @throws TileworkError unavailable when PostgreSQL cannot be reached: nothing is kept
 */
export async function accept(
  db: Db,
  workspaceId: string,
  raws: readonly unknown[],
  type: EventType | undefined,
  envelope: Envelope,
): Promise<Accepted> {
  const received = new Date()
  const reads = raws.map((raw) => readEvent(raw, type, envelope, received))
  const events = reads.flatMap((read) => ('event' in read ? [read.event] : []))
  const rejected = reads.flatMap((read, position) =>
    'rejected' in read ? [{ position, reason: read.rejected, tooLarge: read.tooLarge === true }] : [],
  )
  const fresh = await withoutDeadlock(() => insertEvents(db, workspaceId, events))
  return { fresh, read: events.length, rejected }
}

/** Deadlock: two batches at once hold the same message ids in another order. One of the two wins; the other's turn is next. */
const DEADLOCK = '40P01'
const TRIES = 5

/**
 * Keeps events, again after a deadlock.
 * @throws TileworkError unavailable when PostgreSQL cannot be reached: nothing is kept
 */
export async function withoutDeadlock<T>(insert: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await insert()
    } catch (error) {
      if (sqlState(error) === DEADLOCK && tries < TRIES) continue
      if (faultOf(error) !== 'system') throw error
      throw Object.assign(new TileworkError('unavailable', 'The events cannot be kept now; send them again in a moment.'), { cause: error })
    }
  }
}
