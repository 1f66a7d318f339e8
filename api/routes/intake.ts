import { gunzipSync } from 'node:zlib'
import express, { Router, type Request, type Response } from 'express'
import { LIMITS, readEvent, type Read } from '../../ingest/segment.js'
import { TileworkError } from '../../model/errors.js'
import { insertEvents, type EventType } from '../../store/events.js'
import { findKey } from '../../store/keys.js'
import type { ApiDeps } from '../deps.js'
import { parseJson } from '../json.js'
import { requireScope } from '../middleware/auth.js'
import { tooLarge } from '../problem.js'

const TYPES: EventType[] = ['track', 'identify', 'page', 'screen', 'group', 'alias']

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** `/v1/*`: events as Segment's libraries send them. 200 `{"success":true}` once they are durable. */
export function intakeRoutes(deps: ApiDeps): Router {
  const router = Router()
  const body = express.raw({ type: () => true, limit: LIMITS.batchBytes, inflate: true })
  for (const type of TYPES) router.post(`/${type}`, body, (req, res) => take(deps, req, res, type))
  router.post('/batch', body, (req, res) => take(deps, req, res, undefined))
  return router
}

async function take(deps: ApiDeps, req: Request, res: Response, type: EventType | undefined): Promise<void> {
  const received = new Date()
  const payload = parseJson(bytesOf(req))
  if (!isObject(payload)) throw new TileworkError('bad_request', 'The body is a JSON object.')
  const workspaceId = await authorise(deps, req, payload)
  const raws = type === undefined ? batchOf(payload) : [payload]
  const read = raws.map((raw) => readEvent(raw, type, payload, received))
  const events = read.flatMap((each) => ('event' in each ? [each.event] : []))
  logRejected(deps, read)
  if ((await insertEvents(deps.db, workspaceId, events)) > 0) deps.wakeRouter?.()
  res.json({ success: true })
}

/** Some clients compress and do not say so. */
function bytesOf(req: Request): Buffer {
  const bytes = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0)
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return gunzipSync(bytes, { maxOutputLength: LIMITS.batchBytes })
  } catch {
    throw tooLarge(LIMITS.batchBytes)
  }
}

function batchOf(payload: Record<string, unknown>): unknown[] {
  if (!Array.isArray(payload.batch))
    throw new TileworkError('bad_request', "A batch has a list 'batch' of events.", [
      { path: '/batch', code: 'invalid_type', message: 'Give a list of events.' },
    ])
  if (payload.batch.length > LIMITS.batchEvents)
    throw new TileworkError('too_large', `A batch has at most ${LIMITS.batchEvents} events; send the rest in a further one.`)
  return payload.batch
}

/** The write key: user of Basic, Bearer, or `writeKey` in the body. @throws TileworkError unauthenticated, forbidden */
async function authorise(deps: ApiDeps, req: Request, payload: Record<string, unknown>): Promise<string> {
  const key = writeKeyOf(req.get('authorization') ?? '') ?? (typeof payload.writeKey === 'string' ? payload.writeKey : undefined)
  const found = key === undefined || key === '' ? undefined : await findKey(deps.db, key)
  if (!found)
    throw new TileworkError('unauthenticated', 'Send a write key: an API key with the scope ingest, as user of Basic authentication.', [], {
      presented: key !== undefined,
    })
  requireScope(found, 'ingest')
  return found.workspaceId
}

function writeKeyOf(header: string): string | undefined {
  const [scheme, value = ''] = header.split(/\s+/)
  if (/^bearer$/i.test(scheme ?? '')) return value
  return /^basic$/i.test(scheme ?? '') ? Buffer.from(value, 'base64').toString('utf8').split(':')[0] : undefined
}

function logRejected({ logger }: ApiDeps, read: Read[]): void {
  for (const each of read) if ('rejected' in each) logger.warn({ reason: each.rejected }, 'an event was rejected')
}
