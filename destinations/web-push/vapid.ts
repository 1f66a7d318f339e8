import { createECDH, createPrivateKey, type KeyObject } from 'node:crypto'
import { signJwt } from '../jwt.js'

/* Who sends: VAPID, RFC 8292. */

/** For how long a token is good, in seconds; a day is the most. */
const LIFETIME_S = 12 * 3600

interface Keys {
  privateKey: KeyObject
  /** base64url of the 65 bytes. */
  publicKey: string
}

/** Opens a private key. @param text base64url of its 32 bytes, as `web-push generate-vapid-keys` prints it @throws when it is none */
export function vapidKeys(text: string): Keys {
  const d = Buffer.from(text, 'base64url')
  const own = createECDH('prime256v1')
  own.setPrivateKey(d)
  const point = own.getPublicKey()
  const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((half) => half.toString('base64url'))
  const jwk = { kty: 'EC', crv: 'P-256', d: d.toString('base64url'), x: x!, y: y! }
  return { privateKey: createPrivateKey({ format: 'jwk', key: jwk }), publicKey: point.toString('base64url') }
}

/** The value of Authorization for an endpoint. @param now ms */
export function vapid(endpoint: URL, subject: string, key: string, now: number): string {
  const { privateKey, publicKey } = vapidKeys(key)
  const token = signJwt('ES256', privateKey, { aud: endpoint.origin, exp: Math.floor(now / 1000) + LIFETIME_S, sub: subject })
  return `vapid t=${token}, k=${publicKey}`
}
