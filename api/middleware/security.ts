import helmet from 'helmet'
import type { RequestHandler } from 'express'

/**
 * Security headers. Scripts and styles only from files of ours, nothing inline, nothing from elsewhere, no frames.
 * The referrer is kept inside the site: with `no-referrer` browsers would send `Origin: null` with our own forms.
 */
export function securityHeaders(): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    referrerPolicy: { policy: 'same-origin' },
    crossOriginEmbedderPolicy: false,
  })
}
