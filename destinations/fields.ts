import { z } from 'zod'
import { SendError } from './vendor.js'

/* Fields that actions of several vendors have: the same names for the same things, so that a tile keeps them when its destination changes. */

/** One line: a header of a message, in which a line break would begin another. */
export const line = z.string().regex(/^[^\r\n]*$/, { error: 'A line break cannot be in here.' })

/** One address. */
export const address = line.regex(/^[^\s@,<>]+@[^\s@,<>]+$/, { error: 'Give one address, such as ada@example.com.' })

/** What an email is, whoever sends it. */
export const emailFields = z.strictObject({
  to: address,
  subject: line.min(1, 'Give a subject.').max(998),
  html: z.string().optional(),
  text: z.string().optional(),
  replyTo: line.max(320).optional(),
})

export type Email = z.output<typeof emailFields>

/** An email as its fields say. @throws SendError when it has no message */
export function emailOf(fields: Record<string, string>): Email {
  const email = fields as unknown as Email
  if (!email.html && !email.text) throw new SendError('permanent', 'invalid_fields', "Give the message in 'html', in 'text', or both.")
  return email
}

/** A phone number as E.164 writes it. */
export const phone = line.regex(/^\+[1-9]\d{6,14}$/, { error: 'Give the number with its country, such as +34600111222.' })

/** A point in time as ISO 8601 writes it. */
export const instant = z.iso.datetime({ offset: true, error: 'Give a time such as 2026-11-26T10:00:00Z.' })

/** A JSON object, written as a template. */
export const jsonObject = z
  .string()
  .refine((text) => isObject(text), { error: 'Give a JSON object, such as {"plan": "pro"}.', abort: true })

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

/** What a field that is a JSON object says; an empty or absent one is nothing. */
export const objectOf = (text: string | undefined): Record<string, unknown> | undefined =>
  text ? (JSON.parse(text) as Record<string, unknown>) : undefined

/** Whether a text has so many bytes at the most, and what to say when it has more. */
export const atMostBytes = (most: number): [(text: string) => boolean, { error: string }] => [
  (text) => Buffer.byteLength(text) <= most,
  { error: `At most ${most} bytes.` },
]

/** Seconds for which a push is kept for a device that is off: 28 days at the most. */
export const keptSeconds = z
  .string()
  .regex(/^\d{0,7}$/, { error: 'Give seconds as a whole number.' })
  .refine((text) => Number(text) <= 2_419_200, { error: 'At most 2419200 seconds: 28 days.' })
  .optional()
