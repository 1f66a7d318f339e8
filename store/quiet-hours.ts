import { LRUCache } from 'lru-cache'
import type { WorkspaceQuietHours } from '../model/quiet-hours.js'
import type { Db } from './db.js'
import { remember } from './remember.js'

/** How long those of a workspace are kept in memory: a change of them is felt within a second, in ms. */
const KEPT_MS = 1_000

type Known = WorkspaceQuietHours | undefined

const kept = new WeakMap<object, LRUCache<string, Promise<{ is: Known }>>>()

/** The quiet hours of a workspace, as of a second ago at the most. */
export async function quietHoursOf(db: Db, workspaceId: string): Promise<Known> {
  let cache = kept.get(db.pool)
  if (!cache) kept.set(db.pool, (cache = new LRUCache({ max: 1_000, ttl: KEPT_MS })))
  return (await remember(cache, workspaceId, async () => ({ is: await quietHoursNow(db, workspaceId) }))).is
}

/** The quiet hours of a workspace, as of now. */
export async function quietHoursNow(db: Db, workspaceId: string): Promise<Known> {
  const row = await db.one<{ is: WorkspaceQuietHours | null }>(`select settings -> 'quietHours' as is from workspace where id = $1`, [
    workspaceId,
  ])
  return row?.is ?? undefined
}
