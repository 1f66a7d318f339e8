import express, { Router, type RequestHandler } from 'express'
import { TileworkError } from '../model/errors.js'
import type { ApiDeps } from './deps.js'
import { sameOrigin } from './middleware/same-origin.js'

/** Largest message that is shown, in bytes. */
const LIMIT = 2 * 1024 * 1024

/** What a message may do when it is shown: be styled. No script, no form, no frame, and nothing is fetched, so that looking tells nobody. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'self'; sandbox"

/**
 * `POST /preview`: answers with the HTML of its form, for a frame of the web application, under a policy of its own. A message cannot be
 * shown by srcdoc: that inherits the application's policy, which allows no inline styles.
 */
export function preview({ settings }: ApiDeps): Router {
  const own: RequestHandler = (req, _res, next) => {
    if (sameOrigin(req, settings.publicUrl) === true) return next()
    throw new TileworkError('forbidden', 'A message is shown to a page of this site only.')
  }
  return Router().post('/preview', own, express.urlencoded({ extended: false, limit: LIMIT, parameterLimit: 1 }), (req, res) => {
    const { html } = (req.body ?? {}) as { html?: unknown }
    res.setHeader('Content-Security-Policy', POLICY)
    // Its origin is nobody's: there is no cluster to keep it in.
    res.removeHeader('Origin-Agent-Cluster')
    res.type('html').send(typeof html === 'string' ? html : '')
  })
}
