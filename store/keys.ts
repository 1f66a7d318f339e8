import { createHash, randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { newId } from '../model/ids.js'
import { TileworkError } from '../model/errors.js'
import type { Db } from './db.js'
import { pageBy, type Page, type PageQuery } from './page.js'
import { firstAdmin, ROLES, type Role } from './users.js'

export const SCOPES = ['read', 'write', 'operate', 'ingest', 'admin'] as const
export type Scope = (typeof SCOPES)[number]

/** A key as lists show it. */
export interface ApiKey {
  id: string
  name: string
  /** Its first characters. */
  prefix: string
  scopes: Scope[]
  createdAt: Date
  expiresAt: Date | null
  /** To the minute. */
  lastUsedAt: Date | null
  status: 'active' | 'expired' | 'revoked'
  revokedAt: Date | null
}

/** Who a key or a session stands for. */
export interface Principal {
  /** The name of the key or of the user. */
  name: string
  /** Of a user. */
  role?: Role
  /** `key:<id>` or `user:<id>`: the audit log's actor. */
  actor: string
  workspaceId: string
  scopes: readonly Scope[]
}

const COLUMNS = `id, name, prefix, scopes, created_at as "createdAt", expires_at as "expiresAt", last_used_at as "lastUsedAt", revoked_at as "revokedAt",
  case when revoked_at is not null then 'revoked' when expires_at <= now() then 'expired' else 'active' end as status`

/** 240 random bits need no slow hash: SHA-256 finds the row at once. */
export const digest = (token: string): string => createHash('sha256').update(token).digest('hex')

const token = (): string => randomBytes(30).toString('base64url')

/** Makes a key; `key` is shown this once. */
export async function createKey(
  db: Db,
  workspaceId: string,
  input: { name: string; scopes: readonly Scope[]; expiresAt?: Date | undefined },
): Promise<ApiKey & { key: string }> {
  const key = `tw_live_${token()}`
  const row = await db.one<ApiKey>(
    `insert into api_key (id, workspace_id, name, prefix, hash, scopes, expires_at) values ($1, $2, $3, $4, $5, $6::text[], $7::timestamptz) returning ${COLUMNS}`,
    [newId('key'), workspaceId, input.name, key.slice(0, 12), digest(key), [...input.scopes], input.expiresAt ?? null],
  )
  return { ...row!, key }
}

/** How long a key that was found is not looked up again, in ms: nothing else in a request asks the database who calls. */
const KNOWN_MS = 1_000

interface Found extends Principal {
  expiresAt: Date | null
}

const found = new WeakMap<object, LRUCache<string, Found>>()

function knownKeys(db: Db): LRUCache<string, Found> {
  const known = found.get(db.pool) ?? new LRUCache({ max: 1_000, ttl: KNOWN_MS })
  found.set(db.pool, known)
  return known
}

/**
 * Who a key stands for; undefined when it is unknown, expired or revoked. The process that revokes a key forgets it at once, others within a second.
 */
export async function findKey(db: Db, key: string): Promise<Principal | undefined> {
  const hash = digest(key)
  const known = knownKeys(db)
  const principal = known.get(hash) ?? (await readKey(db, hash))
  if (!principal || (principal.expiresAt !== null && principal.expiresAt.getTime() <= Date.now())) return undefined
  known.set(hash, principal, { noUpdateTTL: true })
  const { name, actor, workspaceId, scopes } = principal
  return { name, actor, workspaceId, scopes }
}

/** Its use is noted once a minute, not at each request: of many at once, one writes. */
const STALE = `coalesce(last_used_at < now() - interval '1 minute', true)`

async function readKey(db: Db, hash: string): Promise<Found | undefined> {
  const [row] = await db.hot<{ id: string; name: string; workspaceId: string; scopes: Scope[]; expiresAt: Date | null; stale: boolean }>(
    `select id, name, workspace_id as "workspaceId", scopes, expires_at as "expiresAt", ${STALE} as stale
     from api_key where hash = $1 and revoked_at is null and (expires_at is null or expires_at > now())`,
    [hash],
  )
  if (!row) return undefined
  if (row.stale) await db.query(`update api_key set last_used_at = now() where id = $1 and ${STALE}`, [row.id])
  return { name: row.name, actor: `key:${row.id}`, workspaceId: row.workspaceId, scopes: row.scopes, expiresAt: row.expiresAt }
}

export const listKeys = (db: Db, workspaceId: string, query: PageQuery): Promise<Page<ApiKey>> =>
  pageBy(db, `select ${COLUMNS} from api_key where workspace_id = $1`, [workspaceId], 'id', query)

/** @throws TileworkError not_found */
export async function revokeKey(db: Db, workspaceId: string, id: string): Promise<void> {
  const rows = await db.query(
    'update api_key set revoked_at = coalesce(revoked_at, now()) where workspace_id = $1 and id = $2 returning id',
    [workspaceId, id],
  )
  if (rows.length === 0) throw new TileworkError('not_found', `There is no API key ${id}.`)
  knownKeys(db).clear()
}

/** How long a sign-in link of the command line holds, one that an admin makes for somebody, and a session. */
const LINK = '15 minutes'
const SENT_LINK = '24 hours'
const SESSION = '12 hours'

/** Makes a one-time sign-in token for the first admin, who is made when there is none. */
export async function createSignInLink(db: Db, workspaceId: string): Promise<string> {
  const { id } = await firstAdmin(db, workspaceId)
  return (await createLink(db, workspaceId, id, LINK)).token
}

/** Makes a one-time sign-in token that an admin sends to a user; those that were made before work no more. */
export function createLinkFor(db: Db, workspaceId: string, userId: string): Promise<{ token: string; expiresAt: Date }> {
  return db.tx(async (tx) => {
    await tx.query(`update sign_in set used_at = clock_timestamp() where user_id = $1 and kind = 'link' and used_at is null`, [userId])
    return createLink(tx, workspaceId, userId, SENT_LINK)
  })
}

async function createLink(db: Db, workspaceId: string, userId: string, holds: string): Promise<{ token: string; expiresAt: Date }> {
  const link = token()
  const row = await db.one<{ expiresAt: Date }>(
    `insert into sign_in (hash, workspace_id, user_id, kind, expires_at) values ($1, $2, $3, 'link', now() + $4::interval)
     returning expires_at as "expiresAt"`,
    [digest(link), workspaceId, userId, holds],
  )
  return { token: link, ...row! }
}

/** Trades a sign-in token for a session's, once, and notes it in the audit log; undefined when it is used, expired or unknown, or its user removed. */
export async function useSignInLink(db: Db, link: string): Promise<string | undefined> {
  const session = token()
  const row = await db.one(
    `with used as (
       update sign_in s set used_at = now() from app_user u
       where s.hash = $1 and s.kind = 'link' and s.used_at is null and s.expires_at > now() and u.id = s.user_id and u.removed_at is null
       returning s.workspace_id, s.user_id),
     logged as (
       insert into audit_log (workspace_id, actor, action, subject) select workspace_id, 'user:' || user_id, 'user.sign-in', user_id from used)
     insert into sign_in (hash, workspace_id, user_id, kind, expires_at) select $2, workspace_id, user_id, 'session', now() + $3::interval
     from used returning hash`,
    [digest(link), digest(session), SESSION],
  )
  return row && session
}

/** Who a session stands for: a user with the role of now. */
export async function findSession(db: Db, session: string): Promise<Principal | undefined> {
  const row = await db.one<{ workspaceId: string; id: string; name: string; role: Role }>(
    `select s.workspace_id as "workspaceId", u.id, u.name, u.role from sign_in s join app_user u on u.id = s.user_id and u.removed_at is null
     where s.hash = $1 and s.kind = 'session' and s.used_at is null and s.expires_at > now()`,
    [digest(session)],
  )
  if (!row) return undefined
  const { id, ...user } = row
  return { ...user, actor: `user:${id}`, scopes: ROLES[user.role] }
}

/** Ends a session. */
export async function endSession(db: Db, session: string): Promise<void> {
  await db.query(`update sign_in set used_at = now() where hash = $1 and kind = 'session'`, [digest(session)])
}

/** Whether anybody ever had a sign-in link: the first start prints one. */
export async function everSignedIn(db: Db): Promise<boolean> {
  return (await db.one(`select 1 as one from sign_in where kind = 'session' limit 1`)) !== undefined
}
