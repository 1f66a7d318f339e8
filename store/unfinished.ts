import type { Db } from './db.js'

/** Most that one look finds; the next look finds the rest. */
export const LIMIT = 500

/** Jobs that enter customers and have not gone through all of them, oldest first, of all workspaces. */
export const unfinishedEnrolments = (db: Db): Promise<string[]> => running(db, `kind = 'enrol' and not walked`)

/** Jobs of an operator's command to many members that have not ended, oldest first, of all workspaces. */
export const unfinishedOperations = (db: Db): Promise<string[]> => running(db, `kind = 'operate'`)

/** Jobs that merge an uploaded file and have not ended, oldest first, of all workspaces. */
export const unfinishedImports = (db: Db): Promise<string[]> => running(db, `kind = 'import'`)

async function running(db: Db, which: string): Promise<string[]> {
  const rows = await db.query<{ id: string }>(`select id from job where status = 'running' and ${which} order by id limit $1::int`, [LIMIT])
  return rows.map(({ id }) => id)
}

/**
 * Orchestrations that are not paused and have held members or queued entries: somebody has to wake these and let those in. Not those that
 * changed just now: whoever resumed one is starting the workflow, with the rate that was asked for. Nor those whose members are being taken out.
 */
export function unfinishedResumes(db: Db): Promise<{ workspaceId: string; journeyId: string; pause: number }[]> {
  return db.query(
    `select j.workspace_id as "workspaceId", j.id as "journeyId", j.pause_number as pause from journey j
     where j.status in ('active', 'completed') and j.pause_number > 0 and j.updated_at < clock_timestamp() - interval '10 seconds'
       and (exists (select 1 from member m where m.journey_id = j.id and m.status = 'held')
         or exists (select 1 from queued_entry q where q.journey_id = j.id))
       and not exists (select 1 from job o where o.id = j.exit_job and o.status = 'running') order by j.id limit $1::int`,
    [LIMIT],
  )
}
