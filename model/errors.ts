/**
 * The one error class of Tilework. `code` is a closed union; api/ maps each to an HTTP status in one place.
 */
export const ERROR_CODES = [
  'bad_request', // malformed JSON, malformed header: 400
  'unauthenticated', // 401
  'forbidden', // the key lacks a scope: 403
  'not_found', // 404
  'method_not_allowed', // 405
  'wrong_state', // the thing's state does not allow it: 409
  'conflict', // a unique name is taken; the same Idempotency-Key is still running: 409
  'stale', // If-Match does not hold: 412
  'too_large', // 413
  'unsupported_media_type', // 415
  'invalid', // understood, but not acceptable: 422
  'rate_limited', // 429
  'internal', // 500
  'unavailable', // Temporal or PostgreSQL cannot be reached: 503
] as const

export type ErrorCode = (typeof ERROR_CODES)[number]

/** One complaint about one place: `path` is a JSON pointer (`/tiles/2/config/duration`), `code` a stable word or TW number. */
export interface FieldError {
  path: string
  code: string
  message: string
  tileId?: string
  edgeId?: string
}

/** Thrown by every layer; `message` is a sentence for the reader that says how to mend it. */
export class TileworkError extends Error {
  override name = 'TileworkError'
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly errors: FieldError[] = [],
    /** More members for the problem+json body, such as the state a thing is in. */
    readonly extra: Record<string, unknown> = {},
  ) {
    super(message)
  }
}
