import { TileworkError } from '../model/errors.js'
import { newId } from '../model/ids.js'
import type { Db } from './db.js'
import { noteChanges } from './events.js'
import { refuseIfInUse } from './in-use.js'
import { pageBy, type Page, type PageQuery } from './page.js'

/** A set of customers; in this release a list. */
export interface Audience {
  id: string
  name: string
  kind: 'list'
  size: number
  revision: number
  createdAt: Date
  updatedAt: Date
}

const COLUMNS = `a.id, a.name, a.kind, a.revision, a.created_at as "createdAt", a.updated_at as "updatedAt",
  (select count(*)::int from audience_member m where m.audience_id = a.id) as size`

export async function createAudience(db: Db, workspaceId: string, name: string): Promise<Audience> {
  const id = newId('aud')
  await db.query('insert into audience (id, workspace_id, name) values ($1, $2, $3)', [id, workspaceId, name])
  return getAudience(db, workspaceId, id)
}

/** @throws TileworkError not_found */
export async function getAudience(db: Db, workspaceId: string, id: string): Promise<Audience> {
  return (
    (await db.one<Audience>(`select ${COLUMNS} from audience a where a.workspace_id = $1 and a.id = $2`, [workspaceId, id])) ?? unknown(id)
  )
}

export const listAudiences = (db: Db, workspaceId: string, query: PageQuery): Promise<Page<Audience>> =>
  pageBy(db, `select ${COLUMNS} from audience a where a.workspace_id = $1`, [workspaceId], 'a.id', query)

/** @throws TileworkError not_found */
export async function renameAudience(db: Db, workspaceId: string, id: string, name: string): Promise<Audience> {
  await db.query('update audience set name = $3, revision = revision + 1, updated_at = now() where workspace_id = $1 and id = $2', [
    workspaceId,
    id,
    name,
  ])
  return getAudience(db, workspaceId, id)
}

/** @throws TileworkError not_found; conflict when a live orchestration names it */
export async function deleteAudience(db: Db, workspaceId: string, id: string): Promise<void> {
  await refuseIfInUse(db, workspaceId, 'audience', id)
  const rows = await db.query(
    `with gone as (delete from audience where workspace_id = $1 and id = $2 returning id),
     members as (delete from audience_member where audience_id in (select id from gone))
     select id from gone`,
    [workspaceId, id],
  )
  if (rows.length === 0) unknown(id)
}

/** Who is added to a list, and who is taken out of it. */
export interface MembershipChange {
  add: readonly string[]
  remove: readonly string[]
}

/**
 * Adds and removes customers, and notes each change in the same transaction, for the router: customers who join enter what the audience triggers,
 * conditions on it are judged again. Profiles that are missing are made. Who is named in both is taken out. One change of a list at a time.
 * @returns who is changed
 * @throws TileworkError not_found
 */
export async function changeMembers(db: Db, workspaceId: string, id: string, { add, remove }: MembershipChange): Promise<string[]> {
  const gone = new Set(remove)
  // In one order everywhere: two calls that make the same profiles do not wait for each other in a circle.
  const joining = [...new Set(add)].filter((each) => !gone.has(each)).sort()
  return db.tx(async (tx) => {
    await tx.query(`select pg_advisory_xact_lock(hashtextextended('audience:' || $1, 0))::text as locked`, [id])
    await getAudience(tx, workspaceId, id)
    const rows = await tx.query<{ id: string; number: string | null }>(
      `with made as (insert into customer (workspace_id, id) select $1, unnest($3::text[]) on conflict do nothing),
       added as (insert into audience_member (workspace_id, audience_id, customer_id) select $1, $2, unnest($3::text[]) on conflict do nothing
         returning customer_id, number),
       removed as (delete from audience_member where workspace_id = $1 and audience_id = $2 and customer_id = any($4::text[]) returning customer_id)
       select customer_id as id, number::text as number from added union all select customer_id, null from removed`,
      [workspaceId, id, joining, [...gone]],
    )
    await noteChanges(
      tx,
      workspaceId,
      rows.map(({ id: customerId, number }) => ({
        customerId,
        ...(number === null ? { left: { audienceId: id } } : { joined: { audienceId: id, number } }),
      })),
    )
    return rows.map((row) => row.id)
  })
}

/** Ids of all audiences: what validation looks up. */
export async function audienceIds(db: Db, workspaceId: string): Promise<Set<string>> {
  const rows = await db.query<{ id: string }>('select id from audience where workspace_id = $1', [workspaceId])
  return new Set(rows.map(({ id }) => id))
}

function unknown(id: string): never {
  throw new TileworkError('not_found', `There is no audience ${id}.`)
}
