import type { Channel } from '../model/channels.js'
import { newId } from '../model/ids.js'
import type { Db } from './db.js'
import { insertEvents } from './events.js'
import { setSubscriptions, type SubscriptionInput, type SubscriptionState } from './subscriptions.js'

/** Whose message it was, and which. */
export interface Unsubscriber {
  workspaceId: string
  workspaceName: string
  /** Whom the message was for; who became somebody else by a merge is them. */
  customerId: string
  deliveryKey: string
  memberId: string
  orchestrationId: string
  tileId: string
  destinationId: string | null
  /** The vendor's id of the message. */
  messageId: string | null
}

/** Whom a delivery was for; undefined when there is no such delivery, or the customer is gone. */
export const unsubscriberOf = (db: Db, deliveryKey: string): Promise<Unsubscriber | undefined> =>
  db.one<Unsubscriber>(
    `select d.workspace_id as "workspaceId", w.name as "workspaceName", c.id as "customerId", d.key as "deliveryKey", d.member_id as "memberId",
       d.journey_id as "orchestrationId", d.tile_id as "tileId", d.destination_id as "destinationId", d.vendor_id as "messageId"
     from delivery d join workspace w on w.id = d.workspace_id
       join customer c on c.workspace_id = d.workspace_id and c.id = tw_canonical(d.workspace_id, d.customer_id) where d.key = $1`,
    [deliveryKey],
  )

/** A topic as its customer sees it. */
export interface Preference {
  id: string
  name: string
  description: string
  optIn: boolean
  /** What they said of it; null: nothing. */
  said: SubscriptionState | null
}

/** What a customer said of a channel, and of each topic by it. */
export interface Preferences {
  channel: SubscriptionState | null
  topics: Preference[]
}

export async function preferencesOf(db: Db, of: Unsubscriber, channel: Channel): Promise<Preferences> {
  const topics = await db.query<Preference>(
    `select t.id, t.name, t.description, t.opt_in as "optIn", s.state as said from topic t
       left join subscription s on s.workspace_id = t.workspace_id and s.customer_id = $2 and s.channel = $3 and s.topic_id = t.id
     where t.workspace_id = $1 order by t.name, t.id`,
    [of.workspaceId, of.customerId, channel],
  )
  const whole = await db.one<{ state: SubscriptionState }>(
    `select state from subscription where workspace_id = $1 and customer_id = $2 and channel = $3 and topic_id = ''`,
    [of.workspaceId, of.customerId, channel],
  )
  return { channel: whole?.state ?? null, topics }
}

/** What an event says of a message. */
const eventProperties = ({ workspaceId: _, workspaceName: _name, customerId: _customer, messageId, ...of }: Unsubscriber): object => ({
  ...of,
  ...(messageId !== null && { messageId }),
})

/**
 * Writes what a customer says by the link of a message. Who says no to something has the event `<channel>_unsubscribed` from it, for waits and exit
 * criteria; in the same transaction.
 * @returns whether anything changed
 */
export function sayBy(db: Db, of: Unsubscriber, via: string, changes: readonly SubscriptionInput[]): Promise<boolean> {
  return db.tx(async (tx) => {
    const made = (await setSubscriptions(tx, { ...of, via }, changes)) ?? []
    const timestamp = new Date()
    const events = made
      .filter((each) => each.new === 'unsubscribed')
      .map(({ channel, topic }) => ({
        messageId: newId('evt'),
        customerId: of.customerId,
        type: 'track' as const,
        event: `${channel}_unsubscribed`,
        properties: { ...eventProperties(of), ...(topic !== null && { topic }) },
        context: {},
        timestamp,
      }))
    await insertEvents(tx, of.workspaceId, events)
    return made.length > 0
  })
}
