import { TileworkError } from '../model/errors.js'
import { newId } from '../model/ids.js'
import type { Db } from './db.js'
import { given } from './given.js'
import type { ImportOf } from './imports.js'
import { pageBy, type Page, type PageQuery } from './page.js'

/** Work over many rows, as the API shows it. */
export interface Job {
  id: string
  status: 'running' | 'done' | 'failed'
  total: number
  done: number
  entered: number
  /** Reason to how many. */
  refused: Record<string, number>
  /** Rows that wait for a paused orchestration to be resumed; absent while there is none. */
  queued?: number
  error?: string
}

/** How a row ended: entered, or refused with the reason; or that it is `queued`, to end later. */
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

/**
 * Makes a job that enters everyone who is in a list; its rows are made page by page (`fillRows`). Until its end, `total` is the size that the
 * list had when it began.
 */
export async function createListJob(tx: Db, workspaceId: string, journeyId: string, audienceId: string): Promise<string> {
  const id = newId('job')
  await tx.query(
    `insert into job (id, workspace_id, kind, subject, input, total)
     values ($1, $2, 'enrol', $3, $4::jsonb, (select count(*) from audience_member where workspace_id = $2 and audience_id = $5))`,
    [id, workspaceId, journeyId, JSON.stringify({ audienceId }), audienceId],
  )
  return id
}

const COLUMNS = `job.id, job.status, job.total, job.done, job.entered, job.refused, job.error,
  (select count(*)::int from queued_entry where job_id = job.id) as queued`

type Row = Omit<Job, 'queued' | 'error'> & { error: string | null; queued: number }

/** What a job does not have is left out. */
const shown = <T extends Row>({ error, queued, ...job }: T): Omit<T, 'error' | 'queued'> & Pick<Job, 'error' | 'queued'> => ({
  ...job,
  ...(queued > 0 && { queued }),
  ...(error !== null && { error }),
})

/** @throws TileworkError not_found */
export async function getJob(db: Db, workspaceId: string, id: string): Promise<Job> {
  const row = await db.one<Row>(`select ${COLUMNS} from job where workspace_id = $1 and id = $2`, [workspaceId, id])
  if (!row) throw new TileworkError('not_found', `There is no job ${id}.`)
  return shown(row)
}

/** enrol: enters customers. operate: retries, skips, moves or takes out members. migrate: brings members to a new version. import: writes a file. */
export type JobKind = 'enrol' | 'operate' | 'migrate' | 'import'

/** A job in a list: what it is about, too. */
export interface ListedJob extends Job {
  kind: JobKind
  /** Of one that operates: what is done to the members. */
  action: string | null
  /** Of an import: of what. */
  imports: ImportOf | null
  orchestrationId: string | null
  orchestrationName: string | null
  createdAt: Date
  finishedAt: Date | null
}

/** Which jobs. */
export interface JobFilter {
  kind?: JobKind | undefined
  status?: Job['status'] | undefined
  journeyId?: string | undefined
}

/** Jobs, newest first; not those whose upload is still under way. */
export async function listJobs(db: Db, workspaceId: string, query: JobFilter & PageQuery): Promise<Page<ListedJob>> {
  const params: unknown[] = [workspaceId]
  const where = given(params, [
    ['job.kind = ?', query.kind],
    ['job.status = ?', query.status],
    ['job.subject = ?', query.journeyId],
  ])
  const page = await pageBy<Row & Omit<ListedJob, keyof Job>>(
    db,
    `select ${COLUMNS}, job.kind, job.input ->> 'action' as action, job.input ->> 'of' as imports, job.subject as "orchestrationId", j.name as "orchestrationName",
       job.created_at as "createdAt", job.finished_at as "finishedAt"
     from job left join journey j on j.id = job.subject where job.workspace_id = $1 and job.status <> 'receiving'${where}`,
    params,
    'job.id',
    query,
  )
  return { ...page, data: page.data.map(shown) }
}

/** What the workers need of a job that enters customers. */
export interface EnrolJob {
  workspaceId: string
  journeyId: string
  /** The list whose customers enter; absent: the job was given its rows. */
  audienceId?: string
}

/** @throws Error when there is none */
export async function jobForWork(db: Db, id: string): Promise<EnrolJob> {
  const row = await db.one<EnrolJob & { audienceId: string | null }>(
    `select workspace_id as "workspaceId", subject as "journeyId", input ->> 'audienceId' as "audienceId" from job where id = $1`,
    [id],
  )
  if (!row) throw new Error(`There is no job ${id}.`)
  const { audienceId, ...job } = row
  return audienceId === null ? job : { ...job, audienceId }
}

/** A row to enter. */
export interface JobRow {
  position: number
  customerId: string
  /** What it enters by. */
  triggerId: string
}

/** The next rows that have no outcome. */
export function nextRows(db: Db, jobId: string, limit: number): Promise<JobRow[]> {
  return db.query(
    `select position, customer_id as "customerId", coalesce(trigger_id, 'row:' || job_id || ':' || position) as "triggerId"
     from job_row where job_id = $1 and outcome is null order by position limit $2::int`,
    [jobId, limit],
  )
}

/**
 * Makes the next rows of a job over a list, from past the customer where the last ones ended. A row enters by the join of its customer, as the
 * router does: who joins meanwhile enters once. Of two workers at once, the second goes on where the first ended.
 */
export async function fillRows(db: Db, jobId: string, limit: number): Promise<void> {
  await db.tx(async (tx) => {
    await tx.query('select id from job where id = $1 for update', [jobId])
    await tx.query(
      `with page as (
         select a.customer_id, a.number, row_number() over (order by a.customer_id) as place
         from job j join audience_member a on a.workspace_id = j.workspace_id and a.audience_id = j.input ->> 'audienceId'
           and a.customer_id > coalesce(j.input ->> 'after', '')
         where j.id = $1 order by a.customer_id limit $2::int),
       made as (
         insert into job_row (job_id, position, customer_id, trigger_id)
         select $1, coalesce((select max(position) from job_row where job_id = $1), 0) + place, customer_id, 'join:' || number from page)
       update job set input = input || jsonb_build_object('after', (select max(customer_id) from page))
       where id = $1 and exists (select from page)`,
      [jobId, limit],
    )
  })
}

/**
 * Writes outcomes and counts each row once, also when a page is repeated. A queued one counts when it leaves the queue. The job is locked before its
 * rows, by whoever writes them: two at once do not wait for each other in a circle.
 */
export async function finishRows(db: Db, jobId: string, outcomes: readonly RowOutcome[]): Promise<void> {
  await db.tx(async (tx) => {
    await tx.query('select id from job where id = $1 for update', [jobId])
    await tx.query(FINISH_ROWS, [jobId, JSON.stringify(outcomes)])
  })
}

const FINISH_ROWS = `
  with given as (select * from jsonb_to_recordset($2::jsonb) as g (position int, outcome text, "memberId" text)),
  written as (
    update job_row r set outcome = g.outcome, member_id = g."memberId" from given g
    where r.job_id = $1 and r.position = g.position and r.outcome is null returning r.outcome),
  counted as (select outcome, count(*)::int as n from written where outcome <> 'queued' group by outcome)
  update job set done = done + (select coalesce(sum(n), 0) from counted),
    entered = entered + (select coalesce(sum(n), 0) from counted where outcome = 'entered'),
    refused = (select coalesce(jsonb_object_agg(reason, n), '{}') from (
      select reason, sum(n) as n from (
        select key as reason, value::int as n from jsonb_each_text(refused)
        union all select outcome, n from counted where outcome <> 'entered') each group by reason) sums)
  where id = $1`

/**
 * Says that a job went through all of its rows; it ends now, or with the last of those that are queued. Locked first and read by a later
 * statement, so that it and the last row see each other.
 */
export async function endEnrolJob(db: Db, id: string): Promise<void> {
  await db.tx(async (tx) => {
    await tx.query('select id from job where id = $1 for update', [id])
    await tx.query(
      `with open as (select count(*)::int as n from queued_entry where job_id = $1)
       update job set walked = true,
         total = case when input ? 'audienceId' then (select count(*) from job_row where job_id = $1) else total end,
         status = case when open.n = 0 then 'done' else status end, finished_at = case when open.n = 0 then clock_timestamp() end
       from open where id = $1 and status = 'running' and not walked`,
      [id],
    )
  })
}

/** Ends a job, well or with an error. */
export async function finishJob(db: Db, id: string, error?: string): Promise<void> {
  await db.query(`update job set status = $2, error = $3, finished_at = now() where id = $1 and status = 'running'`, [
    id,
    error === undefined ? 'done' : 'failed',
    error ?? null,
  ])
}
