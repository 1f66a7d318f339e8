import type { Channel } from '../model/channels.js'
import { PRIORITIES, type Priority } from '../tiles/choices.js'
import type { Db } from './db.js'
import type { FrequencyCap } from './frequency-caps.js'
import type { SubscriptionState } from './subscriptions.js'
import type { SuppressionReason } from './suppressions.js'

/** What a customer said, and when and by what. */
export interface Said {
  state: SubscriptionState
  at: string
  via: string
}

/** What decides whether a customer may be written to. */
export interface Consent {
  /** Of the address. */
  suppressed: { reason: SuppressionReason; at: string } | null
  /** Of the whole channel. */
  channel: Said | null
  /** The topic that the message is about; null: of none, or it is gone. */
  topic: { name: string; optIn: boolean } | null
  /** Of that topic by this channel. */
  said: Said | null
  /** What frequency caps say to a message that asked for a slot and that consent lets go; null: it has its slot, or asked for none. */
  slot: Capped | null
}

/** A message that is beyond a frequency cap. */
export interface Capped {
  do: 'skip' | 'later'
  cap: Pick<FrequencyCap, 'id' | 'name' | 'channel' | 'most' | 'per'> & { topic: string | null }
  /** Slots that are taken, and those that messages which wait before it can have now. */
  had: number
  kept: number
  /** Of `later`: when to ask again, ms. */
  at?: number
}

/** A message that asks for a slot of each frequency cap that is about it. */
export interface SlotAsked {
  /** Of the delivery: the slot that it has taken before is its own. */
  key: string
  memberId: string
  priority: Priority
  now?: Date | undefined
}

/** Whom is to be written to, and about what. */
export interface ConsentOf {
  workspaceId: string
  customerId: string
  channel: Channel
  /** Normalised. */
  address?: string | undefined
  topic?: string | undefined
}

const SAID = (s: string): string =>
  `case when ${s}.state is not null then jsonb_build_object('state', ${s}.state, 'at', ${s}.at, 'via', ${s}.via) end`

/** Whether consent lets a marketing message go, as sending/admit.ts judges it: one that it does not takes no slot. */
const GOES = `a.id is null and c.state is distinct from 'unsubscribed' and ($5::text is null or s.state = 'subscribed' or (s.state is null and not t.opt_in))`

/**
 * Reads it in one round trip, as of now: what was committed before this began counts; and takes a slot of frequency caps in the same.
 * @param asked absent of a message that caps do not count
 */
export async function readConsent(db: Db, of: ConsentOf, asked?: SlotAsked): Promise<Consent> {
  const { workspaceId, customerId, channel, address, topic } = of
  const [row] = await db.hot<Consent>(
    `select case when a.id is not null then jsonb_build_object('reason', a.reason, 'at', a.at) end as suppressed, ${SAID('c')} as channel,
       case when t.id is not null then jsonb_build_object('name', t.name, 'optIn', t.opt_in) end as topic, ${SAID('s')} as said,
       case when $6::text is not null and ${GOES} then tw_take_slot($1, k.customer_id, $7, $6, $3, $5, $8::int, $9::timestamptz) end as slot
     from (select tw_canonical($1, $2) as customer_id) k
       left join suppression a on a.workspace_id = $1 and a.channel = $3 and a.address = $4
       left join subscription c on c.workspace_id = $1 and c.customer_id = k.customer_id and c.channel = $3 and c.topic_id = ''
       left join topic t on t.workspace_id = $1 and t.id = $5
       left join subscription s on s.workspace_id = $1 and s.customer_id = k.customer_id and s.channel = $3 and s.topic_id = $5`,
    [
      workspaceId,
      customerId,
      channel,
      address ?? null,
      topic ?? null,
      asked?.key ?? null,
      asked?.memberId ?? null,
      asked ? PRIORITIES.indexOf(asked.priority) : null,
      asked?.now ?? null,
    ],
  )
  return row!
}
