import { newId } from '../model/ids.js'
import { TileworkError } from '../model/errors.js'
import type { Db } from './db.js'
import { refuseIfInUse } from './in-use.js'
import { pageBy, type Page, type PageQuery } from './page.js'
import { deleteRow, written } from './revision.js'

/** What messages are about; customers say yes or no to it. */
export interface Topic {
  id: string
  name: string
  description: string
  /** Whether a customer has to ask for it; else it is sent until they say no. */
  optIn: boolean
  revision: number
  createdAt: Date
  updatedAt: Date
}

/** What is written of a topic. */
export type TopicInput = Pick<Topic, 'name' | 'description' | 'optIn'>

const COLUMNS = `id, name, description, opt_in as "optIn", revision, created_at as "createdAt", updated_at as "updatedAt"`

/** @throws TileworkError conflict when another topic has the name, whatever the case */
export async function createTopic(db: Db, workspaceId: string, { name, description, optIn }: TopicInput): Promise<Topic> {
  const row = await db.one<Topic>(
    `insert into topic (id, workspace_id, name, description, opt_in) values ($1, $2, $3, $4, $5::boolean)
     on conflict (workspace_id, lower(name)) do nothing returning ${COLUMNS}`,
    [newId('top'), workspaceId, name, description, optIn],
  )
  return row ?? taken(name)
}

/** @throws TileworkError not_found */
export async function getTopic(db: Db, workspaceId: string, id: string): Promise<Topic> {
  const row = await db.one<Topic>(`select ${COLUMNS} from topic where workspace_id = $1 and id = $2`, [workspaceId, id])
  return row ?? unknown(id)
}

export const listTopics = (db: Db, workspaceId: string, query: PageQuery): Promise<Page<Topic>> =>
  pageBy(db, `select ${COLUMNS} from topic where workspace_id = $1`, [workspaceId], 'id', query)

/** @throws TileworkError not_found; conflict when another topic has the name; stale when `revision` is another */
export async function replaceTopic(db: Db, workspaceId: string, id: string, input: TopicInput, revision?: number): Promise<Topic> {
  return db.tx(async (tx) => {
    // One change of names at a time, so that the look for the name holds.
    await tx.query(`select pg_advisory_xact_lock(hashtextextended('topics:' || $1, 0))::text as locked`, [workspaceId])
    if (await isTaken(tx, workspaceId, id, input.name)) taken(input.name)
    const row = await tx.one<Topic>(
      `update topic set name = $3, description = $4, opt_in = $5::boolean, revision = revision + 1, updated_at = clock_timestamp()
       where workspace_id = $1 and id = $2 and ($6::int is null or revision = $6::int) returning ${COLUMNS}`,
      [workspaceId, id, input.name, input.description, input.optIn, revision ?? null],
    )
    return written(tx, TOPIC, workspaceId, id, row)
  })
}

const isTaken = async (db: Db, workspaceId: string, id: string, name: string): Promise<boolean> =>
  (await db.one('select 1 as one from topic where workspace_id = $1 and id <> $2 and lower(name) = lower($3)', [workspaceId, id, name])) !==
  undefined

/**
 * Deletes a topic, with what customers said of it; the journal of what they said stays.
 * @throws TileworkError not_found; conflict when a live orchestration sends about it; stale when `revision` is another
 */
export async function deleteTopic(db: Db, workspaceId: string, id: string, revision?: number): Promise<void> {
  await refuseIfInUse(db, workspaceId, 'topic', id)
  await deleteRow(db, TOPIC, workspaceId, id, revision)
  await db.query('delete from subscription where workspace_id = $1 and topic_id = $2', [workspaceId, id])
}

const TOPIC = { table: 'topic', what: 'topic', read: getTopic } as const

/** Id to name of all topics: what validation looks up, and what a page of preferences offers. */
export async function topicNames(db: Db, workspaceId: string): Promise<Map<string, string>> {
  const rows = await db.query<{ id: string; name: string }>('select id, name from topic where workspace_id = $1 order by id', [workspaceId])
  return new Map(rows.map(({ id, name }) => [id, name]))
}

function taken(name: string): never {
  const message = `There is a topic named '${name}' already; choose another name.`
  throw new TileworkError('conflict', message, [{ path: '/name', code: 'taken', message }])
}

function unknown(id: string): never {
  throw new TileworkError('not_found', `There is no topic ${id}.`)
}
