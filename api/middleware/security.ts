import helmet from 'helmet'
import type { RequestHandler } from 'express'

/**
 * The Content-Security-Policy: scripts and styles only from files of ours, nothing inline, nothing from elsewhere.
 * @param nonce of this load of the page: style elements that carry it are allowed
 */
export function contentSecurityPolicy(nonce?: string): string {
  const directives = {
    'default-src': "'none'",
    'script-src': "'self'",
    'style-src': nonce === undefined ? "'self'" : `'self' 'nonce-${nonce}'`,
    'img-src': "'self' data:",
    'font-src': "'self'",
    'connect-src': "'self'",
    // Messages are shown in a frame, under a policy of their own (api/preview.ts).
    'frame-src': "'self'",
    'form-action': "'self'",
    'base-uri': "'none'",
    'frame-ancestors': "'none'",
  }
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ')
}

/**
 * Security headers. The referrer is kept inside the site: with `no-referrer` browsers would send `Origin: null` with our own forms.
 */
export function securityHeaders(): RequestHandler {
  const others = helmet({
    contentSecurityPolicy: false,
    referrerPolicy: { policy: 'same-origin' },
    crossOriginEmbedderPolicy: false,
  })
  const policy = contentSecurityPolicy()
  return (req, res, next) => {
    res.setHeader('Content-Security-Policy', policy)
    others(req, res, next)
  }
}
