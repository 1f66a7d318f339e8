import type { Channel } from './channels.js'
import type { Otherwise } from './quiet-hours.js'

/*
 * What frequency caps say to a message of a customer, on any clock. The SQL function tw_ask_slot says the same where messages of several members come
 * together, and lets those that wait go before; a test holds the two together.
 */

/** At most so many messages to a customer in a window. */
export interface Cap {
  id: string
  name: string
  /** Of messages by this channel; or about this topic (its id); of all, when neither is named. */
  channel: Channel | null
  topic: string | null
  /** As the topic is called. */
  topicName: string | null
  most: number
  /** The window, ISO 8601, and in ms. */
  per: string
  perMs: number
  otherwise: Otherwise
}

/** What kind of message it is, for caps. */
export interface Kind {
  channel: Channel
  topic?: string | null | undefined
}

/** A message that was let go, and counts. */
export interface Slot extends Kind {
  /** ms */
  at: number
}

/** A message that is beyond a cap. */
export interface Capped {
  do: 'skip' | 'later'
  cap: Pick<Cap, 'id' | 'name' | 'channel' | 'most' | 'per'> & {
    /** Its name. */
    topic: string | null
  }
  /** Slots that are taken, and those that messages which wait before it can have now. */
  had: number
  kept: number
  /** Of `later`: when to ask again, ms. */
  at?: number
}

/** How long a message that waits may not ask, in ms: else it would not notice what frees slots early. */
const LONGEST_MS = 3_600_000

const isAbout = ({ channel, topic }: Cap, of: Kind): boolean =>
  (channel === null || channel === of.channel) && (topic === null || topic === of.topic)

/**
 * Judges a message by caps, in the order of their ids.
 * @param slots of the customer's other messages
 * @param own when the message was let go before, ms: within the window its slot is its own
 * @param now ms
 */
export function cappedBy(
  caps: readonly Cap[],
  slots: readonly Slot[],
  own: number | undefined,
  message: Kind,
  now: number,
): Capped | undefined {
  let last: { free: number; capped: Capped } | undefined
  for (const cap of caps) {
    if (!isAbout(cap, message) || (own !== undefined && own > now - cap.perMs)) continue
    const frees = slots.filter((slot) => isAbout(cap, slot) && slot.at > now - cap.perMs).map(({ at }) => at + cap.perMs)
    if (frees.length < cap.most) continue
    const capped: Capped = { do: cap.otherwise === 'skip' ? 'skip' : 'later', cap: told(cap), had: frees.length, kept: 0 }
    if (capped.do === 'skip') return capped
    // When as many are free again as are wanted.
    const free = frees.sort((a, b) => a - b)[frees.length - cap.most]!
    if (last === undefined || free > last.free) last = { free, capped }
  }
  return last && { ...last.capped, at: Math.ceil(Math.min(last.free, now + LONGEST_MS)) }
}

const told = ({ id, name, channel, topicName, most, per }: Cap): Capped['cap'] => ({ id, name, channel, topic: topicName, most, per })
