import { z } from 'zod'
import { instant, jsonObject, line, objectOf } from '../fields.js'
import type { Explain, Http } from '../outbound/http.js'
import { SendError, type SendCall, type SendResult, type Vendor } from '../vendor.js'

const API = 'https://a.klaviyo.com/api'
/** The state of the API that this was written for. */
const REVISION = '2026-10-15'

const config = z.strictObject({})
const secrets = z.strictObject({
  apiKey: z
    .string()
    .regex(/^pk_\S{1,200}$/, { error: 'Give a private API key: it begins with pk_.' })
    .meta({ title: 'Private API key', description: 'With the scopes events:write and profiles:write.' }),
})
type Config = z.output<typeof config>
type Secrets = z.output<typeof secrets>
type Call = SendCall<Config, Secrets>

const profile = {
  externalId: line.max(255).optional().meta({ title: 'External ID', description: "The profile's; the customer's ID unless told." }),
  email: line.max(320).optional().meta({ title: 'Email' }),
  phone: line
    .regex(/^(\+[1-9]\d{6,14})?$/, { error: 'Give the number with its country, such as +34600111222.' })
    .optional()
    .meta({ title: 'Phone number' }),
}
const trackFields = z.strictObject({
  ...profile,
  event: line.min(1, 'Give the name of the metric.').max(127).meta({ title: 'Event', description: 'The name of the metric.' }),
  properties: jsonObject
    .refine((text) => Object.keys(objectOf(text) ?? {}).length <= 400, { error: 'At most 400 properties.' })
    .optional()
    .meta({ title: 'Event properties', description: 'A JSON object of at most 400.' }),
  value: z
    .string()
    .regex(/^(-?\d+(\.\d+)?)?$/, { error: 'Give a number, such as 9.90.' })
    .optional()
    .meta({ title: 'Value', description: 'What it is worth.' }),
  currency: line
    .regex(/^([A-Z]{3})?$/, { error: 'Give a currency, such as EUR.' })
    .optional()
    .meta({ title: 'Currency' }),
  timestamp: instant.optional().meta({ title: 'Time', description: 'When it happened; now unless told.' }),
})
const updateFields = z.strictObject({
  ...profile,
  attributes: jsonObject
    .optional()
    .meta({ title: 'Attributes', description: 'A JSON object: first_name, last_name, organization, locale, title, image, location.' }),
  properties: jsonObject.optional().meta({ title: 'Custom properties', description: 'A JSON object.' }),
})

/**
 * Klaviyo over its API: developers.klaviyo.com/en/reference/create_event and /create_or_update_profile; its errors and rates:
 * /en/docs/rate_limits_and_error_handling. Its bulk endpoints are not used: they take a job, and do not say what became of each.
 */
export function klaviyo(http: Http): Vendor<Config, Secrets> {
  return {
    type: 'klaviyo',
    title: 'Klaviyo',
    docs: 'https://developers.klaviyo.com/en/reference/create_event',
    config,
    secrets,
    dedupes: true,
    idempotency: 'Klaviyo records an event once per unique_id, the delivery’s key, of the same profile and metric.',
    // Profiles: 750 a minute. Of events it takes 3500.
    perSecond: 12,
    actions: {
      track: {
        title: 'Track event',
        fields: trackFields,
        send: async (call) => {
          await post(http, call, 'events', eventOf(call))
          // Its answer, 202, is empty: the event is checked and queued.
          return {}
        },
      },
      update_profile: {
        title: 'Update profile',
        fields: updateFields,
        idempotency: 'Attributes that come again are set to what they are already.',
        send: async (call) => {
          const { attributes, properties } = call.fields
          const data = {
            type: 'profile',
            attributes: { ...objectOf(attributes), ...identifiersOf(call), ...(properties && { properties: objectOf(properties) }) },
          }
          const { json } = await post(http, call, 'profile-import', data)
          const { id } = (json as { data?: { id?: string } } | undefined)?.data ?? {}
          return { ...(id !== undefined && { vendorId: id }), answer: { id } } satisfies SendResult
        },
      },
    },
    test: async (call) => {
      const asked = http(call, { method: 'GET', url: `${API}/accounts`, headers: headersOf(call.secrets) }, explain)
      await asked.catch((error: unknown) => {
        // A key that may not read the account is told so here, and that is enough to know that it is one.
        if (!(error instanceof SendError && error.code === 'klaviyo_permission_denied')) throw error
      })
    },
  }
}

const headersOf = ({ apiKey }: Secrets): Record<string, string> => ({
  authorization: `Klaviyo-API-Key ${apiKey}`,
  revision: REVISION,
  accept: 'application/vnd.api+json',
})

const post = (http: Http, call: Call, path: string, data: object): ReturnType<Http> =>
  http(
    call,
    {
      url: `${API}/${path}`,
      headers: { ...headersOf(call.secrets), 'content-type': 'application/vnd.api+json' },
      body: JSON.stringify({ data }),
    },
    explain,
  )

const identifiersOf = ({ fields: { externalId, email, phone }, customerId }: Call): object => ({
  external_id: externalId || customerId,
  ...(email && { email }),
  ...(phone && { phone_number: phone }),
})

function eventOf(call: Call): object {
  const { event, properties, value, currency, timestamp } = call.fields
  return {
    type: 'event',
    attributes: {
      unique_id: call.key,
      metric: { data: { type: 'metric', attributes: { name: event } } },
      profile: { data: { type: 'profile', attributes: identifiersOf(call) } },
      properties: objectOf(properties) ?? {},
      ...(value && { value: Number(value) }),
      ...(currency && { value_currency: currency }),
      ...(timestamp && { time: timestamp }),
    },
  }
}

interface JsonApiError {
  code?: string
  title?: string
  detail?: string
  source?: { pointer?: string }
}

/** `{errors: [{code, title, detail, source: {pointer}}]}`. */
const explain: Explain = ({ status, json }) => {
  if (status < 300) return undefined
  const [first] = ((json ?? {}) as { errors?: JsonApiError[] }).errors ?? []
  if (!first) return undefined
  const { code, title, detail = title, source } = first
  const said = detail === undefined ? {} : { message: detail }
  if (code === undefined || status === 401 || status === 429 || status > 499) return said
  if (status === 400 && /\/(email|phone_number)$/.test(source?.pointer ?? '')) return { ...said, code: 'bad_recipient' }
  return { ...said, code: `klaviyo_${code}` }
}
