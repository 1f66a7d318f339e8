import { createPrivateKey, sign, type KeyObject } from 'node:crypto'

/** How a token is signed: RSA with PKCS #1 v1.5, or ECDSA on P-256; both over SHA-256 (RFC 7518 section 3.1). */
export type JwtAlgorithm = 'RS256' | 'ES256'

/**
 * A signed JSON Web Token (RFC 7519) in its compact form.
 * @param key private; PEM or opened
 * @param more what the header says besides the algorithm
 */
export function signJwt(
  alg: JwtAlgorithm,
  key: string | KeyObject,
  claims: Record<string, unknown>,
  more: Record<string, string> = {},
): string {
  const said = `${part({ alg, typ: 'JWT', ...more })}.${part(claims)}`
  const opened = typeof key === 'string' ? createPrivateKey(key) : key
  // A JWS has the two numbers of an ECDSA signature side by side, not in DER.
  return `${said}.${sign('sha256', Buffer.from(said), { key: opened, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Whether a PEM holds a private key that an algorithm can sign with. */
export function signsBy(alg: JwtAlgorithm, pem: string): boolean {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey(pem)
    return alg === 'RS256' ? asymmetricKeyType === 'rsa' : asymmetricKeyDetails?.namedCurve === 'prime256v1'
  } catch {
    return false
  }
}
