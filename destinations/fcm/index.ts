import { z } from 'zod'
import { digestOf } from '../derived.js'
import { objectOf } from '../fields.js'
import type { Http, VendorRequest } from '../outbound/http.js'
import { accountOf, googleTokens, serviceAccount, type WithToken } from '../service-account.js'
import type { SendCall, SendResult, Vendor } from '../vendor.js'
import { explain } from './explain.js'
import { pushFields, topicFields, type Push } from './fields.js'

const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging'

const config = z.strictObject({})
const secrets = z.strictObject({ serviceAccount })
type Config = z.output<typeof config>
type Secrets = z.output<typeof secrets>

/**
 * Push through Firebase Cloud Messaging, HTTP v1. A message: firebase.google.com/docs/reference/fcm/rest/v1/projects.messages; sending one:
 * …/projects.messages/send; errors: …/docs/reference/fcm/rest/v1/ErrorCode and …/docs/cloud-messaging/error-codes; rates:
 * …/docs/cloud-messaging/throttling-and-quotas.
 * @param now ms since 1970; tests have a clock of their own
 */
export function fcm(http: Http, now: () => number = Date.now): Vendor<Config, Secrets> {
  const withToken = googleTokens(http, SCOPE, now)
  const send = (call: SendCall<Config, Secrets>): Promise<SendResult> => sendPush(http, withToken, now, call)
  return {
    type: 'fcm',
    title: 'Firebase Cloud Messaging',
    docs: 'https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages/send',
    config,
    secrets,
    dedupes: false,
    idempotency:
      'FCM has no idempotency key: when its answer was lost the delivery is unknown. A second one has the same tag and collapse id, so on the device it takes the place of the first.',
    // 600,000 a minute for each project.
    perSecond: 10_000,
    actions: {
      send_push: { title: 'Send push', channel: 'push', fields: pushFields, send },
      send_to_topic: { title: 'Send push to a topic', fields: topicFields, send },
    },
    test: async (call) => {
      const body = { validate_only: true, message: { topic: 'tilework', notification: { title: 'Test' } } }
      await withToken(call, (token) => http(call, requestOf(call, token, body), explain))
    },
  }
}

async function sendPush(http: Http, withToken: WithToken, now: () => number, call: SendCall<Config, Secrets>): Promise<SendResult> {
  const message = messageOf(call, now())
  const { json } = await withToken(call, (token) => http(call, requestOf(call, token, { message }), explain))
  const { name } = (json ?? {}) as { name?: string }
  return { ...(name !== undefined && { vendorId: name }), answer: json }
}

const requestOf = ({ secrets: s }: Pick<SendCall<Config, Secrets>, 'secrets'>, token: string, json: unknown): VendorRequest => ({
  url: `https://fcm.googleapis.com/v1/projects/${encodeURIComponent(accountOf(s.serviceAccount).project_id)}/messages:send`,
  headers: { authorization: `Bearer ${token}` },
  json,
})

function messageOf({ key, fields }: SendCall, now: number): Record<string, unknown> {
  const push = fields as Push
  const { to, topic, title, body, image, url, collapseKey, ttlSeconds } = push
  // What is shown with the same one replaces what was shown before: so does a send that comes twice.
  const tag = collapseKey || digestOf(key)
  const data = { ...objectOf(push.data), ...(url && { url }) }
  return {
    ...(to !== undefined ? { token: to } : { topic }),
    notification: { title, ...(body && { body }), ...(image && { image }) },
    ...(Object.keys(data).length > 0 && { data: texts(data) }),
    android: {
      // A device keeps four of these, so none is made up for each send.
      ...(collapseKey && { collapse_key: collapseKey }),
      ...(ttlSeconds && { ttl: `${ttlSeconds}s` }),
      notification: { tag },
    },
    apns: {
      headers: {
        'apns-collapse-id': tag,
        ...(ttlSeconds && { 'apns-expiration': String(Math.floor(now / 1000) + Number(ttlSeconds)) }),
      },
    },
    webpush: {
      ...(ttlSeconds && { headers: { TTL: ttlSeconds } }),
      notification: { tag },
      ...(url?.startsWith('https://') && { fcm_options: { link: url } }),
    },
  }
}

/** FCM takes texts only. */
const texts = (data: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(data).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]))
