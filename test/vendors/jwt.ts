import { webcrypto } from 'node:crypto'

/* Tokens are read by code that has nothing in common with what signs them: RFC 7515 over Web Cryptography. */

const ALGORITHMS = {
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
} as const

/** What a token says. */
export interface ReadJwt {
  header: Record<string, unknown>
  claims: Record<string, unknown>
}

/**
 * Reads a token, and nothing of one whose signature is not by the key.
 * @param publicKey PEM (SubjectPublicKeyInfo)
 */
export async function readJwt(token: string, alg: keyof typeof ALGORITHMS, publicKey: string): Promise<ReadJwt | undefined> {
  const der = Buffer.from(publicKey.replace(/-----[^-]+-----|\s/g, ''), 'base64')
  const key = await webcrypto.subtle.importKey('spki', der, ALGORITHMS[alg], false, ['verify'])
  return readBy(token, alg, key)
}

/** As `readJwt`. @param publicKey the 65 bytes of an uncompressed point on P-256 */
export async function readJwtByPoint(token: string, publicKey: Uint8Array): Promise<ReadJwt | undefined> {
  return readBy(token, 'ES256', await webcrypto.subtle.importKey('raw', publicKey, ALGORITHMS.ES256, false, ['verify']))
}

async function readBy(token: string, alg: keyof typeof ALGORITHMS, key: webcrypto.CryptoKey): Promise<ReadJwt | undefined> {
  const [head = '', body = '', signature = '', ...rest] = token.split('.')
  if (rest.length > 0 || /[^\w-]/.test(head + body + signature)) return undefined
  const valid = await webcrypto.subtle.verify(ALGORITHMS[alg], key, Buffer.from(signature, 'base64url'), Buffer.from(`${head}.${body}`))
  const read = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Record<string, unknown>
  return valid && read(head).alg === alg ? { header: read(head), claims: read(body) } : undefined
}
