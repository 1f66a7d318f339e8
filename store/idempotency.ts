import type { Db } from './db.js'

/** The answer of the first request with a key. */
export interface KeptAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

export type Begun = { do: 'run' } | { do: 'replay'; answer: KeptAnswer } | { do: 'running' } | { do: 'mismatch' }

/** A first request that has not ended after this long is taken for lost. */
const TAKEN_OVER_AFTER = '5 minutes'
const KEPT_FOR = '24 hours'

/** Claims a key for a request: the insert is the lock. A lapsed row, or one whose request was lost, is claimed anew. */
export async function beginIdempotent(
  db: Db,
  workspaceId: string,
  request: { key: string; method: string; path: string; hash: string },
): Promise<Begun> {
  const { key, method, path, hash } = request
  const claimed = await db.one(
    `insert into idempotency_key as k (workspace_id, key, method, path, hash, expires_at) values ($1, $2, $3, $4, $5, now() + $6::interval)
     on conflict (workspace_id, key) do update set method = $3, path = $4, hash = $5, status = null, body = null, created_at = now(), expires_at = now() + $6::interval
       where k.expires_at < now() or (k.status is null and k.created_at < now() - $7::interval)
     returning key`,
    [workspaceId, key, method, path, hash, KEPT_FOR, TAKEN_OVER_AFTER],
  )
  if (claimed) return { do: 'run' }
  const row = await db.one<{
    method: string
    path: string
    hash: string
    status: number | null
    headers: Record<string, string> | null
    body: string | null
  }>('select method, path, hash, status, headers, body from idempotency_key where workspace_id = $1 and key = $2', [workspaceId, key])
  if (!row) return { do: 'running' }
  if (row.method !== method || row.path !== path || row.hash !== hash) return { do: 'mismatch' }
  if (row.status === null) return { do: 'running' }
  return { do: 'replay', answer: { status: row.status, headers: row.headers ?? {}, body: row.body ?? '' } }
}

/** Keeps the answer for repeats. */
export async function finishIdempotent(db: Db, workspaceId: string, key: string, answer: KeptAnswer): Promise<void> {
  await db.query('update idempotency_key set status = $3::int, headers = $4::jsonb, body = $5 where workspace_id = $1 and key = $2', [
    workspaceId,
    key,
    answer.status,
    JSON.stringify(answer.headers),
    answer.body,
  ])
}

/** Gives the key up: nothing was done (a refusal) or it may be done again (a fault of ours). */
export async function abandonIdempotent(db: Db, workspaceId: string, key: string): Promise<void> {
  await db.query('delete from idempotency_key where workspace_id = $1 and key = $2 and status is null', [workspaceId, key])
}

/** Removes keys that have lapsed; answers how many. */
export async function purgeIdempotency(db: Db): Promise<number> {
  return (await db.query('delete from idempotency_key where expires_at < now() returning 1 as gone')).length
}
