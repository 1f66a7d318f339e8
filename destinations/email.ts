import { z } from 'zod'
import { address, jsonObject, line } from './fields.js'

/* What several vendors of email share besides what an email is. */

const ADDRESS = String.raw`[^\s@,<>"]+@[^\s@,<>"]+`
const MAILBOX = new RegExp(String.raw`^(?:(?:"(?<quoted>[^"]*)"|(?<name>[^"@,<>]*))\s*<(?<named>${ADDRESS})>|(?<bare>${ADDRESS}))$`)

/** An address, with or without a name: `Ada <ada@example.com>`. */
const mailbox = line.max(320).regex(MAILBOX, { error: 'Give one address, such as ada@example.com or Ada <ada@example.com>.' })

/** The setting of who sends. @param where what must be so of the address at the vendor */
export const sender = (where: string): typeof mailbox =>
  mailbox.meta({ title: 'Sender', description: `${where}: hello@example.com, or Example <hello@example.com>.` })

/** A field for where replies go; empty when nowhere else. */
export const replyTo = line
  .max(320)
  .refine((text) => text === '' || MAILBOX.test(text), { error: 'Give one address, such as ada@example.com or Ada <ada@example.com>.' })
  .optional()

export interface Mailbox {
  email: string
  name?: string
}

/** The parts of an address that was checked as a mailbox. */
export function mailboxOf(text: string): Mailbox {
  const { quoted, name, named, bare } = MAILBOX.exec(text)?.groups ?? {}
  const called = (quoted ?? name)?.trim()
  return { email: named ?? bare ?? text, ...(called && { name: called }) }
}

/** What an email is whose template is kept at the vendor. */
export const templateFields = z.strictObject({
  to: address,
  template: line.min(1, 'Give the template.').max(256),
  data: jsonObject.optional().meta({ title: 'Data', description: 'A JSON object: what the template names.' }),
  replyTo,
})

export type TemplateEmail = z.output<typeof templateFields>
