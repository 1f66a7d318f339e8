import type { RequestHandler } from 'express'
import { pinoHttp } from 'pino-http'
import type { Logger } from 'pino'

/** Paths that are asked for all the time and say nothing new when they succeed. */
const QUIET = /^\/(health\/|metrics$)/

/**
 * One log line per request: verb, path, status, milliseconds, request id. Never headers, bodies, queries or customer ids: they hold keys,
 * sign-in tokens and personal data.
 */
export function requestLog(logger: Logger): RequestHandler {
  return pinoHttp({
    logger,
    genReqId: (req) => req.id,
    serializers: {
      req: (req: { id: unknown; method: string; url: string }) => ({ id: req.id, method: req.method, path: withoutPeople(req.url) }),
      res: (res: { statusCode: number }) => ({ status: res.statusCode }),
    },
    customLogLevel: (req, res, error) => {
      if (error !== undefined || res.statusCode >= 500) return 'error'
      return QUIET.test(req.url ?? '') ? 'debug' : 'info'
    },
  }) as unknown as RequestHandler
}

/** The path of a URL; a customer's id may be an address, and what stands behind a destination may let somebody in. */
function withoutPeople(url: string): string {
  return url.split('?')[0]!.replace(/(\/customers\/|^\/feedback\/[^/]+\/|^\/t\/[oc]\/|^\/unsubscribe\/)[^/]+/, '$1…')
}
