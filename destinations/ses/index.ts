import { domainToASCII } from 'node:url'
import { encodeWord } from 'nodemailer/lib/mime-funcs'
import { z } from 'zod'
import { tagOf } from '../derived.js'
import { mailboxOf, replyTo, sender, templateFields, type TemplateEmail } from '../email.js'
import { emailFields, emailOf, jsonObject, line } from '../fields.js'
import type { Http, VendorAnswer } from '../outbound/http.js'
import { SendError, type SendCall, type SendResult, type Vendor } from '../vendor.js'
import { explain } from './errors.js'
import { feedback, topicArn } from './feedback.js'
import { REGIONS } from './regions.js'
import { signed } from './sign.js'

const config = z.strictObject({
  region: z.enum(REGIONS).default('us-east-1').meta({ title: 'Region', description: 'Where the sender is verified.' }),
  from: sender('A verified address, or at a verified domain'),
  configurationSet: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, { error: "A configuration set has 1 to 64 letters, digits, '_' and '-'." })
    .optional()
    .meta({ title: 'Configuration set', description: 'Which events are published, among other things.' }),
  topicArn,
})
const secrets = z.strictObject({
  accessKeyId: z
    .string()
    .regex(/^\w{16,128}$/, { error: 'Give the access key id, such as AKIAIOSFODNN7EXAMPLE.' })
    .meta({ title: 'Access key id', description: 'Of a user that may ses:SendEmail.' }),
  secretAccessKey: z.string().min(1, 'Give the secret access key.').max(200).meta({ title: 'Secret access key' }),
})
type Config = z.output<typeof config>
type Secrets = z.output<typeof secrets>
type Call = SendCall<Config, Secrets>

const templated = templateFields.extend({
  template: line
    .regex(/^[A-Za-z0-9_-]{1,64}$/, { error: "A template's name has 1 to 64 letters, digits, '_' and '-'." })
    .meta({ title: 'Template', description: 'Its name.' }),
  data: jsonObject
    .refine((text) => text.length <= 262_144, { error: 'SES takes 262,144 characters of data at most.' })
    .optional()
    .meta({ title: 'Data', description: 'A JSON object: what the template names.' }),
})

/**
 * Email through Amazon SES, API v2. Its API: docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html, API_MessageHeader.html, API_MessageTag.html, API_GetAccount.html
 * and CommonErrors.html; its errors: docs.aws.amazon.com/ses/latest/dg/troubleshoot-error-messages.html and manage-sending-quotas-errors.html; its
 * hosts: docs.aws.amazon.com/general/latest/gr/ses.html.
 */
export function ses(http: Http): Vendor<Config, Secrets> {
  return {
    type: 'ses',
    title: 'Amazon SES',
    docs: 'https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html',
    config,
    secrets,
    feedback: feedback(http),
    dedupes: false,
    idempotency:
      "SES has no idempotency key: when its answer is lost, the email may have been sent. It carries the key of the delivery as the tag tilework_key, with '--' for each ':'.",
    actions: {
      send_email: { title: 'Send email', channel: 'email', fields: emailFields.extend({ replyTo }), send: (call) => sendEmail(http, call) },
      send_template: { title: 'Send template', channel: 'email', fields: templated, send: (call) => sendTemplate(http, call) },
    },
    test: (call) => testAccount(http, call),
  }
}

async function sendEmail(http: Http, call: Call): Promise<SendResult> {
  const { subject, html, text, ...email } = emailOf(call.fields)
  const body = { ...(html && { Html: utf8(html) }), ...(text && { Text: utf8(text) }) }
  return send(http, call, email, { Simple: { Subject: utf8(subject), Body: body, ...headersOf(call) } })
}

async function sendTemplate(http: Http, call: Call): Promise<SendResult> {
  const { template, data, ...email } = call.fields as unknown as TemplateEmail
  return send(http, call, email, { Template: { TemplateName: template, TemplateData: data || '{}', ...headersOf(call) } })
}

const headersOf = ({ headers }: Call): { Headers?: object[] } =>
  headers ? { Headers: Object.entries(headers).map(([Name, Value]) => ({ Name, Value })) } : {}

const utf8 = (text: string): object => ({ Data: text, Charset: 'UTF-8' })

async function send(http: Http, call: Call, email: { to: string; replyTo?: string | undefined }, content: object): Promise<SendResult> {
  const { configurationSet } = call.config
  const message = {
    FromEmailAddress: ascii(call.config.from),
    Destination: { ToAddresses: [ascii(email.to)] },
    ...(email.replyTo && { ReplyToAddresses: [ascii(email.replyTo)] }),
    Content: content,
    ...(configurationSet && { ConfigurationSetName: configurationSet }),
    EmailTags: [{ Name: 'tilework_key', Value: tagOf(call.key) }],
  }
  const { json } = await ask(http, call, 'POST', '/v2/email/outbound-emails', JSON.stringify(message))
  const { MessageId } = (json ?? {}) as { MessageId?: string }
  return { ...(MessageId !== undefined && { vendorId: MessageId }), answer: json }
}

/** SES takes addresses of ASCII alone: domains in Punycode, names as words of RFC 2047. */
function ascii(mailbox: string): string {
  const { email, name } = mailboxOf(mailbox)
  const [local, domain = ''] = email.split('@')
  const address = `${local}@${domainToASCII(domain) || domain}`
  if (name === undefined) return address
  return `${/^[\x00-\x7f]*$/.test(name) ? `"${name.replace(/["\\]/g, '\\$&')}"` : encodeWord(name, 'B', 52)} <${address}>`
}

async function testAccount(http: Http, call: Pick<Call, 'config' | 'secrets' | 'signal' | 'outboundAllow'>): Promise<void> {
  const answer = await ask(http, call, 'GET', '/v2/email/account', '').catch((error: unknown) => {
    // A key that may only send is told so here, and that is enough to know that it is one.
    if (error instanceof SendError && error.code === 'ses_access_denied') return undefined
    throw error
  })
  const { SendingEnabled } = (answer?.json ?? {}) as { SendingEnabled?: boolean }
  if (SendingEnabled === false) throw new SendError('permanent', 'ses_sending_paused', 'Sending is paused for the account in this region.')
}

function ask(
  http: Http,
  call: Pick<Call, 'config' | 'secrets' | 'signal' | 'outboundAllow'>,
  method: 'GET' | 'POST',
  path: string,
  body: string,
): Promise<VendorAnswer> {
  const { region } = call.config
  const url = `https://email.${region}.amazonaws.com${path}`
  const headers: Record<string, string> = method === 'POST' ? { 'content-type': 'application/json' } : {}
  const request = { method, url, headers, body }
  return http(call, { ...request, headers: signed(request, { ...call.secrets, region, service: 'ses' }, new Date()) }, explain)
}
