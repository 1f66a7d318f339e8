import express, { type Express } from 'express'
import type { ApiDeps } from './deps.js'
import { docs } from './docs.js'
import { health } from './health.js'
import { LiveHub } from './live/hub.js'
import { createRegistry, httpMetrics, metricsRoute } from './metrics.js'
import { notFound, problems } from './middleware/errors.js'
import { requestLog } from './middleware/log.js'
import { requestId } from './middleware/request-id.js'
import { securityHeaders } from './middleware/security.js'
import { mount } from './mount.js'
import { openApi } from './openapi.js'
import { pages } from './pages.js'
import { feedbackRoutes } from './routes/feedback.js'
import { ROUTES } from './routes/index.js'
import { intakeRoutes } from './routes/intake.js'
import { trackingRoutes } from './routes/tracking.js'
import { unsubscribe } from './unsubscribe.js'
import { canvasJsonSchema } from '../tiles/json-schema.js'

export type { ApiDeps, ApiSettings } from './deps.js'
export { LiveHub } from './live/hub.js'
export { startSweep } from './started.js'

/** The HTTP side of Tilework: REST, intake, documentation, pages, health. */
export function createApi(given: ApiDeps): Express {
  const deps = { ...given, live: given.live ?? new LiveHub(given.logger) }
  const app = express()
  const registry = deps.metrics ?? createRegistry()
  app.disable('x-powered-by')
  app.set('query parser', 'simple')
  app.use(requestId, requestLog(deps.logger), httpMetrics(registry))
  app.use('/health', health(deps))
  app.get('/metrics', metricsRoute(registry))
  app.use(securityHeaders())
  app.use('/docs', docs())
  const document = openApi(ROUTES, deps.settings.version)
  const schema = canvasJsonSchema()
  app.get('/api/v1/openapi.json', (_req, res) => void res.json(document))
  app.get('/api/v1/schemas/canvas.json', (_req, res) => void res.type('application/schema+json').send(JSON.stringify(schema)))
  app.use('/api/v1', mount(ROUTES, deps))
  app.use('/v1', intakeRoutes(deps))
  app.use('/feedback', feedbackRoutes(deps, registry))
  app.use('/t', trackingRoutes(deps))
  app.use(unsubscribe(deps))
  app.use(pages(deps))
  app.use(notFound)
  app.use(problems)
  return app
}
