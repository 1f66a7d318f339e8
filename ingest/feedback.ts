import { createHash } from 'node:crypto'
import { feedbackEvent, type FeedbackItem } from '../model/feedback.js'
import type { Db } from '../store/db.js'
import { spokenOf, tellerOf, type Spoken } from '../store/feedback.js'
import { subscribe, unsubscribe } from '../store/subscriptions.js'
import { suppress } from '../store/suppressions.js'
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
  const plain = known.filter(({ item }) => !meaningOf(item))
  const { fresh } = await accept(db, teller.workspaceId, plain.map(eventOf(teller)), 'track', {})
  let more = 0
  for (const each of known) {
    const meaning = meaningOf(each.item)
    if (meaning) more += await keepMeant(db, teller, each, meaning)
  }
  return { fresh: fresh + more, unknown: items.length - known.length }
}

interface Known {
  item: FeedbackItem
  of: Spoken
}

/** What an item means for later sends. */
type Meaning = (tx: Db, teller: Teller, known: Known) => Promise<unknown>

/** The event and what it means for later sends, both or neither. A repeat, also a late one, does not undo what was said since. */
const keepMeant = (db: Db, teller: Teller, known: Known, meaning: Meaning): Promise<number> =>
  withoutDeadlock(() =>
    db.tx(async (tx) => {
      const { fresh } = await accept(tx, teller.workspaceId, [eventOf(teller)(known)], 'track', {})
      if (fresh > 0) await meaning(tx, teller, known)
      return fresh
    }),
  )

function meaningOf({ what, bounce }: FeedbackItem): Meaning | undefined {
  if (what === 'bounced' && bounce === 'hard') return suppressing('hard_bounce')
  if (what === 'complained') return suppressing('complaint')
  if (what === 'unsubscribed') return saying(unsubscribe)
  return what === 'subscribed' ? saying(subscribe) : undefined
}

const suppressing =
  (reason: 'hard_bounce' | 'complaint'): Meaning =>
  async (tx, { workspaceId }, { item, of }) => {
    const address = item.address ?? of.to
    if (address) await suppress(tx, { workspaceId, channel: item.channel, address, reason, source: of.key })
  }

const saying =
  (say: typeof subscribe): Meaning =>
  (tx, { workspaceId, destinationId }, { item, of }) =>
    say(tx, { workspaceId, customerId: of.customerId, channel: item.channel, via: destinationId })

/** A track of the customer, as the intake reads it. */
const eventOf =
  ({ destinationId }: Teller) =>
  ({ item, of }: Known): Record<string, unknown> => ({
    messageId: `feedback:${destinationId}:${createHash('sha256').update(item.id).digest('hex').slice(0, 32)}`,
    userId: of.customerId,
    event: feedbackEvent(item),
    timestamp: item.at.toISOString(),
    properties: {
      deliveryKey: of.key,
      memberId: of.memberId,
      orchestrationId: of.journeyId,
      tileId: of.tileId,
      destinationId,
      ...given({ messageId: of.vendorId ?? item.vendorId, bounce: item.bounce, machine: item.machine }),
      ...given({ url: cut(item.url), reason: cut(item.reason), text: cut(item.text) }),
    },
  })

const cut = (text: string | undefined): string | undefined => text?.slice(0, MAX_TEXT)

/** What of it is there. */
const given = (values: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))

/** Within which the same open or click counts once, in ms: who reloads a page, a mail program that loads a picture twice. */
const ONCE_MS = 60_000

/** Keeps an open or a click that was seen by links of ours. Answers how many events are new: none of a message that was a test, or is erased. */
export async function keepOwn(
  db: Db,
  { what, key, url, machine }: Pick<FeedbackItem, 'what' | 'url'> & { key: string; machine: boolean },
): Promise<number> {
  const sent = await tellerOf(db, key)
  if (!sent) return 0
  const at = new Date()
  const id = JSON.stringify([what, key, url, machine, Math.floor(at.getTime() / ONCE_MS)])
  const { fresh } = await keepFeedback(db, sent, [{ id, what, channel: 'email', at, key, url, ...(machine && { machine }) }])
  return fresh
}
