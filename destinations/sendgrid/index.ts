import { z } from 'zod'
import { mailboxOf, replyTo, sender, templateFields, type TemplateEmail } from '../email.js'
import { emailFields, emailOf, line, objectOf } from '../fields.js'
import type { Explain, Http } from '../outbound/http.js'
import { SendError, type SendCall, type SendResult, type Vendor } from '../vendor.js'
import { feedback, verificationKey } from './feedback.js'

const HOSTS = { global: 'https://api.sendgrid.com', eu: 'https://api.eu.sendgrid.com' }

const config = z.strictObject({
  from: sender('A verified sender, or at an authenticated domain'),
  region: z.enum(['global', 'eu']).default('global').meta({ title: 'Region', description: 'EU with a key of an EU subuser.' }),
})
const secrets = z.strictObject({
  apiKey: z.string().min(1, 'Give the API key.').max(200).meta({ title: 'API key' }),
  verificationKey,
})
type Config = z.output<typeof config>
type Secrets = z.output<typeof secrets>
type Call = SendCall<Config, Secrets>

const templated = templateFields.extend({
  template: line
    .regex(/^d-[0-9a-f]{32}$/, { error: 'Give the id of a dynamic template, such as d-6c46f8a5e6d04e2f9d5d2b1a7c3e4f50.' })
    .meta({ title: 'Template id', description: 'Of a dynamic template.' }),
})

/**
 * Email through SendGrid. Its API: twilio.com/docs/sendgrid/api-reference/mail-send/mail-send (and its OpenAPI in github.com/sendgrid/sendgrid-oai);
 * its errors: .../mail-send/errors and .../how-to-use-the-sendgrid-v3-api/errors; its rates: .../how-to-use-the-sendgrid-v3-api/rate-limits.
 */
export function sendgrid(http: Http): Vendor<Config, Secrets> {
  return {
    type: 'sendgrid',
    title: 'SendGrid',
    docs: 'https://www.twilio.com/docs/sendgrid/api-reference/mail-send/mail-send',
    config,
    secrets,
    feedback,
    dedupes: false,
    idempotency:
      'SendGrid has no idempotency key: when its answer is lost, the email may have been sent. It carries the key of the delivery as the custom argument tilework_key.',
    actions: {
      send_email: { title: 'Send email', channel: 'email', fields: emailFields.extend({ replyTo }), send: (call) => sendEmail(http, call) },
      send_template: { title: 'Send template', channel: 'email', fields: templated, send: (call) => sendTemplate(http, call) },
    },
    test: async (call) => {
      const { json } = await http(call, { method: 'GET', url: `${HOSTS[call.config.region]}/v3/scopes`, headers: headersOf(call) }, explain)
      const { scopes } = (json ?? {}) as { scopes?: string[] }
      if (!scopes?.includes('mail.send'))
        throw new SendError('permanent', 'bad_credentials', "The API key may not send. Give it the permission 'Mail Send'.")
    },
  }
}

async function sendEmail(http: Http, call: Call): Promise<SendResult> {
  const { to, subject, html, text, ...email } = emailOf(call.fields)
  // The order is SendGrid's: from the plainest on.
  const content = [...(text ? [{ type: 'text/plain', value: text }] : []), ...(html ? [{ type: 'text/html', value: html }] : [])]
  return send(http, call, email.replyTo, { to: [{ email: to }] }, { subject, content })
}

async function sendTemplate(http: Http, call: Call): Promise<SendResult> {
  const { to, template, data, ...email } = call.fields as unknown as TemplateEmail
  const dynamic = { to: [{ email: to }], dynamic_template_data: objectOf(data) ?? {} }
  return send(http, call, email.replyTo, dynamic, { template_id: template })
}

async function send(http: Http, call: Call, replies: string | undefined, to: object, message: object): Promise<SendResult> {
  const { headers } = await http(
    call,
    {
      url: `${HOSTS[call.config.region]}/v3/mail/send`,
      headers: headersOf(call),
      json: {
        personalizations: [{ ...to, custom_args: { tilework_key: call.key } }],
        from: mailboxOf(call.config.from),
        ...(replies && { reply_to: mailboxOf(replies) }),
        ...(call.headers && { headers: call.headers }),
        ...message,
      },
    },
    explain,
  )
  const vendorId = headers['x-message-id']
  return { ...(vendorId && { vendorId }) }
}

const headersOf = ({ secrets: { apiKey } }: Pick<Call, 'secrets'>): Record<string, string> => ({ authorization: `Bearer ${apiKey}` })

/** `{errors: [{message, field, help}]}`; there are no codes. */
const explain: Explain = ({ status, headers, json }) => {
  if (status < 300) return undefined
  const { errors = [] } = (json ?? {}) as { errors?: { message?: string; field?: string | null }[] }
  const [first] = errors
  const said = first?.message === undefined ? {} : { message: first.message }
  if (status === 400 && errors.some(({ field }) => field && /^personalizations\.\d+\.to\b/.test(field)))
    return { ...said, code: 'bad_recipient' }
  // These two have the status of bad credentials, and the key is good.
  if (status === 401 && first?.message === 'Maximum credits exceeded') return { ...said, code: 'sendgrid_credits_exceeded' }
  if (status === 403 && first?.field === 'from') return { ...said, code: 'sendgrid_unverified_sender' }
  const reset = Number(headers['x-ratelimit-reset'])
  if (status === 429 && !headers['retry-after'] && reset > 0) return { ...said, retryAfterMs: Math.max(0, reset * 1000 - Date.now()) }
  return said
}
