import { z } from 'zod'
import { atMostBytes, jsonObject, line, objectOf } from '../fields.js'

/** Most bytes of a payload. */
const MAX_PAYLOAD = 4096

const digits = (most: number): RegExp => new RegExp(`^\\d{0,${most}}$`)

const parts = z.strictObject({
  to: z
    .string()
    .regex(/^([0-9a-fA-F]{2}){8,100}$/, { error: 'Give the device token in hexadecimal.' })
    .meta({ title: 'Device token', description: 'In hexadecimal.' }),
  title: z.string().min(1, 'Give a title.'),
  body: z.string().optional(),
  url: line.optional().meta({ title: 'Link', description: 'The app finds it as url in the payload.' }),
  data: jsonObject
    .refine((text) => !Object.hasOwn(objectOf(text) ?? {}, 'aps'), { error: 'The name aps is kept by Apple.' })
    .optional()
    .meta({ title: 'Data', description: 'A JSON object; its properties go into the payload beside aps.' }),
  sound: line.max(100).optional().meta({ title: 'Sound', description: 'Of the app, or default.' }),
  badge: z
    .string()
    .regex(digits(6), { error: 'Give a whole number.' })
    .optional()
    .meta({ title: 'Badge', description: 'The number at the icon of the app; 0 takes it away.' }),
  collapseId: line
    .refine(...atMostBytes(64))
    .regex(/^[\x20-\x7e]*$/, { error: 'Only letters, digits and signs of ASCII.' })
    .optional()
    .meta({ title: 'Collapse ID', description: 'A push replaces an earlier one with the same ID.' }),
  ttlSeconds: z
    .string()
    .regex(digits(8), { error: 'Give seconds as a whole number.' })
    .optional()
    .meta({ title: 'Time to live', description: 'Seconds for which it is kept for a device that is off.' }),
})

export type Push = z.output<typeof parts>

/** A push to one device. */
export const pushFields = parts.refine((push) => Buffer.byteLength(JSON.stringify(payloadOf(push))) <= MAX_PAYLOAD, {
  error: `Title, body, link and data are at most ${MAX_PAYLOAD} bytes together, as JSON.`,
})

/** What the device gets. */
export const payloadOf = ({ title, body, url, data, sound, badge }: Omit<Push, 'to'>): Record<string, unknown> => ({
  ...objectOf(data),
  ...(url && { url }),
  aps: { alert: { title, ...(body && { body }) }, ...(sound && { sound }), ...(badge && { badge: Number(badge) }) },
})
