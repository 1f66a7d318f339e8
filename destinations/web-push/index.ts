import { z } from 'zod'
import { digestOf } from '../derived.js'
import type { Explain, Http } from '../outbound/http.js'
import type { SendCall, SendResult, Vendor } from '../vendor.js'
import { encrypt } from './encrypt.js'
import { DEFAULT_TTL, messageOf, pushFields, subscriptionOf, type Push } from './fields.js'
import { vapid, vapidKeys } from './vapid.js'

const config = z.strictObject({
  subject: z
    .string()
    .max(320)
    .regex(/^(mailto:[^\s@]+@[^\s@]+|https:\/\/\S+)$/, { error: 'Give mailto: and an address, or an https address.' })
    .meta({ title: 'Contact', description: 'For those who run the push services: mailto:push@example.com, or https://example.com/push.' }),
})
const secrets = z.strictObject({
  privateKey: z.string().max(200).refine(isKey, { error: 'Give the private VAPID key: 43 letters, digits, - and _.' }).meta({
    title: 'Private VAPID key',
    description: 'As npx web-push generate-vapid-keys prints it. Pages subscribe with its public key.',
  }),
})
type Config = z.output<typeof config>
type Secrets = z.output<typeof secrets>

function isKey(text: string): boolean {
  try {
    return /^[\w-]{43}$/.test(text) && Boolean(vapidKeys(text))
  } catch {
    return false
  }
}

/**
 * Push to browsers, through the push service that each browser names: Web Push (RFC 8030), encrypted (RFC 8291), by a sender that says who it is
 * (RFC 8292). Answers of push services: RFC 8030 section 5, autopush.readthedocs.io "Error codes",
 * developer.apple.com/documentation/usernotifications/sending-web-push-notifications-in-web-apps-and-browsers.
 * @param now ms since 1970; tests have a clock of their own
 */
export function webPush(http: Http, now: () => number = Date.now): Vendor<Config, Secrets> {
  return {
    type: 'web-push',
    title: 'Web Push',
    docs: 'https://www.rfc-editor.org/rfc/rfc8030',
    config,
    secrets,
    dedupes: false,
    idempotency:
      'Web Push has no idempotency key: when the answer was lost the delivery is unknown. A second push has the same Topic and the same tag, so it takes the place of the first while that waits, and where the service worker shows the tag also afterwards.',
    actions: { send_push: { title: 'Send push', channel: 'push', fields: pushFields, send: (call) => sendPush(http, now, call) } },
    // Which services there are is known from subscriptions only, and the key was tried when it was given.
    test: () => Promise.resolve(),
  }
}

async function sendPush(http: Http, now: () => number, call: SendCall<Config, Secrets>): Promise<SendResult> {
  const { key, config: c, secrets: s } = call
  const push = call.fields as unknown as Push
  const { endpoint, keys } = subscriptionOf(push.to)
  const { headers } = await http(
    call,
    {
      url: endpoint.href,
      headers: {
        authorization: vapid(endpoint, c.subject, s.privateKey, now()),
        'content-encoding': 'aes128gcm',
        'content-type': 'application/octet-stream',
        ttl: push.ttlSeconds || DEFAULT_TTL,
        topic: push.topic || digestOf(key),
        ...(push.urgency && { urgency: push.urgency }),
      },
      body: encrypt(messageOf(push, key), keys),
    },
    explain,
  )
  return headers.location === undefined ? {} : { vendorId: headers.location }
}

/** What services say: `{code, errno, error, message}` of Mozilla's, `{reason}` of Apple's, nothing or a text of others. */
const explain: Explain = ({ status, json }) => {
  if (status < 300) return undefined
  const { message, reason } = (json ?? {}) as { message?: unknown; reason?: unknown }
  const said = [reason, message].find((each) => typeof each === 'string')
  return {
    ...(said !== undefined && { message: said as string }),
    ...((status === 404 || status === 410) && { code: 'token_gone' }),
    ...(status === 413 && { code: 'web_push_too_large' }),
  }
}
