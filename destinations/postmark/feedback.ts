import { z } from 'zod'
import type { FeedbackItem } from '../../model/feedback.js'
import { basicPassword, instantOf, jsonBody, sameText, type VendorFeedback } from '../feedback.js'

/** What Postmark shows with its requests. It does not sign them. */
export const webhookPassword = z
  .string()
  .regex(/^[A-Za-z0-9_-]{16,200}$/, { error: "Give 16 or more letters, digits, '_' and '-', drawn at random." })
  .optional()
  .meta({ title: 'Webhook password', description: 'Of your choice, so that opens, clicks and bounces come back.' })

interface Secrets {
  webhookPassword?: string | undefined
}

const record = z.object({
  RecordType: z.string(),
  MessageID: z.string().nullish(),
  ID: z.number().optional(),
  Type: z.string().optional(),
  Recipient: z.string().optional(),
  Email: z.string().optional(),
  DeliveredAt: z.string().optional(),
  BouncedAt: z.string().optional(),
  ReceivedAt: z.string().optional(),
  ChangedAt: z.string().optional(),
  OriginalLink: z.string().optional(),
  Description: z.string().optional(),
  SuppressSending: z.boolean().optional(),
  SuppressionReason: z.string().nullish(),
  Metadata: z.record(z.string(), z.unknown()).optional(),
})
type Found = z.output<typeof record>

/** Types of a bounce after which an address takes nothing any more; postmarkapp.com/developer/api/bounce-api#bounce-types. */
const HARD = new Set(['HardBounce', 'BadEmailAddress'])
/** Types that are no bounce: answers of programs, and what is told otherwise as well. */
const NO_BOUNCE = new Set(['AutoResponder', 'AddressChange', 'ChallengeVerification', 'OpenRelayTest', 'Subscribe', 'ManuallyDeactivated'])

/**
 * Postmark's webhooks: postmarkapp.com/developer/webhooks/webhooks-overview and the pages below it, which say how they are protected (Basic
 * authentication, set in the address) and that any answer but 200 is a failure.
 */
export const feedback: VendorFeedback<unknown, Secrets> = {
  docs: 'https://postmarkapp.com/developer/webhooks/webhooks-overview',
  events: ['email_delivered', 'email_bounced', 'email_opened', 'email_clicked', 'email_complained', 'email_unsubscribed'],
  setup: [
    'Choose a webhook password and keep it in the secrets of this destination.',
    'In Postmark, open the message stream, Webhooks, and add one with this address.',
    'Give Basic auth credentials there: any user, and the webhook password. Or add the password to the address, as its last part.',
    'Choose all events, and turn on open and link tracking in the settings of the server.',
  ],
  missing: ({ secrets: { webhookPassword } }) => (webhookPassword === undefined ? 'Give a webhook password in the secrets.' : undefined),
  verify: ({ request, secrets }) => sameText(basicPassword(request) ?? request.token ?? '', secrets.webhookPassword ?? '\0'),
  read: ({ request, now }) => {
    const { data } = record.safeParse(jsonBody(request))
    const told = data && toldBy(data)
    if (!told) return []
    const { MessageID, Metadata = {} } = data
    const key = [Metadata.tilework_key, Metadata.tilework_key_more].filter((part) => typeof part === 'string').join('')
    const { when, ...item } = told
    const id = [data.RecordType, MessageID, data.ID, when, data.OriginalLink].filter((part) => part !== undefined && part !== null)
    return [
      {
        id: id.join(':'),
        channel: 'email',
        at: instantOf(when, now),
        key: key || undefined,
        vendorId: MessageID ?? undefined,
        address: data.Recipient ?? data.Email,
        ...item,
      },
    ]
  },
}

type Told = Pick<FeedbackItem, 'what' | 'url' | 'bounce' | 'reason'> & { when: string | undefined }

function toldBy(found: Found): Told | undefined {
  const { BouncedAt, ReceivedAt } = found
  switch (found.RecordType) {
    case 'Delivery':
      return { what: 'delivered', when: found.DeliveredAt }
    case 'Open':
      return { what: 'opened', when: ReceivedAt }
    case 'Click':
      return { what: 'clicked', when: ReceivedAt, url: found.OriginalLink }
    case 'SpamComplaint':
      return { what: 'complained', when: BouncedAt }
    case 'Bounce':
      return bounced(found)
    case 'SubscriptionChange':
      // Bounces and complaints have records of their own.
      if (found.SuppressSending !== true || found.SuppressionReason !== 'ManualSuppression') return undefined
      return { what: 'unsubscribed', when: found.ChangedAt }
    default:
      return undefined
  }
}

function bounced({ Type = '', BouncedAt: when, Description }: Found): Told | undefined {
  if (NO_BOUNCE.has(Type)) return undefined
  if (Type === 'SpamComplaint' || Type === 'SpamNotification') return { what: 'complained', when, reason: Description }
  if (Type === 'Unsubscribe') return { what: 'unsubscribed', when }
  return { what: 'bounced', when, bounce: HARD.has(Type) ? 'hard' : 'soft', reason: Description ?? Type }
}
