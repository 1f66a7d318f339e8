import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { signJwt, signsBy } from './jwt.js'
import type { Explain, Http } from './outbound/http.js'
import { SendError, type SendCall } from './vendor.js'

/*
 * Access tokens for a service account of Google: a JWT signed with its key is exchanged for one that lives an hour
 * (developers.google.com/identity/protocols/oauth2/service-account, "HTTP/REST").
 */

/** Always this one, whatever the key file says: the file comes from a user. */
const TOKEN_URL = 'https://oauth2.googleapis.com/token'
/** A token is used until this long before it ends, in ms. */
const MARGIN_MS = 300_000

const keyFile = z.object({
  client_email: z.string().min(1),
  private_key: z.string(),
  private_key_id: z.string().optional(),
  project_id: z.string().min(1),
})
export type ServiceAccount = z.output<typeof keyFile>

/** The JSON key file of a service account, as a secret. */
export const serviceAccount = z
  .string()
  .min(1, 'Paste the JSON key file of the service account.')
  .max(6000)
  .refine(isKeyFile, { error: 'Paste the whole JSON key file of a service account, with client_email, private_key and project_id.' })
  .meta({ title: 'Service account', description: 'The JSON key file, as Google Cloud gives it.' })

function isKeyFile(text: string): boolean {
  try {
    return signsBy('RS256', accountOf(text).private_key)
  } catch {
    return false
  }
}

/** What a key file says. */
export const accountOf = (text: string): ServiceAccount => keyFile.parse(JSON.parse(text))

type TokenCall = Pick<SendCall<unknown, { serviceAccount: string }>, 'secrets' | 'signal' | 'outboundAllow'>

/** Does something with an access token; one that is refused (401) is not used again. */
export type WithToken = <T>(call: TokenCall, use: (token: string) => Promise<T>) => Promise<T>

/**
 * Keeps a token for each account until shortly before it ends; those who ask while one is being fetched get that one.
 * Nothing has been sent when a token cannot be had: such an error is `retry` or `permanent`.
 * @param scope of OAuth
 */
export function googleTokens(http: Http, scope: string, now: () => number = Date.now): WithToken {
  const held = new LRUCache<string, string, TokenCall>({
    max: 100,
    ttl: 3_600_000,
    ttlResolution: 0,
    perf: { now },
    fetchMethod: async (_key, _stale, { options, context }) => {
      const { token, lifetimeMs } = await fetchToken(http, scope, now, context)
      options.ttl = Math.max(1, lifetimeMs - MARGIN_MS)
      return token
    },
  })
  return async (call, use) => {
    const key = createHash('sha256').update(call.secrets.serviceAccount).digest('hex')
    const token = (await held.fetch(key, { context: call }))!
    try {
      return await use(token)
    } catch (error) {
      const refused = error instanceof SendError && (error.answer as { status?: number } | undefined)?.status === 401
      if (refused && held.peek(key) === token) held.delete(key)
      throw error
    }
  }
}

async function fetchToken(http: Http, scope: string, now: () => number, call: TokenCall): Promise<{ token: string; lifetimeMs: number }> {
  const { client_email: iss, private_key: key, private_key_id: kid } = accountOf(call.secrets.serviceAccount)
  const iat = Math.floor(now() / 1000)
  const assertion = signJwt('RS256', key, { iss, scope, aud: TOKEN_URL, iat, exp: iat + 3600 }, kid === undefined ? {} : { kid })
  const form = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion }
  const { json } = await http(call, { url: TOKEN_URL, form, sensitive: [assertion] }, explain).catch((error: unknown) => {
    throw error instanceof SendError && error.kind === 'ambiguous' ? new SendError('retry', error.code, error.message) : error
  })
  const { access_token: token, expires_in: seconds } = (json ?? {}) as { access_token?: string; expires_in?: number }
  if (token === undefined) throw new SendError('retry', 'no_token', 'oauth2.googleapis.com answered without a token.')
  return { token, lifetimeMs: (seconds ?? 3600) * 1000 }
}

/** `{error, error_description}` (RFC 6749 section 5.2). */
const explain: Explain = ({ status, json }) => {
  if (status < 300) return undefined
  const { error, error_description: message } = (json ?? {}) as { error?: string; error_description?: string }
  const said = typeof message === 'string' ? { message } : {}
  return status === 400 || error === 'invalid_grant' ? { ...said, code: 'bad_credentials' } : said
}
