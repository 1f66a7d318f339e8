import { z } from 'zod'
import { instant, jsonObject, line, objectOf } from '../fields.js'
import type { Http } from '../outbound/http.js'
import { together } from '../outbound/together.js'
import { SendError, type SendCall, type SendResult, type VendorAction } from '../vendor.js'
import { externalId, headersOf, userOf, type Config, type Secrets } from './account.js'
import { explain, wordsOf, type BrazeError } from './errors.js'

/** Most objects of a request; those whose limits are older may put as many into each list. */
const MOST = 75

const attributes = jsonObject.meta({ title: 'Attributes', description: 'A JSON object of profile fields and custom attributes.' })

/** At least one of attributes, an event and a purchase. */
export const trackFields = z
  .strictObject({
    externalId,
    attributes: attributes.optional(),
    event: line.max(255).optional().meta({ title: 'Event' }),
    properties: jsonObject.optional().meta({ title: 'Event properties', description: 'A JSON object.' }),
    purchase: jsonObject
      .refine(isPurchase, { error: "Give 'product_id', 'currency' and 'price', a number; 'quantity' at most 100." })
      .optional()
      .meta({ title: 'Purchase', description: '{"product_id": "plan", "currency": "EUR", "price": 9.9, "quantity": 1}' }),
    time: instant.optional().meta({ title: 'Time', description: 'When it happened; now unless told.' }),
  })
  .refine(({ attributes, event, purchase }) => attributes || event || purchase, {
    error: 'Give attributes, an event or a purchase.',
    path: ['event'],
  })

/** Only what is the same when it is set twice. */
export const updateFields = z.strictObject({
  externalId,
  attributes: attributes.refine((text) => !counts(text), {
    error: "What counts up or appends ('inc', '$add') would do so twice in a retry; 'Track user' takes it.",
  }),
})

/** Records attributes, an event, a purchase. */
export const trackUser = (http: Http): Required<Pick<VendorAction<Config, Secrets>, 'send' | 'gather'>> =>
  tracking(http, (call) => {
    const { attributes, event, properties, purchase } = call.fields
    const who = { external_id: userOf(call) }
    const happened = { ...(call.config.appId && { app_id: call.config.appId }), time: call.fields.time || new Date().toISOString() }
    return {
      ...(attributes && { attributes: { ...objectOf(attributes), ...who } }),
      ...(event && { events: { ...who, ...happened, name: event, ...(properties && { properties: objectOf(properties) }) } }),
      ...(purchase && { purchases: { ...happened, ...objectOf(purchase), ...who } }),
    }
  })

/** Sets attributes. A repeat sets them to what they are. */
export const updateProfile = (
  http: Http,
): Required<Pick<VendorAction<Config, Secrets>, 'send' | 'gather' | 'dedupes' | 'idempotency'>> => ({
  dedupes: true,
  idempotency: 'Attributes that come again are set to what they are already.',
  ...tracking(http, (call) => ({ attributes: { ...objectOf(call.fields.attributes), external_id: userOf(call) } })),
})

const LISTS = ['attributes', 'events', 'purchases'] as const
/** At most one object for each list. */
type Part = Partial<Record<(typeof LISTS)[number], Record<string, unknown>>>

const tracking = (http: Http, part: (call: SendCall<Config, Secrets>) => Part) =>
  together<Config, Secrets, Part>({
    most: MOST,
    perRequest: true,
    part,
    room: MOST,
    weight: (part) => Object.keys(part).length,
    post: (parts, call) => post(http, parts, call),
  })

async function post(http: Http, parts: readonly Part[], call: SendCall<Config, Secrets>): Promise<(SendResult | SendError)[]> {
  const url = `${call.config.endpoint}/users/track`
  const lists = LISTS.map((list) => [list, parts.flatMap((part) => part[list] ?? [])] as const).filter(([, objects]) => objects.length > 0)
  // Errors of single objects come with a success, and are those of the parts that they are about.
  const { json } = await http(call, { url, headers: headersOf(call.secrets), json: Object.fromEntries(lists) }, (answer) =>
    answer.status < 300 ? undefined : explain(answer),
  )
  const { errors = [] } = (json ?? {}) as { errors?: BrazeError[] }
  return parts.map((part) => {
    const own = errors.filter((error) => isAbout(error, part, parts))
    if (own.length > 0)
      return new SendError('permanent', 'braze_refused', `Braze did not take it: ${wordsOf(own)}`, { answer: { errors: own } })
    const astray = errors.filter((error) => parts.every((each) => !isAbout(error, each, parts)))
    if (astray.length === 0) return { answer: parts.length === 1 ? json : { message: 'success' } }
    return new SendError('ambiguous', 'braze_refused', `Braze did not take all of a request, and not which: ${wordsOf(astray)}`)
  })
}

/** With one part all is about it; else the index is that in the list. */
function isAbout(error: BrazeError, part: Part, parts: readonly Part[]): boolean {
  if (parts.length === 1) return true
  if (typeof error === 'string') return false
  const list = LISTS.find((each) => each === error.input_array)
  return list !== undefined && part[list] !== undefined && parts.flatMap((each) => each[list] ?? [])[error.index ?? -1] === part[list]
}

function isPurchase(text: string): boolean {
  const { product_id: product, currency, price, quantity = 1 } = objectOf(text) ?? {}
  return typeof product === 'string' && typeof currency === 'string' && typeof price === 'number' && Number(quantity) <= 100
}

/** Whether an attribute is given as a step from what it was. */
const counts = (text: string): boolean =>
  Object.values(objectOf(text) ?? {}).some((value) => typeof value === 'object' && value !== null && ('inc' in value || '$add' in value))
