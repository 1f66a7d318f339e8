import type { Db } from './db.js'

/** A claim that an id means a customer. */
export interface Claim {
  workspaceId: string
  /** The id; its customer becomes the other one. */
  from: string
  /** The customer whom it means from now on. */
  into: string
  /** `identify`: it is an anonymousId, so that only a visitor is merged. `alias`: whoever it means is. */
  by: 'identify' | 'alias'
  /** Event.id of what claims it. */
  eventId: string
}

/** What became of a claim. */
export type Claimed =
  | { did: 'nothing' }
  /** The id belonged to another customer, who stays; it belongs to this one from now on. */
  | { did: 'moved' }
  /** The same event merged them before. */
  | { did: 'again'; into: string }
  /** `waiting`: how many events of `from` are not routed yet. `refused`: the limit for which the traits of `from` were left out. */
  | { did: 'merged'; from: string; into: string; waiting: number; refused: 'traits' | 'bytes' | null }

/**
 * Makes two customers one, in one transaction: profile, events, memberships of lists, members, entries in queues. From then on every statement takes
 * the id for the other customer. The caller holds the partitions of both, and reacts to what the customer has become. A repeat is harmless.
 */
export async function mergeCustomers(db: Db, { workspaceId, from, into, by, eventId }: Claim): Promise<Claimed> {
  const [row] = await db.hot<{ claimed: Claimed }>('select tw_merge_customers($1, $2, $3, $4, $5::bigint) as claimed', [
    workspaceId,
    from,
    into,
    by,
    eventId,
  ])
  return row!.claimed
}

/** The partition of the customer whom an id means. */
export async function partitionOf(db: Db, workspaceId: string, id: string): Promise<number> {
  const [row] = await db.hot<{ partition: number }>('select tw_partition(tw_canonical($1, $2)) as partition', [workspaceId, id])
  return row!.partition
}

/** The customers whom ids mean, each once, in one order everywhere: two calls that write them do not wait for each other in a circle. */
export async function canonical(db: Db, workspaceId: string, ids: readonly string[]): Promise<string[]> {
  const rows = await db.query<{ id: string }>('select distinct tw_canonical($1, id) as id from unnest($2::text[]) id', [workspaceId, ids])
  return rows.map(({ id }) => id).sort()
}

/** Two members of one orchestration who met by a merge. */
export interface Displaced {
  memberId: string
  /** The one who entered first, and goes on. */
  by: string
}

/** Members of a customer who have to leave for another one, and have not left. */
export function displaced(db: Db, workspaceId: string, customerId: string): Promise<Displaced[]> {
  return db.hot<Displaced>(
    `select m.id as "memberId", i.detail ->> 'memberId' as by from member m join incident i on i.member_id = m.id and i.dedupe = 'displaced'
     where m.workspace_id = $1 and m.customer_id = tw_canonical($1, $2) and m.status <> 'exited'`,
    [workspaceId, customerId],
  )
}
