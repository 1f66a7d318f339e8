import { TileworkError } from '../model/errors.js'
import type { Db } from './db.js'

/** A profile, as the API shows it. */
export interface Customer {
  id: string
  traits: Record<string, unknown>
  createdAt: Date
  updatedAt: Date
  audiences: string[]
}

/** Most that the traits of one customer may take, in bytes of JSON. */
export const MAX_TRAITS_BYTES = 262_144

/** @throws TileworkError not_found */
export async function getCustomer(db: Db, workspaceId: string, id: string): Promise<Customer> {
  const row = await db.one<Customer>(
    `select id, traits, created_at as "createdAt", updated_at as "updatedAt",
       coalesce((select array_agg(audience_id order by audience_id) from audience_member where workspace_id = $1 and customer_id = $2), '{}') as audiences
     from customer where workspace_id = $1 and id = $2`,
    [workspaceId, id],
  )
  if (!row) throw new TileworkError('not_found', `There is no customer '${id}'.`)
  return row
}

/**
 * Merges traits into a profile in one statement; null removes a trait; the profile is made when it is missing.
 * @returns the names of the traits that changed, of the top level
 * @throws TileworkError too_large when the traits would take more than 256 KB
 */
export async function mergeTraits(db: Db, workspaceId: string, id: string, traits: Record<string, unknown>): Promise<string[]> {
  const text = JSON.stringify(traits)
  if (Buffer.byteLength(text) > MAX_TRAITS_BYTES) throw tooLarge()
  return db.tx(async (tx) => {
    const row = await tx.one<{ changed: string[]; bytes: number }>(MERGE, [workspaceId, id, text])
    if (row!.bytes > MAX_TRAITS_BYTES) throw tooLarge()
    return row!.changed
  })
}

/** The join makes it read and lock what was before it writes: after that, the row is not to be seen as it was. */
const MERGE = `with before as (select traits from customer where workspace_id = $1 and id = $2 for update),
     merged as (
       insert into customer as c (workspace_id, id, traits)
         select $1, $2, (select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each($3::jsonb) where jsonb_typeof(value) <> 'null')
         from (select 1) one left join before on true
       on conflict (workspace_id, id) do update set
         traits = (select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(c.traits || $3::jsonb) where jsonb_typeof($3::jsonb -> key) is distinct from 'null'),
         updated_at = clock_timestamp()
       returning traits)
     select array(select name from jsonb_object_keys($3::jsonb) name where ((select traits from before) -> name) is distinct from traits -> name) as changed,
       octet_length(traits::text) as bytes from merged`

const tooLarge = (): TileworkError => new TileworkError('too_large', `The traits of a customer take at most ${MAX_TRAITS_BYTES / 1024} KB.`)
