import { generateKeyPairSync } from 'node:crypto'
import type { Reply, Seen } from './stub.js'
import { readJwt } from './jwt.js'

/** A service account for tests, and Google's token endpoint by its documented rules. */
export interface GoogleAccount {
  /** The JSON key file. */
  keyFile: string
  /** Whether a request is for a token. */
  aside(seen: Seen): boolean
  /** Answers requests for tokens. @param now ms */
  token(seen: Seen): Promise<Reply>
  /** Tokens that were given. */
  given: string[]
}

const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const refused = (error: string, error_description: string): Reply => ({ status: 400, json: { error, error_description } })

/**
 * Rules: developers.google.com/identity/protocols/oauth2/service-account.
 * @param scope that is asked for
 */
export function googleAccount(scope: string, now: () => number = Date.now): GoogleAccount {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const email = 'tilework@example.iam.gserviceaccount.com'
  const given: string[] = []
  return {
    keyFile: JSON.stringify({ type: 'service_account', project_id: 'example', private_key_id: 'k1', private_key: privateKey, client_email: email }), // prettier-ignore
    given,
    aside: ({ host }) => host === 'oauth2.googleapis.com',
    token: async ({ method, path, form }) => {
      if (method !== 'POST' || path !== '/token') return { status: 404 }
      if (form.get('grant_type') !== GRANT) return refused('unsupported_grant_type', 'Invalid grant_type')
      const jwt = await readJwt(form.get('assertion') ?? '', 'RS256', publicKey)
      if (!jwt) return refused('invalid_grant', 'Invalid JWT Signature.')
      const { iss, aud, iat, exp } = jwt.claims as { iss: string; aud: string; iat: number; exp: number }
      const at = now() / 1000
      if (iss !== email || jwt.header.kid !== 'k1') return refused('invalid_grant', 'Invalid grant: account not found')
      if (aud !== 'https://oauth2.googleapis.com/token') return refused('invalid_grant', 'Invalid JWT: audience')
      if (iat > at + 60 || exp <= at || exp - iat > 3600) return refused('invalid_grant', 'Invalid JWT: Token must be a short-lived token (60 minutes)') // prettier-ignore
      if (jwt.claims.scope !== scope) return refused('invalid_scope', 'Empty or missing scope not allowed.')
      given.push(`ya29.${given.length + 1}`)
      return { status: 200, json: { access_token: given.at(-1), expires_in: 3599, token_type: 'Bearer' } }
    },
  }
}
