import type { z } from 'zod'
import type { Channel } from '../model/channels.js'
import type { VendorFeedback } from './feedback.js'

/** Longest that a vendor's Retry-After is honoured, in ms: a day. */
const MAX_RETRY_AFTER_MS = 86_400_000

/**
 * How a send failed. `retry`: certainly not sent, may be tried again. `permanent`: certainly not sent, trying again is no use.
 * `ambiguous`: the request was written and no answer came.
 */
export type SendFailure = 'retry' | 'permanent' | 'ambiguous'

/** A send or webhook that failed. The message is for the operator and never carries a secret. */
export class SendError extends Error {
  override name = 'SendError'
  readonly retryAfterMs?: number
  readonly answer?: unknown
  constructor(
    readonly kind: SendFailure,
    /** Stable word: `smtp_550`, `http_429`, `timeout`, `blocked_address`, `template_error` … */
    readonly code: string,
    message: string,
    more: { retryAfterMs?: number | undefined; answer?: unknown } = {},
  ) {
    super(message)
    if (more.retryAfterMs !== undefined) this.retryAfterMs = Math.min(more.retryAfterMs, MAX_RETRY_AFTER_MS)
    if (more.answer !== undefined) this.answer = more.answer
  }
}

/** One send. */
export interface SendCall<C = unknown, S = unknown> {
  /** Idempotency key, the same over all retries. */
  key: string
  workspaceId: string
  memberId: string
  tileId: string
  customerId: string
  config: C
  secrets: S
  /** Rendered and checked by the action's schema. */
  fields: Record<string, string>
  /** Headers of an email beyond those that the vendor and the fields make: ASCII, without line breaks. */
  headers?: Record<string, string>
  /** Aborted when the attempt has taken too long. */
  signal: AbortSignal
  /** CIDRs that may be reached although private. */
  outboundAllow: readonly string[]
  /** Waits until one more request may be made, where it is requests that are limited; the first one's turn has come. */
  turn?: ((off: AbortSignal) => Promise<void>) | undefined
  /** Where the vendor tells what becomes of it; absent when the destination is not set up for that. */
  feedbackUrl?: string
  /** Links by which opens and clicks are seen. */
  tracking?: Tracking
}

/** Links by which it is seen what a customer does with a message: the same for the same message. */
export interface Tracking {
  /** Of the picture that is loaded when the message is opened. */
  openUrl: string
  /** Instead of a page's address; undefined when that is not to be followed. */
  clickUrl(url: string): string | undefined
}

/** What a vendor answered to a send that it took. */
export interface SendResult {
  vendorId?: string
  /** Kept in the ledger, redacted. */
  answer?: unknown
}

/** What a vendor does with a send that comes again. */
export interface Repeats {
  /** Whether a repeated send with the same key has its effect once. */
  dedupes: boolean
  /** How, in a sentence, for whoever builds an orchestration. */
  idempotency: string
}

/** Many sends in one request, where a vendor has an endpoint for it. */
export interface Gathering<C = unknown, S = unknown> {
  /** Most sends of one request. */
  most: number
  /** The vendor's own limit counts requests, however many sends are in them. */
  perRequest?: true
  /**
   * All go through one destination, in the order in which they came.
   * @returns what became of each, in their order
   * @throws SendError when the request as a whole failed: so did each
   */
  send(calls: readonly SendCall<C, S>[]): Promise<(SendResult | SendError)[]>
}

/** An action of a vendor. What it says of repeats holds instead of what the vendor says. */
export interface VendorAction<C = unknown, S = unknown> extends Partial<Repeats> {
  title: string
  /** By what it reaches the customer, at the address in its field `to` if it has one; absent of an action that sends no message to them. */
  channel?: Channel
  /** Strings by name; which are required, and unknown ones refused. Fields are Liquid templates. */
  fields: z.ZodObject
  /** @throws SendError */
  send(call: SendCall<C, S>): Promise<SendResult>
  /** Sends that come at about the same time go together by this. */
  gather?: Gathering<C, S>
}

/** What holds for an action: its own word, else its vendor's. */
export const repeatsOf = (vendor: Vendor, action: VendorAction | undefined): Repeats => ({
  dedupes: action?.dedupes ?? vendor.dedupes,
  idempotency: action?.idempotency ?? vendor.idempotency,
})

/**
 * Most sends a second of a destination: its own limit, else its vendor's; undefined when there is none.
 * @param limit the destination's own
 */
export const paceOf = (
  vendor: Pick<Vendor, 'perSecond'> | undefined,
  limit: { perSecond: number } | null | undefined,
): number | undefined => limit?.perSecond ?? vendor?.perSecond

/** Whether a limit is one of requests, in which sends of an action go together: the vendor's own may be, one that was set for a destination is of sends. */
export const countsRequests = (
  vendor: Pick<Vendor, 'actions'> | undefined,
  action: string,
  limit: { perSecond: number } | null | undefined,
): boolean => !limit && vendor?.actions[action]?.gather?.perRequest === true

/** A kind of destination: one folder. */
export interface Vendor<C = unknown, S = unknown> extends Repeats {
  type: string
  title: string
  /** Page of the vendor that its formats were read from. */
  docs?: string
  config: z.ZodType<C>
  /** Write-only; encrypted at rest. */
  secrets: z.ZodType<S>
  /** Sends a second that the vendor takes, or requests of actions that gather by `perRequest`; a destination without its own `rateLimit` is held to it. */
  perSecond?: number
  actions: Record<string, VendorAction<C, S>>
  /** How it tells what became of messages; absent of one that does not. */
  feedback?: VendorFeedback<C, S>
  /** Tries the connection without sending. @throws SendError */
  test(call: Pick<SendCall<C, S>, 'config' | 'secrets' | 'signal' | 'outboundAllow'>): Promise<void>
  /** Closes what is pooled. */
  close?(): void
}
