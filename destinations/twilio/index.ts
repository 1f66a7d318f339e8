import { z } from 'zod'
import { jsonObject, objectOf, phone } from '../fields.js'
import type { Http, VendorRequest } from '../outbound/http.js'
import { refusedFor } from '../probe.js'
import { SendError, type SendCall, type SendResult, type Vendor } from '../vendor.js'
import { explain } from './errors.js'
import { authToken, feedback } from './feedback.js'

const HOSTS = { us1: 'https://api.twilio.com', ie1: 'https://api.dublin.ie1.twilio.com' }

const config = z.strictObject({
  accountSid: z
    .string()
    .regex(/^AC[0-9a-f]{32}$/, { error: "Give the account's SID: AC and 32 digits of 0 to 9 and a to f." })
    .meta({ title: 'Account SID' }),
  from: z
    .string()
    .regex(/^(\+[1-9]\d{6,14}|\d{3,8}|MG[0-9a-f]{32}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11})$/, {
      error: 'Give a number such as +34600111222, a short code, a name of up to 11 letters and digits, or the SID of a messaging service.',
    })
    .optional()
    .meta({ title: 'Sender of SMS', description: 'A number, a short code, a name, or the SID of a messaging service (MG…).' }),
  whatsappFrom: z
    .string()
    .regex(/^(\+[1-9]\d{6,14}|MG[0-9a-f]{32})$/, { error: 'Give a number such as +34600111222, or the SID of a messaging service.' })
    .optional()
    .meta({ title: 'Sender of WhatsApp', description: 'A WhatsApp number, or the SID of a messaging service that has one.' }),
  region: z.enum(['us1', 'ie1']).default('us1').meta({ title: 'Region', description: 'us1, or ie1 for SMS with data in the EU.' }),
})
const secrets = z.strictObject({
  apiKeySid: z
    .string()
    .regex(/^SK[0-9a-f]{32}$/, { error: "Give the API key's SID: SK and 32 digits of 0 to 9 and a to f." })
    .optional()
    .meta({ title: 'API key SID', description: 'Leave it out when the secret is the auth token.' }),
  secret: z.string().min(1, 'Give the secret of the API key, or the auth token.').max(200).meta({ title: 'API key secret, or auth token' }),
  authToken,
})
type Config = z.output<typeof config>
type Secrets = z.output<typeof secrets>
type Call = SendCall<Config, Secrets>

/** Longest text, and longest value of a variable. */
const MAX_TEXT = 1600
const body = z.string().max(MAX_TEXT, 'Twilio takes 1,600 characters at most.')

const smsFields = z.strictObject({ to: phone, body: body.min(1, 'Give the text.') })

const whatsappFields = z.strictObject({
  to: phone,
  body: body.optional().meta({ title: 'Body', description: 'Free text: only within 24 hours of what the customer wrote last.' }),
  template: z
    .string()
    .regex(/^(HX[0-9a-f]{32})?$/, { error: 'Give the SID of a content template: HX and 32 digits of 0 to 9 and a to f.' })
    .optional()
    .meta({ title: 'Template', description: 'The SID of a content template that WhatsApp approved.' }),
  data: z
    .string()
    .refine((text) => variablesOf(text) !== undefined, {
      error: 'Give a JSON object of up to 100 texts of up to 1,600 characters, such as {"1": "Ada"}.',
    })
    .optional()
    .meta({ title: 'Data', description: 'A JSON object: what the template names.' }),
})

/**
 * SMS and WhatsApp through Twilio. Its API: twilio.com/docs/messaging/api/message-resource (and its OpenAPI in github.com/twilio/twilio-oai);
 * templates: twilio.com/docs/content/send-templates-created-with-the-content-template-builder; its errors: twilio.com/docs/api/errors; regions:
 * twilio.com/docs/global-infrastructure/messaging-api-with-twilio-regions.
 */
export function twilio(http: Http): Vendor<Config, Secrets> {
  return {
    type: 'twilio',
    title: 'Twilio',
    docs: 'https://www.twilio.com/docs/messaging/api/message-resource',
    config,
    secrets,
    feedback,
    dedupes: false,
    idempotency:
      'Twilio has no idempotency key: when its answer is lost, or it answers with an internal error, the message may have been sent, and a repeat would be a second one.',
    actions: {
      send_sms: { title: 'Send SMS', channel: 'sms', fields: smsFields, send: (call) => sendSms(http, call) },
      send_whatsapp: { title: 'Send WhatsApp', channel: 'whatsapp', fields: whatsappFields, send: (call) => sendWhatsapp(http, call) },
    },
    // A message to nobody; a restricted key may ask for nothing else.
    test: (call) => refusedFor(http(call, requestOf(call, {}), explain), 400),
  }
}

async function sendSms(http: Http, call: Call): Promise<SendResult> {
  const { to, body: text } = call.fields
  return send(http, call, { To: to, ...senderOf(call.config.from, 'SMS'), Body: text })
}

async function sendWhatsapp(http: Http, call: Call): Promise<SendResult> {
  const { to, body: text, template, data } = call.fields
  if (!text === !template) throw new SendError('permanent', 'invalid_fields', "Give the text in 'body', or a 'template': one of the two.")
  const content = template
    ? { ContentSid: template, ContentVariables: data ? JSON.stringify(variablesOf(data)) : undefined }
    : { Body: text }
  return send(http, call, { To: `whatsapp:${to}`, ...senderOf(call.config.whatsappFrom, 'WhatsApp', 'whatsapp:'), ...content })
}

function senderOf(sender: string | undefined, channel: string, prefix = ''): Record<string, string> {
  if (sender === undefined)
    throw new SendError('permanent', 'no_sender', `The destination has no sender of ${channel}. Add it, then retry.`)
  return sender.startsWith('MG') && sender.length === 34 ? { MessagingServiceSid: sender } : { From: `${prefix}${sender}` }
}

/** Variables of a template as Twilio wants them: texts. Undefined when they are none. */
function variablesOf(text: string): Record<string, string> | undefined {
  if (!jsonObject.safeParse(text).success) return undefined
  const values = Object.entries(objectOf(text)!)
  const fits = values.every(([, value]) => ['string', 'number', 'boolean'].includes(typeof value) && String(value).length <= MAX_TEXT)
  return fits && values.length <= 100 ? Object.fromEntries(values.map(([name, value]) => [name, String(value)])) : undefined
}

type Form = Record<string, string | undefined>

async function send(http: Http, call: Call, form: Form): Promise<SendResult> {
  const { json } = await http(call, requestOf(call, { ...form, StatusCallback: callbackOf(call) }), explain)
  const { sid, status } = (json ?? {}) as { sid?: string; status?: string }
  return { ...(sid !== undefined && { vendorId: sid }), answer: { sid, status } }
}

/** Where Twilio tells of this message; its key comes back in the address. */
const callbackOf = ({ feedbackUrl, key }: Call): string | undefined => feedbackUrl && `${feedbackUrl}?key=${encodeURIComponent(key)}`

function requestOf(
  { config: { accountSid, region }, secrets: { apiKeySid, secret } }: Pick<Call, 'config' | 'secrets'>,
  form: Form,
): VendorRequest {
  const authorization = `Basic ${Buffer.from(`${apiKeySid ?? accountSid}:${secret}`).toString('base64')}`
  return { url: `${HOSTS[region]}/2010-04-01/Accounts/${accountSid}/Messages.json`, headers: { authorization }, form }
}
