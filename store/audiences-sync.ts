import { changeList, changeOf, named, type Moved } from './audiences-members.js'
import { mergeTraits } from './customers.js'
import type { Db } from './db.js'
import { noteChanges } from './events.js'

/** What a source says in one call about who is in a list. */
export interface SyncBatch {
  /** mirror: the list becomes those whom the batches of a run name; upsert: only what is said changes. */
  mode: 'mirror' | 'upsert'
  /** Names the batch: a repeat changes nothing. */
  batchId: string
  /** Names the run of a mirror; another one begins anew. Absent: the run that has not ended. */
  runId?: string | undefined
  members: readonly { id: string; traits?: Record<string, unknown> }[]
  remove: readonly string[]
  /** Ends the run of a mirror: whom none of its batches named leaves. */
  last: boolean
}

/** What a batch did. */
export interface SyncAnswer {
  batchId: string
  added: number
  removed: number
}

/** Of which list. */
export interface ListOf {
  workspaceId: string
  audienceId: string
}

/** Profiles that are merged at the same time. */
const CONCURRENCY = 8
/** Members who leave in one transaction at the end of a run. */
const PAGE = 5_000
/** How long a batch is known by its id, in days. */
const KEPT_DAYS = 30

/**
 * Takes a batch. What it does is harmless to repeat, and its answer is kept with its last change: one that was cut off is taken again whole.
 * @param record called in the transaction that keeps the answer
 * @throws TileworkError not_found; wrong_state of an audience by condition; too_large for the traits of one customer
 */
export async function takeBatch(
  db: Db,
  list: ListOf,
  batch: SyncBatch,
  record: (tx: Db, answer: SyncAnswer) => Promise<void>,
): Promise<SyncAnswer> {
  const known = await answerOf(db, list, batch)
  if (known) return known
  // Refuses a list that is none before any profile is touched.
  await inList(db, list, async () => undefined)
  await mergeProfiles(db, list, batch)
  const taken = await inList(db, list, (tx) => take(tx, list, batch, record))
  if (!('run' in taken)) return taken
  let { removed } = taken
  for (let left = PAGE; left === PAGE; removed += left) left = await inList(db, list, (tx) => takeOut(tx, list, taken.run))
  return inList(db, list, async (tx) => (await answerOf(tx, list, batch)) ?? end(tx, list, batch, { ...taken, removed }, record))
}

const inList = <T>(db: Db, { workspaceId, audienceId }: ListOf, work: (tx: Db) => Promise<T>): Promise<T> =>
  changeList(db, workspaceId, audienceId, work)

async function answerOf(db: Db, { audienceId }: ListOf, { batchId }: SyncBatch): Promise<SyncAnswer | undefined> {
  const row = await db.one<{ answer: SyncAnswer }>('select answer from audience_sync where audience_id = $1 and batch_id = $2', [
    audienceId,
    batchId,
  ])
  return row?.answer
}

async function mergeProfiles(db: Db, { workspaceId }: ListOf, { members }: SyncBatch): Promise<void> {
  const rest = members.values()
  const merge = async (): Promise<void> => {
    for (const { id: customerId, traits } of rest) {
      if (!traits) continue
      await db.tx(async (tx) => {
        const changed = await mergeTraits(tx, workspaceId, customerId, traits)
        if (changed.length > 0) await noteChanges(tx, workspaceId, [{ customerId, traits: changed }])
      })
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, merge))
}

type Taken = SyncAnswer & { run: number }

/** Adds and removes whom a batch names. Answers with the run if that is to be ended. */
async function take(
  tx: Db,
  list: ListOf,
  batch: SyncBatch,
  record: (tx: Db, answer: SyncAnswer) => Promise<void>,
): Promise<SyncAnswer | Taken> {
  const known = await answerOf(tx, list, batch)
  if (known) return known
  const { workspaceId, audienceId } = list
  const run = batch.mode === 'mirror' ? await runOf(tx, list, batch.runId) : null
  const ids = batch.members.map(({ id }) => id)
  const { joining, gone } = await named(tx, workspaceId, ids, batch.remove)
  const moved = await tx.query<Moved>(NAME, [workspaceId, audienceId, joining, gone, run])
  await noteChanges(tx, workspaceId, moved.map(changeOf))
  const added = moved.filter(({ number }) => number !== null).length
  const answer: SyncAnswer = { batchId: batch.batchId, added, removed: moved.length - added }
  if (run !== null && batch.last) return { ...answer, run }
  return keep(tx, list, answer, record)
}

/** Who is in already is marked as named by the run; of those who are added the insert answers, the others have a number too, and are no change. */
const NAME = `
  with made as (insert into customer (workspace_id, id) select $1, unnest($3::text[]) on conflict do nothing),
  added as (
    insert into audience_member (workspace_id, audience_id, customer_id, sync_run) select $1, $2, unnest($3::text[]), $5::int
    on conflict do nothing returning customer_id, number),
  marked as (
    update audience_member set sync_run = $5::int
    where audience_id = $2 and customer_id = any($3::text[]) and $5::int is not null and sync_run is distinct from $5::int),
  removed as (delete from audience_member where audience_id = $2 and customer_id = any($4::text[]) returning customer_id)
  select customer_id as "customerId", $2 as "audienceId", number::text as number from added
  union all select customer_id, $2, null from removed`

/** The number of the run that a batch belongs to. */
async function runOf(tx: Db, { audienceId }: ListOf, runId: string | undefined): Promise<number> {
  const row = await tx.one<{ run: number }>(
    `update audience set sync_run = sync_run + case when $2::text is not null and sync_id is distinct from $2 then 1 else 0 end,
       sync_id = coalesce($2, sync_id)
     where id = $1 returning sync_run as run`,
    [audienceId, runId ?? null],
  )
  return row!.run
}

/** Takes out the next members whom the run did not name, nor a later one; answers how many. */
async function takeOut(tx: Db, { workspaceId, audienceId }: ListOf, run: number): Promise<number> {
  const moved = await tx.query<Moved>(
    `delete from audience_member where audience_id = $1 and customer_id in (
       select customer_id from audience_member where audience_id = $1 and coalesce(sync_run, 0) < $2::int limit $3::int)
     returning customer_id as "customerId", audience_id as "audienceId", null as number`,
    [audienceId, run, PAGE],
  )
  await noteChanges(tx, workspaceId, moved.map(changeOf))
  return moved.length
}

async function end(
  tx: Db,
  list: ListOf,
  { batchId }: SyncBatch,
  { run, added, removed }: Taken,
  record: (tx: Db, answer: SyncAnswer) => Promise<void>,
): Promise<SyncAnswer> {
  await tx.query('update audience set sync_run = sync_run + 1, sync_id = null where id = $1 and sync_run = $2::int', [list.audienceId, run])
  return keep(tx, list, { batchId, added, removed }, record)
}

async function keep(
  tx: Db,
  { audienceId }: ListOf,
  answer: SyncAnswer,
  record: (tx: Db, answer: SyncAnswer) => Promise<void>,
): Promise<SyncAnswer> {
  await tx.query('insert into audience_sync (audience_id, batch_id, answer) values ($1, $2, $3::jsonb)', [
    audienceId,
    answer.batchId,
    JSON.stringify(answer),
  ])
  await record(tx, answer)
  return answer
}

/** Forgets batches that no source repeats any more. */
export async function purgeBatches(db: Db): Promise<void> {
  await db.query(`delete from audience_sync where at < clock_timestamp() - interval '${KEPT_DAYS} days'`)
}
