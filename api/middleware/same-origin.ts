import type { Request } from 'express'
import { TileworkError } from '../../model/errors.js'

/**
 * Whether a browser says that one of our own pages sent this request. Browsers always send Sec-Fetch-Site or Origin with a form or a fetch
 * that is not GET; other sites cannot forge them.
 * @returns undefined when the request carries neither, as those of programs do
 */
export function sameOrigin(req: Request, publicUrl: string): boolean | undefined {
  const site = req.get('sec-fetch-site')
  if (site !== undefined) return site === 'same-origin'
  const origin = req.get('origin')
  if (origin === undefined) return undefined
  if (origin === new URL(publicUrl).origin) return true
  return URL.canParse(origin) && new URL(origin).host === req.get('host')
}

/** Against cross-site request forgery: an unsafe verb with a session cookie must come from our own pages. @throws TileworkError forbidden */
export function requireSameOrigin(req: Request, publicUrl: string): void {
  if (sameOrigin(req, publicUrl) === true) return
  throw new TileworkError(
    'forbidden',
    'A request that changes something with a browser session must come from a page of this site (Sec-Fetch-Site or Origin). Programs use an API key.',
  )
}
