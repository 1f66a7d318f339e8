import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { signJwt } from '../jwt.js'
import type { Config, Secrets } from './index.js'

/** APNs takes a token for an hour. */
const USED_MS = 50 * 60_000
/** APNs refuses tokens that are made more often. */
const EVERY_MS = 20 * 60_000

interface Account {
  config: Config
  secrets: Secrets
}

/** The token with which a team says who it is. */
export interface ProviderTokens {
  of(account: Account): string
  /** Makes another one for the next request, unless this one is so new that APNs would refuse another. */
  renew(account: Account): void
}

/** Keeps a token for each key; one serves many requests, as APNs asks. */
export function providerTokens(now: () => number): ProviderTokens {
  const held = new LRUCache<string, { token: string; madeAt: number }>({ max: 100, ttl: USED_MS, ttlResolution: 0, perf: { now } })
  return {
    of: (account) => {
      const key = keyOf(account)
      let kept = held.get(key)
      if (!kept) held.set(key, (kept = { token: tokenOf(account, now()), madeAt: now() }))
      return kept.token
    },
    renew: (account) => {
      const kept = held.get(keyOf(account))
      if (kept && now() - kept.madeAt > EVERY_MS) held.delete(keyOf(account))
    },
  }
}

const keyOf = ({ config: { teamId, keyId }, secrets: { privateKey } }: Account): string =>
  createHash('sha256')
    .update(JSON.stringify([teamId, keyId, privateKey]))
    .digest('hex')

const tokenOf = ({ config: { teamId, keyId }, secrets: { privateKey } }: Account, now: number): string =>
  signJwt('ES256', privateKey, { iss: teamId, iat: Math.floor(now / 1000) }, { kid: keyId })
