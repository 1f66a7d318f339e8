import { createHash } from 'node:crypto'
import type { Request } from 'express'
import { TileworkError } from '../../model/errors.js'

/** The strong ETag of an answer: of its revision, else of its bytes. */
export function etagOf(body: string, revision?: number | string): string {
  return `"${revision ?? createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`
}

/** The ETag of what `body` will be sent as. */
export function etagOfBody(body: unknown): string {
  return etagOf(JSON.stringify(body))
}

/** Whether If-None-Match names this ETag (weak comparison, RFC 9110 §13.1.2). */
export function notModified(req: Request, etag: string): boolean {
  const header = req.get('if-none-match')
  if (header === undefined) return false
  return header.trim() === '*' || parseTags(header).some((tag) => tag.replace(/^W\//, '') === etag)
}

/**
 * Checks If-Match (strong comparison, RFC 9110 §13.1.1).
 * @param by what of an ETag is compared; all of it unless told
 * @throws TileworkError stale when it does not name the current ETag
 */
export function requireMatch(header: string, etag: string, by: (etag: string) => string = (tag) => tag): void {
  if (header.trim() === '*' || parseTags(header).some((tag) => by(tag) === by(etag))) return
  throw new TileworkError(
    'stale',
    `If-Match does not hold: this has changed meanwhile and its ETag is ${etag} now. Read it again, then repeat the change.`,
    [{ path: 'If-Match', code: 'stale', message: `The ETag is ${etag} now.` }],
  )
}

/** The revision that a header of one tag such as `"7"` names. */
export function revisionIn(header: string | undefined): number | undefined {
  const found = header === undefined ? null : /^\s*"(\d{1,9})"\s*$/.exec(header)
  return found === null ? undefined : Number(found[1])
}

function parseTags(header: string): string[] {
  return header.match(/(?:W\/)?"[^"]*"/g) ?? []
}
