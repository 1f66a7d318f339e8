import { z } from 'zod'
import { digestOf } from '../derived.js'
import { jsonObject, line, objectOf } from '../fields.js'
import { isPoint, MAX_MESSAGE, type PushKeys } from './encrypt.js'

/** Seconds for which a push is kept unless told: four weeks. */
export const DEFAULT_TTL = '2419200'

const base64url = z.string().regex(/^[\w-]+=*$/)
const subscriptionJson = z.object({ endpoint: z.url({ protocol: /^https$/ }), keys: z.object({ p256dh: base64url, auth: base64url }) })

/** Where a push goes. */
export interface Subscription {
  endpoint: URL
  keys: PushKeys
}

/** Reads what a browser gives: `JSON.stringify(subscription)`. @throws when it is none */
export function subscriptionOf(text: string): Subscription {
  const { endpoint, keys } = subscriptionJson.parse(JSON.parse(text))
  const url = new URL(endpoint)
  const p256dh = Buffer.from(keys.p256dh, 'base64url')
  const auth = Buffer.from(keys.auth, 'base64url')
  if (!isPoint(p256dh) || auth.length !== 16 || url.username || url.password) throw new Error('This is no subscription.')
  return { endpoint: url, keys: { p256dh, auth } }
}

function isSubscription(text: string): boolean {
  try {
    return Boolean(subscriptionOf(text))
  } catch {
    return false
  }
}

/** A push to one browser. */
export const pushFields = z
  .strictObject({
    to: z
      .string()
      .max(4000)
      .refine(isSubscription, { error: 'Give the subscription as JSON, with an https endpoint and its two keys.' })
      .meta({
        title: 'Subscription',
        description: 'What pushManager.subscribe() gives, as JSON: {"endpoint": …, "keys": {"p256dh": …, "auth": …}}.',
      }),
    title: z.string().min(1, 'Give a title.'),
    body: z.string().optional(),
    url: line.optional().meta({ title: 'Link' }),
    icon: line.optional().meta({ title: 'Icon', description: 'Its address.' }),
    data: jsonObject.optional().meta({ title: 'Data', description: 'A JSON object that the service worker finds as data.' }),
    topic: z
      .string()
      .regex(/^[\w-]{0,32}$/, { error: 'At most 32 letters, digits, - and _.' })
      .optional()
      .meta({ title: 'Topic', description: 'A push takes the place of one with the same topic that is still waiting.' }),
    urgency: z.enum(['very-low', 'low', 'normal', 'high']).optional().meta({ title: 'Urgency' }),
    ttlSeconds: z
      .string()
      .regex(/^\d{0,8}$/, { error: 'Give seconds as a whole number.' })
      .optional()
      .meta({ title: 'Time to live', description: 'Seconds for which it is kept for a browser that is closed. Four weeks unless told.' }),
  })
  .refine((push) => messageOf(push, '').length <= MAX_MESSAGE, {
    error: `Title, body, link, icon and data are at most ${MAX_MESSAGE} bytes together, as JSON.`,
  })

/** What of a push its message has. */
interface Shown {
  title: string
  body?: string | undefined
  url?: string | undefined
  icon?: string | undefined
  data?: string | undefined
}

export type Push = z.output<typeof pushFields>

/**
 * What the service worker gets, as JSON: `title`, and `body`, `url`, `icon` and `data` where they are given. `tag` is the same for a push that
 * comes twice, so that the second is shown in place of the first.
 */
export function messageOf({ title, body, url, icon, data }: Shown, key: string): Buffer {
  const own = objectOf(data)
  const shown = { title, ...(body && { body }), ...(url && { url }), ...(icon && { icon }), ...(own && { data: own }), tag: digestOf(key) }
  return Buffer.from(JSON.stringify(shown))
}
