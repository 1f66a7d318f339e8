import { z } from 'zod'
import type { FeedbackItem } from '../../model/feedback.js'
import { keyOfTag } from '../derived.js'
import { instantOf, jsonBody, type FeedbackCall, type VendorFeedback } from '../feedback.js'
import type { Http } from '../outbound/http.js'
import { SendError } from '../vendor.js'
import { createCertificates, envelope, isOfSns, isSigned, type Envelope } from './sns.js'

/** The topic whose messages are taken: SNS signs those of anybody's topics with the same keys. */
export const topicArn = z
  .string()
  .regex(/^arn:aws(-us-gov)?:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/, {
    error: 'Give the ARN of an SNS topic, such as arn:aws:sns:eu-west-1:123456789012:ses-events.',
  })
  .optional()
  .meta({ title: 'SNS topic', description: 'Its ARN: the topic that the configuration set publishes to, so that opens, clicks and bounces come back.' }) // prettier-ignore

interface Config {
  topicArn?: string | undefined
}

const at = z.object({ timestamp: z.string().optional() })
const recipients = z.array(z.object({ emailAddress: z.string(), diagnosticCode: z.string().optional() })).default([])
const event = z.object({
  eventType: z.string().optional(),
  notificationType: z.string().optional(),
  mail: z.object({
    messageId: z.string(),
    destination: z.array(z.string()).default([]),
    tags: z.record(z.string(), z.array(z.string())).optional(),
  }),
  delivery: at.optional(),
  deliveryDelay: at.extend({ delayType: z.string().optional() }).optional(),
  bounce: at.extend({ bounceType: z.string(), bouncedRecipients: recipients }).optional(),
  complaint: at.extend({ complainedRecipients: recipients, complaintFeedbackType: z.string().nullish() }).optional(),
  open: at.optional(),
  click: at.extend({ link: z.string().optional() }).optional(),
  reject: z.object({ reason: z.string().optional() }).optional(),
  failure: z.object({ errorMessage: z.string().optional() }).optional(),
  subscription: at.extend({ newTopicPreferences: z.object({ unsubscribeAll: z.boolean().optional() }).optional() }).optional(),
})
type Event = z.output<typeof event>

/**
 * SES's events through SNS. Their contents: docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html; those of notifications
 * that are set at an identity are the same without tags.
 */
export function feedback(http: Http): VendorFeedback<Config> {
  const certificates = createCertificates()
  return {
    docs: 'https://docs.aws.amazon.com/ses/latest/dg/event-publishing-add-event-destination-sns.html',
    events: ['email_delivered', 'email_deferred', 'email_bounced', 'email_failed', 'email_opened', 'email_clicked', 'email_complained', 'email_unsubscribed'], // prettier-ignore
    setup: [
      'Make a standard SNS topic and give its ARN in the settings of this destination.',
      'In SES, add the topic as an event destination of the configuration set that this destination names, with all event types.',
      'Subscribe this address to the topic, with HTTPS, without raw message delivery. Tilework confirms the subscription.',
    ],
    missing: ({ config: { topicArn } }) => (topicArn === undefined ? 'Give the SNS topic in the settings.' : undefined),
    verify: async (call) => {
      const { data: message } = envelope.safeParse(jsonBody(call.request))
      return message?.TopicArn === call.config.topicArn && isSigned(http, certificates, message!, call, call.now)
    },
    read: async (call) => {
      const message = envelope.parse(jsonBody(call.request))
      if (message.Type === 'SubscriptionConfirmation') await confirm(http, message, call)
      if (message.Type !== 'Notification') return []
      const { data: found } = event.safeParse(json(message.Message))
      const told = found && toldBy(found)
      if (!told) return []
      const { when, ...item } = told
      const { messageId, destination, tags } = found.mail
      return [
        {
          id: message.MessageId,
          channel: 'email',
          at: instantOf(when, call.now),
          key: keyOfTag(tags?.tilework_key?.[0]),
          vendorId: messageId,
          address: destination[0],
          ...item,
        },
      ]
    },
  }
}

/** Goes to where SNS says that a subscription is confirmed. The guard holds for it, and it must be SNS's. */
async function confirm(http: Http, { SubscribeURL = '' }: Envelope, call: FeedbackCall): Promise<void> {
  if (!isOfSns(SubscribeURL))
    throw new SendError('permanent', 'blocked_address', 'The address that confirms the subscription is not of SNS.')
  await http(call, { method: 'GET', url: SubscribeURL })
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    // SES says in words that a topic was set.
    return undefined
  }
}

type Told = Pick<FeedbackItem, 'what' | 'url' | 'bounce' | 'reason' | 'address'> & { when: string | undefined }

function toldBy(found: Event): Told | undefined {
  const { delivery, deliveryDelay, bounce, complaint, open, click, reject, failure, subscription } = found
  switch (found.eventType ?? found.notificationType) {
    case 'Delivery':
      return { what: 'delivered', when: delivery?.timestamp }
    case 'DeliveryDelay':
      return { what: 'deferred', when: deliveryDelay?.timestamp, reason: deliveryDelay?.delayType }
    case 'Bounce':
      return { what: 'bounced', when: bounce?.timestamp, bounce: bounce?.bounceType === 'Permanent' ? 'hard' : 'soft', ...about(bounce?.bouncedRecipients) } // prettier-ignore
    case 'Complaint':
      return { what: 'complained', when: complaint?.timestamp, ...about(complaint?.complainedRecipients), reason: complaint?.complaintFeedbackType ?? undefined } // prettier-ignore
    case 'Open':
      return { what: 'opened', when: open?.timestamp }
    case 'Click':
      return { what: 'clicked', when: click?.timestamp, url: click?.link }
    case 'Reject':
      return { what: 'failed', when: undefined, reason: reject?.reason }
    case 'Rendering Failure':
      return { what: 'failed', when: undefined, reason: failure?.errorMessage }
    case 'Subscription':
      if (subscription?.newTopicPreferences?.unsubscribeAll !== true) return undefined
      return { what: 'unsubscribed', when: subscription.timestamp }
    default:
      return undefined
  }
}

const about = ([first]: z.output<typeof recipients> = []): Pick<Told, 'address' | 'reason'> =>
  first ? { address: first.emailAddress, reason: first.diagnosticCode } : {}
