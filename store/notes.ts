import type { Note } from '../model/notes.js'
import type { Db } from './db.js'
import { lockJourney } from './drafts.js'
import { unknown } from './journeys.js'
import { requireRevision } from './revision.js'

/** The notes of an orchestration. */
export interface Notes {
  notes: readonly Note[]
  /** Grows with each change: the ETag. 0: there never was a note. */
  revision: number
}

/** @throws TileworkError not_found */
export async function getNotes(db: Db, workspaceId: string, journeyId: string): Promise<Notes> {
  const row = await db.one<Notes>(
    `select coalesce(n.notes, '[]') as notes, coalesce(n.revision, 0) as revision
     from journey j left join journey_notes n on n.journey_id = j.id where j.workspace_id = $1 and j.id = $2`,
    [workspaceId, journeyId],
  )
  return row ?? unknown(journeyId)
}

/**
 * Replaces the notes of an orchestration, in any state of it.
 * @throws TileworkError not_found; stale when `revision` is another
 */
export async function replaceNotes(
  db: Db,
  workspaceId: string,
  journeyId: string,
  notes: readonly Note[],
  revision?: number,
): Promise<Notes> {
  return db.tx(async (tx) => {
    await lockJourney(tx, workspaceId, journeyId)
    const before = await getNotes(tx, workspaceId, journeyId)
    requireRevision('orchestration', before, revision)
    await tx.query(
      `insert into journey_notes as n (journey_id, workspace_id, notes, revision) values ($1, $2, $3::jsonb, 1)
       on conflict (journey_id) do update set notes = excluded.notes, revision = n.revision + 1`,
      [journeyId, workspaceId, JSON.stringify(notes)],
    )
    return getNotes(tx, workspaceId, journeyId)
  })
}

/** Gives an orchestration that was just made the notes of another. */
export async function copyNotes(db: Db, workspaceId: string, from: string, to: string): Promise<void> {
  await db.query(
    `insert into journey_notes (journey_id, workspace_id, notes, revision)
     select $3, workspace_id, notes, 1 from journey_notes where workspace_id = $1 and journey_id = $2`,
    [workspaceId, from, to],
  )
}
