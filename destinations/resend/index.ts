import { z } from 'zod'
import { tagOf } from '../derived.js'
import { emailFields, emailOf } from '../fields.js'
import type { Explain, Http } from '../outbound/http.js'
import { SendError, type SendCall, type SendResult, type Vendor } from '../vendor.js'
import { feedback, signingSecret } from './feedback.js'

const API = 'https://api.resend.com'

const config = z.strictObject({
  from: z.string().min(3, "Give the sender's address.").max(320).meta({
    title: 'Sender',
    description: 'At a domain that is verified at Resend: hello@example.com, or Example <hello@example.com>.',
  }),
})
const secrets = z.strictObject({
  apiKey: z.string().min(1, 'Give the API key.').max(200).meta({ title: 'API key' }),
  signingSecret,
})
type Config = z.output<typeof config>
type Secrets = z.output<typeof secrets>

/**
 * Email through Resend. Its API: resend.com/docs/api-reference/emails/send-email; its errors: resend.com/docs/api-reference/errors; its idempotency
 * keys: resend.com/docs/dashboard/emails/idempotency-keys.
 */
export function resend(http: Http): Vendor<Config, Secrets> {
  return {
    type: 'resend',
    title: 'Resend',
    docs: 'https://resend.com/docs/api-reference/emails/send-email',
    config,
    secrets,
    feedback,
    dedupes: true,
    idempotency: 'Resend takes an email once per Idempotency-Key, within 24 hours.',
    perSecond: 2,
    actions: { send_email: { title: 'Send email', channel: 'email', fields: emailFields, send: (call) => sendEmail(http, call) } },
    test: async (call) => {
      const asked = http(call, { method: 'GET', url: `${API}/domains`, headers: headersOf(call.secrets) }, explain)
      await asked.catch((error: unknown) => {
        // A key that may only send is told so here, and that is enough to know that it is one.
        if (!(error instanceof SendError && error.code === 'resend_restricted_api_key')) throw error
      })
    },
  }
}

async function sendEmail(http: Http, call: SendCall<Config, Secrets>): Promise<SendResult> {
  const { to, subject, html, text, replyTo } = emailOf(call.fields)
  const { json } = await http(
    call,
    {
      url: `${API}/emails`,
      headers: { ...headersOf(call.secrets), 'idempotency-key': call.key },
      json: {
        from: call.config.from,
        to: [to],
        subject,
        ...(html && { html }),
        ...(text && { text }),
        ...(replyTo && { reply_to: replyTo }),
        tags: [{ name: 'tilework_key', value: tagOf(call.key) }],
        ...(call.headers && { headers: call.headers }),
      },
    },
    explain,
  )
  const { id } = (json ?? {}) as { id?: string }
  return { ...(id !== undefined && { vendorId: id }), answer: json }
}

const headersOf = ({ apiKey }: Secrets): Record<string, string> => ({ authorization: `Bearer ${apiKey}` })

/** `{statusCode, name, message}`. */
const explain: Explain = ({ status, json }) => {
  if (status < 300) return undefined
  const { name, message } = (json ?? {}) as { name?: string; message?: string }
  const said = { message }
  if (name === undefined) return said
  // The same email is being taken by another attempt.
  if (name === 'concurrent_idempotent_requests') return { ...said, kind: 'retry', code: 'resend_concurrent' }
  if (name === 'daily_quota_exceeded' || name === 'monthly_quota_exceeded') return { ...said, kind: 'permanent', code: `resend_${name}` }
  if (['missing_api_key', 'invalid_api_key', 'rate_limit_exceeded', 'application_error', 'internal_server_error'].includes(name))
    return said
  return { ...said, code: `resend_${name}` }
}
