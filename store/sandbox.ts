import { newId } from '../model/ids.js'
import type { Db } from './db.js'
import { pageBy, type Page, type PageQuery } from './page.js'

/** A message in the sandbox's inbox. */
export interface InboxMessage {
  id: string
  at: Date
  customerId: string
  action: string
  fields: Record<string, string>
  memberId: string
  tileId: string
}

/** A message to keep. */
export type NewMessage = Omit<InboxMessage, 'id' | 'at'> & { workspaceId: string; key: string }

/** Keeps a message once per key; answers the id of the one that is kept. */
export async function putMessage(db: Db, message: NewMessage): Promise<string> {
  const [row] = await db.hot<{ id: string }>(
    `with put as (
       insert into sandbox_message (id, workspace_id, key, customer_id, action, fields, member_id, tile_id)
       values ($1, $2, $3, $4, $5, $6::jsonb, $7, $8) on conflict (key) do nothing returning id)
     select id from put union all select id from sandbox_message where key = $3 limit 1`,
    [
      newId('msg'),
      message.workspaceId,
      message.key,
      message.customerId,
      message.action,
      JSON.stringify(message.fields),
      message.memberId,
      message.tileId,
    ],
  )
  return row!.id
}

/** Messages, newest first. */
export function listMessages(
  db: Db,
  workspaceId: string,
  query: PageQuery & { customerId?: string | undefined },
): Promise<Page<InboxMessage>> {
  return pageBy(
    db,
    `select id, at, customer_id as "customerId", action, fields, member_id as "memberId", tile_id as "tileId"
     from sandbox_message where workspace_id = $1 and ($2::text is null or customer_id = tw_canonical($1, $2))`,
    [workspaceId, query.customerId ?? null],
    'id',
    query,
  )
}
