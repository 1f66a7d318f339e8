import type { Channel } from './channels.js'

/** What can become of a message, as vendors tell. With the channel before it it is the name of the customer's event: `email_opened`. */
export const FEEDBACK = [
  'delivered',
  'deferred',
  'bounced',
  'failed',
  'opened',
  'clicked',
  'replied',
  'complained',
  'unsubscribed',
  'subscribed',
] as const
export type FeedbackKind = (typeof FEEDBACK)[number]

/** One thing that a vendor tells of one message. */
export interface FeedbackItem {
  /** The same each time that the vendor tells it, and of nothing else that it tells. */
  id: string
  what: FeedbackKind
  channel: Channel
  /** When it happened, as the vendor says. */
  at: Date
  /** The key of the delivery, where the vendor carries it back. */
  key?: string | undefined
  /** The vendor's id of the message. */
  vendorId?: string | undefined
  /** Whom it is about: an address, a number. */
  address?: string | undefined
  /** Of a click: where it led. */
  url?: string | undefined
  /** Of a bounce: `hard` when the address takes nothing any more. */
  bounce?: 'hard' | 'soft'
  /** In the vendor's words. */
  reason?: string | undefined
  /** A program did it, and not the customer. */
  machine?: boolean
  /** Of a reply: what they wrote. */
  text?: string | undefined
}

/** The name of the customer's event. */
export const feedbackEvent = ({ channel, what }: Pick<FeedbackItem, 'channel' | 'what'>): string => `${channel}_${what}`
