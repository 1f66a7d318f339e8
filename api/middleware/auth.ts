import { createHash, timingSafeEqual } from 'node:crypto'
import type { Request } from 'express'
import { TileworkError } from '../../model/errors.js'
import { findKey, findSession, SCOPES, type Principal, type Scope } from '../../store/keys.js'
import { DEFAULT_WORKSPACE } from '../../store/workspaces.js'
import type { ApiDeps } from '../deps.js'
import { requireSameOrigin } from './same-origin.js'

/** The cookie of a browser's session. */
export const SESSION_COOKIE = 'tilework_session'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Who calls: an API key as Bearer, the admin key of the settings, or a browser's session.
 * @throws TileworkError unauthenticated; forbidden for a session's unsafe request from elsewhere
 */
export async function authenticate(deps: ApiDeps, req: Request): Promise<Principal> {
  const bearer = /^Bearer\s+(.+?)\s*$/i.exec(req.get('authorization') ?? '')?.[1]
  if (bearer !== undefined) return byKey(deps, bearer)
  const session = sessionOf(req)
  const user = session && (await findSession(deps.db, session))
  if (!user) throw new TileworkError('unauthenticated', 'Send an API key: Authorization: Bearer <key>.')
  if (!SAFE.has(req.method)) requireSameOrigin(req, deps.settings.publicUrl)
  return user
}

/**
 * Who a key stands for: an API key, or the admin key of the settings.
 * @throws TileworkError unauthenticated
 */
export async function byKey(deps: ApiDeps, key: string): Promise<Principal> {
  const { adminKey } = deps.settings
  if (adminKey !== undefined && same(key, adminKey))
    return { name: 'TILEWORK_ADMIN_KEY', actor: 'key:admin', workspaceId: DEFAULT_WORKSPACE, scopes: SCOPES }
  const found = await findKey(deps.db, key)
  if (found) return found
  throw new TileworkError('unauthenticated', 'This API key is unknown, expired or revoked. Make a new one.', [], { presented: true })
}

/** In constant time, whatever the lengths. */
function same(a: string, b: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(a), hash(b))
}

/** The session's token in the cookie, if there is one. */
export function sessionOf(req: Request): string | undefined {
  return new RegExp(`(?:^|;\\s*)${SESSION_COOKIE}=([A-Za-z0-9_-]+)`).exec(req.get('cookie') ?? '')?.[1]
}

/** @throws TileworkError forbidden when the caller may not; `admin` may everything */
export function requireScope(caller: Principal, scope: Scope): void {
  if (caller.scopes.includes(scope) || caller.scopes.includes('admin')) return
  const who = caller.role === undefined ? 'This key may not do that: it' : `You may not do that: your role '${caller.role}'`
  throw new TileworkError('forbidden', `${who} lacks the scope '${scope}'.`, [], { scope })
}
