import { z } from 'zod'
import { digestOf, uuidOf } from '../derived.js'
import { signsBy } from '../jwt.js'
import type { Http, VendorAnswer } from '../outbound/http.js'
import { SendError, type SendCall, type SendResult, type Vendor } from '../vendor.js'
import { EXPIRED, explain } from './explain.js'
import { payloadOf, pushFields, type Push } from './fields.js'
import { providerTokens, type ProviderTokens } from './token.js'

const HOSTS = { production: 'api.push.apple.com', development: 'api.sandbox.push.apple.com' }

const id = z.string().regex(/^[A-Z0-9]{10}$/, { error: 'Ten capital letters and digits, as Apple gives it.' })
const config = z.strictObject({
  topic: z
    .string()
    .regex(/^[\w.-]{1,200}$/, { error: 'Give the bundle ID of the app.' })
    .meta({ title: 'Bundle ID', description: 'Of the app: com.example.app.' }),
  teamId: id.meta({ title: 'Team ID' }),
  keyId: id.meta({ title: 'Key ID', description: 'Of the key that is pasted below.' }),
  environment: z
    .enum(['production', 'development'])
    .default('production')
    .meta({ title: 'Environment', description: 'Apps that Xcode installs are in development.' }),
})
const secrets = z.strictObject({
  privateKey: z
    .string()
    .max(4000)
    .refine((pem) => signsBy('ES256', pem), { error: 'Paste the whole .p8 file, with its first and last line.' })
    .meta({ title: 'Private key', description: 'The .p8 file of a key for the Apple Push Notifications service.' }),
})
export type Config = z.output<typeof config>
export type Secrets = z.output<typeof secrets>
type Call = Pick<SendCall<Config, Secrets>, 'config' | 'secrets' | 'signal' | 'outboundAllow'>

/** A token that no device has. */
const NOBODY = '0'.repeat(64)

/**
 * Push to Apple's devices. Requests: developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns; answers:
 * …/handling-notification-responses-from-apns; the provider's token: …/establishing-a-token-based-connection-to-apns; payload:
 * …/generating-a-remote-notification.
 * @param now ms since 1970; tests have a clock of their own
 */
export function apns(http: Http, now: () => number = Date.now): Vendor<Config, Secrets> {
  const tokens = providerTokens(now)
  return {
    type: 'apns',
    title: 'Apple Push Notification service',
    docs: 'https://developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns',
    config,
    secrets,
    dedupes: false,
    idempotency:
      'APNs does not promise to take a push once: when its answer was lost the delivery is unknown. A second one has the same apns-id and apns-collapse-id, so on the device it takes the place of the first.',
    actions: { send_push: { title: 'Send push', channel: 'push', fields: pushFields, send: (call) => sendPush(http, tokens, now, call) } },
    test: async (call) => {
      const headers = { 'apns-push-type': 'background', 'apns-priority': '5', 'apns-expiration': '0' }
      await post(http, tokens, call, NOBODY, headers, { aps: { 'content-available': 1 } }).catch((error: unknown) => {
        // It has let us in, and there is no such device.
        if (!(error instanceof SendError && error.code === 'bad_recipient')) throw error
      })
    },
  }
}

async function sendPush(http: Http, tokens: ProviderTokens, now: () => number, call: SendCall<Config, Secrets>): Promise<SendResult> {
  const push = call.fields as unknown as Push
  const apnsId = uuidOf(call.key)
  const headers = {
    'apns-push-type': 'alert',
    'apns-priority': '10',
    'apns-id': apnsId,
    'apns-collapse-id': push.collapseId || digestOf(call.key),
    ...(push.ttlSeconds && { 'apns-expiration': String(Math.floor(now() / 1000) + Number(push.ttlSeconds)) }),
  }
  const answer = await post(http, tokens, call, push.to, headers, payloadOf(push))
  return { vendorId: answer.headers['apns-id'] ?? apnsId }
}

async function post(
  http: Http,
  tokens: ProviderTokens,
  call: Call,
  device: string,
  headers: Record<string, string>,
  json: unknown,
): Promise<VendorAnswer> {
  const { topic, teamId, environment } = call.config
  const request = {
    url: `https://${HOSTS[environment]}/3/device/${device}`,
    // A connection is of one team.
    http2: `apns ${teamId}`,
    headers: { authorization: `bearer ${tokens.of(call)}`, 'apns-topic': topic, ...headers },
    json,
  }
  try {
    return await http(call, request, explain)
  } catch (error) {
    if (error instanceof SendError && error.code === EXPIRED) tokens.renew(call)
    throw error
  }
}
