import { z } from 'zod'
import { replyTo, sender, templateFields, type TemplateEmail } from '../email.js'
import { emailFields, emailOf, jsonObject, line } from '../fields.js'
import type { Explain, Http, VendorRequest } from '../outbound/http.js'
import { refusedFor } from '../probe.js'
import type { SendCall, SendResult, Vendor } from '../vendor.js'

const HOSTS = { us: 'https://api.mailgun.net', eu: 'https://api.eu.mailgun.net' }

const config = z.strictObject({
  domain: z
    .string()
    .max(253)
    .regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/i, { error: 'Give a domain, such as mg.example.com.' })
    .meta({ title: 'Domain', description: 'The sending domain, as it is called at Mailgun.' }),
  from: sender('An address, usually at the domain'),
  region: z.enum(['us', 'eu']).default('us').meta({ title: 'Region', description: 'Where the domain was made.' }),
})
const secrets = z.strictObject({
  apiKey: z.string().min(1, 'Give the API key.').max(200).meta({ title: 'API key', description: 'A sending key of the domain is enough.' }),
})
type Config = z.output<typeof config>
type Secrets = z.output<typeof secrets>
type Call = SendCall<Config, Secrets>

/** Most of a template's data, in bytes: all options together may have 16 KB, and the others are short. */
const MAX_DATA_BYTES = 15_000

const templated = templateFields.extend({
  template: line.min(1, 'Give the name of the template.').max(255).meta({ title: 'Template', description: 'Its name.' }),
  subject: line.max(998).optional().meta({ title: 'Subject', description: "Instead of the template's own." }),
  data: jsonObject
    .refine((text) => Buffer.byteLength(text) <= MAX_DATA_BYTES, { error: 'Mailgun takes 15,000 bytes of data at most.' })
    .optional()
    .meta({ title: 'Data', description: 'A JSON object: what the template names.' }),
})

/**
 * Email through Mailgun. Its API: documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/messages/post-v3--domain-name--messages; its
 * statuses: .../api-reference/api-overview; variables: .../user-manual/sending-messages/send-attachments; templates: .../sending-messages/send-templates.
 */
export function mailgun(http: Http): Vendor<Config, Secrets> {
  return {
    type: 'mailgun',
    title: 'Mailgun',
    docs: 'https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/messages/post-v3--domain-name--messages',
    config,
    secrets,
    dedupes: false,
    idempotency:
      'Mailgun has no idempotency key: when its answer is lost, the email may have been sent. It carries the key of the delivery as the variable tilework_key.',
    actions: {
      send_email: { title: 'Send email', channel: 'email', fields: emailFields.extend({ replyTo }), send: (call) => sendEmail(http, call) },
      send_template: { title: 'Send template', channel: 'email', fields: templated, send: (call) => sendTemplate(http, call) },
    },
    // Nothing can be sent of an empty message, and a sending key may ask for nothing else.
    test: (call) => refusedFor(http(call, requestOf(call, {}), explain), 400),
  }
}

async function sendEmail(http: Http, call: Call): Promise<SendResult> {
  const { subject, html, text, ...email } = emailOf(call.fields)
  return send(http, call, email, { subject, html: html || undefined, text: text || undefined })
}

async function sendTemplate(http: Http, call: Call): Promise<SendResult> {
  const { template, data, subject, ...email } = call.fields as unknown as TemplateEmail & { subject?: string }
  return send(http, call, email, { template, subject: subject || undefined, 't:variables': data || undefined })
}

type Form = Record<string, string | undefined>

async function send(http: Http, call: Call, email: { to: string; replyTo?: string | undefined }, message: Form): Promise<SendResult> {
  const form = {
    from: call.config.from,
    to: email.to,
    ...message,
    'h:Reply-To': email.replyTo || undefined,
    ...Object.fromEntries(Object.entries(call.headers ?? {}).map(([name, value]) => [`h:${name}`, value])),
    // The recipient can see it: among the headers of the email.
    'v:tilework_key': call.key,
  }
  const { json } = await http(call, requestOf(call, form), explain)
  const { id } = (json ?? {}) as { id?: string }
  return { ...(id !== undefined && { vendorId: id }), answer: json }
}

function requestOf({ config: { region, domain }, secrets: { apiKey } }: Pick<Call, 'config' | 'secrets'>, form: Form): VendorRequest {
  const authorization = `Basic ${Buffer.from(`api:${apiKey}`).toString('base64')}`
  return { url: `${HOSTS[region]}/v3/${domain}/messages`, headers: { authorization }, form }
}

/** `{message}`; there are no codes. */
const explain: Explain = ({ status, json }) => {
  if (status < 300) return undefined
  const { message } = (json ?? {}) as { message?: string }
  if (message === undefined) return {}
  if (status === 400 && /^'?to'? parameter is not a valid address/.test(message)) return { message, code: 'bad_recipient' }
  // The key is good; the domain, or one for tests, may not send to this address.
  if (status === 403 && /not allowed to send/.test(message)) return { message, code: 'mailgun_not_allowed' }
  return { message }
}
