import { createRequire } from 'node:module'
import path from 'node:path'
import express, { Router, type Request, type Response } from 'express'
import { endSession, findSession, useSignInLink } from '../store/keys.js'
import { arrivedPage, badLinkPage, signedOutPage, signInPage } from '../web/pages/sign-in.js'
import { TileworkError } from '../model/errors.js'
import { APP_PATH, safeReturn, sendApp, webFolder } from './app.js'
import type { ApiDeps } from './deps.js'
import { preview } from './preview.js'
import { SESSION_COOKIE, sessionOf } from './middleware/auth.js'
import { requireSameOrigin, sameOrigin } from './middleware/same-origin.js'

const COOKIE = { httpOnly: true, sameSite: 'strict', path: '/' } as const
/** Where a visitor without a session wanted to go, kept for an hour. */
const RETURN_COOKIE = 'tilework_return'
const RETURN = { ...COOKIE, path: '/sign-in' } as const

/** The web application, and the pages around signing in. */
export function pages(deps: ApiDeps): Router {
  const router = Router()
  const inter = path.dirname(createRequire(import.meta.url).resolve('@fontsource-variable/inter/package.json'))
  router.use('/static/inter/files', express.static(path.join(inter, 'files'), { maxAge: '30d', index: false }))
  router.get('/static/inter/index.css', (_req, res) => res.sendFile(path.join(inter, 'index.css'), { maxAge: '1h' }))
  router.use('/static', express.static(webFolder('static'), { maxAge: '1h', index: false }))
  // Their names carry a hash of what is in them.
  router.use('/assets', express.static(path.join(webFolder('dist'), 'assets'), { maxAge: '1y', immutable: true, index: false }))
  router.use((_req, res, next) => {
    res.setHeader('Cache-Control', 'no-store')
    next()
  })
  router.use(preview(deps))
  router.get('/sign-in', (req, res) => {
    const { token } = req.query
    res.type('html').send(typeof token === 'string' && token !== '' ? signInPage(token) : signedOutPage())
  })
  router.post('/sign-in', express.urlencoded({ extended: false, limit: 4096 }), async (req, res) => {
    if (sameOrigin(req, deps.settings.publicUrl) === false)
      throw new TileworkError('forbidden', 'A sign-in must come from the page of the link.')
    const token = (req.body as { token?: unknown } | undefined)?.token
    const session = typeof token === 'string' ? await useSignInLink(deps.db, token) : undefined
    if (session === undefined) return void res.status(410).type('html').send(badLinkPage())
    res
      .cookie(SESSION_COOKIE, session, { ...COOKIE, secure: deps.settings.publicUrl.startsWith('https:') })
      .clearCookie(RETURN_COOKIE, RETURN)
      .redirect(303, safeReturn(cookieOf(req, RETURN_COOKIE)))
  })
  router.post('/sign-out', async (req, res) => {
    requireSameOrigin(req, deps.settings.publicUrl)
    const session = sessionOf(req)
    if (session !== undefined) await endSession(deps.db, session)
    res.clearCookie(SESSION_COOKIE, COOKIE).redirect(303, '/')
  })
  router.get(APP_PATH, async (req, res) => {
    const session = sessionOf(req)
    const user = session === undefined ? undefined : await findSession(deps.db, session)
    await (user ? sendApp(res) : askToSignIn(req, res))
  })
  return router
}

/** Remembers where the visitor wanted to go and says how to get in. Who comes from another site may have a session that is not seen yet. */
function askToSignIn(req: Request, res: Response): void {
  if (req.get('sec-fetch-site') === 'cross-site') return void res.type('html').send(arrivedPage())
  const wanted = safeReturn(req.originalUrl)
  if (wanted !== '/') res.cookie(RETURN_COOKIE, wanted, { ...RETURN, maxAge: 3_600_000 })
  res.type('html').send(signedOutPage())
}

function cookieOf(req: Request, name: string): string | undefined {
  const found = new RegExp(`(?:^|;\\s*)${name}=([^;]*)`).exec(req.get('cookie') ?? '')?.[1]
  if (found === undefined) return undefined
  try {
    return decodeURIComponent(found)
  } catch {
    return undefined
  }
}
