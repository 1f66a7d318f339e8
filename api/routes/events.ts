import { z } from 'zod'
import { TileworkError, type FieldError } from '../../model/errors.js'
import { newId } from '../../model/ids.js'
import { pointer } from '../../model/pointer.js'
import { withoutDeadlock } from '../../ingest/accept.js'
import { LIMITS, MAX_ID, MAX_NAME } from '../../ingest/segment.js'
import { insertEvents, recentEvents, type NewEvent } from '../../store/events.js'
import { recentRejected } from '../../store/rejected.js'
import { customerId, instant, json, pageOf, pageQuery } from '../schemas/common.js'
import { route, type Answer, type Call, type Route } from '../route.js'

const tag = 'Events'

const event = z
  .object({
    id: z.string(),
    messageId: z.string(),
    customerId: z.string(),
    type: z.string(),
    event: z.string(),
    properties: json,
    timestamp: instant,
    receivedAt: instant,
  })
  .meta({ id: 'Event' })

const rejectedEvent = z
  .object({
    id: z.string(),
    receivedAt: instant,
    position: z.int().meta({ description: 'Place in its batch, from 0' }),
    reason: z.string(),
    type: z.string().nullable(),
    event: z.string().nullable(),
    messageId: z.string().nullable(),
    customerId: z.string().nullable(),
    raw: z.string().meta({ description: 'JSON as it was sent, cut off after 2,000 characters' }),
  })
  .meta({ id: 'RejectedEvent' })

/** Not trimmed or cleaned: the sender of this is a program that somebody can mend. */
const text = (max: number, what: string) =>
  z
    .string()
    .min(1, `Give ${what}.`)
    .max(max, `It has at most ${max} characters.`)
    .refine((value) => !/\p{Cc}/u.test(value), 'It holds a control character.')

const fields = {
  event: text(MAX_NAME, 'the name of the event').refine((name) => !name.startsWith('$'), "Names that begin with '$' are Tilework's own."),
  properties: json.default({}),
  timestamp: z.iso
    .datetime({ offset: true, error: 'Give an instant such as 2027-01-01T00:00:00Z.' })
    .optional()
    .meta({ description: 'When it happened; now, unless told' }),
  messageId: text(MAX_ID, 'an id').optional().meta({ description: 'The same id again within 7 days is the same event' }),
}
const ofCustomer = z.strictObject(fields)
const named = z.strictObject({ customerId, ...fields })
const batch = z.strictObject({ events: z.array(named).min(1, 'Give at least one event.').max(LIMITS.batchEvents) })

type Fields = z.output<typeof ofCustomer> & { customerId: string }

const kept = z.object({
  accepted: z.int().meta({ description: 'Events that are kept now' }),
  duplicates: z.int().meta({ description: 'Events whose messageId was known' }),
})

/** Everything is checked before anything is kept. */
async function keep({ deps, workspaceId }: Call<unknown, unknown, unknown>, given: readonly Fields[], at: PropertyKey[]): Promise<Answer> {
  const large = given.flatMap((each, index): FieldError[] =>
    Buffer.byteLength(JSON.stringify(each)) <= LIMITS.eventBytes
      ? []
      : [
          {
            path: pointer([...at, ...(at.length > 0 ? [index] : [])]),
            code: 'too_large',
            message: `It is larger than ${LIMITS.eventBytes / 1024} KB.`,
          },
        ],
  )
  if (large.length > 0)
    throw new TileworkError('too_large', `An event has at most ${LIMITS.eventBytes / 1024} KB; nothing was kept.`, large, {
      limit: LIMITS.eventBytes,
    })
  const accepted = await withoutDeadlock(() => insertEvents(deps.db, workspaceId, given.map(newEvent)))
  if (accepted > 0) deps.wakeRouter?.()
  return { body: { accepted, duplicates: given.length - accepted } }
}

function newEvent({ customerId: id, event: name, properties, timestamp, messageId }: Fields): NewEvent {
  return {
    messageId: messageId ?? newId('evt'),
    customerId: id,
    type: 'track',
    event: name,
    properties,
    context: {},
    timestamp: timestamp === undefined ? new Date() : new Date(timestamp),
  }
}

const description =
  'Strict, unlike `/v1/track`: a field that is wrong or unknown is answered with 422 and its place, and then nothing is kept. Once it is answered, the events are durable.'
const answer = { status: 202, description: 'Kept; routed in a moment', schema: kept }

export const eventRoutes: Route[] = [
  route({
    method: 'post',
    path: '/events',
    scope: 'ingest',
    tag,
    summary: 'Send events of customers, strictly checked',
    description: `One event, or \`{"events":[…]}\` with up to ${LIMITS.batchEvents}. ${description}`,
    body: z.union([batch, named]),
    example: { events: [{ customerId: 'ada', event: 'Order Completed', properties: { total: 42 }, messageId: 'order-1001' }] },
    answer,
    handler: (call) => ('events' in call.body ? keep(call, call.body.events, ['events']) : keep(call, [call.body], [])),
  }),
  route({
    method: 'post',
    path: '/customers/{id}/events',
    scope: 'ingest',
    tag,
    summary: 'Send an event of a customer, strictly checked',
    description,
    params: z.object({ id: customerId }),
    body: ofCustomer,
    example: { event: 'Order Completed', properties: { total: 42 }, messageId: 'order-1001' },
    answer,
    handler: (call) => keep(call, [{ ...call.body, customerId: call.params.id }], []),
  }),
  route({
    method: 'get',
    path: '/customers/{id}/events',
    scope: 'read',
    tag,
    summary: 'Events of a customer, newest first',
    params: z.object({ id: z.string().min(1) }),
    query: pageQuery,
    answer: { status: 200, description: 'A page', schema: pageOf(event) },
    handler: async ({ deps, workspaceId, params, query }) => ({
      body: await recentEvents(deps.db, workspaceId, { ...query, customerId: params.id }),
    }),
  }),
  route({
    method: 'get',
    path: '/events/recent',
    scope: 'read',
    tag,
    summary: 'Events, newest first; or those that were rejected, with the reason',
    query: pageQuery.extend({
      status: z
        .enum(['accepted', 'rejected'])
        .optional()
        .meta({ description: '`accepted` unless told. Of the rejected the newest 1,000 are kept.' }),
    }),
    answer: { status: 200, description: 'A page', schema: pageOf(z.union([event, rejectedEvent])) },
    handler: async ({ deps, workspaceId, query: { status, ...query } }) => ({
      body: await (status === 'rejected' ? recentRejected : recentEvents)(deps.db, workspaceId, query),
    }),
  }),
]
