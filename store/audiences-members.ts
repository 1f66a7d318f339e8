import { TileworkError } from '../model/errors.js'
import { canonical } from './identity.js'
import { getAudience } from './audiences.js'
import { holdDefinitions } from './audiences-index.js'
import type { Db } from './db.js'
import { noteChanges, type Change } from './events.js'

/** Who is added to a list, and who is taken out of it. */
export interface MembershipChange {
  add: readonly string[]
  remove: readonly string[]
}

/** One customer who joined an audience (then with the number of the membership) or left it. */
export interface Moved {
  customerId: string
  audienceId: string
  number: string | null
}

/**
 * Adds and removes customers, and notes each change in the same transaction, for the router: customers who join enter what the audience triggers,
 * conditions on it are judged again. Profiles that are missing are made. Who is named in both is taken out. One change of a list at a time.
 * @returns who is changed
 * @throws TileworkError not_found; wrong_state of an audience by condition
 */
export function changeMembers(db: Db, workspaceId: string, id: string, { add, remove }: MembershipChange): Promise<string[]> {
  return changeList(db, workspaceId, id, async (tx) => {
    const { joining, gone } = await named(tx, workspaceId, add, remove)
    const moved = await tx.query<Moved>(
      `with made as (insert into customer (workspace_id, id) select $1, unnest($3::text[]) on conflict do nothing),
       added as (insert into audience_member (workspace_id, audience_id, customer_id) select $1, $2, unnest($3::text[]) on conflict do nothing
         returning customer_id, number),
       removed as (delete from audience_member where workspace_id = $1 and audience_id = $2 and customer_id = any($4::text[]) returning customer_id)
       select customer_id as "customerId", $2 as "audienceId", number::text as number from added union all select customer_id, $2, null from removed`,
      [workspaceId, id, joining, gone],
    )
    await noteChanges(tx, workspaceId, moved.map(changeOf))
    return moved.map(({ customerId }) => customerId)
  })
}

/** The customers whom ids mean, until the end of the transaction. Who is named in both is taken out. */
export async function named(
  tx: Db,
  workspaceId: string,
  add: readonly string[],
  remove: readonly string[],
): Promise<{ joining: string[]; gone: string[] }> {
  await tx.query('select tw_all_customers()::text as locked')
  const joining = await canonical(tx, workspaceId, add)
  const gone = new Set(await canonical(tx, workspaceId, remove))
  return { joining: joining.filter((each) => !gone.has(each)), gone: [...gone] }
}

/**
 * Changes the members of a list, one change at a time, and none while it is deleted.
 * @throws TileworkError not_found; wrong_state of an audience by condition
 */
export function changeList<T>(db: Db, workspaceId: string, id: string, work: (tx: Db) => Promise<T>): Promise<T> {
  return db.tx(async (tx) => {
    await holdDefinitions(tx, workspaceId)
    await tx.query(`select pg_advisory_xact_lock(hashtextextended('audience:' || $1, 0))::text as locked`, [id])
    const { kind } = await getAudience(tx, workspaceId, id)
    if (kind === 'list') return work(tx)
    throw new TileworkError('wrong_state', 'Who is in this audience is told by its condition; nobody can be added or removed by hand.')
  })
}

/** What the router is told of somebody who joined or left. */
export const changeOf = ({ customerId, audienceId, number }: Moved): Change => ({
  customerId,
  ...(number === null ? { left: { audienceId } } : { joined: { audienceId, number } }),
})

/** What a customer was judged by some audiences to be. */
export interface Verdict {
  customerId: string
  audienceId: string
  /** Joins (true) or leaves (false); absent: is as before. */
  inside?: boolean
  /** When time alone may change it, ms; null: never. Absent: as before. */
  due?: number | null
}

/**
 * Writes what changed, and notes each join and leave for the router in the same transaction. The caller has locked the customers and holds the
 * definitions.
 * @param tell false: nobody has to hear of it
 */
export async function writeVerdicts(tx: Db, workspaceId: string, verdicts: readonly Verdict[], tell = true): Promise<void> {
  if (verdicts.length === 0) return
  // To SQL, a null of JSON is as good as nothing.
  const rows = verdicts.map(({ due, ...verdict }) => ({ ...verdict, ...(due === null ? { rests: true } : { due }) }))
  const moved = await tx.query<Moved>(WRITE, [workspaceId, JSON.stringify(rows)])
  if (tell) await noteChanges(tx, workspaceId, moved.map(changeOf))
}

const WRITE = `
  with verdict as (select * from jsonb_to_recordset($2::jsonb) as v ("customerId" text, "audienceId" text, inside boolean, due float8, rests boolean)),
  joined as (
    insert into audience_member (workspace_id, audience_id, customer_id) select $1, "audienceId", "customerId" from verdict where inside
    on conflict do nothing returning customer_id, audience_id, number),
  gone as (
    delete from audience_member m using verdict v where not v.inside and m.audience_id = v."audienceId" and m.customer_id = v."customerId"
    returning m.customer_id, m.audience_id),
  waits as (
    insert into audience_due (workspace_id, audience_id, customer_id, due_at)
    select $1, "audienceId", "customerId", to_timestamp(due / 1000) from verdict where due is not null
    on conflict (audience_id, customer_id) do update set due_at = excluded.due_at),
  rests as (
    delete from audience_due d using verdict v
    where v.rests and d.audience_id = v."audienceId" and d.customer_id = v."customerId")
  select customer_id as "customerId", audience_id as "audienceId", number::text as number from joined
  union all select customer_id, audience_id, null from gone`

/** How many rows the size of an audience may have before they are made one. */
const SIZE_ROWS = 50

/** Makes the rows of which the sizes of audiences are the sums few. Of two at once, one has nothing to do. */
export async function rollUpSizes(db: Db): Promise<void> {
  await db.query(
    `with many as (select audience_id from audience_size group by audience_id having count(*) > ${SIZE_ROWS}),
     gone as (delete from audience_size s using many where s.audience_id = many.audience_id returning s.audience_id, s.n)
     insert into audience_size (audience_id, n) select audience_id, sum(n) from gone group by audience_id`,
  )
}
