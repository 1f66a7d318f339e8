import { createHash } from 'node:crypto'
import type { Request } from 'express'
import { TileworkError } from '../../model/errors.js'
import type { Cipher } from '../../store/cipher.js'
import type { Db } from '../../store/db.js'
import { abandonIdempotent, beginIdempotent, finishIdempotent, type KeptAnswer } from '../../store/idempotency.js'
import type { Principal } from '../../store/keys.js'

/** Longest key, in characters (IETF draft-ietf-httpapi-idempotency-key-header). */
const MAX_KEY = 255

/** A request that may be repeated. */
export interface Repeatable {
  db: Db
  caller: Principal
  req: Request
  /** SHA-256 of the body. */
  hash: string
  /** Encrypts the kept answer, when it holds a secret. */
  seal: Cipher | undefined
}

/**
 * Runs a POST once per Idempotency-Key and answers repeats with the first answer. A request that is refused or fails keeps nothing, so
 * that it may be sent again, mended.
 * @throws TileworkError invalid (same key, other request), conflict (still running), bad_request (malformed key)
 */
export async function withIdempotency(
  { db, caller, req, hash: bodyHash, seal }: Repeatable,
  run: () => Promise<KeptAnswer>,
): Promise<KeptAnswer> {
  const key = req.get('idempotency-key')
  if (key === undefined) return run()
  if (key === '' || key.length > MAX_KEY) throw new TileworkError('bad_request', `An Idempotency-Key has 1 to ${MAX_KEY} characters.`)
  const { workspaceId } = caller
  const hash = createHash('sha256')
    .update(`${bodyHash}?${new URL(req.originalUrl, 'http://x').search}`)
    .digest('hex')
  const begun = await beginIdempotent(db, workspaceId, { key, method: req.method, path: req.baseUrl + req.path, hash })
  const place = `${workspaceId}|idempotency_key|${key}`
  if (begun.do === 'replay') {
    const { status, headers, body } = begun.answer
    return { status, headers: { ...headers, 'Idempotent-Replayed': 'true' }, body: seal ? seal.decrypt(place, body) : body }
  }
  if (begun.do === 'mismatch') {
    throw new TileworkError('invalid', 'This Idempotency-Key came before with another request. Use a new key for a new request.', [
      { path: 'Idempotency-Key', code: 'reused', message: 'It belongs to another request.' },
    ])
  }
  if (begun.do === 'running')
    throw new TileworkError('conflict', 'The first request with this Idempotency-Key is still running. Ask again in a moment.')
  try {
    const answer = await run()
    await finishIdempotent(db, workspaceId, key, seal ? { ...answer, body: seal.encrypt(place, answer.body) } : answer)
    return answer
  } catch (error) {
    await abandonIdempotent(db, workspaceId, key)
    throw error
  }
}
