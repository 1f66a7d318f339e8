import { createHash } from 'node:crypto'
import { z } from 'zod'
import { instant, jsonObject, line, objectOf } from './fields.js'
import type { Explain, Http } from './outbound/http.js'
import { together } from './outbound/together.js'
import { SendError, type SendCall, type VendorAction } from './vendor.js'

/*
 * Segment's tracking API, which RudderStack speaks too: messages of one customer each, many in a batch, each with a messageId by which a repeat is
 * known.
 */

/** What differs between those that speak it. */
export interface Forwarding<C, S> {
  http: Http
  /** Origin that the batches go to. */
  origin(config: C): string
  headers(secrets: S): Record<string, string>
  explain: Explain
  /** Most bytes of a batch. */
  batchBytes: number
}

/** Most bytes of a message. */
const MOST_BYTES = 32 * 1024
/** Longest messageId that is taken. */
const MOST_ID = 100

const common = {
  userId: line.max(512).optional().meta({ title: 'User ID', description: "The customer's ID unless told." }),
  timestamp: instant.optional().meta({ title: 'Time', description: 'When it happened; now unless told.' }),
  context: jsonObject.optional().meta({ title: 'Context', description: 'A JSON object: locale, ip, campaign …' }),
}
const trackFields = z.strictObject({
  ...common,
  event: line.min(1, 'Give the name of the event.').max(512).meta({ title: 'Event' }),
  properties: jsonObject.optional().meta({ title: 'Properties', description: 'A JSON object.' }),
})
const identifyFields = z.strictObject({
  ...common,
  traits: jsonObject.meta({ title: 'Traits', description: 'A JSON object: email, name, plan …' }),
})

/** `track` and `identify`. */
export function forwards<C, S>(how: Forwarding<C, S>): Record<'track' | 'identify', VendorAction<C, S>> {
  const sends = together<C, S, string>({
    most: 500,
    part: messageOf,
    room: how.batchBytes - '{"batch":[]}'.length,
    weight: (message) => Buffer.byteLength(message) + 1,
    post: async (messages, { config, secrets, signal, outboundAllow }) => {
      const headers = { ...how.headers(secrets), 'content-type': 'application/json' }
      const request = { url: `${how.origin(config)}/v1/batch`, headers, body: `{"batch":[${messages.join(',')}]}` }
      const { json, text } = await how.http({ secrets, signal, outboundAllow }, request, how.explain)
      return messages.map((message) => ({ vendorId: idIn(message), answer: json ?? text }))
    },
  })
  return {
    track: { title: 'Track event', fields: trackFields, ...sends },
    identify: { title: 'Identify', fields: identifyFields, ...sends },
  }
}

/** Basic, with the write key as the user and no password. */
export const writeKeyAuth = (writeKey: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`,
})

/** A send as one message of a batch. @throws SendError when it is too large */
function messageOf({ key, customerId, fields }: SendCall): string {
  const { userId, timestamp, context, event, properties, traits } = fields
  const message = JSON.stringify({
    messageId: messageId(key),
    type: event ? 'track' : 'identify',
    userId: userId || customerId,
    ...(event && { event, properties: objectOf(properties) ?? {} }),
    ...(traits && { traits: objectOf(traits) }),
    ...(context && { context: objectOf(context) }),
    ...(timestamp && { timestamp }),
  })
  if (Buffer.byteLength(message) <= MOST_BYTES) return message
  throw new SendError('permanent', 'invalid_fields', 'The message is larger than 32 KB, which is the most that is taken.')
}

const messageId = (key: string): string => (key.length <= MOST_ID ? key : createHash('sha256').update(key).digest('hex'))

const idIn = (message: string): string => (JSON.parse(message) as { messageId: string }).messageId
