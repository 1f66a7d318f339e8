import type { Channel } from '../model/channels.js'
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

/** Reads it in one round trip, as of now: what was committed before this began counts. */
export async function readConsent(db: Db, { workspaceId, customerId, channel, address, topic }: ConsentOf): Promise<Consent> {
  const [row] = await db.hot<Consent>(
    `select case when a.id is not null then jsonb_build_object('reason', a.reason, 'at', a.at) end as suppressed, ${SAID('c')} as channel,
       case when t.id is not null then jsonb_build_object('name', t.name, 'optIn', t.opt_in) end as topic, ${SAID('s')} as said
     from (select tw_canonical($1, $2) as customer_id) k
       left join suppression a on a.workspace_id = $1 and a.channel = $3 and a.address = $4
       left join subscription c on c.workspace_id = $1 and c.customer_id = k.customer_id and c.channel = $3 and c.topic_id = ''
       left join topic t on t.workspace_id = $1 and t.id = $5
       left join subscription s on s.workspace_id = $1 and s.customer_id = k.customer_id and s.channel = $3 and s.topic_id = $5`,
    [workspaceId, customerId, channel, address ?? null, topic ?? null],
  )
  return row!
}
