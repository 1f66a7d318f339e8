import { newId } from '../model/ids.js'
import { noteReacting } from './customers-bulk.js'
import type { Db } from './db.js'
import {
  importCustomers,
  importSubscriptions,
  importSuppressions,
  type Around,
  type Chunked,
  type ImportRow,
  type Outcome,
  type Refused,
  type RowError,
  type Write,
} from './import-writers.js'

export type * from './import-writers.js'

/** What files are imported of. */
export const IMPORTS = ['customers', 'subscriptions', 'suppressions'] as const
export type ImportOf = (typeof IMPORTS)[number]

/** Rows of one chunk: they are written in one statement. */
export const CHUNK_ROWS = 1_000

/** Uploads that nobody has heard of for so long are thrown away. */
const ABANDONED = '1 day'

/** Begins to receive an import: nobody sees the job yet. Answers its id. */
export async function receiveImport(db: Db, workspaceId: string, of: ImportOf): Promise<string> {
  const id = newId('job')
  await db.query(`insert into job (id, workspace_id, kind, status, input) values ($1, $2, 'import', 'receiving', $3::jsonb)`, [
    id,
    workspaceId,
    JSON.stringify({ of }),
  ])
  return id
}

/** Keeps rows of an upload under way, in order of `number`, and those that cannot be written. */
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
      JSON.stringify(rows),
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

interface Chunk extends Chunked {
  of: ImportOf
  size: number
  written: Written | null
}

/** What is kept of a chunk that was written, until those whom it changed are told. */
type Written = Pick<Outcome, 'changed'> & { refused: Record<string, number> }

/**
 * Writes the next chunk of an import, then notes whom it changed and counts it: two transactions, for whoever begins to wait between sees the first.
 * A chunk that is done again (the process died half-way) changes nothing twice and is counted once.
 * @param around around the merge of customers
 * @returns whether there was one
 */
export async function importChunk(db: Db, jobId: string, around: Around): Promise<boolean> {
  const chunk = await db.tx((tx) => writeChunk(tx, jobId, around))
  if (!chunk) return false
  const { changed, refused } = chunk.written
  await db.tx(async (tx) => {
    await lockJob(tx, jobId)
    const ours = await tx.query<{ size: number }>('delete from import_chunk where job_id = $1 and number = $2::int returning size', [
      jobId,
      chunk.number,
    ])
    if (ours.length === 0) return
    await noteReacting(tx, chunk.workspaceId, changed)
    await tx.query(
      `update job set done = done + $2::int, refused = refused || (
         select coalesce(jsonb_object_agg(key, value::int + coalesce((refused ->> key)::int, 0)), '{}') from jsonb_each_text($3::jsonb))
       where id = $1`,
      [jobId, chunk.size, JSON.stringify(refused)],
    )
  })
  return true
}

async function writeChunk(tx: Db, jobId: string, around: Around): Promise<(Chunk & { written: Written }) | undefined> {
  await lockJob(tx, jobId)
  const chunk = await tx.one<Chunk>(
    `select c.job_id as "jobId", j.workspace_id as "workspaceId", j.input ->> 'of' as of, j.created_at as at, c.number, c.size, c.written
     from import_chunk c join job j on j.id = c.job_id where c.job_id = $1 order by c.number limit 1`,
    [jobId],
  )
  if (!chunk) return undefined
  if (chunk.written) return { ...chunk, written: chunk.written }
  const { changed, refused } = await writers(around)[chunk.of](tx, chunk)
  await keepErrors(tx, jobId, refused)
  const written = { changed, refused: count(refused) }
  await tx.query(`update import_chunk set rows = '', written = $3::jsonb where job_id = $1 and number = $2::int`, [
    jobId,
    chunk.number,
    JSON.stringify(written),
  ])
  return { ...chunk, written }
}

const writers = (around: Around): Record<ImportOf, Write> => ({
  customers: (tx, chunk) => importCustomers(tx, chunk, around),
  subscriptions: importSubscriptions,
  suppressions: importSuppressions,
})

function count(refused: readonly Refused[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { reason } of refused) counts[reason] = (counts[reason] ?? 0) + 1
  return counts
}

/** Of two workers at once, the second waits, and then looks for the next chunk by a later statement. */
const lockJob = (tx: Db, jobId: string): Promise<unknown> => tx.query('select id from job where id = $1 for update', [jobId])

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
