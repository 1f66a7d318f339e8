import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import express, { Router, type Request } from 'express'
import { listJourneys } from '../store/journeys-list.js'
import { endSession, findSession, useSignInLink, type Principal } from '../store/keys.js'
import { homePage } from '../web/pages/home.js'
import { badLinkPage, signedOutPage, signInPage } from '../web/pages/sign-in.js'
import { TileworkError } from '../model/errors.js'
import type { ApiDeps } from './deps.js'
import { SESSION_COOKIE, sessionOf } from './middleware/auth.js'
import { requireSameOrigin, sameOrigin } from './middleware/same-origin.js'

const COOKIE = { httpOnly: true, sameSite: 'strict', path: '/' } as const

/** The web pages: sign-in, and the list of orchestrations. */
export function pages(deps: ApiDeps): Router {
  const router = Router()
  const here = path.dirname(fileURLToPath(import.meta.url))
  const folder = path.join(here, here.includes(`${path.sep}dist${path.sep}`) ? '../../web/static' : '../web/static')
  const inter = path.dirname(createRequire(import.meta.url).resolve('@fontsource-variable/inter/package.json'))
  router.use('/static/inter/files', express.static(path.join(inter, 'files'), { maxAge: '30d', index: false }))
  router.get('/static/inter/index.css', (_req, res) => res.sendFile(path.join(inter, 'index.css'), { maxAge: '1h' }))
  router.use('/static', express.static(folder, { maxAge: '1h', index: false }))
  router.use((_req, res, next) => {
    res.setHeader('Cache-Control', 'no-store')
    next()
  })
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
    res.cookie(SESSION_COOKIE, session, { ...COOKIE, secure: deps.settings.publicUrl.startsWith('https:') }).redirect(303, '/')
  })
  router.post('/sign-out', async (req, res) => {
    requireSameOrigin(req, deps.settings.publicUrl)
    const session = sessionOf(req)
    if (session !== undefined) await endSession(deps.db, session)
    res.clearCookie(SESSION_COOKIE, COOKIE).redirect(303, '/')
  })
  router.get('/', async (req, res) => {
    const user = await userOf(deps, req)
    res.type('html').send(user ? await home(deps, user, req) : signedOutPage())
  })
  return router
}

async function userOf(deps: ApiDeps, req: Request): Promise<Principal | undefined> {
  const session = sessionOf(req)
  return session === undefined ? undefined : findSession(deps.db, session)
}

async function home({ db, settings }: ApiDeps, user: Principal, req: Request): Promise<string> {
  const cursor = typeof req.query.cursor === 'string' ? req.query.cursor : undefined
  const page = await listJourneys(db, user.workspaceId, { cursor })
  return homePage({
    rows: page.data,
    nextCursor: page.nextCursor,
    first: cursor === undefined,
    now: new Date(),
    publicUrl: settings.publicUrl,
    ...(settings.temporalUiUrl !== undefined && { temporalUiUrl: settings.temporalUiUrl }),
  })
}
