import { createHash, timingSafeEqual } from 'node:crypto'
import { TileworkError } from '../model/errors.js'
import type { FeedbackItem } from '../model/feedback.js'
import type { SendCall } from './vendor.js'

/** A request in which a vendor tells what became of messages. */
export interface FeedbackRequest {
  /** As the vendor called it: with the public address of the API, and the query. */
  url: string
  /** What stands behind the destination in the path: a secret, where the vendor can show one in no other way. */
  token?: string | undefined
  /** Names in lower case. */
  headers: Record<string, string | undefined>
  body: Buffer
}

/** One request to a destination. */
export interface FeedbackCall<C = unknown, S = unknown> extends Pick<SendCall<C, S>, 'config' | 'secrets' | 'signal' | 'outboundAllow'> {
  request: FeedbackRequest
  /** ms */
  now: number
}

/** How a vendor tells what became of messages: one file a vendor. */
export interface VendorFeedback<C = unknown, S = unknown> {
  /** Page of the vendor that it was read from. */
  docs: string
  /** What comes back, by the names of the customer's events. */
  events: readonly string[]
  /** What to set at the vendor, step by step. */
  setup: readonly string[]
  /** What the destination lacks for requests to be told from forged ones, in a sentence; undefined when it lacks nothing. */
  missing(of: { config: C; secrets: S }): string | undefined
  /** Whether the vendor sent it, and lately. @throws SendError when that cannot be found out now */
  verify(call: FeedbackCall<C, S>): boolean | Promise<boolean>
  /** What a request that was verified tells; what is of no interest is left out. @throws TileworkError bad_request; SendError when it has to come again */
  read(call: FeedbackCall<C, S>): FeedbackItem[] | Promise<FeedbackItem[]>
  /** What the vendor wants to be answered, where it is not JSON. */
  answer?: { contentType: string; body: string }
}

/** Where a vendor tells what becomes of the messages of a destination. @param publicUrl without a slash at its end */
export const feedbackUrlOf = (publicUrl: string, destinationId: string): string => `${publicUrl}/feedback/${destinationId}`

/** Whether two texts are the same, in a time that does not tell how much of them is. */
export function sameText(one: string, other: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(one), hash(other))
}

/** The password of Basic authentication; undefined when there is none. */
export function basicPassword({ headers }: FeedbackRequest): string | undefined {
  const [, encoded] = /^Basic\s+(\S+)$/i.exec(headers.authorization ?? '') ?? []
  return encoded === undefined ? undefined : /^[^:]*:(.*)$/s.exec(Buffer.from(encoded, 'base64').toString())?.[1]
}

/** The token of Bearer authentication; undefined when there is none. */
export const bearerToken = ({ headers }: FeedbackRequest): string | undefined => /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1]

/** The body as JSON. @throws TileworkError bad_request */
export function jsonBody({ body }: FeedbackRequest): unknown {
  try {
    return JSON.parse(body.toString()) as unknown
  } catch {
    throw new TileworkError('bad_request', 'The body is not JSON.')
  }
}

/** An instant that a vendor writes; now when it is none. */
export function instantOf(text: string | number | undefined, now: number): Date {
  const at = new Date(typeof text === 'number' ? text * 1000 : (text ?? now))
  return Number.isNaN(at.getTime()) ? new Date(now) : at
}

/**
 * Longest that a signed request is taken after it was signed, in ms, where the vendor signs once for all its tries: longer than vendors try, shorter than
 * repeats are known by their ids (7 days).
 */
export const SIGNED_FOR_MS = 2 * 86_400_000

/** Whether a time stamp is recent enough, and not of the future. */
export const isRecent = (at: number, now: number): boolean => now - at < SIGNED_FOR_MS && at - now < 300_000
