import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Response } from 'express'
import { TileworkError } from '../model/errors.js'
import { contentSecurityPolicy } from './middleware/security.js'

/** The first parts of the addresses that the web application has pages for. */
const AREAS = ['journeys', 'audiences', 'customers', 'events', 'templates', 'destinations', 'inbox', 'operations', 'settings']

/** Paths that are pages of the web application. */
export const APP_PATH = new RegExp(`^/(?:(?:${AREAS.join('|')})(?:/.*)?)?$`)

const here = path.dirname(fileURLToPath(import.meta.url))

/** A folder of web/, whether this runs from the sources or from dist/. */
export const webFolder = (name: string): string =>
  path.join(here, here.includes(`${path.sep}dist${path.sep}`) ? '../../web' : '../web', name)

/**
 * Sends the page of the web application. Each load has a nonce of its own for the style elements that its libraries make.
 * @throws TileworkError unavailable when it is not built
 */
export async function sendApp(res: Response): Promise<void> {
  const page = await readFile(path.join(webFolder('dist'), 'index.html'), 'utf8').catch(() => {
    throw new TileworkError(
      'unavailable',
      'The web application is not built. Run `npm run build`, or start with `npm start`, which builds it.',
    )
  })
  const nonce = randomBytes(18).toString('base64url')
  res.setHeader('Content-Security-Policy', contentSecurityPolicy(nonce))
  res.type('html').send(page.replace('%NONCE%', nonce))
}

/**
 * Where to go after signing in: a page of ours, or the first one for everything else (another site, another scheme, the API).
 * @param wanted a path with its query, as the visitor asked for it
 */
export function safeReturn(wanted: string | undefined): string {
  const ours = 'http://tilework.invalid'
  if (wanted === undefined || !URL.canParse(wanted, ours)) return '/'
  const { origin, pathname, search } = new URL(wanted, ours)
  return origin === ours && APP_PATH.test(pathname) ? pathname + search : '/'
}
