import { z } from 'zod'
import type { SendCall, Vendor, VendorAction } from '../vendor.js'

/** A message for the inbox in the product. */
export interface SandboxMessage {
  workspaceId: string
  key: string
  customerId: string
  action: string
  fields: Record<string, string>
  memberId: string
  tileId: string
}

/** Keeps a message once per key; answers its id. */
export type PutSandboxMessage = (message: SandboxMessage) => Promise<string>

const text = z.string()
const some = text.min(1)

/** Each channel, with the fields that a real destination of it asks for. */
const CHANNELS = {
  send_email: {
    title: 'Send email',
    channel: 'email',
    fields: z.strictObject({ to: some, subject: some, html: text.optional(), text: text.optional(), replyTo: text.optional() }),
  },
  send_sms: { title: 'Send SMS', channel: 'sms', fields: z.strictObject({ to: some, body: some }) },
  send_push: {
    title: 'Send push',
    channel: 'push',
    fields: z.strictObject({ to: some, title: some, body: text.optional(), url: text.optional() }),
  },
  send_message: { title: 'Send chat message', channel: 'chat', fields: z.strictObject({ to: text.optional(), text: some }) },
} satisfies Record<string, Omit<VendorAction, 'send'>>

/** The inbox in the product: every channel, and nothing leaves. */
export function sandbox(put: PutSandboxMessage): Vendor<Record<string, never>, Record<string, never>> {
  const action = ([name, told]: [string, Omit<VendorAction, 'send'>]): [string, VendorAction] => [
    name,
    { ...told, send: async (call) => ({ vendorId: await put(messageOf(call, name)) }) },
  ]
  return {
    type: 'sandbox',
    title: 'Sandbox',
    config: z.strictObject({}),
    secrets: z.strictObject({}),
    dedupes: true,
    idempotency: 'A message is kept once per delivery key.',
    actions: Object.fromEntries(Object.entries(CHANNELS).map(action)),
    test: () => Promise.resolve(),
  }
}

const messageOf = ({ workspaceId, key, customerId, fields, memberId, tileId }: SendCall, action: string): SandboxMessage => ({
  workspaceId,
  key,
  customerId,
  action,
  fields,
  memberId,
  tileId,
})
