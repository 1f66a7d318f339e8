import type { Db } from './db.js'

/** A definition that every customer has to be judged by. */
export interface Build {
  workspaceId: string
  audienceId: string
  /** Number of the definition: when another one comes, this is over. */
  generation: number
}

/**
 * Where a build is, locked until the transaction ends: two workers with one page do it one after another. undefined: it is over, or another
 * definition has come. The caller holds the definitions.
 */
export async function buildAt(tx: Db, { workspaceId, audienceId, generation }: Build): Promise<{ after: string } | undefined> {
  return tx.one<{ after: string }>(
    `select build_after as after from audience
     where workspace_id = $1 and id = $2 and generation = $3::int and built < generation for no key update`,
    [workspaceId, audienceId, generation],
  )
}

/** Notes that a page was judged, in its transaction. The first one tells how many customers there are. */
export async function noteBuilt(
  tx: Db,
  { workspaceId, audienceId }: Build,
  page: { found: number; after: string | null },
  last: boolean,
): Promise<void> {
  await tx.query(
    `update audience set build_done = build_done + $3::int, build_after = coalesce($4, build_after),
       build_total = case when build_after = '' then (select count(*) from customer where workspace_id = $1) else build_total end,
       built = case when $5 then generation else built end
     where workspace_id = $1 and id = $2`,
    [workspaceId, audienceId, page.found, page.after, last],
  )
}

/** Builds that have not ended, of all workspaces. */
export function unfinishedBuilds(db: Db, limit: number): Promise<Build[]> {
  return db.query<Build>(
    `select workspace_id as "workspaceId", id as "audienceId", generation from audience where built < generation order by id limit $1::int`,
    [limit],
  )
}
