import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import { z } from 'zod'
import type { FeedbackItem, FeedbackKind } from '../../model/feedback.js'
import { instantOf, isRecent, jsonBody, type FeedbackCall, type VendorFeedback } from '../feedback.js'

/** The secret that requests are checked with. It is a public key, and kept with the secrets, since whoever may change it may forge. */
export const verificationKey = z
  .string()
  .max(500)
  .refine((text) => keyOf(text) !== undefined, { error: 'Give the verification key as SendGrid shows it: base64, beginning with MFkw.' })
  .optional()
  .meta({ title: 'Verification key', description: 'Of the signed Event Webhook, so that opens, clicks and bounces come back.' })

interface Secrets {
  verificationKey?: string | undefined
}

/** An event, as far as it is of interest; custom arguments stand beside its own fields. */
const event = z.object({
  event: z.string(),
  sg_event_id: z.string(),
  sg_message_id: z.string().optional(),
  timestamp: z.number().optional(),
  email: z.string().optional(),
  tilework_key: z.string().optional(),
  url: z.string().optional(),
  type: z.string().optional(),
  reason: z.string().optional(),
  response: z.string().optional(),
  sg_machine_open: z.boolean().optional(),
})

const KINDS: Record<string, FeedbackKind> = {
  delivered: 'delivered',
  deferred: 'deferred',
  bounce: 'bounced',
  dropped: 'failed',
  open: 'opened',
  click: 'clicked',
  spamreport: 'complained',
  unsubscribe: 'unsubscribed',
  group_unsubscribe: 'unsubscribed',
}

/**
 * SendGrid's Event Webhook. Its events: twilio.com/docs/sendgrid/for-developers/tracking-events/event; its signature:
 * .../tracking-events/getting-started-event-webhook-security-features (ECDSA with SHA-256 over the time stamp and the body).
 */
export const feedback: VendorFeedback<unknown, Secrets> = {
  docs: 'https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features',
  events: ['email_delivered', 'email_deferred', 'email_bounced', 'email_failed', 'email_opened', 'email_clicked', 'email_complained', 'email_unsubscribed'], // prettier-ignore
  setup: [
    'In SendGrid, open Settings, Mail Settings, Event Webhooks, and create one with this address as its Post URL.',
    'Choose the events, and turn on Signed Event Webhook under Security features.',
    'Copy the verification key into the secrets of this destination.',
    'Turn on open and click tracking under Settings, Tracking.',
  ],
  missing: ({ secrets: { verificationKey } }) =>
    verificationKey === undefined ? 'Give the verification key of the signed Event Webhook in the secrets.' : undefined,
  verify: ({ request: { headers, body }, secrets, now }) => {
    const signature = headers['x-twilio-email-event-webhook-signature']
    const timestamp = headers['x-twilio-email-event-webhook-timestamp']
    const key = keyOf(secrets.verificationKey ?? '')
    if (!signature || !timestamp || !key || !isRecent(Number(timestamp) * 1000, now)) return false
    return verify('sha256', Buffer.concat([Buffer.from(timestamp), body]), key, Buffer.from(signature, 'base64'))
  },
  read: (call) => z.array(z.unknown()).catch([]).parse(jsonBody(call.request)).flatMap(itemsOf(call)),
}

const itemsOf =
  ({ now }: FeedbackCall) =>
  (raw: unknown): FeedbackItem[] => {
    const { data } = event.safeParse(raw)
    const what = data && KINDS[data.event]
    if (!what) return []
    return [
      {
        id: data.sg_event_id,
        what,
        channel: 'email',
        at: instantOf(data.timestamp, now),
        key: data.tilework_key,
        // Behind our id stands which of SendGrid's servers had it.
        vendorId: data.sg_message_id?.split('.')[0],
        address: data.email,
        ...(what === 'clicked' && { url: data.url }),
        // `blocked`: the server refused it this time.
        ...(what === 'bounced' && { bounce: data.type === 'blocked' ? 'soft' : 'hard' }),
        reason: data.reason ?? data.response,
        ...(data.sg_machine_open === true && { machine: true }),
      },
    ]
  }

function keyOf(text: string): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'spki' })
    return key.asymmetricKeyType === 'ec' ? key : undefined
  } catch {
    return undefined
  }
}
