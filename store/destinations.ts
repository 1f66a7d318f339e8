import { newId } from '../model/ids.js'
import { TileworkError } from '../model/errors.js'
import type { Cipher } from './cipher.js'
import type { Db } from './db.js'
import { refuseIfInUse } from './in-use.js'
import { pageBy, type Page, type PageQuery } from './page.js'

/** A configured account at a vendor, as the API shows it: never its secrets. */
export interface Destination {
  id: string
  name: string
  type: string
  config: Record<string, unknown>
  /** Whether any are kept. */
  hasSecrets: boolean
  status: string
  revision: number
  createdAt: Date
  updatedAt: Date
}

/** What is written; secrets are encrypted. Absent secrets stay as they are. */
export interface DestinationInput {
  name: string
  type: string
  config: Record<string, unknown>
  secrets?: Record<string, unknown> | undefined
}

const COLUMNS = `id, name, type, config, secrets is not null as "hasSecrets", status, revision, created_at as "createdAt", updated_at as "updatedAt"`
const place = (workspaceId: string, id: string): string => `${workspaceId}|destination|${id}`

const seal = (cipher: Cipher, workspaceId: string, id: string, secrets: Record<string, unknown> | undefined): string | null =>
  secrets && Object.keys(secrets).length > 0 ? cipher.encrypt(place(workspaceId, id), JSON.stringify(secrets)) : null

export async function createDestination(db: Db, cipher: Cipher, workspaceId: string, input: DestinationInput): Promise<Destination> {
  const id = newId('dst')
  const row = await db.one<Destination>(
    `insert into destination (id, workspace_id, name, type, config, secrets) values ($1, $2, $3, $4, $5::jsonb, $6) returning ${COLUMNS}`,
    [id, workspaceId, input.name, input.type, JSON.stringify(input.config), seal(cipher, workspaceId, id, input.secrets)],
  )
  return row!
}

/** @throws TileworkError not_found */
export async function getDestination(db: Db, workspaceId: string, id: string): Promise<Destination> {
  const row = await db.one<Destination>(`select ${COLUMNS} from destination where workspace_id = $1 and id = $2`, [workspaceId, id])
  return row ?? unknown(id)
}

export const listDestinations = (db: Db, workspaceId: string, query: PageQuery): Promise<Page<Destination>> =>
  pageBy(db, `select ${COLUMNS} from destination where workspace_id = $1`, [workspaceId], 'id', query)

/** Replaces name, config and, when given, the secrets. @throws TileworkError not_found; stale when `revision` is another */
export async function replaceDestination(
  db: Db,
  cipher: Cipher,
  workspaceId: string,
  id: string,
  input: DestinationInput,
  revision?: number,
): Promise<Destination> {
  const row = await db.one<Destination>(
    `update destination set name = $3, config = $4::jsonb, secrets = coalesce($5, secrets), revision = revision + 1, updated_at = now()
     where workspace_id = $1 and id = $2 and ($6::int is null or revision = $6::int) returning ${COLUMNS}`,
    [workspaceId, id, input.name, JSON.stringify(input.config), seal(cipher, workspaceId, id, input.secrets), revision ?? null],
  )
  if (row) return row
  await getDestination(db, workspaceId, id)
  throw new TileworkError('stale', 'This destination has been changed since you read it; read it again.')
}

/** @throws TileworkError not_found; conflict when a live orchestration sends through it */
export async function deleteDestination(db: Db, workspaceId: string, id: string): Promise<void> {
  await refuseIfInUse(db, workspaceId, 'destination', id)
  const rows = await db.query(`delete from destination where workspace_id = $1 and id = $2 returning id`, [workspaceId, id])
  if (rows.length === 0) unknown(id)
}

/** A destination with its secrets, to send through; undefined when it is gone. */
export async function openDestination(
  db: Db,
  cipher: Cipher,
  workspaceId: string,
  id: string,
): Promise<{ type: string; config: Record<string, unknown>; secrets: Record<string, unknown> } | undefined> {
  const row = await db.one<{ type: string; config: Record<string, unknown>; secrets: string | null }>(
    'select type, config, secrets from destination where workspace_id = $1 and id = $2',
    [workspaceId, id],
  )
  if (!row) return undefined
  const secrets = row.secrets === null ? {} : (JSON.parse(cipher.decrypt(place(workspaceId, id), row.secrets)) as Record<string, unknown>)
  return { type: row.type, config: row.config, secrets }
}

/** Id to type of all destinations: what validation looks up. */
export async function destinationTypes(db: Db, workspaceId: string): Promise<Map<string, string>> {
  const rows = await db.query<{ id: string; type: string }>('select id, type from destination where workspace_id = $1', [workspaceId])
  return new Map(rows.map(({ id, type }) => [id, type]))
}

function unknown(id: string): never {
  throw new TileworkError('not_found', `There is no destination ${id}.`)
}
