import { MAX_TRAITS_BYTES } from './customers.js'
import type { Db } from './db.js'
import { noteChanges } from './events.js'

/** Traits to merge into the profile of a customer; null removes one. */
export interface MergeRow {
  customerId: string
  traits: Record<string, unknown>
}

/** What became of some rows. */
export interface Merged {
  /** Customers whose profiles are others now, with the traits that were given. */
  changed: { customerId: string; traits: string[] }[]
  /** Customers whose traits would take more than 256 KB: as they were. */
  tooLarge: string[]
}

interface Outcome {
  id: string
  outcome: 'changed' | 'same' | 'large' | 'raced'
}

/**
 * Merges traits into many profiles in one statement, as `mergeTraits` does with one; profiles are made when they are missing. Rows of one customer
 * are merged in their order. Locks profiles in the order of their ids, so that two at once do not wait for each other in a circle.
 * @param rows a thousand or so
 */
export async function mergeMany(tx: Db, workspaceId: string, rows: readonly MergeRow[]): Promise<Merged> {
  const given = new Map<string, Record<string, unknown>>()
  for (const { customerId, traits } of rows) given.set(customerId, { ...given.get(customerId), ...traits })
  const merged: Merged = { changed: [], tooLarge: [] }
  // A profile that was made by another between the look and the write is there at the next.
  for (let left = [...given.keys()]; left.length > 0;) {
    const outcomes = await tx.query<Outcome>(MERGE, [workspaceId, JSON.stringify(left.map((id) => described(id, given.get(id)!)))])
    for (const { id, outcome } of outcomes) {
      if (outcome === 'changed') merged.changed.push({ customerId: id, traits: Object.keys(given.get(id)!) })
      if (outcome === 'large') merged.tooLarge.push(id)
    }
    left = outcomes.filter(({ outcome }) => outcome === 'raced').map(({ id }) => id)
  }
  return merged
}

function described(id: string, given: Record<string, unknown>): { id: string; traits: Record<string, unknown>; removed: string[] } {
  const entries = Object.entries(given)
  return {
    id,
    traits: Object.fromEntries(entries.filter(([, value]) => value !== null)),
    removed: entries.filter(([, value]) => value === null).map(([name]) => name),
  }
}

const MERGE = `
  with given as (select * from jsonb_to_recordset($2::jsonb) as g (id text, traits jsonb, removed text[])),
  before as (
    select c.id, c.traits from customer c where c.workspace_id = $1 and c.id in (select id from given) order by c.id for update),
  wanted as (
    select g.id, b.traits as old, (coalesce(b.traits, '{}') || g.traits) - g.removed as traits from given g left join before b on b.id = g.id),
  fitting as (
    select w.*, octet_length(w.traits::text) <= ${MAX_TRAITS_BYTES} as fits from wanted w),
  made as (
    insert into customer (workspace_id, id, traits) select $1, id, traits from fitting where old is null and fits order by id
    on conflict do nothing returning id),
  kept as (
    update customer c set traits = f.traits, updated_at = clock_timestamp() from fitting f
    where c.workspace_id = $1 and c.id = f.id and f.fits and f.old <> f.traits returning c.id)
  select f.id, case when not f.fits then 'large' when f.old = f.traits then 'same'
    when f.old is not null or m.id is not null then 'changed' else 'raced' end as outcome
  from fitting f left join made m on m.id = f.id`

/**
 * Notes changes of those who have something that reacts: a member that has not left, or an audience by condition. To be called after the change
 * is committed: who begins to wait before that is seen here, and who does later reads the change.
 */
export async function noteReacting(tx: Db, workspaceId: string, changed: Merged['changed']): Promise<void> {
  const rows = await tx.query<{ id: string }>(
    `select given.id from unnest($2::text[]) given (id)
     where exists (select from audience where workspace_id = $1 and kind = 'condition')
       or exists (select from member m where m.workspace_id = $1 and m.customer_id = given.id and m.status <> 'exited')`,
    [workspaceId, changed.map(({ customerId }) => customerId)],
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
