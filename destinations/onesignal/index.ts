import { z } from 'zod'
import { digestOf, uuidOf } from '../derived.js'
import { atMostBytes, jsonObject, keptSeconds, line, objectOf } from '../fields.js'
import type { Http } from '../outbound/http.js'
import type { SendCall, SendResult, Vendor } from '../vendor.js'
import { explain } from './explain.js'

const API = 'https://api.onesignal.com/notifications'

const config = z.strictObject({
  appId: z.uuid({ error: 'Give the app ID, a UUID.' }).meta({ title: 'App ID', description: 'In Settings, Keys & IDs.' }),
})
const secrets = z.strictObject({
  apiKey: z.string().min(1, 'Give the API key.').max(300).meta({ title: 'App API key', description: 'In Settings, Keys & IDs.' }),
})
type Config = z.output<typeof config>
type Secrets = z.output<typeof secrets>

const to = line.min(1, 'Give the external ID.').max(128).meta({ title: 'External ID', description: 'Of the user in OneSignal.' })
const object = (most: number) => jsonObject.refine(...atMostBytes(most)).optional()

const pushFields = z.strictObject({
  to,
  title: z.string().min(1, 'Give a title.').max(2000),
  body: z.string().max(2000).optional(),
  url: line.max(2000).optional().meta({ title: 'Link', description: 'Opened when the push is tapped.' }),
  data: object(2048).meta({ title: 'Data', description: 'A JSON object for the app.' }),
  collapseId: line
    .refine(...atMostBytes(64))
    .optional()
    .meta({ title: 'Collapse ID', description: 'A push replaces an earlier one with the same ID.' }),
  ttlSeconds: keptSeconds.meta({
    title: 'Time to live',
    description: 'Seconds for which it is kept for a device that is off. Three days unless told.',
  }),
})
const templateFields = z.strictObject({
  to,
  templateId: z.uuid({ error: 'Give the ID of the template, a UUID.' }).meta({ title: 'Template ID' }),
  customData: object(2048).meta({ title: 'Custom data', description: 'A JSON object that the template finds as message.custom_data.' }),
})

/**
 * Push through OneSignal, to a user by external ID. A message: documentation.onesignal.com/reference/push-notification and
 * …/reference/create-message; its key: …/reference/idempotent-notification-requests; rates: …/reference/rate-limits; shapes of its errors: the models of
 * github.com/OneSignal/onesignal-node-api (DefaultApi.md, CreateNotificationSuccessResponse).
 */
export function onesignal(http: Http): Vendor<Config, Secrets> {
  return {
    type: 'onesignal',
    title: 'OneSignal',
    docs: 'https://documentation.onesignal.com/reference/push-notification',
    config,
    secrets,
    dedupes: true,
    idempotency: 'OneSignal takes a message once per idempotency_key, within 30 days.',
    // Of an app on the free plan.
    perSecond: 150,
    actions: {
      send_push: { title: 'Send push', channel: 'push', fields: pushFields, send: (call) => create(http, call, shown(call)) },
      send_template: {
        title: 'Send push by template',
        channel: 'push',
        fields: templateFields,
        send: (call) => create(http, call, templated(call)),
      },
    },
    test: async (call) => {
      const query = new URLSearchParams({ app_id: call.config.appId, limit: '1' })
      await http(call, { method: 'GET', url: `${API}?${query.toString()}`, headers: headersOf(call.secrets) }, explain())
    },
  }
}

async function create(http: Http, call: SendCall<Config, Secrets>, message: Record<string, unknown>): Promise<SendResult> {
  const { to: user } = call.fields
  const { json } = await http(
    call,
    {
      url: `${API}?c=push`,
      headers: headersOf(call.secrets),
      json: {
        app_id: call.config.appId,
        idempotency_key: uuidOf(call.key),
        include_aliases: { external_id: [user] },
        target_channel: 'push',
        ...message,
      },
    },
    explain(user),
  )
  const { id } = (json ?? {}) as { id?: string }
  return { ...(id !== undefined && { vendorId: id }), answer: json }
}

function shown({ key, fields }: SendCall): Record<string, unknown> {
  const { title, body, url, data, collapseId, ttlSeconds } = fields as unknown as z.output<typeof pushFields>
  const own = objectOf(data)
  return {
    // It wants contents always, and headings beside them at will.
    ...(body ? { headings: { en: title }, contents: { en: body } } : { contents: { en: title } }),
    ...(url && { url }),
    ...(own && { data: own }),
    ...(ttlSeconds && { ttl: Number(ttlSeconds) }),
    collapse_id: collapseId || digestOf(key),
  }
}

function templated({ fields }: SendCall): Record<string, unknown> {
  const { templateId, customData } = fields as unknown as z.output<typeof templateFields>
  const own = objectOf(customData)
  return { template_id: templateId, ...(own && { custom_data: own }) }
}

const headersOf = ({ apiKey }: Secrets): Record<string, string> => ({ authorization: `Key ${apiKey}` })
