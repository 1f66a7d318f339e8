import { newId } from '../model/ids.js'
import type { Db } from './db.js'
import { completeJourney } from './gate.js'
import { given } from './given.js'
import { membersWho, type MemberFilter } from './members.js'

export type OperatorAction = 'retry' | 'skip' | 'move' | 'exit'

/** Which members of an orchestration an operator means; those that have exited are never among them. */
export interface OperateFilter extends Pick<MemberFilter, 'status' | 'version' | 'enteredFrom' | 'enteredTo' | 'visited' | 'failedAt'> {
  tileId?: string | undefined
  /** Of parked members: the code of the error that parked them. */
  errorCode?: string | undefined
  customerIds?: readonly string[] | undefined
}

/** What is done to each member, by whom and why. */
export interface Operation {
  action: OperatorAction
  /** Of a move: the tile. */
  to?: string | undefined
  reason: string
  actor: string
}

/** Which members of $2 `filter` names for an action, as SQL; retry and skip touch parked members only. */
function chosen(params: unknown[], { tileId, errorCode, customerIds, ...filter }: OperateFilter, action: OperatorAction): string {
  const parked = action === 'retry' || action === 'skip'
  const more = given(params, [
    [`m.error ->> 'code' = ?`, errorCode],
    [
      'm.customer_id = any(array(select tw_canonical($1, id) from jsonb_array_elements_text(?::jsonb) given (id)))',
      customerIds && JSON.stringify(customerIds),
    ],
    ['m.status = ?', parked ? 'parked' : undefined],
  ])
  return `from member m where m.workspace_id = $1 and m.journey_id = $2 and m.status <> 'exited'${membersWho(params, { ...filter, tile: tileId })}${more}`
}

/** How many members an operation would touch now. */
export async function countChosen(
  db: Db,
  workspaceId: string,
  journeyId: string,
  filter: OperateFilter,
  action: OperatorAction,
): Promise<number> {
  const params: unknown[] = [workspaceId, journeyId]
  const row = await db.one<{ n: number }>(`select count(*)::int as n ${chosen(params, filter, action)}`, params)
  return row!.n
}

/**
 * Makes a job that operates the members whom the filter names as of now: they are its rows, so that one that changes meanwhile is counted as
 * refused and not forgotten. One statement; its workflow is started by the caller.
 */
export async function createOperateJob(
  db: Db,
  workspaceId: string,
  journeyId: string,
  filter: OperateFilter,
  operation: Operation,
): Promise<{ jobId: string; count: number }> {
  const jobId = newId('job')
  const params: unknown[] = [workspaceId, journeyId, jobId, JSON.stringify(operation)]
  const row = await db.one<{ n: number }>(
    `with rows as (
       insert into job_row (job_id, position, customer_id, member_id)
       select $3, row_number() over (order by m.id), m.customer_id, m.id ${chosen(params, filter, operation.action)} returning 1),
     made as (
       insert into job (id, workspace_id, kind, subject, input, total)
       select $3, $1, 'operate', $2, $4::jsonb, count(*)::int from rows returning total)
     select total as n from made`,
    params,
  )
  return { jobId, count: row!.n }
}

/**
 * Completes an orchestration with the exit of its members, in one transaction: from then on the gate lets nobody through, and the job takes
 * out those who wait, are held or parked. Its workflow is started by the caller.
 * @throws TileworkError not_found; wrong_state when it is a draft or completed
 */
export function completeAndExit(db: Db, workspaceId: string, id: string, actor: string): Promise<{ jobId: string; count: number }> {
  return db.tx(async (tx) => {
    await completeJourney(tx, workspaceId, id)
    const made = await createOperateJob(tx, workspaceId, id, {}, { action: 'exit', reason: 'orchestration_completed', actor })
    await tx.query('update journey set exit_job = $2 where id = $1', [id, made.jobId])
    return made
  })
}

/** Whether a published version has this tile and it is no entry: only there a member can be moved. */
export async function canMoveTo(db: Db, journeyId: string, tileId: string): Promise<boolean> {
  const row = await db.one(
    `select 1 as found from journey_version v, jsonb_array_elements(v.canvas -> 'tiles') t
     where v.journey_id = $1 and v.published_at is not null and t ->> 'id' = $2 and t ->> 'type' <> 'entry' limit 1`,
    [journeyId, tileId],
  )
  return row !== undefined
}

/** What the workers need of a job. */
export async function operateJob(db: Db, jobId: string): Promise<Operation & { journeyId: string }> {
  const row = await db.one<{ journeyId: string; input: Operation }>(
    `select subject as "journeyId", input from job where id = $1 and kind = 'operate'`,
    [jobId],
  )
  if (!row) throw new Error(`There is no job ${jobId} that operates members.`)
  return { journeyId: row.journeyId, ...row.input }
}

/** A row of a job: one member. */
export interface OperateRow {
  position: number
  memberId: string
  /** The version that the member walks now; null when it was erased. */
  version: number | null
  /** Whether it has no outcome yet. */
  open: boolean
}

/** Rows of a job past a position, in order. */
export function operateRows(db: Db, jobId: string, after: number, limit: number): Promise<OperateRow[]> {
  return db.query<OperateRow>(
    `select r.position, r.member_id as "memberId", m.version, r.outcome is null as open
     from job_row r left join member m on m.id = r.member_id
     where r.job_id = $1 and r.position > $2::int order by r.position limit $3::int`,
    [jobId, after, limit],
  )
}

/** Writes outcomes (`operated`, else why not) and counts each row once, also when a page is repeated. */
export async function finishOperated(db: Db, jobId: string, outcomes: readonly { position: number; outcome: string }[]): Promise<void> {
  await db.query(
    `with given as (select * from jsonb_to_recordset($2::jsonb) as g (position int, outcome text)),
     written as (
       update job_row r set outcome = g.outcome from given g
       where r.job_id = $1 and r.position = g.position and r.outcome is null returning r.outcome),
     counted as (select outcome, count(*)::int as n from written group by outcome)
     update job set done = done + (select coalesce(sum(n), 0) from counted),
       refused = (select coalesce(jsonb_object_agg(reason, n), '{}') from (
         select reason, sum(n) as n from (
           select key as reason, value::int as n from jsonb_each_text(refused)
           union all select outcome, n from counted where outcome <> 'operated') each group by reason) sums)
     where id = $1`,
    [jobId, JSON.stringify(outcomes)],
  )
}

/** The id of a job's operation on a member: its Update's, so that a repeat is harmless. */
export const operationId = (jobId: string, memberId: string): string => `${jobId}:${memberId}`

/**
 * Notes who operates members and why, before it is done; the timeline shows it with what the member then records under the same id, so an
 * operation that was refused leaves no trace there.
 * @param ids operation id by member id
 */
export async function noteOperations(db: Db, ids: ReadonlyMap<string, string>, by: { actor: string; reason?: string }): Promise<void> {
  await db.query(
    `insert into incident (member_id, workspace_id, journey_id, tile_id, visit, kind, detail, dedupe)
     select m.id, m.workspace_id, m.journey_id, m.tile_id, m.visit, 'operated', $3::jsonb || jsonb_build_object('operation', o.id), 'operated:' || o.id
     from unnest($1::text[], $2::text[]) o (member, id) join member m on m.id = o.member
     on conflict (member_id, dedupe) do nothing`,
    [[...ids.keys()], [...ids.values()], JSON.stringify(by)],
  )
}

/** Those of the members that recorded the operation: then it is done, whatever became of its answer. */
export async function operatedAlready(db: Db, ids: ReadonlyMap<string, string>): Promise<Set<string>> {
  const rows = await db.query<{ member: string }>(
    `select o.member from unnest($1::text[], $2::text[]) o (member, id) where exists (
       select from incident i where i.member_id = o.member
         and (i.dedupe in ('retried:' || o.id, 'skipped:' || o.id, 'moved:' || o.id)
           or (i.dedupe = 'exited' and i.detail ->> 'operation' = o.id)))`,
    [[...ids.keys()], [...ids.values()]],
  )
  return new Set(rows.map(({ member }) => member))
}
