import express, { Router, type Request, type Response } from 'express'
import { Counter, type Registry } from 'prom-client'
import type { FeedbackCall } from '../../destinations/feedback.js'
import { SendError } from '../../destinations/index.js'
import { keepFeedback } from '../../ingest/feedback.js'
import { TileworkError } from '../../model/errors.js'
import { addressedDestination } from '../../store/destinations.js'
import type { ApiDeps } from '../deps.js'

/** Largest request of a vendor, in bytes. */
const MAX_BODY = 4 * 1024 * 1024
/** Longest that finding out who sent a request may take, in ms. */
const VERIFY_MS = 10_000

/**
 * `POST /feedback/{destinationId}/{token?}`: what vendors tell of messages (docs/feedback.md). Answers once it is kept. What is about messages that are
 * not known is counted and let go, so that no vendor sends it for ever.
 */
export function feedbackRoutes(deps: ApiDeps, registry: Registry): Router {
  const told = new Counter({
    name: 'tilework_feedback_total',
    help: 'What vendors told of messages, by what came of it: kept, repeated, or of an unknown message',
    labelNames: ['type', 'outcome'],
    registers: [registry],
  })
  const router = Router()
  const body = express.raw({ type: () => true, limit: MAX_BODY, inflate: true })
  router.post('/:destinationId{/:token}', body, async (req, res) => {
    res.locals.route = '/feedback/{destinationId}'
    await take(deps, told, req, res)
  })
  router.all('/:destinationId{/:token}', (req, res) => {
    res.setHeader('Allow', 'POST')
    throw new TileworkError('method_not_allowed', `${req.method} is not possible here; POST is.`)
  })
  return router
}

async function take(deps: ApiDeps, told: Counter, req: Request, res: Response): Promise<void> {
  const destinationId = String(req.params.destinationId)
  const destination = await addressedDestination(deps.db, deps.cipher, destinationId)
  const feedback = destination && deps.vendors.get(destination.type)?.feedback
  if (!destination || !feedback) throw notVerified()
  const missing = feedback.missing(destination)
  if (missing !== undefined) throw new TileworkError('forbidden', `This destination is not set up for feedback. ${missing}`)
  const call = callOf(deps, req, destination)
  const items = await reachable(async () => {
    if (!(await feedback.verify(call))) throw notVerified()
    return feedback.read(call)
  })
  const { workspaceId, type } = destination
  const { fresh, unknown } = await keepFeedback(deps.db, { workspaceId, destinationId }, items)
  if (fresh > 0) deps.wakeRouter?.()
  told.inc({ type, outcome: 'kept' }, fresh)
  told.inc({ type, outcome: 'repeated' }, items.length - unknown - fresh)
  told.inc({ type, outcome: 'unknown' }, unknown)
  const { answer = { contentType: 'application/json', body: '{"received":true}' } } = feedback
  res.setHeader('Cache-Control', 'no-store').type(answer.contentType).send(answer.body)
}

function callOf(
  { settings }: ApiDeps,
  req: Request,
  { config, secrets }: { config: Record<string, unknown>; secrets: Record<string, unknown> },
): FeedbackCall {
  const headers = Object.entries(req.headers).map(([name, value]): [string, string | undefined] => [name, [value].flat()[0]])
  const { token } = req.params
  return {
    request: {
      url: settings.publicUrl + req.originalUrl,
      ...(typeof token === 'string' && { token }),
      headers: Object.fromEntries(headers),
      body: Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0),
    },
    config,
    secrets,
    now: Date.now(),
    signal: AbortSignal.timeout(VERIFY_MS),
    outboundAllow: settings.outboundAllow,
  }
}

/** The same for a destination that there is none of, one of a vendor that tells nothing, and a request that its vendor did not sign. */
const notVerified = (): TileworkError =>
  new TileworkError('unauthenticated', 'This request is not signed as the vendor of a destination signs it, or was signed too long ago.')

/** A vendor that cannot be asked now has to send it again. */
async function reachable<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof SendError)) throw error
    throw Object.assign(new TileworkError('unavailable', `The vendor cannot be asked now. ${error.message}`), { cause: error })
  }
}
