import { TileworkError } from '../model/errors.js'
import { newId } from '../model/ids.js'
import type { Cipher } from './cipher.js'
import type { Db } from './db.js'
import { refuseIfInUse } from './in-use.js'
import { pageBy, type Page, type PageQuery } from './page.js'

/** A secret, without its value. */
export interface SecretName {
  id: string
  name: string
  createdAt: Date
}

const place = (workspaceId: string, id: string): string => `${workspaceId}|secret|${id}`

/** Keeps a secret, encrypted. @throws TileworkError conflict when the name is taken */
export async function createSecret(db: Db, cipher: Cipher, workspaceId: string, name: string, value: string): Promise<SecretName> {
  const id = newId('sec')
  const row = await db.one<SecretName>(
    `insert into secret (id, workspace_id, name, value) values ($1, $2, $3, $4) on conflict (workspace_id, name) do nothing
     returning id, name, created_at as "createdAt"`,
    [id, workspaceId, name, cipher.encrypt(place(workspaceId, id), value)],
  )
  if (!row) throw new TileworkError('conflict', `There is a secret named '${name}' already; delete it first, or choose another name.`)
  return row
}

/** Puts another value in the place of a secret's; every call from now on sends the new one. @throws TileworkError not_found */
export async function replaceSecret(db: Db, cipher: Cipher, workspaceId: string, id: string, value: string): Promise<SecretName> {
  const row = await db.one<SecretName>(
    'update secret set value = $3 where workspace_id = $1 and id = $2 returning id, name, created_at as "createdAt"',
    [workspaceId, id, cipher.encrypt(place(workspaceId, id), value)],
  )
  if (!row) throw new TileworkError('not_found', `There is no secret ${id}.`)
  return row
}

export const listSecrets = (db: Db, workspaceId: string, query: PageQuery): Promise<Page<SecretName>> =>
  pageBy(db, 'select id, name, created_at as "createdAt" from secret where workspace_id = $1', [workspaceId], 'id', query)

/** Names of all secrets of a workspace, by id. */
export async function secretNames(db: Db, workspaceId: string): Promise<Map<string, string>> {
  const rows = await db.query<{ id: string; name: string }>('select id, name from secret where workspace_id = $1', [workspaceId])
  return new Map(rows.map(({ id, name }) => [id, name]))
}

/** @throws TileworkError not_found; conflict when a live orchestration names it */
export async function deleteSecret(db: Db, workspaceId: string, id: string): Promise<void> {
  await refuseIfInUse(db, workspaceId, 'secret', id)
  const rows = await db.query('delete from secret where workspace_id = $1 and id = $2 returning id', [workspaceId, id])
  if (rows.length === 0) throw new TileworkError('not_found', `There is no secret ${id}.`)
}

/** The value of a secret by id; undefined when there is none. */
export async function secretValue(db: Db, cipher: Cipher, workspaceId: string, id: string): Promise<string | undefined> {
  const row = await db.one<{ value: string }>('select value from secret where workspace_id = $1 and id = $2', [workspaceId, id])
  return row && cipher.decrypt(place(workspaceId, id), row.value)
}

/** Values of the named secrets. No round trip when none is named. */
export async function secretsByName(db: Db, cipher: Cipher, workspaceId: string, names: string[]): Promise<Record<string, string>> {
  if (names.length === 0) return {}
  const rows = await db.query<{ id: string; name: string; value: string }>(
    'select id, name, value from secret where workspace_id = $1 and name = any($2::text[])',
    [workspaceId, names],
  )
  return Object.fromEntries(rows.map(({ id, name, value }) => [name, cipher.decrypt(place(workspaceId, id), value)]))
}
