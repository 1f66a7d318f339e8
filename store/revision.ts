import { TileworkError } from '../model/errors.js'
import type { Db } from './db.js'

/** What changes by revisions, as the database has it. */
interface Revised {
  revision: number
}

const stale = (what: string, { revision }: Revised): TileworkError =>
  new TileworkError('stale', `This ${what} has been changed since you read it; read it again.`, [], { revision })

/**
 * @param what `topic`, as people say
 * @param found what is there, locked
 * @throws TileworkError stale when it is another revision than the one asked for, if one is
 */
export function requireRevision(what: string, found: Revised, revision: number | undefined): void {
  if (revision !== undefined && revision !== found.revision) throw stale(what, found)
}

/** A table of what changes by revisions, what people call one, and how one is read; `read` fails with not_found. */
export interface Kind {
  table: 'audience' | 'destination' | 'frequency_cap' | 'template' | 'topic'
  what: string
  read(db: Db, workspaceId: string, id: string): Promise<Revised>
}

/** The row that a change of one revision wrote. @throws TileworkError not_found or stale, when it wrote none */
export async function written<R>(db: Db, { what, read }: Kind, workspaceId: string, id: string, row: R | undefined): Promise<R> {
  if (row !== undefined) return row
  throw stale(what, await read(db, workspaceId, id))
}

/** Deletes one; when a revision is given, only that. @throws TileworkError not_found; stale */
export async function deleteRow(db: Db, kind: Kind, workspaceId: string, id: string, revision?: number): Promise<void> {
  const row = await db.one(
    `delete from ${kind.table} where workspace_id = $1 and id = $2 and ($3::int is null or revision = $3::int) returning id`,
    [workspaceId, id, revision ?? null],
  )
  await written(db, kind, workspaceId, id, row)
}
