import { createHash } from 'node:crypto'
import { feedbackEvent, type FeedbackItem } from '../model/feedback.js'
import type { Db } from '../store/db.js'
import { spokenOf, type Spoken } from '../store/feedback.js'
import { accept, withoutDeadlock } from './accept.js'

/** Who tells. */
export interface Teller {
  workspaceId: string
  destinationId: string
}

/** What came of it. */
export interface Kept {
  /** How many events are kept now that were not before. */
  fresh: number
  /** How many are about messages that this destination did not send. */
  unknown: number
}

/** Longest text that an event has of a vendor's reason, of an address of a page and of a reply, in characters. */
const MAX_TEXT = 2_000

/**
 * Keeps what a vendor tells of messages as events of their customers, durably. What it tells again counts once. What it means for later sends is
 * kept with the event in one transaction: an address that takes nothing, a complaint, a customer who wants no more.
 * @throws TileworkError unavailable when PostgreSQL cannot be reached: the vendor has to come again
 */
export async function keepFeedback(db: Db, teller: Teller, items: readonly FeedbackItem[]): Promise<Kept> {
  const spoken = await spokenOf(db, teller.destinationId, items)
  const known = items.flatMap((item, index) => (spoken[index] ? [{ item, of: spoken[index] }] : []))
  let fresh = 0
  for (const group of groups(known, ({ item }) => consequenceOf(item) !== undefined)) {
    const raws = group.map(({ item, of }) => eventOf(teller, item, of))
    const [{ item, of }] = group as [Known]
    const consequence = consequenceOf(item)
    fresh += await (consequence
      ? withoutDeadlock(() => db.tx(async (tx) => {
          const { fresh: kept } = await accept(tx, teller.workspaceId, raws, 'track', {})
          if (kept > 0) await consequence(tx, teller, item, of)
          return kept
        }))
      : accept(db, teller.workspaceId, raws, 'track', {}).then((accepted) => accepted.fresh))
  }
  return { fresh, unknown: items.length - known.length }
}
