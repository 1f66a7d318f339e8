import { z } from 'zod'
import { RESERVED_HEADERS } from '../../model/headers.js'
import { jsonObject, line, objectOf } from '../fields.js'
import { BlockedAddress, isListed, resolveAllowed } from '../outbound/guard.js'
import type { Http } from '../outbound/http.js'
import { SendError, type SendCall, type SendResult, type Vendor } from '../vendor.js'
import { signedHeaders } from './signing.js'

/** Largest payload that Standard Webhooks advises, in characters. */
const MAX_DATA = 20_000

const config = z.strictObject({
  url: z
    .string()
    .max(1_000)
    .refine((text) => isUrl(text), { error: 'Give a URL such as https://example.com/hooks, without a user, a password or a #fragment.' })
    .meta({ title: 'URL', description: 'https; http only to an address that OUTBOUND_ALLOW lists.' }),
})

const key = z
  .string()
  .max(100)
  .refine((text) => isKey(text), { error: 'Give whsec_ and 24 to 64 random bytes in base64.' })
const secrets = z.strictObject({
  secret: key.meta({ title: 'Secret', description: 'What calls are signed with: whsec_ and 24 to 64 random bytes in base64.' }),
  previousSecret: key.optional().meta({
    title: 'Previous secret',
    description: 'Signed with as well, until every receiver has the new one.',
  }),
  headers: z
    .record(
      z
        .string()
        .max(100)
        .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, { error: 'Give the name of a header.' })
        .refine((name) => !RESERVED_HEADERS.has(name.toLowerCase()), { error: 'This header is set by Tilework.' }),
      line.max(2_000),
    )
    .optional()
    .meta({ title: 'Headers', description: 'Sent with every call: {"Authorization": "Bearer …"}.' }),
})
type Config = z.output<typeof config>
type Secrets = z.output<typeof secrets>

const fields = z.strictObject({
  type: z
    .string()
    .max(128)
    .regex(/^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*$/, { error: 'Give a type such as customer.upgraded.' })
    .meta({ title: 'Type', description: 'What has happened: customer.upgraded.' }),
  data: z
    .union([z.literal(''), jsonObject.max(MAX_DATA)])
    .optional()
    .meta({
      title: 'Data',
      description: 'A JSON object; empty: customerId, memberId and tileId.',
    }),
})

/**
 * An endpoint of yours that many tiles call, signed by Standard Webhooks 1.0.0:
 * github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md.
 */
export function webhook(http: Http): Vendor<Config, Secrets> {
  return {
    type: 'webhook',
    title: 'Webhook',
    docs: 'https://www.standardwebhooks.com',
    config,
    secrets,
    dedupes: true,
    idempotency: 'A retry carries the same webhook-id: a receiver that keeps to Standard Webhooks takes it once.',
    actions: { send_event: { title: 'Send event', fields, send: (call) => sendEvent(http, call) } },
    test: async (call) => {
      await plainOnlyInside(call)
      const headers = headersOf(call.secrets, 'test', '')
      await http(call, { method: 'GET', url: call.config.url, headers }).catch((error: unknown) => {
        // An endpoint that takes no GET is there all the same.
        if (!(error instanceof SendError && /^(http_4\d\d|rate_limited)$/.test(error.code) && error.code !== 'http_410')) throw error
      })
    },
  }
}

async function sendEvent(http: Http, call: SendCall<Config, Secrets>): Promise<SendResult> {
  await plainOnlyInside(call)
  const { customerId, memberId, tileId } = call
  const data = objectOf(call.fields.data) ?? { customerId, memberId, tileId }
  const body = JSON.stringify({ type: call.fields.type, timestamp: new Date().toISOString(), data })
  const { status } = await http(call, { url: call.config.url, headers: headersOf(call.secrets, call.key, body), body })
  return { answer: { status } }
}

/** What belongs to the signature cannot be given. */
function headersOf({ secret, previousSecret, headers = {} }: Secrets, id: string, body: string): Record<string, string> {
  const given = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])
  const signing = [secret, ...(previousSecret === undefined ? [] : [previousSecret])]
  return {
    ...(body !== '' && { 'content-type': 'application/json' }),
    ...(Object.fromEntries(given) as Record<string, string>),
    ...signedHeaders(id, body, signing),
  }
}

/** @throws SendError when it would go unencrypted to an address that is not listed */
async function plainOnlyInside({ config, outboundAllow }: Pick<SendCall<Config>, 'config' | 'outboundAllow'>): Promise<void> {
  const { protocol, hostname } = new URL(config.url)
  if (protocol === 'https:') return
  const addresses = await resolveAllowed(hostname, outboundAllow).catch((error: unknown) => {
    if (error instanceof BlockedAddress) throw new SendError('permanent', 'blocked_address', error.message)
    throw new SendError('retry', 'dns', `The name ${hostname} cannot be resolved.`)
  })
  if (addresses.every((address) => isListed(address, outboundAllow))) return
  throw new SendError(
    'permanent',
    'invalid_url',
    `${hostname} is called by http, which is for addresses in OUTBOUND_ALLOW only; give its URL with https.`,
  )
}

function isUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, username, password, hash } = new URL(text)
  return /^https?:$/.test(protocol) && username === '' && password === '' && hash === ''
}

function isKey(text: string): boolean {
  const [, base64] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? []
  const bytes = Buffer.from(base64 ?? '', 'base64')
  return bytes.length >= 24 && bytes.length <= 64 && bytes.toString('base64') === base64
}
