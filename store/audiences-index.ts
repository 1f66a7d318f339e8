import { LRUCache } from 'lru-cache'
import { AudienceIndex, type Definition } from '../model/audiences.js'
import type { Condition } from '../model/condition.js'
import type { Db } from './db.js'

/** The audiences by condition of a workspace, as they are defined now. */
export async function definitionsOf(db: Db, workspaceId: string): Promise<Definition[]> {
  return db.query<{ id: string; name: string; when: Condition }>(
    `select id, name, condition as when from audience where workspace_id = $1 and kind = 'condition' order by id`,
    [workspaceId],
  )
}

/**
 * Changes definitions while nobody judges customers by them, one change at a time; whoever judges one after it knows that they changed. A customer
 * that was judged before is committed: a build that starts after it sees everything that the old definitions were judged by.
 */
export function changeDefinitions<T>(db: Db, workspaceId: string, work: (tx: Db) => Promise<T>): Promise<T> {
  return db.tx(async (tx) => {
    await tx.query('select pg_advisory_xact_lock(tw_audiences_lock($1))::text as locked', [workspaceId])
    const done = await work(tx)
    await tx.query('update workspace set audience_revision = audience_revision + 1 where id = $1', [workspaceId])
    return done
  })
}

/**
 * Keeps the definitions as they are until the transaction ends. Take it before any customer is locked: two who wait for each other in a
 * circle are impossible then.
 * @returns their revision
 */
export async function holdDefinitions(tx: Db, workspaceId: string): Promise<number> {
  return (await tx.one<{ revision: number }>('select tw_audiences_hold($1) as revision', [workspaceId]))!.revision
}

/** Workspaces whose index is kept in memory, per database. */
const KEPT = 200

interface Kept {
  revision: number
  index: AudienceIndex
}
const caches = new WeakMap<object, LRUCache<string, Kept>>()

/**
 * The index of a workspace's definitions at a revision that was read before: from memory when it is of that revision.
 * @param revision what `currentRevision` or `holdDefinitions` answered
 */
export async function indexAt(db: Db, workspaceId: string, revision: number): Promise<AudienceIndex> {
  let cache = caches.get(db.pool)
  if (!cache) caches.set(db.pool, (cache = new LRUCache({ max: KEPT })))
  const kept = cache.get(workspaceId)
  if (kept?.revision === revision) return kept.index
  const row = await db.one<{ revision: number; definitions: Definition[] }>(
    `select w.audience_revision as revision, coalesce((
       select jsonb_agg(jsonb_build_object('id', id, 'name', name, 'when', condition) order by id) from audience
       where workspace_id = w.id and kind = 'condition'), '[]') as definitions
     from workspace w where w.id = $1`,
    [workspaceId],
  )
  const index = new AudienceIndex(row!.definitions)
  cache.set(workspaceId, { revision: row!.revision, index })
  return index
}

/** Makes the profile of a customer whom an event is about, and answers the revision of the definitions: one round trip for each event. */
export async function currentRevision(db: Db, workspaceId: string, customerId: string): Promise<number> {
  const [row] = await db.hot<{ revision: number }>(
    `with made as (insert into customer (workspace_id, id) values ($1, $2) on conflict do nothing)
     select audience_revision as revision from workspace where id = $1`,
    [workspaceId, customerId],
  )
  return row!.revision
}
