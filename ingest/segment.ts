import { newId } from '../model/ids.js'
import type { EventType, NewEvent } from '../store/events.js'
import { keepable, mostBytes, NotKeepable } from './keepable.js'

/*
 * Events as Segment's HTTP API takes them (segment.com/docs/connections/sources/catalog/libraries/server/http-api).
 */

/** Limits of the specification, in bytes and events. */
export const LIMITS = { batchBytes: 512_000, eventBytes: 32_768, batchEvents: 2_500 } as const

/** The calls of the specification; each is a path, and the `type` of an event in a batch. */
export const EVENT_TYPES: readonly EventType[] = ['track', 'identify', 'page', 'screen', 'group', 'alias']

/** Longest id and event name, in characters. */
export const MAX_ID = 255
export const MAX_NAME = 200

/** What an id is, in words. */
const AN_ID = `a text of 1 to ${MAX_ID} characters without control characters, or a number below 2^53`

/** Last instant that PostgreSQL reads in JavaScript's notation: the end of the year 9999, in ms. */
const LAST_INSTANT = 253_402_300_799_999

/** A received event: accepted, or why not. */
export type Read = { event: NewEvent } | { rejected: string; tooLarge?: true }

/** What an envelope says about all its events. */
export interface Envelope {
  sentAt?: unknown
  context?: unknown
}

type Fields = Record<string, unknown>

export const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Reads one event. The customer is `userId`, or `anonymousId` while there is none; both: the router makes them one.
 * @param type of the route; of a batch each event's own
 * @param received by this process's clock: `timestamp` is corrected by how far `sentAt` is off it
 */
export function readEvent(raw: unknown, type: EventType | undefined, envelope: Envelope, received: Date): Read {
  if (!isObject(raw)) return { rejected: 'An event is a JSON object.' }
  const kind = EVENT_TYPES.find((each) => each === (type ?? raw.type))
  if (kind === undefined) return { rejected: `'type' is one of ${EVENT_TYPES.join(', ')}.` }
  const anonymousId = idOf(raw.anonymousId)
  const userId = idOf(raw.userId)
  const customerId = userId ?? anonymousId
  if (customerId === undefined) return { rejected: `Give 'userId' or 'anonymousId', ${AN_ID}.` }
  const previousId = idOf(raw.previousId)
  if (kind === 'alias' && (userId === undefined || previousId === undefined))
    return { rejected: `An alias has 'previousId' and 'userId', each ${AN_ID}.` }
  const messageId = raw.messageId === undefined || raw.messageId === null ? newId('evt') : idOf(raw.messageId)
  if (messageId === undefined) return { rejected: `'messageId' is ${AN_ID}.` }
  const fields = cleaned(raw)
  if ('rejected' in fields) return fields
  const name = nameOf(kind, fields.clean)
  if (name === undefined) return { rejected: `Give 'event', a text of 1 to ${MAX_NAME} characters.` }
  return {
    event: {
      messageId,
      customerId,
      type: kind,
      event: name,
      properties: kind === 'alias' ? { previousId } : propertiesOf(kind, fields.clean),
      context: { ...contextOf(envelope), ...asObject(fields.clean.context) },
      timestamp: corrected(raw.timestamp, raw.sentAt ?? envelope.sentAt, received),
      ...(anonymousId !== undefined && anonymousId !== userId && { anonymousId }),
    },
  }
}

function cleaned(raw: Fields): { clean: Fields } | { rejected: string; tooLarge?: true } {
  try {
    const clean = keepable(raw) as Fields
    // Measured exactly only when it might be too large: writing every event as JSON once more costs as much as reading it.
    if (mostBytes(clean) <= LIMITS.eventBytes || Buffer.byteLength(JSON.stringify(clean)) <= LIMITS.eventBytes) return { clean }
    return { rejected: `It is larger than ${LIMITS.eventBytes / 1024} KB, the limit of an event.`, tooLarge: true }
  } catch (error) {
    if (error instanceof NotKeepable) return { rejected: error.message }
    throw error
  }
}

/** An envelope's context that cannot be kept is not worth its events. */
function contextOf(envelope: Envelope): Fields {
  const read = cleaned({ context: envelope.context })
  return 'clean' in read ? asObject(read.clean.context) : {}
}

/** Ids are never cleaned or rounded: two customers could become one. JSON's numbers are exact up to 2^53. */
function idOf(value: unknown): string | undefined {
  const text = typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER ? String(value) : value
  return typeof text === 'string' && text.length > 0 && text.length <= MAX_ID && !/[\p{Cc}\p{Surrogate}]/u.test(text) ? text : undefined
}

/** Of a track its event; the others have a name of their own. */
function nameOf(type: EventType, fields: Fields): string | undefined {
  if (type !== 'track') return `$${type}`
  const name = fields.event
  return typeof name === 'string' && name.length > 0 && name.length <= MAX_NAME ? name : undefined
}

/** What conditions see as the event's properties: the specification's own field, and what a call names beside it. */
function propertiesOf(type: EventType, fields: Fields): Fields {
  switch (type) {
    case 'track':
      return asObject(fields.properties)
    case 'identify':
      return asObject(fields.traits)
    case 'group':
      return { ...pick(fields, 'groupId'), ...asObject(fields.traits) }
    default:
      return { ...pick(fields, 'name', 'category'), ...asObject(fields.properties) }
  }
}

const pick = (fields: Fields, ...names: string[]): Fields =>
  Object.fromEntries(names.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]]])))

const asObject = (value: unknown): Fields => (isObject(value) ? value : {})

/** Clock skew: what the sender's clock said at sending against ours (Segment: `timestamp = receivedAt - (sentAt - originalTimestamp)`). */
function corrected(timestamp: unknown, sentAt: unknown, received: Date): Date {
  const at = dateOf(timestamp)
  if (at === undefined) return received
  const sent = dateOf(sentAt)
  const instant = sent === undefined ? at : received.getTime() - (sent - at)
  return instant >= 0 && instant <= LAST_INSTANT ? new Date(instant) : received
}

function dateOf(value: unknown): number | undefined {
  const ms = typeof value === 'string' || typeof value === 'number' ? new Date(value).getTime() : NaN
  return ms >= 0 && ms <= LAST_INSTANT ? ms : undefined
}
