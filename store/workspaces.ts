import { TileworkError } from '../model/errors.js'
import type { Db } from './db.js'

/** The workspace that every installation begins with. */
export const DEFAULT_WORKSPACE = 'wsp_default'
/** The id of the built-in sandbox destination in each workspace's first canvas. */
export const SANDBOX_DESTINATION = 'sandbox'

/** Makes the default workspace and its sandbox destination, once. */
export async function ensureDefaultWorkspace(db: Db): Promise<void> {
  await db.query(`insert into workspace (id, name) values ($1, 'Default') on conflict do nothing`, [DEFAULT_WORKSPACE])
  await db.query(`insert into destination (id, workspace_id, name, type) values ($1, $2, 'Sandbox', 'sandbox') on conflict do nothing`, [
    SANDBOX_DESTINATION,
    DEFAULT_WORKSPACE,
  ])
}

/** A tenant. */
export interface Workspace {
  id: string
  name: string
  createdAt: Date
}

/** @throws TileworkError not_found */
export async function getWorkspace(db: Db, id: string): Promise<Workspace> {
  const row = await db.one<Workspace>('select id, name, created_at as "createdAt" from workspace where id = $1', [id])
  if (!row) throw new TileworkError('not_found', `There is no workspace ${id}.`)
  return row
}
