import { newId } from '../model/ids.js'
import { noteReacting } from './customers-bulk.js'
import type { Db } from './db.js'

/** A row of an upload that can be merged. */
export interface ImportRow {
  /** 1-based; a header counts. */
  row: number
  id: string
  traits: Record<string, unknown>
}

/** A row that cannot. */
export interface RowError {
  row: number
  value: string
  message: string
}

/** Rows of one chunk: they are merged in one statement. */
export const CHUNK_ROWS = 1_000

/** Uploads that nobody has heard of for so long are thrown away. */
const ABANDONED = '1 day'

/** Begins to receive an import: nobody sees the job yet. Answers its id. */
export async function receiveImport(db: Db, workspaceId: string): Promise<string> {
  const id = newId('job')
  await db.query(`insert into job (id, workspace_id, kind, status) values ($1, $2, 'import', 'receiving')`, [id, workspaceId])
  return id
}

/** Keeps rows of an upload under way, in order of `number`, and those that cannot be merged. */
export async function stageRows(
  db: Db,
  jobId: string,
  number: number,
  rows: readonly ImportRow[],
  errors: readonly RowError[],
): Promise<void> {
  if (rows.length > 0)
    await db.hot(`insert into import_chunk (job_id, number, size, rows) values ($1, $2, $3, $4)`, [
      jobId,
      number,
      rows.length,
      JSON.stringify(rows.map(({ row, id, traits }) => [row, id, traits])),
    ])
  await keepErrors(db, jobId, errors)
}

async function keepErrors(db: Db, jobId: string, errors: readonly RowError[]): Promise<void> {
  if (errors.length === 0) return
  await db.query(
    `insert into job_error (job_id, row, value, message)
     select $1, e.row, e.value, e.message from jsonb_to_recordset($2::jsonb) as e (row int, value text, message text) on conflict do nothing`,
    [jobId, JSON.stringify(errors)],
  )
}

/** The upload is whole: the job begins. Its workflow is started by the caller. */
export async function beginImport(tx: Db, jobId: string): Promise<{ accepted: number; invalid: number }> {
  const row = await tx.one<{ accepted: number; invalid: number }>(
    `with counted as (
       select (select coalesce(sum(size), 0)::int from import_chunk where job_id = $1) as accepted,
         (select count(*)::int from job_error where job_id = $1) as invalid)
     update job set status = 'running', total = accepted + invalid, done = invalid,
       refused = case when invalid > 0 then jsonb_build_object('invalid', invalid) else '{}' end
     from counted where id = $1 returning accepted, invalid`,
    [jobId],
  )
  return row!
}

/** Throws away an upload that was broken off. */
export async function dropImport(db: Db, jobId: string): Promise<void> {
  await dropWhere(db, 'id = $1', [jobId])
}

/** Throws away uploads that never became jobs: their process died, or they were repeats of one that did. */
export async function dropAbandonedImports(db: Db): Promise<void> {
  await dropWhere(db, `created_at < now() - $1::interval`, [ABANDONED])
}

async function dropWhere(db: Db, which: string, params: unknown[]): Promise<void> {
  await db.query(
    `with gone as (delete from job where kind = 'import' and status = 'receiving' and ${which} returning id),
     chunks as (delete from import_chunk where job_id in (select id from gone))
     delete from job_error where job_id in (select id from gone)`,
    params,
  )
}

interface Chunk {
  workspaceId: string
  number: number
  size: number
  merged: Merged | null
}

/** What merging a chunk came to. */
export interface Merged {
  /** Customers who have a profile only now. */
  made: string[]
  /** Customers whose traits are others now, by the ids that they have now; new ones with traits among them. */
  changed: string[]
  /** How many rows would have made a customer larger than the limits, 256 KB or 10,000 traits: these are as they were. */
  tooLarge: number
}

/**
 * Lets rows be merged into profiles, and does in the same transaction what has to be true with them.
 * @param merge told whether the caller judges those whom it makes or changes by the audiences; else the router hears of new ones
 */
export type Around = (tx: Db, workspaceId: string, merge: (judged: boolean) => Promise<Merged>) => Promise<Merged>

/**
 * Merges the next chunk of an import, then notes whom it changed and counts it: two transactions, for whoever begins to wait between sees the first.
 * A chunk that is done again (the process died half-way) changes nothing twice and is counted once.
 * @returns whether there was one
 */
export async function importChunk(db: Db, jobId: string, around: Around): Promise<boolean> {
  const chunk = await db.tx((tx) => mergeChunk(tx, jobId, around))
  if (!chunk) return false
  await db.tx(async (tx) => {
    await lockJob(tx, jobId)
    const ours = await tx.query<{ size: number }>('delete from import_chunk where job_id = $1 and number = $2::int returning size', [
      jobId,
      chunk.number,
    ])
    if (ours.length === 0) return
    await noteReacting(tx, chunk.workspaceId, chunk.merged.changed)
    await tx.query(
      `update job set done = done + $2::int, refused = case when $3::int = 0 then refused
         else refused || jsonb_build_object('too_large', coalesce((refused ->> 'too_large')::int, 0) + $3::int) end
       where id = $1`,
      [jobId, chunk.size, chunk.merged.tooLarge],
    )
  })
  return true
}

async function mergeChunk(tx: Db, jobId: string, around: Around): Promise<(Chunk & { merged: Merged }) | undefined> {
  await lockJob(tx, jobId)
  const chunk = await tx.one<Chunk>(
    `select j.workspace_id as "workspaceId", c.number, c.size, c.merged from import_chunk c join job j on j.id = c.job_id
     where c.job_id = $1 order by c.number limit 1`,
    [jobId],
  )
  if (!chunk) return undefined
  if (chunk.merged) return { ...chunk, merged: chunk.merged }
  const { workspaceId, number } = chunk
  const merged = await around(tx, workspaceId, async (judged) => {
    const row = await tx.one<{ reply: Merged }>('select tw_merge_chunk($1, $2, $3::int, $4, $5) as reply', [
      workspaceId,
      jobId,
      number,
      TOO_LARGE,
      judged,
    ])
    return row!.reply
  })
  await tx.query(`update import_chunk set rows = '', merged = $3::jsonb where job_id = $1 and number = $2::int`, [
    jobId,
    number,
    JSON.stringify(merged),
  ])
  return { ...chunk, merged }
}

/** Of two workers at once, the second waits, and then looks for the next chunk by a later statement. */
const lockJob = (tx: Db, jobId: string): Promise<unknown> => tx.query('select id from job where id = $1 for update', [jobId])

const TOO_LARGE = 'The traits of the customer would take more than 256 KB; they are left as they were.'

/** Errors that are read at a time. */
const PAGE = 1_000

/** The rows of a job that could not be done, in order, page by page. */
export async function* jobErrors(db: Db, jobId: string): AsyncGenerator<RowError[]> {
  let after = -1
  for (;;) {
    const page = await db.query<RowError>(
      'select row, value, message from job_error where job_id = $1 and row > $2::int order by row limit $3::int',
      [jobId, after, PAGE],
    )
    if (page.length > 0) yield page
    if (page.length < PAGE) return
    after = page.at(-1)!.row
  }
}
