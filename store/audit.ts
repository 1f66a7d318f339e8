import type { Db } from './db.js'
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

/** Entries, newest first. */
export function listAudit(db: Db, workspaceId: string, query: PageQuery): Promise<Page<AuditEntry>> {
  return pageByNumber(
    db,
    `select a.id::text as id, at, actor, action, subject, detail, request_id as "requestId" from audit_log a where workspace_id = $1`,
    [workspaceId],
    'a.id',
    query,
  )
}
