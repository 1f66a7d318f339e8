import type { Channel } from '../model/channels.js'
import { TileworkError } from '../model/errors.js'
import type { Db } from './db.js'
import { pageByNumber, type Page, type PageQuery } from './page.js'

/** What a customer says of a channel or of a topic. */
export const SUBSCRIPTION_STATES = ['subscribed', 'unsubscribed'] as const
export type SubscriptionState = (typeof SUBSCRIPTION_STATES)[number]

/** What a customer last said of a channel, or of a topic by a channel. */
export interface Subscription {
  channel: Channel
  /** Null: the whole channel. */
  topic: string | null
  state: SubscriptionState
  at: Date
  /** By what it was said: `one_click`, `page`, `api`, `import` … */
  via: string
}

/** A change of one; null: nothing said. */
export interface SubscriptionChange extends Omit<Subscription, 'state'> {
  id: string
  old: SubscriptionState | null
  new: SubscriptionState | null
}

/** What is to be written; `state` null forgets what was said. */
export interface SubscriptionInput {
  channel: Channel
  /** Id of a topic; absent or null: the whole channel. */
  topic?: string | null | undefined
  state: SubscriptionState | null
}

/** What a call changed. */
export type SubscriptionMade = Pick<SubscriptionChange, 'channel' | 'topic' | 'old' | 'new'>

/** Whose, and by what they said so. */
interface Said {
  workspaceId: string
  customerId: string
  via: string
}

/**
 * Writes what a customer says, and journals what changed by it; all or nothing. Topics are taken as they are.
 * @returns what changed; undefined when there is no such customer
 */
export async function setSubscriptions(
  db: Db,
  { workspaceId, customerId, via }: Said,
  changes: readonly SubscriptionInput[],
): Promise<SubscriptionMade[] | undefined> {
  const [row] = await db.hot<{ made: SubscriptionMade[] | null }>('select tw_subscribe($1, $2, $3::jsonb, $4) as made', [
    workspaceId,
    customerId,
    JSON.stringify(changes.map(({ channel, topic, state }) => ({ channel, topic: topic ?? '', state }))),
    via,
  ])
  return row!.made?.map((each) => ({ ...each, topic: each.topic === '' ? null : each.topic }))
}

/** A word from elsewhere that was not written, with what holds instead. */
export interface NotSaid {
  row: number
  /** The customer, as given. */
  id: string
  /** `later_word`: another one is later, or nobody knows which is. */
  reason: 'unknown_customer' | 'unknown_topic' | 'later_word'
  /** Whether it was said when. */
  dated: boolean
  /** Null: it was forgotten. */
  state: SubscriptionState | null
  at: string
}

/**
 * Writes what many customers said elsewhere, by when they said it, and journals what changed by it: of two words on one thing the later one holds,
 * of words that nobody knows the order of the no. A repeat changes nothing.
 * @param rows JSON of SubscriptionRow[]
 * @param at when they were given to us
 */
export async function subscribeMany(tx: Db, workspaceId: string, rows: string, at: Date): Promise<NotSaid[]> {
  const row = await tx.one<{ refused: NotSaid[] }>('select tw_subscribe_many($1, $2::jsonb, $3::timestamptz) as refused', [
    workspaceId,
    rows,
    at,
  ])
  return row!.refused
}

/** One thing that a customer says: of a channel, or of a topic by it. */
export interface Word extends Said {
  channel: Channel
  topic?: string | null | undefined
}

const say =
  (state: SubscriptionState) =>
  async (db: Db, { channel, topic, ...said }: Word): Promise<boolean> =>
    ((await setSubscriptions(db, said, [{ channel, topic, state }])) ?? []).length > 0

/** The customer wants no more: of a topic by a channel, without a topic of the whole channel. Answers whether that changed anything. */
export const unsubscribe = say('unsubscribed')

/** The customer agrees: to a topic by a channel, without a topic to the channel. Answers whether that changed anything. */
export const subscribe = say('subscribed')

const MINE = 'workspace_id = $1 and customer_id = tw_canonical($1, $2)'

/** What a customer said, of channels before topics. */
export const listSubscriptions = (db: Db, workspaceId: string, customerId: string): Promise<Subscription[]> =>
  db.query<Subscription>(
    `select channel, nullif(topic_id, '') as topic, state, at, via from subscription where ${MINE} order by channel, topic_id`,
    [workspaceId, customerId],
  )

/** What a customer said over time, the newest first. */
export const subscriptionHistory = (db: Db, workspaceId: string, customerId: string, query: PageQuery): Promise<Page<SubscriptionChange>> =>
  pageByNumber(
    db,
    `select id::text as id, channel, nullif(topic_id, '') as topic, old, new, at, via from subscription_change where ${MINE}`,
    [workspaceId, customerId],
    'subscription_change.id',
    query,
  )

/** @throws TileworkError invalid that names the topics that there are none of, each by its place among the changes */
export async function refuseUnknownTopics(db: Db, workspaceId: string, changes: readonly SubscriptionInput[]): Promise<void> {
  const ids = [...new Set(changes.flatMap(({ topic }) => topic ?? []))]
  if (ids.length === 0) return
  const known = await db.query<{ id: string }>('select id from topic where workspace_id = $1 and id = any($2::text[]) for share', [
    workspaceId,
    ids,
  ])
  const errors = changes.flatMap(({ topic }, index) =>
    topic === undefined || topic === null || known.some(({ id }) => id === topic)
      ? []
      : [
          {
            path: `/subscriptions/${index}/topic`,
            code: 'unknown_topic',
            message: `There is no topic '${topic}'; choose one that exists.`,
          },
        ],
  )
  if (errors.length > 0) throw new TileworkError('invalid', errors[0]!.message, errors)
}
