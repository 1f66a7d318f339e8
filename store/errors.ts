import type { Db } from './db.js'
import { given } from './given.js'
import { pageSorted, type Page, type PageQuery } from './page.js'

/** retrying: another attempt comes. parked: the member waits for an operator. resolved: it went on, or is gone. */
export type ErrorStatus = 'retrying' | 'parked' | 'resolved'

/** A delivery that failed, with what becomes of it. */
export interface DeliveryError {
  orchestrationId: string
  orchestrationName: string
  /** That the member walks. */
  version: number
  memberId: string
  customerId: string
  tileId: string
  code: string
  message: string
  attempts: number
  nextRetryAt?: Date
  status: ErrorStatus
  firstAt: Date
  lastAt: Date
}

/** Which of them. */
export interface ErrorFilter {
  journeyId?: string | undefined
  status?: ErrorStatus | undefined
  code?: string | undefined
  tileId?: string | undefined
}

/** A delivery that was kept back, by consent or until later, has a reason and never failed. */
const FAILED = `d.error_code is not null and d.first_error_at is not null`
const RETRYING = `m.status <> 'exited' and d.state in ('pending', 'sending')`
const PARKED = `m.status = 'parked' and m.tile_id = d.tile_id and m.visit = d.visit and d.state not in ('pending', 'sending')`

const WHICH: Record<ErrorStatus, string> = {
  retrying: RETRYING,
  parked: `m.workspace_id = $1 and ${PARKED}`,
  resolved: `not (${RETRYING}) and not (${PARKED})`,
}

/** Deliveries with errors, what failed last first. */
export async function listErrors(db: Db, workspaceId: string, query: ErrorFilter & PageQuery): Promise<Page<DeliveryError>> {
  const params: unknown[] = [workspaceId]
  const where = given(params, [
    ['d.journey_id = ?', query.journeyId],
    ['d.error_code = ?', query.code],
    ['d.tile_id = ?', query.tileId],
  ])
  const page = await pageSorted<DeliveryError & { id: string; nextRetryAt: Date | null }>(
    db,
    {
      select: `select d.key as id, j.id as "orchestrationId", j.name as "orchestrationName", m.version, d.member_id as "memberId",
        m.customer_id as "customerId", d.tile_id as "tileId", d.error_code as code, d.error_message as message, d.attempts,
        d.next_retry_at as "nextRetryAt", d.first_error_at as "firstAt", d.updated_at as "lastAt",
        case when ${RETRYING} then 'retrying' when ${PARKED} then 'parked' else 'resolved' end as status`,
      from: `from delivery d join member m on m.id = d.member_id join journey j on j.id = d.journey_id
        where d.workspace_id = $1 and ${FAILED}${where}${query.status ? ` and ${WHICH[query.status]}` : ''}`,
    },
    params,
    { by: 'd.updated_at', type: 'timestamptz', order: 'desc', key: 'd.key' },
    query,
  )
  const data = page.data.map(({ id: _, nextRetryAt, ...error }) => (nextRetryAt ? { ...error, nextRetryAt } : error))
  return { ...page, data }
}

/** Errors of one code in one orchestration that are not resolved. */
export interface ErrorCount {
  orchestrationId: string
  orchestrationName: string
  code: string
  parked: number
  retrying: number
  /** The next attempt of those that are tried again. */
  nextRetryAt?: Date
}

/** Most rows of the counts. */
export const MAX_COUNTS = 1_000

/** What is not resolved, by orchestration and code, the most first. */
export async function countErrors(db: Db, workspaceId: string): Promise<ErrorCount[]> {
  const rows = await db.query<ErrorCount & { nextRetryAt: Date | null }>(
    `select j.id as "orchestrationId", j.name as "orchestrationName", e.code, sum(e.parked)::int as parked, sum(e.retrying)::int as retrying,
       min(e.next) as "nextRetryAt"
     from (
       select m.journey_id, m.error ->> 'code' as code, 1 as parked, 0 as retrying, null::timestamptz as next
       from member m where m.workspace_id = $1 and m.status = 'parked'
       union all select d.journey_id, d.error_code, 0, 1, d.next_retry_at from delivery d join member m on m.id = d.member_id
       where d.workspace_id = $1 and ${FAILED} and ${RETRYING}) e
     join journey j on j.id = e.journey_id group by 1, 2, 3 order by count(*) desc, 1, 3 limit ${MAX_COUNTS}`,
    [workspaceId],
  )
  return rows.map(({ nextRetryAt, ...count }) => (nextRetryAt ? { ...count, nextRetryAt } : count))
}

/** Errors of one code at one tile of an orchestration. */
export interface ErrorGroup {
  tileId: string
  code: string
  /** Of one of them. */
  message: string
  count: number
  /** The next attempt of those that are tried again. */
  nextRetryAt?: Date
}

/** Of how many deliveries with an error, the newest, those that are resolved are counted: there is no end to them. */
export const MAX_RESOLVED = 10_000

const DELIVERIES = `select d.tile_id, d.error_code as code, d.error_message as message, d.next_retry_at as next from`

/** What is counted of $2, one row each. Who is parked is told by the member, as the counts of members have it. */
const ONES: Record<ErrorStatus, string> = {
  parked: `select m.tile_id, m.error ->> 'code' as code, m.error ->> 'message' as message, null::timestamptz as next from member m
    where m.workspace_id = $1 and m.journey_id = $2 and m.status = 'parked'`,
  retrying: `${DELIVERIES} delivery d join member m on m.id = d.member_id
    where d.workspace_id = $1 and d.journey_id = $2 and ${FAILED} and ${RETRYING}`,
  resolved: `${DELIVERIES} (select * from delivery d where workspace_id = $1 and journey_id = $2 and ${FAILED}
    order by updated_at desc, key desc limit ${MAX_RESOLVED}) d join member m on m.id = d.member_id where ${WHICH.resolved}`,
}

/** Errors of an orchestration of one status, by tile and code, the most first. */
export async function groupErrors(db: Db, workspaceId: string, journeyId: string, status: ErrorStatus): Promise<ErrorGroup[]> {
  const rows = await db.query<ErrorGroup & { nextRetryAt: Date | null }>(
    `select tile_id as "tileId", code, coalesce(min(message), '') as message, count(*)::int as count, min(next) as "nextRetryAt"
     from (${ONES[status]}) e group by 1, 2 order by count(*) desc, 1, 2 limit ${MAX_COUNTS}`,
    [workspaceId, journeyId],
  )
  return rows.map(({ nextRetryAt, ...group }) => (nextRetryAt && status === 'retrying' ? { ...group, nextRetryAt } : group))
}
