import { z } from 'zod'
import type { Channel } from '../../model/channels.js'
import type { FeedbackItem, FeedbackKind } from '../../model/feedback.js'
import { bearerToken, instantOf, jsonBody, sameText, type VendorFeedback } from '../feedback.js'
import { keyOfSendId } from './send-id.js'

/** What Braze shows with its requests. It does not sign them. */
export const webhookToken = z
  .string()
  .regex(/^[A-Za-z0-9_-]{16,200}$/, { error: "Give 16 or more letters, digits, '_' and '-', drawn at random." })
  .optional()
  .meta({ title: 'Webhook token', description: 'Of your choice, so that opens, clicks and bounces come back.' })

interface Secrets {
  webhookToken?: string | undefined
}

/** An event of Currents, as far as it is of interest. */
const current = z.object({
  event_type: z.string(),
  id: z.string(),
  time: z.number().optional(),
  properties: z.object({
    dispatch_id: z.string().optional(),
    email_address: z.string().optional(),
    to_phone_number: z.string().optional(),
    user_phone_number: z.string().optional(),
    url: z.string().optional(),
    bounce_reason: z.string().optional(),
    error: z.string().optional(),
    message_body: z.string().optional(),
    machine_open: z.union([z.string(), z.boolean()]).nullish(),
  }),
})

/** A postback of a transactional email. */
const postback = z.object({
  dispatch_id: z.string(),
  status: z.string(),
  metadata: z.object({
    external_send_id: z.string().optional(),
    delivered_at: z.string().optional(),
    bounced_at: z.string().optional(),
    aborted_at: z.string().optional(),
    reason: z.string().optional(),
  }),
})

const KINDS: Record<string, [Channel, FeedbackKind, FeedbackItem['bounce']?]> = {
  'users.messages.email.Delivery': ['email', 'delivered'],
  'users.messages.email.Deferral': ['email', 'deferred'],
  'users.messages.email.Bounce': ['email', 'bounced', 'hard'],
  'users.messages.email.SoftBounce': ['email', 'bounced', 'soft'],
  'users.messages.email.Open': ['email', 'opened'],
  'users.messages.email.Click': ['email', 'clicked'],
  'users.messages.email.MarkAsSpam': ['email', 'complained'],
  'users.messages.email.Unsubscribe': ['email', 'unsubscribed'],
  'users.messages.sms.Delivery': ['sms', 'delivered'],
  'users.messages.sms.DeliveryFailure': ['sms', 'failed'],
  'users.messages.sms.Rejection': ['sms', 'failed'],
  'users.messages.sms.ShortLinkClick': ['sms', 'clicked'],
  'users.messages.pushnotification.Open': ['push', 'opened'],
  'users.messages.pushnotification.Bounce': ['push', 'failed'],
  'users.messages.whatsapp.Delivery': ['whatsapp', 'delivered'],
  'users.messages.whatsapp.Failure': ['whatsapp', 'failed'],
  'users.messages.whatsapp.Read': ['whatsapp', 'opened'],
}

/** Of a transactional email; the others are on the way there. */
const STATUSES: Record<string, FeedbackKind> = { delivered: 'delivered', bounced: 'bounced', aborted: 'failed' }

/**
 * What Braze sends out of message engagement: Currents to a custom HTTP endpoint, `{"events": […]}` with a bearer token
 * (braze.com/docs/user_guide/data/distribution/braze_currents/setting_up_currents/custom_http_connector; its events: .../event_glossary/message_engagement_events),
 * and the postbacks of transactional emails, which can show a secret in their address only
 * (braze.com/docs/user_guide/message_building_by_channel/email/transactional_message_api_campaign/tracking_transactional_emails).
 */
export const feedback: VendorFeedback<unknown, Secrets> = {
  docs: 'https://www.braze.com/docs/user_guide/data/distribution/braze_currents/setting_up_currents/custom_http_connector/',
  events: [...new Set(Object.values(KINDS).map(([channel, what]) => `${channel}_${what}`)), 'email_failed'],
  setup: [
    'Choose a webhook token and keep it in the secrets of this destination.',
    'In Braze, open Partner Integrations, Data Export, and make a Custom Currents Export to this address with the webhook token as its bearer token and all message engagement events.',
    'Without Currents: Settings, Email Preferences, Transactional Event Status Postback takes this address with the webhook token as its last part. It tells of transactional emails only, and nothing of opens and clicks.',
  ],
  missing: ({ secrets: { webhookToken } }) => (webhookToken === undefined ? 'Give a webhook token in the secrets.' : undefined),
  verify: ({ request, secrets }) => sameText(bearerToken(request) ?? request.token ?? '', secrets.webhookToken ?? '\0'),
  read: ({ request, now }) => {
    const body = jsonBody(request)
    const { data: found } = postback.safeParse(body)
    if (found) return posted(found, now)
    const { data: many } = z.object({ events: z.array(z.unknown()) }).safeParse(body)
    return many?.events.flatMap((raw) => itemsOf(raw, now)) ?? []
  },
}

function itemsOf(raw: unknown, now: number): FeedbackItem[] {
  const { data: found } = current.safeParse(raw)
  const [channel, what, bounce] = (found && KINDS[found.event_type]) ?? []
  if (!found || !channel || !what) return []
  const { dispatch_id, email_address, to_phone_number, user_phone_number, url, bounce_reason, error, machine_open } = found.properties
  return [
    {
      id: found.id,
      what,
      channel,
      at: instantOf(found.time, now),
      vendorId: dispatch_id,
      address: email_address ?? to_phone_number ?? user_phone_number,
      url,
      ...(bounce && { bounce }),
      reason: bounce_reason ?? error,
      ...(String(machine_open) === 'true' && { machine: true }),
    },
  ]
}

/** A permanent answer of a mail server, by its code or its status. */
const PERMANENT = /\b5\.\d{1,3}\.\d{1,3}\b|^\s*5\d\d\b/

function posted({ dispatch_id, status, metadata }: z.output<typeof postback>, now: number): FeedbackItem[] {
  const what = STATUSES[status]
  if (!what) return []
  const { external_send_id, delivered_at, bounced_at, aborted_at, reason } = metadata
  return [
    {
      id: `${dispatch_id}:${status}`,
      what,
      channel: 'email',
      at: instantOf(delivered_at ?? bounced_at ?? aborted_at, now),
      key: keyOfSendId(external_send_id),
      vendorId: dispatch_id,
      ...(what === 'bounced' && { bounce: PERMANENT.test(reason ?? '') ? 'hard' : 'soft' }),
      reason,
    },
  ]
}
