import { Webhook } from 'standardwebhooks'
import { z } from 'zod'
import type { FeedbackItem, FeedbackKind } from '../../model/feedback.js'
import { keyOfTag } from '../derived.js'
import { instantOf, jsonBody, type FeedbackRequest, type VendorFeedback } from '../feedback.js'

/** The secret that requests are signed with. */
export const signingSecret = z
  .string()
  .regex(/^whsec_[A-Za-z0-9+/]{16,200}={0,2}$/, { error: 'Give the signing secret as Resend shows it: it begins with whsec_.' })
  .optional()
  .meta({ title: 'Signing secret', description: 'Of the webhook, so that opens, clicks and bounces come back.' })

interface Secrets {
  signingSecret?: string | undefined
}

const event = z.object({
  type: z.string(),
  created_at: z.string().optional(),
  data: z.object({
    email_id: z.string().optional(),
    to: z.array(z.string()).optional(),
    tags: z.record(z.string(), z.string()).optional().catch(undefined),
    bounce: z.object({ type: z.string().optional(), message: z.string().optional() }).optional(),
    click: z.object({ link: z.string().optional() }).optional(),
    failed: z.object({ reason: z.string().optional() }).optional(),
    suppressed: z.object({ message: z.string().optional() }).optional(),
  }),
})

const KINDS: Record<string, FeedbackKind> = {
  'email.delivered': 'delivered',
  'email.delivery_delayed': 'deferred',
  'email.bounced': 'bounced',
  'email.failed': 'failed',
  'email.suppressed': 'failed',
  'email.opened': 'opened',
  'email.clicked': 'clicked',
  'email.complained': 'complained',
}

/**
 * Resend's webhooks. Their events: resend.com/docs/webhooks/emails/bounced and its neighbours (and the types in github.com/resend/resend-node,
 * src/webhooks); their signature, that of Svix: resend.com/docs/webhooks/verify-webhooks-requests.
 */
export const feedback: VendorFeedback<unknown, Secrets> = {
  docs: 'https://resend.com/docs/webhooks/verify-webhooks-requests',
  events: ['email_delivered', 'email_deferred', 'email_bounced', 'email_failed', 'email_opened', 'email_clicked', 'email_complained'],
  setup: [
    'In Resend, open Webhooks and add one with this address and all email events.',
    'Copy its signing secret into the secrets of this destination.',
    'Turn on open and click tracking in the settings of the domain.',
  ],
  missing: ({ secrets: { signingSecret } }) =>
    signingSecret === undefined ? 'Give the signing secret of the webhook in the secrets.' : undefined,
  verify: ({ request, secrets }) => {
    try {
      new Webhook(secrets.signingSecret ?? '').verify(request.body.toString(), standardHeaders(request), { jsonParse: false })
      return true
    } catch {
      return false
    }
  },
  read: ({ request, now }) => {
    const { data: found } = event.safeParse(jsonBody(request))
    const what = found && KINDS[found.type]
    if (!what) return []
    const { email_id: vendorId, to, tags, bounce, click, failed, suppressed } = found.data
    const item: FeedbackItem = {
      id: standardHeaders(request)['webhook-id'],
      what,
      channel: 'email',
      at: instantOf(found.created_at, now),
      key: keyOfTag(tags?.tilework_key),
      vendorId,
      address: to?.[0],
      url: click?.link,
      ...(what === 'bounced' && { bounce: /^(transient|temporary|undetermined)$/i.test(bounce?.type ?? '') ? 'soft' : 'hard' }),
      reason: bounce?.message ?? failed?.reason ?? suppressed?.message,
    }
    return [item]
  },
}

/** Svix has names of its own for the headers of Standard Webhooks. */
const standardHeaders = ({ headers }: FeedbackRequest) => ({
  'webhook-id': headers['svix-id'] ?? headers['webhook-id'] ?? '',
  'webhook-timestamp': headers['svix-timestamp'] ?? headers['webhook-timestamp'] ?? '',
  'webhook-signature': headers['svix-signature'] ?? headers['webhook-signature'] ?? '',
})
