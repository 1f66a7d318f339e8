import { Router, type Request, type Response } from 'express'
import { keepOwn } from '../../ingest/feedback.js'
import type { FeedbackItem } from '../../model/feedback.js'
import { clickedBy, openedBy } from '../../sending/tracking.js'
import { badTrackingLinkPage } from '../../web/pages/tracking.js'
import type { ApiDeps } from '../deps.js'

/** A picture of one transparent pixel. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')

/** What a browser says of a page that it loads before anybody wants to see it. */
const AHEAD = ['purpose', 'sec-purpose', 'x-purpose', 'x-moz']
/**
 * Programs that load what is in messages by themselves: those that say so, those that look for what is bad, and Apple's mail privacy, which loads
 * every picture and says `Mozilla/5.0` and nothing more.
 */
const PROGRAMS =
  /^$|^Mozilla\/5\.0$|(?<!cu)bot\b|crawl|spider|preview|scan|barracuda|mimecast|proofpoint|curl\/|wget|python|java\/|go-http/i

/** `/t/*`: opens and clicks of messages that were sent with links of ours (docs/feedback.md). */
export function trackingRoutes(deps: ApiDeps): Router {
  const router = Router()
  router.use((_req, res, next) => {
    res.setHeader('Cache-Control', 'no-store')
    res.setHeader('Referrer-Policy', 'no-referrer')
    next()
  })
  router.get('/o/:token.gif', async (req, res) => {
    res.locals.route = '/t/o/{token}.gif'
    const key = openedBy(deps.cipher, String(req.params.token))
    if (key === undefined) return notOurs(res)
    await keep(deps, req, { what: 'opened', key })
    // Shown in the pages of those who read mail in a browser.
    res.setHeader('Cross-Origin-Resource-Policy', 'cross-origin')
    res.type('gif').send(PIXEL)
  })
  router.get('/c/:token', async (req, res) => {
    res.locals.route = '/t/c/{token}'
    const clicked = clickedBy(deps.cipher, String(req.params.token))
    if (clicked === undefined) return notOurs(res)
    await keep(deps, req, { what: 'clicked', ...clicked })
    res.setHeader('Location', clicked.url)
    res.status(302).end()
  })
  router.use((_req, res) => notOurs(res))
  return router
}

function notOurs(res: Response): void {
  res.status(404).type('html').send(badTrackingLinkPage())
}

/** Keeps the event. Should that not be possible now, the customer gets their page all the same. */
async function keep(deps: ApiDeps, req: Request, seen: Pick<FeedbackItem, 'what' | 'url'> & { key: string }): Promise<void> {
  try {
    if ((await keepOwn(deps.db, { ...seen, machine: isMachine(req) })) > 0) deps.wakeRouter?.()
  } catch (error) {
    deps.logger.error({ err: error }, 'an open or a click could not be kept')
  }
}

const isMachine = (req: Request): boolean =>
  req.method === 'HEAD' || AHEAD.some((name) => /prefetch|preview/i.test(req.get(name) ?? '')) || PROGRAMS.test(req.get('user-agent') ?? '')
