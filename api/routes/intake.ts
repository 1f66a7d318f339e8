import { gunzipSync } from 'node:zlib'
import express, { Router, type Request, type RequestHandler, type Response } from 'express'
import { accept, type Accepted, type Rejected } from '../../ingest/accept.js'
import { noteRejected } from '../../ingest/rejected.js'
import { EVENT_TYPES, isObject, LIMITS } from '../../ingest/segment.js'
import { TileworkError } from '../../model/errors.js'
import type { EventType } from '../../store/events.js'
import type { ApiDeps } from '../deps.js'
import { readJson } from '../json.js'
import { byKey, requireScope } from '../middleware/auth.js'
import { tooLarge } from '../problem.js'

/**
 * `/v1/*`: events as Segment's libraries send them. 200 `{"success":true}` once those that can be read are durable; the others are
 * logged and listed with the reason (`/api/v1/events/recent?status=rejected`). Content-Type does not matter: browsers send text/plain to be spared a
 * preflight. The library for browsers names the calls by their first letter.
 */
export function intakeRoutes(deps: ApiDeps): Router {
  const router = Router()
  const body = express.raw({ type: () => true, limit: LIMITS.batchBytes, inflate: true })
  router.use(fromAnywhere)
  for (const type of EVENT_TYPES) router.post(pathsOf(type), body, (req, res) => take(deps, req, res, type))
  router.post(pathsOf('batch'), body, (req, res) => take(deps, req, res, undefined))
  // What the library for browsers counts about itself, with no key: taken, and thrown away.
  router.post('/m', (_req, res) => void res.json({ success: true }))
  router.get('/projects/:writeKey/settings', sourceSettings(deps))
  router.all([...EVENT_TYPES, 'batch', 'metrics'].flatMap(pathsOf), onlyPost)
  return router
}

/** Also by its first letter alone: so Segment's library for browsers calls it. */
const pathsOf = (name: string): string[] => [`/${name}`, `/${name[0]}`]

/** Pages of any origin may send: a write key is no cookie, and it allows nothing but sending. */
const fromAnywhere: RequestHandler = (_req, res, next) => {
  res.setHeader('Access-Control-Allow-Origin', '*')
  res.setHeader('Access-Control-Expose-Headers', 'Retry-After')
  next()
}

/** Those that the libraries send, by name for browsers that do not know the star. */
const HEADERS = 'Authorization, Content-Type, X-Retry-Count, AnonymousId, *'

const onlyPost: RequestHandler = (req, res) => {
  res.setHeader('Allow', 'POST, OPTIONS')
  if (req.method !== 'OPTIONS') throw new TileworkError('method_not_allowed', `${req.method} is not possible here; POST is.`)
  res.setHeader('Access-Control-Allow-Methods', 'POST')
  res.setHeader('Access-Control-Allow-Headers', HEADERS)
  res.setHeader('Access-Control-Max-Age', '86400')
  res.status(204).end()
}

/**
 * What the library for browsers asks for first, with this server as its `cdnURL`: where to send events to (here, by the name that it was reached
 * by), and no other integrations. Nothing in it is secret or depends on the key.
 */
const sourceSettings =
  ({ settings }: ApiDeps): RequestHandler =>
  (req, res) => {
    const segment = {
      apiKey: req.params.writeKey,
      apiHost: `${req.get('host')}/v1`,
      protocol: settings.publicUrl.startsWith('https:') ? 'https' : 'http',
    }
    res.setHeader('Cache-Control', 'no-store')
    res.json({ integrations: { 'Segment.io': segment }, plan: {}, metrics: { sampleRate: 0 } })
  }

async function take(deps: ApiDeps, req: Request, res: Response, type: EventType | undefined): Promise<void> {
  const payload = readJson(bytesOf(req))
  if (!isObject(payload)) throw new TileworkError('bad_request', 'The body is a JSON object.')
  const workspaceId = await authorise(deps, req, payload)
  const raws = type === undefined ? batchOf(payload) : [payload]
  const accepted = await accept(deps.db, workspaceId, raws, type, type === undefined ? payload : {})
  if (accepted.fresh > 0) deps.wakeRouter?.()
  if (accepted.rejected.length > 0) {
    await keep(deps, workspaceId, raws, accepted)
    tellRejected(deps, accepted, type)
  }
  res.json({ success: true })
}

/** Some clients compress and do not say so. */
function bytesOf(req: Request): Buffer {
  const bytes = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0)
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return gunzipSync(bytes, { maxOutputLength: LIMITS.batchBytes })
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(LIMITS.batchBytes)
    throw new TileworkError('bad_request', 'The body begins like gzip and cannot be unpacked. Send it plain, or as gzip.')
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

/**
 * The write key, an API key with scope ingest: user of Basic authentication with an empty password, Bearer, or `writeKey` in the body.
 * @throws TileworkError unauthenticated, forbidden
 */
async function authorise(deps: ApiDeps, req: Request, payload: Record<string, unknown>): Promise<string> {
  const inBody = typeof payload.writeKey === 'string' ? payload.writeKey : ''
  const key = writeKeyOf(req.get('authorization') ?? '') || inBody
  if (key === '')
    throw new TileworkError('unauthenticated', 'Send a write key: an API key with the scope ingest, as user of Basic authentication.')
  const holder = await byKey(deps, key)
  requireScope(holder, 'ingest')
  return holder.workspaceId
}

/** Also without the colon behind the key, as some clients send it. */
function writeKeyOf(header: string): string {
  const [, scheme = '', value = ''] = /^(\S+)\s+(.+?)\s*$/.exec(header) ?? []
  if (/^bearer$/i.test(scheme)) return value
  return /^basic$/i.test(scheme) ? Buffer.from(value, 'base64').toString('utf8').replace(/:.*$/s, '') : ''
}

/** For the list of rejected events. The others are kept by now: that the list lacks some is no failure of the call. */
async function keep({ db, logger }: ApiDeps, workspaceId: string, raws: readonly unknown[], { rejected }: Accepted): Promise<void> {
  try {
    await noteRejected(db, workspaceId, raws, rejected)
  } catch (error) {
    logger.warn({ err: error }, 'rejected events could not be listed')
  }
}

/** How many rejected events a log line and an answer name. */
const NAMED = 10

/** To the log; and to the sender if a limit was passed, for Segment's clients treat everything else as taken. */
function tellRejected({ logger }: ApiDeps, { read, rejected }: Accepted, type: EventType | undefined): void {
  logger.warn({ count: rejected.length, rejected: rejected.slice(0, NAMED) }, 'events were rejected')
  const large = rejected.filter((each) => each.tooLarge)
  if (large.length === 0) return
  if (type !== undefined) throw tooLarge(LIMITS.eventBytes, 'event')
  const what = large.length === 1 ? 'One event is' : `${large.length} events are`
  throw new TileworkError(
    'too_large',
    `${what} larger than ${LIMITS.eventBytes / 1024} KB, the limit of an event, and not kept; the ${read} others that can be read are kept.`,
    large.slice(0, NAMED).map(fieldOf),
    { limit: LIMITS.eventBytes },
  )
}

const fieldOf = ({ position, reason }: Rejected) => ({ path: `/batch/${position}`, code: 'too_large', message: reason })
