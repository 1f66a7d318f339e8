import { z } from 'zod'
import { CHANNELS } from '../../model/channels.js'
import { SUBSCRIPTION_STATES } from '../../store/subscriptions.js'
import { SUPPRESSIONS } from '../../store/suppressions.js'
import { instant, pageQuery } from './common.js'

export const topicBody = z.strictObject({
  name: z.string().trim().min(1, 'Give a name.').max(100).meta({ description: 'Customers see it, where they choose what they get' }),
  description: z.string().trim().max(500).default('').meta({ description: 'Customers see it too' }),
  optIn: z.boolean().default(false).meta({ description: 'true: a customer has to ask for it. false: it is sent until they say no' }),
})

export const topic = topicBody.extend({ id: z.string(), createdAt: instant, updatedAt: instant }).meta({ id: 'Topic' })

const channel = z.enum(CHANNELS)
const state = z.enum(SUBSCRIPTION_STATES)
/** What says by what a customer said something. */
export const VIA = /^[A-Za-z0-9_.:-]{1,64}$/
const via = z.string().regex(VIA, { error: "Give 1 to 64 letters, digits, '_', '.', ':' and '-', such as signup_form." })

/** Most that one call says. */
const MAX_CHANGES = 200

export const subscriptionsBody = z.strictObject({
  subscriptions: z
    .array(
      z.strictObject({
        channel,
        topic: z.string().min(1).max(64).nullish().meta({ description: 'Id of a topic; absent: the whole channel' }),
        state: state.nullable().meta({ description: 'null forgets what was said' }),
      }),
    )
    .max(MAX_CHANGES),
  via: via.default('api').meta({ description: 'By what the customer said so, such as `signup_form`' }),
})

export const subscriptions = z
  .object({
    customerId: z.string(),
    subscriptions: z.array(
      z.object({
        channel,
        topic: z.string().nullable().meta({ description: 'Null: the whole channel' }),
        state,
        at: instant,
        via: z.string(),
      }),
    ),
  })
  .meta({ id: 'Subscriptions' })

const silence = { description: 'Null: nothing was said' }
export const subscriptionChange = z
  .object({
    id: z.string(),
    channel,
    topic: z.string().nullable(),
    old: state.nullable().meta(silence),
    new: state.nullable().meta(silence),
    at: instant,
    via: z.string(),
  })
  .meta({ id: 'SubscriptionChange' })

const reason = z.enum(SUPPRESSIONS)

export const suppressionBody = z.strictObject({
  channel,
  address: z.string().trim().min(1, 'Give the address.').max(2_048),
  reason: reason.default('manual').meta({ description: 'An address that bounced or complained gets no transactional messages either' }),
})

export const suppression = z
  .object({
    id: z.string(),
    channel,
    address: z.string().meta({ description: 'As it is compared: an email address in lower case, a number without blanks' }),
    reason,
    at: instant,
    source: z.string().nullable().meta({ description: 'What said so: a delivery, a vendor, who added it' }),
  })
  .meta({ id: 'Suppression' })

export const suppressionsQuery = pageQuery.extend({
  q: z.string().trim().min(1).max(320).optional().meta({ description: 'How the address begins' }),
  channel: channel.optional(),
  reason: reason.optional(),
})
