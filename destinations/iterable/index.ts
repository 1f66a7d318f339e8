import { z } from 'zod'
import { instant, jsonObject, line, objectOf } from '../fields.js'
import type { Explain, Http, Refusal } from '../outbound/http.js'
import type { SendCall, SendResult, Vendor } from '../vendor.js'

const ORIGINS = { us: 'https://api.iterable.com', eu: 'https://api.eu.iterable.com' }

const config = z.strictObject({
  region: z.enum(['us', 'eu']).default('us').meta({ title: 'Data center', description: 'Where the project is.' }),
})
const secrets = z.strictObject({
  apiKey: z.string().min(1, 'Give the API key.').max(200).meta({ title: 'API key', description: 'Of the type server-side.' }),
})
type Config = z.output<typeof config>
type Secrets = z.output<typeof secrets>
type Call = SendCall<Config, Secrets>

const user = {
  userId: line.max(256).optional().meta({ title: 'User ID', description: "The customer's ID unless told." }),
  email: line.max(320).optional().meta({ title: 'Email', description: 'Instead of the ID, in a project that knows its users by it.' }),
}
const data = jsonObject.optional().meta({ title: 'Data fields', description: 'A JSON object.' })
const id = z.string().regex(/^\d{1,15}$/, { error: 'Give its number, such as 123456.' })

const trackFields = z.strictObject({
  ...user,
  event: line.min(1, 'Give the name of the event.').max(255).meta({ title: 'Event' }),
  properties: data,
  timestamp: instant.optional().meta({ title: 'Time', description: 'When it happened; now unless told.' }),
})
const updateFields = z.strictObject({
  ...user,
  attributes: jsonObject.meta({ title: 'Attributes', description: 'A JSON object of profile fields.' }),
})
const campaignFields = z.strictObject({
  ...user,
  campaignId: id.meta({ title: 'Campaign ID', description: 'Of a triggered campaign.' }),
  data,
})
const journeyFields = z.strictObject({
  ...user,
  journeyId: id.meta({ title: 'Journey ID', description: 'It must start by an API call.' }),
  data,
})

const LOST = 'Iterable does not recognise a trigger that comes again. When its answer is lost, onAmbiguous decides.'

/**
 * Iterable over its API: api.iterable.com/api/docs (events/track, users/update, email/target, workflows/triggerWorkflow). Its bulk endpoints are not
 * used: they are held to 5 and 10 requests a second, and what goes through them overtakes, or is overtaken by, what goes alone.
 */
export function iterable(http: Http): Vendor<Config, Secrets> {
  const post = async (call: Call, path: string, json: object): Promise<SendResult> => {
    const url = `${ORIGINS[call.config.region]}/api/${path}`
    const answer = await http(call, { url, headers: headersOf(call.secrets), json }, explain)
    return { answer: answer.json }
  }
  return {
    type: 'iterable',
    title: 'Iterable',
    docs: 'https://api.iterable.com/api/docs',
    config,
    secrets,
    dedupes: false,
    idempotency: LOST,
    perSecond: 500,
    actions: {
      track: {
        title: 'Track event',
        fields: trackFields,
        dedupes: true,
        idempotency: 'Iterable updates the event of the same ID, which is the delivery’s key.',
        send: (call) => post(call, 'events/track', eventOf(call)),
      },
      update_profile: {
        title: 'Update user',
        fields: updateFields,
        dedupes: true,
        idempotency: 'Attributes that come again are set to what they are already.',
        send: (call) => {
          const who = userOf(call)
          // Of a user ID that is not known, a user is made.
          const made = 'userId' in who ? { preferUserId: true } : {}
          return post(call, 'users/update', { ...who, ...made, dataFields: objectOf(call.fields.attributes) })
        },
      },
      trigger_campaign: {
        title: 'Send campaign email',
        fields: campaignFields,
        send: (call) => {
          const who = userOf(call)
          const recipient = 'email' in who ? { recipientEmail: who.email } : { recipientUserId: who.userId }
          const campaignId = Number(call.fields.campaignId)
          // Comes back in its webhooks.
          return post(call, 'email/target', { campaignId, ...recipient, ...dataOf(call), metadata: { tilework_key: call.key } })
        },
      },
      trigger_journey: {
        title: 'Trigger journey',
        fields: journeyFields,
        send: (call) =>
          post(call, 'workflows/triggerWorkflow', { workflowId: Number(call.fields.journeyId), ...userOf(call), ...dataOf(call) }),
      },
    },
    test: async (call) => {
      await http(call, { method: 'GET', url: `${ORIGINS[call.config.region]}/api/channels`, headers: headersOf(call.secrets) }, explain)
    },
  }
}

const headersOf = ({ apiKey }: Secrets): Record<string, string> => ({ 'api-key': apiKey })

const userOf = ({ fields, customerId }: Call): { userId: string } | { email: string } =>
  fields.email ? { email: fields.email } : { userId: fields.userId || customerId }

const dataOf = ({ fields: { data } }: Call): object => (data ? { dataFields: objectOf(data) } : {})

function eventOf(call: Call): object {
  const { event, properties, timestamp } = call.fields
  return {
    ...userOf(call),
    id: call.key,
    eventName: event,
    ...(timestamp && { createdAt: Math.floor(Date.parse(timestamp) / 1000) }),
    ...(properties && { dataFields: objectOf(properties) }),
  }
}

/** What codes mean, of those that are not as the status. */
const MEANINGS: Record<string, Refusal> = {
  InvalidEmailAddressError: { code: 'bad_recipient' },
  InvalidUserIdError: { code: 'bad_recipient' },
  UnknownEmailError: { code: 'bad_recipient' },
  UnknownUserIdError: { code: 'bad_recipient' },
  ForgottenUserError: { code: 'suppressed' },
}

/** `{code, msg, params}`; all but `Success` is an error, whatever its status. */
const explain: Explain = ({ status, headers, json }) => {
  const { code, msg, params } = (json ?? {}) as { code?: string; msg?: string; params?: { rateLimitReset?: number } | null }
  if (status < 300 && (code === undefined || code === 'Success')) return undefined
  const said = msg === undefined ? {} : { message: msg }
  if (status === 429) {
    const wait = params?.rateLimitReset
    return headers['retry-after'] === undefined && wait !== undefined ? { ...said, retryAfterMs: wait * 1000 } : said
  }
  if (code === undefined || status === 401 || status === 403 || status > 499) return said
  return { ...said, kind: 'permanent', ...(MEANINGS[code] ?? { code: `iterable_${code}` }) }
}
