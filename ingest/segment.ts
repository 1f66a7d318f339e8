import { newId } from '../model/ids.js'
import type { EventType, NewEvent } from '../store/events.js'

/*
 * Events as Segment's HTTP API takes them (segment.com/docs/connections/sources/catalog/libraries/server/http-api).
 */

/** Limits of the specification, in bytes and events. */
export const LIMITS = { batchBytes: 512_000, eventBytes: 32_768, batchEvents: 2_500 } as const

const TYPES = new Set<EventType>(['track', 'identify', 'page', 'screen', 'group', 'alias'])

/** Longest id and event name, in characters. */
const MAX_ID = 255
const MAX_NAME = 200

/** A received event: accepted, or why not. */
export type Read = { event: NewEvent } | { rejected: string }

interface Raw extends Record<string, unknown> {
  type?: unknown
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Reads one event. The customer is `userId`, or `anonymousId` while there is none.
 * @param type of the route; of a batch each event's own
 * @param received by this process's clock: `timestamp` is corrected by how far `sentAt` is off it
 */
export function readEvent(
  raw: unknown,
  type: EventType | undefined,
  envelope: { sentAt?: unknown; context?: unknown },
  received: Date,
): Read {
  if (!isObject(raw)) return { rejected: 'An event is a JSON object.' }
  if (JSON.stringify(raw).length > LIMITS.eventBytes) return { rejected: `An event has at most ${LIMITS.eventBytes / 1024} KB.` }
  const kind = type ?? (raw as Raw).type
  if (!TYPES.has(kind as EventType)) return { rejected: `'type' is one of ${[...TYPES].join(', ')}.` }
  const customerId = idOf(raw.userId) ?? idOf(raw.anonymousId)
  if (customerId === undefined) return { rejected: `Give 'userId' or 'anonymousId', a text of 1 to ${MAX_ID} characters.` }
  const name = nameOf(kind as EventType, raw)
  if (name === undefined) return { rejected: `Give 'event', a text of 1 to ${MAX_NAME} characters.` }
  const messageId = idOf(raw.messageId)
  if (raw.messageId !== undefined && messageId === undefined) return { rejected: `'messageId' is a text of 1 to ${MAX_ID} characters.` }
  const context = { ...asObject(envelope.context), ...asObject(raw.context) }
  const event: NewEvent = {
    messageId: messageId ?? newId('evt'),
    customerId,
    type: kind as EventType,
    event: name,
    properties: asObject(kind === 'identify' || kind === 'group' ? raw.traits : raw.properties),
    context,
    timestamp: corrected(raw.timestamp, raw.sentAt ?? envelope.sentAt, received),
  }
  return storable(event) ? { event } : { rejected: 'PostgreSQL cannot keep a NUL character or half a surrogate pair; remove it.' }
}

function idOf(value: unknown): string | undefined {
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && text.length > 0 && text.length <= MAX_ID ? text : undefined
}

/** Of a track its event; the others have a name of their own, that no track can have by accident. */
function nameOf(type: EventType, raw: Raw): string | undefined {
  if (type !== 'track') return `$${type}`
  return typeof raw.event === 'string' && raw.event.length > 0 && raw.event.length <= MAX_NAME ? raw.event : undefined
}

const asObject = (value: unknown): Record<string, unknown> => (isObject(value) ? value : {})

/** Clock skew: what the sender's clock said at sending against ours (Segment: `timestamp = receivedAt - (sentAt - originalTimestamp)`). */
function corrected(timestamp: unknown, sentAt: unknown, received: Date): Date {
  const at = dateOf(timestamp)
  if (at === undefined) return received
  const sent = dateOf(sentAt)
  return sent === undefined ? new Date(at) : new Date(received.getTime() - (sent - at))
}

function dateOf(value: unknown): number | undefined {
  const ms = typeof value === 'string' || typeof value === 'number' ? new Date(value).getTime() : NaN
  return Number.isNaN(ms) || Math.abs(ms) > 8.0e13 ? undefined : ms
}

/** Lone surrogates are written as \udxxx by JSON.stringify, NUL as \u0000; PostgreSQL takes neither. */
function storable(event: NewEvent): boolean {
  const text = JSON.stringify(event)
  return !/(?<!\\)(\\\\)*\\u(0000|d[89a-f][0-9a-f]{2})/i.test(text)
}
