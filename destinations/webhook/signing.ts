import { Webhook } from 'standardwebhooks'
import { SendError } from '../vendor.js'

/**
 * The headers of Standard Webhooks 1.0.0 (standardwebhooks.com): `webhook-id` stays over retries, the time stamp is the attempt's, and there is a
 * signature by each secret, so that a receiver may change its secret without a gap. Without secrets there is none.
 * @throws SendError permanent `invalid_secret`
 */
export function signedHeaders(key: string, body: string, secrets: readonly string[]): Record<string, string> {
  const now = new Date()
  const headers = { 'webhook-id': key, 'webhook-timestamp': String(Math.floor(now.getTime() / 1000)) }
  if (secrets.length === 0) return headers
  return { ...headers, 'webhook-signature': secrets.map((secret) => signature(secret, key, now, body)).join(' ') }
}

function signature(secret: string, key: string, now: Date, body: string): string {
  try {
    return new Webhook(secret).sign(key, now, body)
  } catch {
    throw new SendError(
      'permanent',
      'invalid_secret',
      'The secret to sign with is no Standard Webhooks secret (whsec_ and base64). Replace it in Secrets.',
    )
  }
}
