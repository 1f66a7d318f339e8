import { z } from 'zod'
import { atMostBytes, jsonObject, keptSeconds, line, objectOf } from '../fields.js'

/** Names in `data` that FCM keeps for itself. */
const RESERVED = /^(from$|message_type$|google|gcm)/

const shape = {
  title: z.string().min(1, 'Give a title.'),
  body: z.string().optional(),
  url: line
    .max(2000)
    .optional()
    .meta({ title: 'Link', description: 'Opened by browsers when it is https. Apps find it as url in the data.' }),
  image: line
    .regex(/^(https:\/\/\S+)?$/, { error: 'Give an https address.' })
    .optional()
    .meta({ title: 'Image', description: 'An https address.' }),
  data: jsonObject
    .refine((text) => !Object.keys(objectOf(text) ?? {}).some((name) => RESERVED.test(name)), {
      error: 'The names from and message_type, and those that begin with google or gcm, are kept by FCM.',
    })
    .optional()
    .meta({ title: 'Data', description: 'A JSON object for the app. Values become texts.' }),
  collapseKey: line
    .refine(...atMostBytes(64))
    .optional()
    .meta({ title: 'Collapse key', description: 'A push replaces an earlier one with the same key.' }),
  ttlSeconds: keptSeconds.meta({
    title: 'Time to live',
    description: 'Seconds for which it is kept for a device that is off. 28 days unless told.',
  }),
}

interface Weighed {
  title: string
  body?: string | undefined
  url?: string | undefined
  image?: string | undefined
  data?: string | undefined
}

/** What the limit is about: names and values, in bytes. */
function weightOf({ title, body = '', image = '', url = '', data }: Weighed): number {
  const own = Object.entries(objectOf(data) ?? {}).map(
    ([name, value]) => name + (typeof value === 'string' ? value : JSON.stringify(value)),
  )
  return Buffer.byteLength([title, body, image, url, ...own].join(''))
}

const within = (most: number): [(push: Weighed) => boolean, { error: string }] => [
  (push) => weightOf(push) <= most,
  { error: `Title, body, image, link and data are at most ${most} bytes together.` },
]

/** A push to one device. */
export const pushFields = z
  .strictObject({ to: line.min(1, 'Give the registration token.').max(4096).meta({ title: 'Registration token' }), ...shape })
  .refine(...within(4096))

/** A push to all devices that are subscribed to a topic. */
export const topicFields = z
  .strictObject({
    topic: line.regex(/^[a-zA-Z0-9\-_.~%]{1,900}$/, { error: 'Give the name of a topic, without /topics/.' }).meta({ title: 'Topic' }),
    ...shape,
  })
  .refine(...within(2048))

export type Push = Partial<z.output<typeof pushFields>> & Partial<z.output<typeof topicFields>>
