import type { Db } from './db.js'

const NAME = 'members'

/**
 * Claims the next look at workflows that ended from outside, so that of many processes one does it.
 * @param everyMs a look that began less than this ago is enough
 * @returns the watermark (absent before the first look ended), or undefined when it is not this process's turn
 */
export async function claimLook(db: Db, everyMs: number): Promise<{ watermark?: Date; now: Date } | undefined> {
  const row = await db.one<{ watermark: Date | null; now: Date }>(
    `insert into reconciliation as r (name, claimed_at) values ($1, clock_timestamp())
     on conflict (name) do update set claimed_at = clock_timestamp()
       where r.claimed_at < clock_timestamp() - $2::float8 * interval '1 millisecond'
     returning watermark, claimed_at as now`,
    [NAME, everyMs],
  )
  return row && { now: row.now, ...(row.watermark && { watermark: row.watermark }) }
}

/** Everything that closed before this instant has been looked at. */
export async function finishLook(db: Db, watermark: Date): Promise<void> {
  await db.query('update reconciliation set watermark = greatest(watermark, $2::timestamptz) where name = $1', [NAME, watermark])
}

/** A member that the projection takes for running. */
export interface Suspect {
  memberId: string
  journeyId: string
  version: number
  tileId: string
  /** Of one that a sub-orchestration tile entered. */
  parentMemberId: string | null
}

/** Longest that an attempt that was under way when the workflow ended may still tell how it ended. */
const ATTEMPT_PATIENCE = '1 minute'

/** Those of the members who have not exited, but for ones with an attempt under way: the next look finds these. */
export function suspects(db: Db, ids: readonly string[]): Promise<Suspect[]> {
  return db.query<Suspect>(
    `select id as "memberId", journey_id as "journeyId", version, tile_id as "tileId", parent_member_id as "parentMemberId" from member m
     where id = any($1::text[]) and status <> 'exited' and not exists (
       select from delivery d where d.member_id = m.id and d.state = 'sending' and d.updated_at > clock_timestamp() - $2::interval)`,
    [ids, ATTEMPT_PATIENCE],
  )
}

/** The children that a member entered at a tile and that have not exited; found by the customer, for whom there is an index. */
export async function childrenAt(db: Db, { memberId, tileId }: Suspect): Promise<string[]> {
  const rows = await db.query<{ id: string }>(
    `select c.id from member c join member p on p.id = c.parent_member_id
     where c.parent_member_id = $1 and c.parent_tile_id = $2 and c.status <> 'exited' and c.workspace_id = p.workspace_id
       and c.customer_id = p.customer_id`,
    [memberId, tileId],
  )
  return rows.map(({ id }) => id)
}
