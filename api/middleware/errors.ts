import type { ErrorRequestHandler, Request, RequestHandler } from 'express'
import { TileworkError } from '../../model/errors.js'
import { toProblem } from '../problem.js'

/** Longest that the rest of a body is waited for, in ms. */
const DRAIN_MS = 3_000

/** What no route matched. */
export const notFound: RequestHandler = (req) => {
  throw new TileworkError('not_found', `There is nothing at ${req.path}. The routes are listed at /docs.`)
}

/** Every error becomes problem+json, once, here. What is not ours goes to the log and not to the caller. */
export const problems: ErrorRequestHandler = async (error: unknown, req, res, next) => {
  if (res.headersSent) return next(error)
  const problem = toProblem(error, String(req.id))
  if (problem.status >= 500) req.log.error({ err: error }, problem.detail)
  if (problem.status === 401) res.setHeader('WWW-Authenticate', challenge(error))
  if (problem.status === 503) res.setHeader('Retry-After', '2')
  if (problem.status === 429) res.setHeader('Retry-After', String(problem['retryAfter'] ?? 1))
  if (problem.status === 413) {
    await drained(req)
    res.setHeader('Connection', 'close')
  }
  res.status(problem.status).setHeader('Content-Type', 'application/problem+json; charset=utf-8')
  res.setHeader('Cache-Control', 'no-store')
  res.end(JSON.stringify(problem))
}

/** Lets a body that is too large run out, for a while: who is still sending does not see an answer when the connection is closed. */
async function drained(req: Request): Promise<void> {
  if (req.complete) return
  req.resume()
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, DRAIN_MS)
    for (const event of ['end', 'close', 'error'] as const)
      req.once(event, () => {
        clearTimeout(timer)
        resolve()
      })
  })
}

function challenge(error: unknown): string {
  const wrong = error instanceof TileworkError && error.extra['presented'] === true
  return `Bearer realm="tilework"${wrong ? ', error="invalid_token"' : ''}`
}
