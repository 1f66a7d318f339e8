import type { FeedbackCall, FeedbackRequest } from '../../destinations/feedback.js'
import { newId } from '../../model/ids.js'
import type { Db } from '../../store/db.js'
import { DEFAULT_WORKSPACE } from '../../store/workspaces.js'

/** A request of a vendor, for the functions that read it. */
export const asked = <C = unknown, S = unknown>(
  request: Partial<FeedbackRequest> & { body: Buffer },
  of: { config?: C; secrets?: S; now?: number } = {},
): FeedbackCall<C, S> => ({
  request: { url: 'https://tilework.example/feedback/dst_1', headers: {}, ...request },
  config: of.config ?? ({} as C),
  secrets: of.secrets ?? ({} as S),
  now: of.now ?? Date.now(),
  signal: new AbortController().signal,
  outboundAllow: ['127.0.0.0/8'],
})

/** A delivery that was sent, without the member that it belongs to; answers its key. */
export async function sentDelivery(
  db: Db,
  of: { destinationId: string; customerId?: string; vendorId?: string; to?: string; workspaceId?: string },
): Promise<string> {
  const member = newId('mem')
  const key = `${member}:hello:1`
  await db.query(
    `insert into delivery (key, member_id, tile_id, visit, workspace_id, journey_id, customer_id, destination_id, action, state, vendor_id)
     values ($1, $2, 'hello', 1, $3, 'jrn_1', $4, $5, 'send_email', 'sent', $6)`,
    [key, member, of.workspaceId ?? DEFAULT_WORKSPACE, of.customerId ?? 'ada', of.destinationId, of.vendorId ?? null],
  )
  if (of.to !== undefined)
    await db.query('insert into delivery_content (key, fields) values ($1, $2::json)', [key, JSON.stringify({ to: of.to, subject: 'Hi' })])
  return key
}

/** The customers' events that were kept, in order. */
export const keptEvents = (
  db: Db,
): Promise<{ customerId: string; event: string; messageId: string; timestamp: Date; properties: Record<string, unknown> }[]> =>
  db.query(
    `select customer_id as "customerId", event, message_id as "messageId", timestamp, properties from event where type = 'track' order by id`,
  )
