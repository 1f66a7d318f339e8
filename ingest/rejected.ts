import type { Db } from '../store/db.js'
import { keepRejected, type NewRejected } from '../store/rejected.js'
import { keepable } from './keepable.js'
import type { Rejected } from './accept.js'
import { isObject } from './segment.js'

/** Rejected events of one call that are kept: a batch of nothing else must not fill the list of the others. */
const OF_ONE_CALL = 100
/** Longest that is kept of an event, and of each name in it, in characters. */
const MAX_RAW = 2_000
const MAX_NAME = 255

/** Keeps what a call sent that could not be accepted, for the list of rejected events. */
export function noteRejected(db: Db, workspaceId: string, raws: readonly unknown[], rejected: readonly Rejected[]): Promise<void> {
  return keepRejected(
    db,
    workspaceId,
    rejected.slice(0, OF_ONE_CALL).map(({ position, reason }) => describe(raws[position], position, reason)),
  )
}

function describe(raw: unknown, position: number, reason: string): NewRejected {
  const fields = isObject(raw) ? raw : {}
  return {
    position,
    reason,
    type: nameOf(fields.type),
    event: nameOf(fields.event),
    messageId: nameOf(fields.messageId),
    customerId: nameOf(fields.userId) ?? nameOf(fields.anonymousId),
    raw: cut(textOf(raw), MAX_RAW),
  }
}

const nameOf = (value: unknown): string | null =>
  typeof value === 'string' || typeof value === 'number' ? cut(keepable(String(value)) as string, MAX_NAME) : null

/** What is nested too deep cannot be written as JSON by recursion. */
function textOf(raw: unknown): string {
  try {
    return keepable(JSON.stringify(raw)) as string
  } catch {
    return '(nested too deep to show)'
  }
}

/** Not through the middle of a surrogate pair. */
const cut = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1).replace(/\p{Surrogate}$/u, '')}…`
