import type { Channel } from '../model/channels.js'
import type { Cap, Slot } from '../model/frequency-caps.js'
import { durationMs } from '../model/duration.js'
import { newId } from '../model/ids.js'
import { TileworkError } from '../model/errors.js'
import type { Otherwise } from '../model/quiet-hours.js'
import type { Db } from './db.js'
import { pageBy, type Page, type PageQuery } from './page.js'
import { deleteRow, written } from './revision.js'

/** At most so many messages to a customer within a sliding window, over all orchestrations. */
export interface FrequencyCap {
  id: string
  name: string
  /** Of messages by this channel. */
  channel: Channel | null
  /** Of messages about this topic. Of all, when neither a channel nor a topic is named. */
  topic: string | null
  most: number
  /** The window, ISO 8601; a day has 24 hours here. */
  per: string
  /** What becomes of a message beyond it. */
  otherwise: Otherwise
  revision: number
  createdAt: Date
  updatedAt: Date
}

/** What is written of a cap. */
export type FrequencyCapInput = Pick<FrequencyCap, 'name' | 'channel' | 'topic' | 'most' | 'per' | 'otherwise'>

/** Most caps of a workspace: each send counts by those that are about it. */
const MAX_CAPS = 50
/** Longest window; what was sent longer ago is not known any more. */
export const LONGEST_WINDOW = 'P90D'

const COLUMNS = `id, name, channel, topic_id as topic, most, per, otherwise, revision, created_at as "createdAt", updated_at as "updatedAt"`

/** @throws TileworkError conflict when another cap has the name or there are as many as there may be; invalid when there is no such topic */
export async function createFrequencyCap(db: Db, workspaceId: string, input: FrequencyCapInput): Promise<FrequencyCap> {
  return db.tx(async (tx) => {
    await settle(tx, workspaceId, input)
    const { n } = (await tx.one<{ n: number }>('select count(*)::int as n from frequency_cap where workspace_id = $1', [workspaceId]))!
    if (n >= MAX_CAPS)
      throw new TileworkError('conflict', `There are ${MAX_CAPS} frequency caps, the most of a workspace. Delete one first.`)
    const row = await tx.one<FrequencyCap>(
      `insert into frequency_cap (id, workspace_id, name, channel, topic_id, most, per, per_ms, otherwise)
       values ($1, $2, $3, $4, $5, $6::int, $7, $8::bigint, $9) returning ${COLUMNS}`,
      [newId('cap'), workspaceId, ...valuesOf(input)],
    )
    return row!
  })
}

/** All caps of a workspace, as messages are judged by them. */
export const capsOf = (db: Db, workspaceId: string): Promise<Cap[]> =>
  db.query(
    `select id, name, channel, topic_id as topic, (select t.name from topic t where t.id = topic_id) as "topicName", most, per, per_ms::float8 as "perMs", otherwise
     from frequency_cap where workspace_id = $1 order by id`,
    [workspaceId],
  )

/** The messages of a customer that take slots, since an instant. */
export const slotsOf = (db: Db, workspaceId: string, customerId: string, since: Date): Promise<Slot[]> =>
  db.query(`select channel, topic_id as topic, (extract(epoch from at) * 1000)::float8 as at from tw_counted($1, $2, $3::timestamptz)`, [
    workspaceId,
    customerId,
    since,
  ])

/** @throws TileworkError not_found */
export async function getFrequencyCap(db: Db, workspaceId: string, id: string): Promise<FrequencyCap> {
  const row = await db.one<FrequencyCap>(`select ${COLUMNS} from frequency_cap where workspace_id = $1 and id = $2`, [workspaceId, id])
  return row ?? unknown(id)
}

export const listFrequencyCaps = (db: Db, workspaceId: string, query: PageQuery): Promise<Page<FrequencyCap>> =>
  pageBy(db, `select ${COLUMNS} from frequency_cap where workspace_id = $1`, [workspaceId], 'id', query)

/** @throws TileworkError not_found; conflict when another cap has the name; invalid when there is no such topic; stale when `revision` is another */
export async function replaceFrequencyCap(
  db: Db,
  workspaceId: string,
  id: string,
  input: FrequencyCapInput,
  revision?: number,
): Promise<FrequencyCap> {
  return db.tx(async (tx) => {
    await settle(tx, workspaceId, input, id)
    const row = await tx.one<FrequencyCap>(
      `update frequency_cap set name = $3, channel = $4, topic_id = $5, most = $6::int, per = $7, per_ms = $8::bigint, otherwise = $9,
         revision = revision + 1, updated_at = clock_timestamp()
       where workspace_id = $2 and id = $1 and ($10::int is null or revision = $10::int) returning ${COLUMNS}`,
      [id, workspaceId, ...valuesOf(input), revision ?? null],
    )
    return written(tx, CAP, workspaceId, id, row)
  })
}

const CAP = { table: 'frequency_cap', what: 'frequency cap', read: getFrequencyCap } as const

/** @throws TileworkError not_found; stale when `revision` is another */
export const deleteFrequencyCap = (db: Db, workspaceId: string, id: string, revision?: number): Promise<void> =>
  deleteRow(db, CAP, workspaceId, id, revision)

const valuesOf = ({ name, channel, topic, most, per, otherwise }: FrequencyCapInput): unknown[] => [
  name,
  channel,
  topic,
  most,
  per,
  durationMs(per),
  otherwise,
]

/** One change of caps at a time, so that what it looks for holds: that no other has the name, and that there is the topic. */
async function settle(tx: Db, workspaceId: string, { name, topic }: FrequencyCapInput, id: string | null = null): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('caps:' || $1, 0))::text as locked`, [workspaceId])
  const other = await tx.one(
    'select 1 as one from frequency_cap where workspace_id = $1 and lower(name) = lower($2) and ($3::text is null or id <> $3)',
    [workspaceId, name, id],
  )
  if (other) refuse('conflict', 'name', 'taken', `There is a frequency cap named '${name}' already; choose another name.`)
  if (topic !== null && !(await tx.one('select id from topic where workspace_id = $1 and id = $2 for share', [workspaceId, topic])))
    refuse('invalid', 'topic', 'unknown_topic', `There is no topic '${topic}'; choose one that exists.`)
}

function refuse(as: 'conflict' | 'invalid', field: string, code: string, message: string): never {
  throw new TileworkError(as, message, [{ path: `/${field}`, code, message }])
}

function unknown(id: string): never {
  throw new TileworkError('not_found', `There is no frequency cap ${id}.`)
}
