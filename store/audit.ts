import type { Db } from './db.js'
import { given } from './given.js'
import { pageByNumber, type Page, type PageQuery } from './page.js'

/** Who did what to what. */
export interface AuditInput {
  workspaceId: string
  actor: string
  /** `journey.activate`, `member.retry` … */
  action: string
  subject: string
  detail?: Record<string, unknown>
  requestId?: string | undefined
}

export interface AuditEntry {
  id: string
  at: Date
  actor: string
  /** Of the user or the key, also of one that is gone; null: neither. */
  actorName: string | null
  action: string
  subject: string
  detail: Record<string, unknown>
  requestId: string | null
}

/** Writes an entry; in the caller's transaction when it gives one. */
export async function audit(db: Db, entry: AuditInput): Promise<void> {
  await db.query(
    'insert into audit_log (workspace_id, actor, action, subject, detail, request_id) values ($1, $2, $3, $4, $5::jsonb, $6)',
    [entry.workspaceId, entry.actor, entry.action, entry.subject, JSON.stringify(entry.detail ?? {}), entry.requestId ?? null],
  )
}

/** Which entries. */
export interface AuditFilter {
  actor?: string | undefined
  /** One action (`journey.pause`), or all that are done to a kind of thing (`journey`). */
  action?: string | undefined
  /** The id of what it was done to. */
  target?: string | undefined
  /** From this instant on. */
  from?: Date | undefined
  /** Before this instant. */
  to?: Date | undefined
}

/** Entries, newest first. */
export function listAudit(db: Db, workspaceId: string, query: AuditFilter & PageQuery): Promise<Page<AuditEntry>> {
  const params: unknown[] = [workspaceId]
  const where = given(params, [
    ['a.actor = ?', query.actor],
    [`(a.action = ? or starts_with(a.action, ? || '.'))`, query.action],
    ['a.subject = ?', query.target],
    ['a.at >= ?::timestamptz', query.from?.toISOString()],
    ['a.at < ?::timestamptz', query.to?.toISOString()],
  ])
  return pageByNumber(
    db,
    `select a.id::text as id, a.at, a.actor, a.action, a.subject, a.detail, a.request_id as "requestId",
       coalesce((select name from app_user where id = substr(a.actor, 6) and starts_with(a.actor, 'user:')),
         (select name from api_key where id = substr(a.actor, 5) and starts_with(a.actor, 'key:'))) as "actorName"
     from audit_log a where a.workspace_id = $1${where}`,
    params,
    'a.id',
    query,
  )
}
