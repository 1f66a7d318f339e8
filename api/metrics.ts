import type { RequestHandler } from 'express'
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'

/** A registry with the process's own metrics. */
export function createRegistry(): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return registry
}

/** Measures every request by verb, route (as declared, so that ids make no series) and status. */
export function httpMetrics(registry: Registry): RequestHandler {
  const seconds = new Histogram({
    name: 'tilework_http_request_duration_seconds',
    help: 'Time from the request to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  })
  return (req, res, next) => {
    const end = seconds.startTimer()
    res.once('close', () => end({ method: req.method, route: (res.locals.route as string | undefined) ?? 'other', status: res.statusCode }))
    next()
  }
}

/** `GET /metrics`, in Prometheus's text format. */
export function metricsRoute(registry: Registry): RequestHandler {
  return async (_req, res) => {
    res.setHeader('Content-Type', registry.contentType)
    res.end(await registry.metrics())
  }
}
