import { createHash } from 'node:crypto'
import { z } from 'zod'
import { instant, jsonObject, line, objectOf } from '../fields.js'
import type { Http } from '../outbound/http.js'
import { together } from '../outbound/together.js'
import { SendError, type SendCall, type SendResult, type VendorAction } from '../vendor.js'
import { explain, identifiersOf, person, TRACK, trackAuth, wordsOf, type Config, type Secrets, type TrackError } from './account.js'

/** Most bytes of one operation, and of a batch of them. */
const MOST_BYTES = 32_000
const MOST_BATCH_BYTES = 500_000

export const identifyFields = z.strictObject({
  ...person,
  attributes: jsonObject.meta({ title: 'Attributes', description: 'A JSON object: first_name, plan …' }),
})
export const trackFields = z.strictObject({
  ...person,
  event: line.min(1, 'Give the name of the event.').max(100).meta({ title: 'Event' }),
  properties: jsonObject.optional().meta({ title: 'Event data', description: 'A JSON object.' }),
  timestamp: instant
    .optional()
    .meta({ title: 'Time', description: 'When it happened; now unless told. Within 72 hours it starts campaigns.' }),
})

type Action = Required<Pick<VendorAction<Config, Secrets>, 'send' | 'gather'>>

/** Creates or updates a person. */
export const identifies = (http: Http): Action =>
  operations(http, ({ fields }) => ({ action: 'identify', attributes: objectOf(fields.attributes) }))

/** Records an event of a person, once per key. */
export const tracks = (http: Http): Action =>
  operations(http, ({ key, fields: { event, properties, timestamp } }) => ({
    action: 'event',
    id: ulidOf(key),
    name: event,
    ...(timestamp && { timestamp: Math.floor(Date.parse(timestamp) / 1000) }),
    ...(properties && { attributes: objectOf(properties) }),
  }))

const operations = (http: Http, operation: (call: SendCall<Config, Secrets>) => object): Action =>
  together<Config, Secrets, string>({
    most: 500,
    perRequest: true,
    part: (call) => {
      const text = JSON.stringify({ type: 'person', identifiers: identifiersOf(call), ...operation(call) })
      if (Buffer.byteLength(text) <= MOST_BYTES) return text
      throw new SendError('permanent', 'invalid_fields', 'The data is larger than 32 KB, which is the most that Customer.io takes.')
    },
    room: MOST_BATCH_BYTES - '{"batch":[]}'.length - 1,
    weight: (text) => Buffer.byteLength(text) + 1,
    post: (parts, call) => post(http, parts, call),
  })

async function post(http: Http, parts: readonly string[], call: SendCall<Config, Secrets>): Promise<(SendResult | SendError)[]> {
  const { json } = await http(
    call,
    {
      url: `${TRACK[call.config.region]}/api/v2/batch`,
      headers: { ...trackAuth(call.secrets), 'content-type': 'application/json' },
      body: `{"batch":[${parts.join(',')}]}`,
    },
    explain,
  )
  // A 207 names those that were refused; all others were taken.
  const { errors = [] } = (json ?? {}) as { errors?: TrackError[] }
  return parts.map((_, index) => {
    const own = errors.filter(({ batch_index: at = 0 }) => at === index)
    if (own.length === 0) return { answer: {} }
    return new SendError('permanent', 'customerio_refused', `Customer.io did not take it: ${wordsOf(own)}`, { answer: { errors: own } })
  })
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** The time in the member's ID, which is a ULID; of a test send there is none. */
const TIME = /^mem_([0-7][0-9a-hjkmnp-tv-z]{9})/
const NO_TIME = '01J0000000'

/** The same ULID for the same key: the time of the member, and 80 bits of the key's hash. */
function ulidOf(key: string): string {
  const bits = [...createHash('sha256').update(key).digest().subarray(0, 10)].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const random = bits.match(/.{5}/g)!.map((five) => CROCKFORD[parseInt(five, 2)])
  return (TIME.exec(key)?.[1]?.toUpperCase() ?? NO_TIME) + random.join('')
}
