import type { Db } from './db.js'
import { noteChanges } from './events.js'

/**
 * Notes changes of those who have a member that has not left. To be called after the change is committed: who begins to wait before that is
 * seen here, and who does later reads the change.
 */
export async function noteReacting(tx: Db, workspaceId: string, changed: readonly string[]): Promise<void> {
  const rows = await tx.query<{ id: string }>(
    `select given.id from unnest($2::text[]) given (id)
     where exists (select from member m where m.workspace_id = $1 and m.customer_id = given.id and m.status <> 'exited')`,
    [workspaceId, changed],
  )
  await noteChanges(
    tx,
    workspaceId,
    rows.map(({ id }) => ({ customerId: id })),
  )
}

/** A profile, as exports show it. */
export interface ExportedCustomer {
  id: string
  traits: Record<string, unknown>
  createdAt: Date
  updatedAt: Date
}

/** Profiles that are read at a time. */
const PAGE = 1_000

/**
 * All profiles, or those of an audience, page by page in the order of their ids. Not as of one instant: each page is as of when it is read.
 */
export async function* exportCustomers(db: Db, workspaceId: string, audienceId?: string): AsyncGenerator<ExportedCustomer[]> {
  let after = ''
  for (;;) {
    const page = await db.query<ExportedCustomer>(
      `select c.id, c.traits, c.created_at as "createdAt", c.updated_at as "updatedAt" from customer c
       where c.workspace_id = $1 and c.id > $2 and ($3::text is null or exists (
         select from audience_member a where a.audience_id = $3 and a.customer_id = c.id and a.workspace_id = $1))
       order by c.id limit $4::int`,
      [workspaceId, after, audienceId ?? null, PAGE],
    )
    if (page.length > 0) yield page
    if (page.length < PAGE) return
    after = page.at(-1)!.id
  }
}

/** Names of the traits that these customers have, at most `limit` of them, by name. */
export async function traitNames(db: Db, workspaceId: string, audienceId: string | undefined, limit: number): Promise<string[]> {
  const rows = await db.query<{ name: string }>(
    `select distinct name from customer c, jsonb_object_keys(c.traits) name
     where c.workspace_id = $1 and ($2::text is null or exists (
       select from audience_member a where a.audience_id = $2 and a.customer_id = c.id and a.workspace_id = $1))
     order by name limit $3::int`,
    [workspaceId, audienceId ?? null, limit],
  )
  return rows.map(({ name }) => name)
}
