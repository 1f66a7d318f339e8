import { TileworkError } from '../model/errors.js'
import { newId } from '../model/ids.js'
import type { Db } from './db.js'
import type { Scope } from './keys.js'
import { pageBy, type Page, type PageQuery } from './page.js'
import { requireRevision } from './revision.js'

/** What each role may do; each may what the one before may. */
export const ROLES = {
  viewer: ['read'],
  editor: ['read', 'write'],
  operator: ['read', 'write', 'operate', 'ingest'],
  admin: ['read', 'write', 'operate', 'ingest', 'admin'],
} as const satisfies Record<string, readonly Scope[]>

export type Role = keyof typeof ROLES

/** Somebody who signs in. */
export interface User {
  id: string
  name: string
  email: string | null
  role: Role
  /** When a sign-in link of theirs was used last. */
  lastSignInAt: Date | null
  createdAt: Date
  updatedAt: Date
  revision: number
}

/** What is written of a user. */
export interface UserInput {
  name: string
  email?: string | null | undefined
  role: Role
}

const COLUMNS = `u.id, u.name, u.email, u.role, u.revision, u.created_at as "createdAt", u.updated_at as "updatedAt",
  (select max(s.created_at) from sign_in s where s.user_id = u.id and s.kind = 'session') as "lastSignInAt"`
const THERE = 'from app_user u where u.workspace_id = $1 and u.removed_at is null'

/** @throws TileworkError conflict when another user has the address */
export function createUser(db: Db, workspaceId: string, { name, email = null, role }: UserInput): Promise<User> {
  return db.tx(async (tx) => {
    await lockUsers(tx, workspaceId)
    const id = newId('usr')
    await refuseTaken(tx, workspaceId, id, email)
    await tx.query('insert into app_user (id, workspace_id, name, email, role) values ($1, $2, $3, $4, $5)', [
      id,
      workspaceId,
      name,
      email,
      role,
    ])
    return getUser(tx, workspaceId, id)
  })
}

/** @throws TileworkError not_found */
export async function getUser(db: Db, workspaceId: string, id: string): Promise<User> {
  const row = await db.one<User>(`select ${COLUMNS} ${THERE} and u.id = $2`, [workspaceId, id])
  if (!row) throw new TileworkError('not_found', `There is no user ${id}.`)
  return row
}

export const listUsers = (db: Db, workspaceId: string, query: PageQuery): Promise<Page<User>> =>
  pageBy(db, `select ${COLUMNS} ${THERE}`, [workspaceId], 'u.id', query)

/**
 * Replaces name, address and role. With another role the user's sessions end.
 * @throws TileworkError not_found; stale when `revision` is another; conflict when another user has the address, or nobody would be admin
 */
export function replaceUser(
  db: Db,
  workspaceId: string,
  id: string,
  { name, email = null, role }: UserInput,
  revision?: number,
): Promise<User> {
  return db.tx(async (tx) => {
    const before = await lockUser(tx, workspaceId, id, revision)
    if (role !== 'admin') await keepAnAdmin(tx, workspaceId, before)
    await refuseTaken(tx, workspaceId, id, email)
    await tx.query(
      'update app_user set name = $2, email = $3, role = $4, revision = revision + 1, updated_at = clock_timestamp() where id = $1',
      [id, name, email, role],
    )
    if (role !== before.role) await endSessions(tx, id)
    return getUser(tx, workspaceId, id)
  })
}

/**
 * Removes a user, whose sessions and links end.
 * @throws TileworkError not_found; stale when `revision` is another; conflict when nobody would be admin
 */
export async function removeUser(db: Db, workspaceId: string, id: string, revision?: number): Promise<void> {
  await db.tx(async (tx) => {
    await keepAnAdmin(tx, workspaceId, await lockUser(tx, workspaceId, id, revision))
    await tx.query('update app_user set removed_at = clock_timestamp() where id = $1', [id])
    await endSessions(tx, id)
  })
}

/** The admin who has been one for longest, made when there is none: whoever can run commands on the machine. */
export function firstAdmin(db: Db, workspaceId: string): Promise<User> {
  return db.tx(async (tx) => {
    await lockUsers(tx, workspaceId)
    const found = await tx.one<User>(`select ${COLUMNS} ${THERE} and u.role = 'admin' order by u.id limit 1`, [workspaceId])
    return found ?? createUser(tx, workspaceId, { name: 'Admin', role: 'admin' })
  })
}

/** One change of the users of a workspace at a time: of two admins who remove each other, one stays. */
const lockUsers = (tx: Db, workspaceId: string): Promise<unknown> =>
  tx.query(`select pg_advisory_xact_lock(hashtextextended('users:' || $1, 0))::text as locked`, [workspaceId])

async function lockUser(tx: Db, workspaceId: string, id: string, revision?: number): Promise<User> {
  await lockUsers(tx, workspaceId)
  const user = await getUser(tx, workspaceId, id)
  requireRevision('user', user, revision)
  return user
}

async function keepAnAdmin(tx: Db, workspaceId: string, user: User): Promise<void> {
  if (user.role !== 'admin') return
  const others = await tx.one(`select 1 as one ${THERE} and u.role = 'admin' and u.id <> $2 limit 1`, [workspaceId, user.id])
  if (!others) throw new TileworkError('conflict', `'${user.name}' is the last admin, and stays one. Make somebody else an admin first.`)
}

const endSessions = (tx: Db, id: string): Promise<unknown> =>
  tx.query(`update sign_in set used_at = clock_timestamp() where user_id = $1 and kind = 'session' and used_at is null`, [id])

async function refuseTaken(tx: Db, workspaceId: string, id: string, email: string | null): Promise<void> {
  const other = await tx.one(`select 1 as one ${THERE} and u.id <> $2 and lower(u.email) = lower($3::text)`, [workspaceId, id, email])
  if (!other) return
  const message = `Another user has the address ${email}; give another one.`
  throw new TileworkError('conflict', message, [{ path: '/email', code: 'taken', message }])
}
