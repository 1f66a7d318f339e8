import { createHmac } from 'node:crypto'
import { z } from 'zod'
import type { Channel } from '../../model/channels.js'
import type { FeedbackItem, FeedbackKind } from '../../model/feedback.js'
import { sameText, type FeedbackCall, type VendorFeedback } from '../feedback.js'

/** What Twilio signs its requests with, whatever it is called with. */
export const authToken = z
  .string()
  .regex(/^[0-9a-f]{32}$/, { error: "Give the account's auth token: 32 digits of 0 to 9 and a to f." })
  .optional()
  .meta({ title: 'Auth token', description: 'Of the account, which signs what comes back: deliveries, replies and STOP.' })

interface Secrets {
  authToken?: string | undefined
}

/** twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks; the others are on the way there. */
const STATUSES: Record<string, FeedbackKind> = { delivered: 'delivered', undelivered: 'failed', failed: 'failed', read: 'opened' }

/** twilio.com/docs/messaging/tutorials/advanced-opt-out; a message that is such a word and nothing else. */
const STOP = /^\s*(stop|stopall|unsubscribe|cancel|end|quit|revoke|optout)\s*$/i
/** YES is one of Twilio's too, and what customers answer to questions: it counts when Twilio says that it did. */
const START = /^\s*(start|unstop)\s*$/i

/**
 * Twilio's status callbacks (twilio.com/docs/messaging/guides/track-outbound-message-status) and incoming messages
 * (twilio.com/docs/messaging/guides/webhook-request). Their signature: twilio.com/docs/usage/webhooks/webhooks-security. It has no time.
 */
export const feedback: VendorFeedback<unknown, Secrets> = {
  docs: 'https://www.twilio.com/docs/usage/webhooks/webhooks-security',
  events: ['sms_delivered', 'sms_failed', 'sms_replied', 'sms_unsubscribed', 'sms_subscribed', 'whatsapp_delivered', 'whatsapp_failed', 'whatsapp_opened', 'whatsapp_replied', 'whatsapp_unsubscribed', 'whatsapp_subscribed'], // prettier-ignore
  setup: [
    "Copy the account's auth token into the secrets of this destination. From then on each message asks Twilio to tell what becomes of it.",
    'For replies, STOP and START: in Twilio, open the number or the messaging service, and set this address as the webhook for incoming messages (POST).',
  ],
  missing: ({ secrets: { authToken } }) => (authToken === undefined ? "Give the account's auth token in the secrets." : undefined),
  verify: ({ request, secrets }) => {
    const signature = request.headers['x-twilio-signature']
    return signature !== undefined && sameText(signature, signatureOf(request.url, formOf(request), secrets.authToken ?? ''))
  },
  read: (call) => {
    const form = Object.fromEntries(formOf(call.request))
    return form.MessageStatus === undefined ? incoming(call, form) : status(call, form)
  },
  // An answer without a message.
  answer: { contentType: 'text/xml', body: '<?xml version="1.0" encoding="UTF-8"?><Response/>' },
}

type Form = Partial<Record<string, string>>

const formOf = ({ body }: FeedbackCall['request']): URLSearchParams => new URLSearchParams(body.toString())

/** The address, and each field of the form behind it, in the order of their names. */
function signatureOf(url: string, form: URLSearchParams, token: string): string {
  const pairs = [...new Set(form.keys())].sort().flatMap((name) => [...new Set(form.getAll(name))].sort().map((value) => name + value))
  return createHmac('sha1', token)
    .update(url + pairs.join(''))
    .digest('base64')
}

function status({ request, now }: FeedbackCall, form: Form): FeedbackItem[] {
  const { MessageSid = '', MessageStatus = '', ErrorCode, To = '' } = form
  const what = STATUSES[MessageStatus]
  if (!what) return []
  return [
    {
      id: `${MessageSid}:${MessageStatus}`,
      what,
      ...partyOf(To),
      at: new Date(now),
      key: new URL(request.url).searchParams.get('key') ?? undefined,
      vendorId: MessageSid,
      ...(ErrorCode && { reason: `twilio_${ErrorCode}` }),
    },
  ]
}

function incoming({ now }: FeedbackCall, { MessageSid = '', From = '', Body = '', OptOutType = '' }: Form): FeedbackItem[] {
  if (From === '') return []
  const told = { ...partyOf(From), at: new Date(now), text: Body }
  const stop = OptOutType === 'STOP' || STOP.test(Body)
  const start = OptOutType === 'START' || START.test(Body)
  const what: FeedbackKind[] = ['replied', ...(stop ? (['unsubscribed'] as const) : start ? (['subscribed'] as const) : [])]
  return what.map((each) => ({ id: `${MessageSid}:${each}`, what: each, ...told }))
}

/** The number without its channel. */
function partyOf(party: string): { channel: Channel; address: string } {
  const [, prefix, number = ''] = /^(?:([a-z]+):)?(.*)$/s.exec(party) ?? []
  return { channel: prefix === 'whatsapp' ? 'whatsapp' : 'sms', address: number }
}
