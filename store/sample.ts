import type { Db } from './db.js'

/** A customer as a test run begins with it. */
export interface SampleCustomer {
  id: string
  traits: Record<string, unknown>
  audiences: string[]
}

/** The customer whom an id means, if there is one. */
export function sampleCustomer(db: Db, workspaceId: string, id: string): Promise<SampleCustomer | undefined> {
  return db.one<SampleCustomer>(
    `select id, traits, coalesce((select array_agg(audience_id) from audience_member where workspace_id = $1 and customer_id = c.id), '{}') as audiences
     from customer c where workspace_id = $1 and id = tw_canonical($1, $2)`,
    [workspaceId, id],
  )
}

/** An event that the customer performed; ms. */
export interface PastEvent {
  at: number
  event: string
  properties: Record<string, unknown>
}

/** The newest events of these names that a customer performed before an instant, oldest first. */
export async function pastEvents(
  db: Db,
  query: { workspaceId: string; customerId: string; names: readonly string[]; before: Date; limit: number },
): Promise<PastEvent[]> {
  if (query.names.length === 0) return []
  const rows = await db.query<PastEvent>(
    `select floor(extract(epoch from received_at) * 1000)::float8 as at, event, properties from event
     where workspace_id = $1 and customer_id = $2 and event = any($3::text[]) and received_at < $4::timestamptz order by received_at desc limit $5::int`,
    [query.workspaceId, query.customerId, [...query.names], query.before, query.limit],
  )
  return rows.reverse()
}
