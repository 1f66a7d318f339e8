import type { Channel } from '../model/channels.js'
import type { Capped } from '../model/frequency-caps.js'
import { PRIORITIES, type Priority } from '../tiles/choices.js'
import type { Db } from './db.js'
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

/** @param slot SQL of what caps say; @param more further columns */
const consentBy = (slot: string, more = ''): string =>
  `select case when a.id is not null then jsonb_build_object('reason', a.reason, 'at', a.at) end as suppressed, ${SAID('c')} as channel,
     case when t.id is not null then jsonb_build_object('name', t.name, 'optIn', t.opt_in) end as topic, ${SAID('s')} as said,
     case when $6::text is not null and ${GOES} then ${slot} end as slot${more}
   from (select tw_canonical($1, $2) as customer_id) k
     left join suppression a on a.workspace_id = $1 and a.channel = $3 and a.address = $4
     left join subscription c on c.workspace_id = $1 and c.customer_id = k.customer_id and c.channel = $3 and c.topic_id = ''
     left join topic t on t.workspace_id = $1 and t.id = $5
     left join subscription s on s.workspace_id = $1 and s.customer_id = k.customer_id and s.channel = $3 and s.topic_id = $5`

const TAKE = consentBy('tw_take_slot($1, k.customer_id, $7, $6, $3, $5, $8::int, $9::timestamptz)')
const ASK = consentBy(
  'tw_ask_slot($1, k.customer_id, $6, $3, $5, $7::int, $8::timestamptz)',
  `, (select traits -> 'timezone' from customer where workspace_id = $1 and id = k.customer_id) as timezone,
     (extract(epoch from coalesce($8::timestamptz, clock_timestamp())) * 1000)::float8 as now`,
)

const paramsOf = ({ workspaceId, customerId, channel, address, topic }: ConsentOf): unknown[] => [
  workspaceId,
  customerId,
  channel,
  address ?? null,
  topic ?? null,
]

const rankOf = (asked: SlotAsked): number => PRIORITIES.indexOf(asked.priority)

/**
 * Reads it in one round trip, as of now: what was committed before this began counts; and takes a slot of frequency caps in the same.
 * @param asked absent of a message that caps do not count
 */
export async function readConsent(db: Db, of: ConsentOf, asked?: SlotAsked): Promise<Consent> {
  const slot = [asked?.key ?? null, asked?.memberId ?? null, asked ? rankOf(asked) : null, asked?.now ?? null]
  const [row] = await db.hot<Consent>(TAKE, [...paramsOf(of), ...slot])
  return row!
}

/** Consent before a message is made, with what else says whether it may go. */
export interface Outlook extends Consent {
  /** The customer's trait, whatever it is. */
  timezone: unknown
  /** As of when, ms. */
  now: number
}

/** As `readConsent`, and takes nothing. */
export async function readOutlook(db: Db, of: ConsentOf, asked: SlotAsked): Promise<Outlook> {
  const [row] = await db.hot<Outlook>(ASK, [...paramsOf(of), asked.key, rankOf(asked), asked.now ?? null])
  return row!
}
