import { TileworkError } from '../model/errors.js'
import type { Db } from './db.js'
import { pageByNumber, type Page, type PageQuery } from './page.js'

/** A profile, as the API shows it. */
export interface Customer {
  id: string
  traits: Record<string, unknown>
  createdAt: Date
  updatedAt: Date
  audiences: string[]
}

/** Most that the traits of one customer may take, in bytes of JSON; as in tw_put_traits. */
export const MAX_TRAITS_BYTES = 262_144

/**
 * The customer whom an id means.
 * @throws TileworkError not_found
 */
export async function getCustomer(db: Db, workspaceId: string, id: string): Promise<Customer> {
  const row = await db.one<Customer>(
    `select id, traits, created_at as "createdAt", updated_at as "updatedAt",
       coalesce((select array_agg(audience_id order by audience_id) from audience_member where workspace_id = $1 and customer_id = c.id), '{}') as audiences
     from customer c where workspace_id = $1 and id = tw_canonical($1, $2)`,
    [workspaceId, id],
  )
  if (!row) throw new TileworkError('not_found', `There is no customer '${id}'.`)
  return row
}

/** What wrote traits. */
export type TraitSource =
  | { type: 'event'; eventId: string }
  | { type: 'api' }
  /** An updateProfile tile. */
  | { type: 'tile'; memberId: string; tileId: string }
  /** A customer who became this one. */
  | { type: 'import' }
  | { type: 'merge'; customerId: string }

/** A write of traits. */
export interface TraitWrite {
  /** Its instant: a trait that was written later stays as it is. Absent: now, which nothing is later than. */
  at?: Date
  source?: TraitSource
}

/** Names of traits; or which limit the profile would pass. */
type Written = { changed: string[] } | { refused: 'traits' | 'bytes' }

/**
 * Merges traits into a profile, in one statement; null removes a trait; the profile is made when it is missing. Each trait has the value of its
 * latest write, of two at one instant that of the later call. What changes is kept as history.
 * @returns the names of the traits that are others now
 * @throws TileworkError too_large when the traits would take more than 256 KB; invalid when they would be more than 10,000
 */
export async function mergeTraits(
  db: Db,
  workspaceId: string,
  id: string,
  traits: Record<string, unknown>,
  { at, source = { type: 'api' } }: TraitWrite = {},
): Promise<string[]> {
  const text = JSON.stringify(traits)
  if (Buffer.byteLength(text) > MAX_TRAITS_BYTES) throw refusedTraits('bytes')
  const [row] = await db.hot<{ written: Written }>('select tw_merge_traits($1, $2, $3::jsonb, $4::timestamptz, $5::jsonb) as written', [
    workspaceId,
    id,
    text,
    at ?? null,
    JSON.stringify(source),
  ])
  const { written } = row!
  if ('refused' in written) throw refusedTraits(written.refused)
  return written.changed
}

/** Why traits were refused. */
export function refusedTraits(limit: 'traits' | 'bytes'): TileworkError {
  if (limit === 'bytes') return new TileworkError('too_large', `The traits of a customer take at most ${MAX_TRAITS_BYTES / 1024} KB.`)
  const message = 'A customer has at most 10,000 traits, those that were removed among them.'
  return new TileworkError('invalid', message, [{ path: '/traits', code: 'too_many', message }])
}

/** A change of one trait. */
export interface TraitChange {
  /** Grows with each change. */
  id: string
  trait: string
  /** Null: the customer had none, has none any more. */
  old: unknown
  new: unknown
  /** The instant of the write: of an event its timestamp. */
  at: Date
  source: TraitSource
}

/** What changed in a profile, newest first, in the order in which it was written. */
export function traitHistory(db: Db, workspaceId: string, customerId: string, query: PageQuery): Promise<Page<TraitChange>> {
  return pageByNumber(
    db,
    'select h.id::text as id, trait, old, new, at, source from trait_change h where workspace_id = $1 and customer_id = tw_canonical($1, $2)',
    [workspaceId, customerId],
    'h.id',
    query,
  )
}
