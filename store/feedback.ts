import type { Db } from './db.js'

/** By what a vendor says which message it speaks of. */
export interface Clue {
  /** The key of the delivery. */
  key?: string | undefined
  /** The vendor's id of the message. */
  vendorId?: string | undefined
  /** Whom it is about: what is known of a message that the customer wrote. */
  address?: string | undefined
}

/** The delivery that a vendor speaks of. */
export interface Spoken {
  key: string
  memberId: string
  journeyId: string
  tileId: string
  customerId: string
  /** The vendor's id of the message. */
  vendorId: string | null
  /** Whom it was sent to, as long as that is kept. */
  to: string | null
}

/**
 * The deliveries of a destination that a vendor speaks of, each in the place of its clue, in one round trip; undefined where there is none. By the key,
 * else by the vendor's id; of a message from a phone number that has neither, it is the newest to that number.
 */
export async function spokenOf(db: Db, destinationId: string, clues: readonly Clue[]): Promise<(Spoken | undefined)[]> {
  if (clues.length === 0) return []
  const given = clues.map(({ key, vendorId, address }, position) => ({
    position,
    key,
    vendorId,
    phone: key === undefined && vendorId === undefined ? address : undefined,
  }))
  const rows = await db.hot<Spoken & { position: number }>(SPOKEN, [destinationId, JSON.stringify(given)])
  const found = new Map(rows.map(({ position, ...spoken }) => [position, spoken]))
  return clues.map((_, position) => found.get(position))
}

const SPOKEN = `
  select g.position, d.key, d.member_id as "memberId", d.journey_id as "journeyId", d.tile_id as "tileId", d.customer_id as "customerId",
    d.vendor_id as "vendorId", c.fields ->> 'to' as "to"
  from jsonb_to_recordset($2::jsonb) as g (position int, key text, "vendorId" text, phone text),
    lateral (select coalesce(
      (select e.key from delivery e where e.key = g.key and e.destination_id = $1),
      (select e.key from delivery e where e.destination_id = $1 and e.vendor_id = g."vendorId" limit 1),
      (select e.key from delivery_content o join delivery e on e.key = o.key
       where o.fields ->> 'to' = g.phone and o.fields ->> 'to' like '+%' and e.destination_id = $1 order by o.at desc limit 1)) as key) f
    join delivery d on d.key = f.key
    left join delivery_content c on c.key = d.key`

/** Who sent a delivery; undefined when there is none of this key. */
export async function tellerOf(db: Db, key: string): Promise<{ workspaceId: string; destinationId: string } | undefined> {
  const [row] = await db.hot<{ workspaceId: string; destinationId: string }>(
    `select workspace_id as "workspaceId", destination_id as "destinationId" from delivery where key = $1 and destination_id is not null`,
    [key],
  )
  return row
}
