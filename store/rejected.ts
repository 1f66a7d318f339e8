import type { Db } from './db.js'
import { pageByNumber, type Page, type PageQuery } from './page.js'

/** Rejected events that a workspace keeps: the newest. */
export const REJECTED_KEPT = 1_000

/** An event that was sent and not kept. The fields that name it are there as far as they could be read. */
export interface NewRejected {
  /** Place in its batch, from 0. */
  position: number
  /** A sentence that says how to mend it. */
  reason: string
  type: string | null
  event: string | null
  messageId: string | null
  customerId: string | null
  /** JSON as it was sent, cut off. */
  raw: string
}

export interface RejectedEvent extends NewRejected {
  id: string
  receivedAt: Date
}

/** Keeps rejected events, and of the older ones no more than REJECTED_KEPT. */
export async function keepRejected(db: Db, workspaceId: string, rejected: readonly NewRejected[]): Promise<void> {
  await db.query(
    `with kept as (
       insert into rejected_event (workspace_id, position, reason, type, event, message_id, customer_id, raw)
       select $1, r.position, r.reason, r.type, r.event, r."messageId", r."customerId", r.raw from jsonb_to_recordset($2::jsonb) as
         r (position int, reason text, type text, event text, "messageId" text, "customerId" text, raw text) order by r.position)
     delete from rejected_event where workspace_id = $1 and id <=
       (select id from rejected_event where workspace_id = $1 order by id desc offset $3::int limit 1)`,
    [workspaceId, JSON.stringify(rejected), REJECTED_KEPT - rejected.length],
  )
}

/** Rejected events, newest first. */
export function recentRejected(db: Db, workspaceId: string, query: PageQuery): Promise<Page<RejectedEvent>> {
  return pageByNumber(
    db,
    `select r.id::text as id, received_at as "receivedAt", position, reason, type, event, message_id as "messageId",
       customer_id as "customerId", raw from rejected_event r where workspace_id = $1`,
    [workspaceId],
    'r.id',
    query,
  )
}
