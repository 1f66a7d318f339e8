import { z } from 'zod'
import { phone } from '../fields.js'
import type { Explain, Http, VendorRequest } from '../outbound/http.js'
import { refusedFor } from '../probe.js'
import type { SendCall, SendResult, Vendor } from '../vendor.js'

const HOSTS = {
  global: 'https://api.nexmo.com',
  eu: 'https://api-eu.nexmo.com',
  us: 'https://api-us.nexmo.com',
  ap: 'https://api-ap.nexmo.com',
}

const config = z.strictObject({
  apiKey: z
    .string()
    .regex(/^[0-9A-Za-z]{8,16}$/, { error: "Give the account's API key, such as abcd1234." })
    .meta({ title: 'API key' }),
  from: z
    .string()
    .regex(/^(\+?[1-9]\d{2,14}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11})$/, {
      error: 'Give a number with its country, such as +34600111222, or a name of up to 11 letters and digits.',
    })
    .meta({ title: 'Sender', description: 'A number, or a name where the country allows it.' }),
  region: z.enum(['global', 'eu', 'us', 'ap']).default('global').meta({ title: 'Region', description: 'Where messages are taken.' }),
})
const secrets = z.strictObject({ apiSecret: z.string().min(1, 'Give the API secret.').max(200).meta({ title: 'API secret' }) })
type Config = z.output<typeof config>
type Secrets = z.output<typeof secrets>
type Call = SendCall<Config, Secrets>

const smsFields = z.strictObject({
  to: phone,
  body: z.string().min(1, 'Give the text.').max(1000, 'Vonage takes 1,000 characters at most.'),
})

/**
 * SMS through Vonage's Messages API. Its API: developer.vonage.com/en/api/messages; its errors: developer.vonage.com/en/api-errors/messages and
 * .../api-errors.
 */
export function vonage(http: Http): Vendor<Config, Secrets> {
  return {
    type: 'vonage',
    title: 'Vonage',
    docs: 'https://developer.vonage.com/en/api/messages',
    config,
    secrets,
    dedupes: false,
    idempotency:
      'Vonage has no idempotency key: when its answer is lost, the message may have been sent. It carries the key of the delivery as client_ref.',
    perSecond: 30,
    actions: { send_sms: { title: 'Send SMS', channel: 'sms', fields: smsFields, send: (call) => sendSms(http, call) } },
    // A message that lacks everything.
    test: (call) => refusedFor(http(call, requestOf(call, {}), explain), 422),
  }
}

/** Longest reference that Vonage keeps. */
const MAX_REFERENCE = 100

async function sendSms(http: Http, call: Call): Promise<SendResult> {
  const { to, body } = call.fields as { to: string; body: string }
  const message = {
    channel: 'sms',
    message_type: 'text',
    // Vonage writes numbers without the plus.
    to: to.replace(/^\+/, ''),
    from: call.config.from.replace(/^\+/, ''),
    text: body,
    client_ref: call.key.slice(0, MAX_REFERENCE),
  }
  const { json } = await http(call, requestOf(call, message), explain)
  const { message_uuid } = (json ?? {}) as { message_uuid?: string }
  return { ...(message_uuid !== undefined && { vendorId: message_uuid }), answer: json }
}

function requestOf({ config: { region, apiKey }, secrets: { apiSecret } }: Pick<Call, 'config' | 'secrets'>, json: object): VendorRequest {
  const authorization = `Basic ${Buffer.from(`${apiKey}:${apiSecret}`).toString('base64')}`
  return { url: `${HOSTS[region]}/v1/messages`, headers: { authorization }, json }
}

interface Problem {
  /** Ends in `#` and the code. */
  type?: string
  title?: string | number
  detail?: string
  invalid_parameters?: { name?: string; reason?: string }[]
}

/** Problems of RFC 7807. */
const explain: Explain = ({ status, json }) => {
  if (status < 300) return undefined
  const { type, detail, invalid_parameters = [] } = (json ?? {}) as Problem
  const code = type?.split('#')[1]
  const reason = invalid_parameters[0]?.reason ?? detail
  const said = reason === undefined ? {} : { message: reason }
  if (status === 401 || code === undefined) return said
  // Throttled; or it did not get as far as being submitted.
  if (code === '1000' || code === 'rate-limit') return { ...said, kind: 'retry', code: 'rate_limited' }
  if (code === '1100') return { ...said, kind: 'retry', code: 'vonage_1100' }
  // The number may not receive messages.
  if (code === '1050') return { ...said, code: 'suppressed' }
  if (status === 422 && (invalid_parameters.some(({ name }) => name === 'to') || /`to` parameter/.test(detail ?? '')))
    return { ...said, code: 'bad_recipient' }
  return { ...said, code: `vonage_${code.replaceAll('-', '_')}` }
}
