import { TileworkError } from '../model/errors.js'
import type { LinkTags } from '../tiles/fields.js'
import type { WorkspaceQuietHours } from '../model/quiet-hours.js'
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

/**
 * The workspace of a caller.
 * @param id the one that is asked for
 * @throws TileworkError not_found for any but the own
 */
export async function getWorkspace(db: Db, workspaceId: string, id = workspaceId): Promise<Workspace> {
  const row = await db.one<Workspace>('select id, name, created_at as "createdAt" from workspace where id = $1 and id = $2', [
    id,
    workspaceId,
  ])
  if (!row) throw new TileworkError('not_found', `There is no workspace ${id}.`)
  return row
}

/** What holds for a whole workspace. */
export interface WorkspaceSettings {
  /** The workspace's. */
  name: string
  /** IANA; what a new orchestration gets that names none. Null: it gets none. */
  timezone: string | null
  /** Those of all messages, unless an orchestration or a tile says otherwise. */
  quietHours: WorkspaceQuietHours | null
  /** The trait that says a customer's language. Null: `locale`, else `language`. */
  localeTrait: string | null
  /** Parameters for the links of all emails. */
  linkTags: LinkTags | null
}

/** What of the settings messages are made by. */
export type MessageSettings = Pick<WorkspaceSettings, 'localeTrait' | 'linkTags'>

const MESSAGES = `settings ->> 'localeTrait' as "localeTrait", settings -> 'linkTags' as "linkTags"`

/** Nothing of a workspace that is gone. */
export async function getMessageSettings(db: Db, workspaceId: string): Promise<MessageSettings> {
  const row = await db.one<MessageSettings>(`select ${MESSAGES} from workspace where id = $1`, [workspaceId])
  return row ?? { localeTrait: null, linkTags: null }
}

/** @throws Error when the workspace is gone */
export async function getSettings(db: Db, workspaceId: string): Promise<WorkspaceSettings> {
  const row = await db.one<WorkspaceSettings>(
    `select name, settings ->> 'timezone' as timezone, settings -> 'quietHours' as "quietHours", ${MESSAGES} from workspace where id = $1`,
    [workspaceId],
  )
  if (!row) throw new Error(`There is no workspace ${workspaceId}.`)
  return row
}

/** What is written; what is left out stays. */
export type SettingsInput = Pick<WorkspaceSettings, 'name' | 'timezone'> & Partial<Omit<WorkspaceSettings, 'name' | 'timezone'>>

/** Replaces the settings of a workspace. */
export async function putSettings(db: Db, workspaceId: string, { name, timezone, ...more }: SettingsInput): Promise<void> {
  const given = Object.fromEntries(Object.entries({ timezone, ...more }).filter(([, value]) => value !== undefined))
  await db.query(`update workspace set name = $2, settings = jsonb_strip_nulls(settings || $3::jsonb) where id = $1`, [
    workspaceId,
    name,
    JSON.stringify(given),
  ])
}
