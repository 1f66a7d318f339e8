import { TileworkError } from '../model/errors.js'
import { newId } from '../model/ids.js'
import type { Db } from './db.js'

/** Work over many rows, as the API shows it. */
export interface Job {
  id: string
  status: 'running' | 'done' | 'failed'
  total: number
  done: number
  entered: number
  /** Reason to how many. */
  refused: Record<string, number>
  error?: string
}

/** How a row ended: entered, or refused with the reason. */
export interface RowOutcome {
  position: number
  outcome: string
  memberId?: string
}

/** Makes a job that enters customers into an orchestration; its workflow is started by the caller. */
export async function createEnrolJob(db: Db, workspaceId: string, journeyId: string, customerIds: readonly string[]): Promise<string> {
  const id = newId('job')
  await db.tx(async (tx) => {
    await tx.query(`insert into job (id, workspace_id, kind, subject, total) values ($1, $2, 'enrol', $3, $4::int)`, [
      id,
      workspaceId,
      journeyId,
      customerIds.length,
    ])
    await tx.query(
      `insert into job_row (job_id, position, customer_id)
       select $1, row.position, row.id from unnest($2::text[]) with ordinality row (id, position)`,
      [id, customerIds],
    )
  })
  return id
}

/** @throws TileworkError not_found */
export async function getJob(db: Db, workspaceId: string, id: string): Promise<Job> {
  const row = await db.one<Job & { error: string | null }>(
    'select id, status, total, done, entered, refused, error from job where workspace_id = $1 and id = $2',
    [workspaceId, id],
  )
  if (!row) throw new TileworkError('not_found', `There is no job ${id}.`)
  const { error, ...job } = row
  return error === null ? job : { ...job, error }
}

/** What the workers need of a job. */
export async function jobForWork(db: Db, id: string): Promise<{ workspaceId: string; journeyId: string }> {
  const row = await db.one<{ workspaceId: string; journeyId: string }>(
    'select workspace_id as "workspaceId", subject as "journeyId" from job where id = $1',
    [id],
  )
  if (!row) throw new Error(`There is no job ${id}.`)
  return row
}

/** The next rows that have no outcome. */
export function nextRows(db: Db, jobId: string, limit: number): Promise<{ position: number; customerId: string }[]> {
  return db.query(
    `select position, customer_id as "customerId" from job_row where job_id = $1 and outcome is null order by position limit $2::int`,
    [jobId, limit],
  )
}

/** Writes outcomes and counts each row once, also when a page is repeated. */
export async function finishRows(db: Db, jobId: string, outcomes: readonly RowOutcome[]): Promise<void> {
  await db.query(
    `with given as (select * from jsonb_to_recordset($2::jsonb) as g (position int, outcome text, "memberId" text)),
     written as (
       update job_row r set outcome = g.outcome, member_id = g."memberId" from given g
       where r.job_id = $1 and r.position = g.position and r.outcome is null returning r.outcome),
     counted as (select outcome, count(*)::int as n from written group by outcome)
     update job set done = done + (select coalesce(sum(n), 0) from counted),
       entered = entered + (select coalesce(sum(n), 0) from counted where outcome = 'entered'),
       refused = (select coalesce(jsonb_object_agg(reason, n), '{}') from (
         select reason, sum(n) as n from (
           select key as reason, value::int as n from jsonb_each_text(refused)
           union all select outcome, n from counted where outcome <> 'entered') each group by reason) sums)
     where id = $1`,
    [jobId, JSON.stringify(outcomes)],
  )
}

/** Ends a job, well or with an error. */
export async function finishJob(db: Db, id: string, error?: string): Promise<void> {
  await db.query(`update job set status = $2, error = $3, finished_at = now() where id = $1 and status = 'running'`, [
    id,
    error === undefined ? 'done' : 'failed',
    error ?? null,
  ])
}
