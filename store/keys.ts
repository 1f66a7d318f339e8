import { createHash, randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { newId } from '../model/ids.js'
import { TileworkError } from '../model/errors.js'
import type { Db } from './db.js'
import { pageBy, type Page, type PageQuery } from './page.js'

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
  lastUsedAt: Date | null
  revokedAt: Date | null
}

/** Who a key or a session stands for. */
export interface Principal {
  /** The name of the key. */
  name: string
  /** `key:<id>` or `user:session`: the audit log's actor. */
  actor: string
  workspaceId: string
  scopes: readonly Scope[]
}

const COLUMNS = `id, name, prefix, scopes, created_at as "createdAt", expires_at as "expiresAt", last_used_at as "lastUsedAt", revoked_at as "revokedAt"`

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

async function readKey(db: Db, hash: string): Promise<Found | undefined> {
  const [row] = await db.hot<{ id: string; name: string; workspaceId: string; scopes: Scope[]; expiresAt: Date | null; stale: boolean }>(
    `select id, name, workspace_id as "workspaceId", scopes, expires_at as "expiresAt", coalesce(last_used_at < now() - interval '1 minute', true) as stale
     from api_key where hash = $1 and revoked_at is null and (expires_at is null or expires_at > now())`,
    [hash],
  )
  if (!row) return undefined
  if (row.stale) await db.query('update api_key set last_used_at = now() where id = $1', [row.id])
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

/** How long a sign-in link and a session hold. */
const LINK_MINUTES = 15
const SESSION_HOURS = 12

/** Makes a one-time sign-in token. */
export async function createSignInLink(db: Db, workspaceId: string): Promise<string> {
  const link = token()
  await db.query(`insert into sign_in (hash, workspace_id, kind, expires_at) values ($1, $2, 'link', now() + $3::interval)`, [
    digest(link),
    workspaceId,
    `${LINK_MINUTES} minutes`,
  ])
  return link
}

/** Trades a sign-in token for a session's, once; undefined when it is used, expired or unknown. */
export async function useSignInLink(db: Db, link: string): Promise<string | undefined> {
  const session = token()
  const row = await db.one(
    `with used as (update sign_in set used_at = now() where hash = $1 and kind = 'link' and used_at is null and expires_at > now() returning workspace_id)
     insert into sign_in (hash, workspace_id, kind, expires_at) select $2, workspace_id, 'session', now() + $3::interval from used returning hash`,
    [digest(link), digest(session), `${SESSION_HOURS} hours`],
  )
  return row && session
}

/** Who a session stands for. */
export async function findSession(db: Db, session: string): Promise<Principal | undefined> {
  const row = await db.one<{ workspaceId: string }>(
    `select workspace_id as "workspaceId" from sign_in where hash = $1 and kind = 'session' and used_at is null and expires_at > now()`,
    [digest(session)],
  )
  return row && { name: 'Session', actor: 'user:session', workspaceId: row.workspaceId, scopes: SCOPES }
}

/** Ends a session. */
export async function endSession(db: Db, session: string): Promise<void> {
  await db.query(`update sign_in set used_at = now() where hash = $1 and kind = 'session'`, [digest(session)])
}

/** Whether anybody ever had a sign-in link: the first start prints one. */
export async function everSignedIn(db: Db): Promise<boolean> {
  return (await db.one(`select 1 as one from sign_in where kind = 'session' limit 1`)) !== undefined
}
