import dns from 'node:dns'
import net from 'node:net'
import ipaddr from 'ipaddr.js'
import { LRUCache } from 'lru-cache'
import { Agent, buildConnector } from 'undici'

/** An address that requests may not reach. The message says how to allow it. */
export class BlockedAddress extends Error {
  override name = 'BlockedAddress'
  constructor(host: string, address: string) {
    const where = host === address ? host : `${host} (${address})`
    super(
      `${where} is not a public address, so it is not called. If it is meant, add it to OUTBOUND_ALLOW, for example OUTBOUND_ALLOW=${address}/${address.includes(':') ? 128 : 32}.`,
    )
  }
}

/** Public by its range, and yet the inside of a cloud: Azure's wire server. */
const UNICAST_BUT_INSIDE = new Set(['168.63.129.16'])

/**
 * Whether an IP address may be reached: public, or inside an allowed CIDR. IPv4 in IPv6 counts as IPv4.
 * @param allow CIDRs of OUTBOUND_ALLOW
 */
export function mayReach(address: string, allow: readonly string[]): boolean {
  try {
    if (isListed(address, allow)) return true
    const parsed = ipaddr.process(address)
    return parsed.range() === 'unicast' && !UNICAST_BUT_INSIDE.has(parsed.toString())
  } catch {
    return false
  }
}

/**
 * Whether an IP address is inside a CIDR of OUTBOUND_ALLOW. IPv4 in IPv6 counts as IPv4.
 * @throws Error when it is no address
 */
export const isListed = (address: string, allow: readonly string[]): boolean => allow.some((cidr) => inside(ipaddr.process(address), cidr))

function inside(address: ipaddr.IPv4 | ipaddr.IPv6, cidr: string): boolean {
  const [network, bits] = ipaddr.parseCIDR(cidr.includes('/') ? cidr : `${cidr}/${cidr.includes(':') ? 128 : 32}`)
  return address.kind() === network.kind() && address.match(network as ipaddr.IPv4, bits)
}

/** Resolves a host; every address that it has must be reachable. @throws BlockedAddress */
export async function resolveAllowed(host: string, allow: readonly string[]): Promise<string[]> {
  const bare = host.replace(/^\[|\]$/g, '')
  const addresses = net.isIP(bare) ? [bare] : (await dns.promises.lookup(bare, { all: true })).map(({ address }) => address)
  const blocked = addresses.find((address) => !mayReach(address, allow))
  if (blocked !== undefined) throw new BlockedAddress(bare, blocked)
  return addresses
}

const agents = new LRUCache<string, Agent>({ max: 200, dispose: (agent, _key, why) => why === 'evict' && void agent.close() })

/** Longest that a connection may take to be made, in ms. */
const CONNECT_TIMEOUT_MS = 10_000
/** Most connections of HTTP/2 to an origin. undici has one POST under way on each, so what is lost with a connection is known. */
const MOST_HTTP2 = 32

/**
 * The undici agent that reaches only allowed addresses. It looks at a literal host, at what a name resolves to, and at the peer that it
 * is connected to, so that no name can change in between. Kept per list, so that connections are reused.
 * @param http2 speaks HTTP/2, on connections of its own for each word
 */
export function guardedAgent(allow: readonly string[], http2?: string): Agent {
  const key = JSON.stringify([allow, http2])
  let agent = agents.get(key)
  if (!agent) agents.set(key, (agent = newAgent(allow, http2 !== undefined)))
  return agent
}

const newAgent = (allow: readonly string[], http2: boolean): Agent =>
  new Agent({
    connect: guardedConnector(allow, http2),
    keepAliveTimeout: 10_000,
    ...(http2 && { allowH2: true, connections: MOST_HTTP2 }),
  })

/** Closes all agents. */
export async function closeAgents(): Promise<void> {
  const open = [...agents.values()]
  agents.clear()
  await Promise.all(open.map((agent) => agent.close()))
}

function guardedConnector(allow: readonly string[], http2: boolean): buildConnector.connector {
  const lookup = (host: string, options: dns.LookupOptions, done: (error: Error | null, ...found: never[]) => void): void => {
    dns.lookup(host, { ...options, all: true }, (error, found) => {
      const blocked = found?.find(({ address }) => !mayReach(address, allow))
      if (error || blocked) return done(error ?? new BlockedAddress(host, blocked!.address))
      const answer: unknown[] = options.all ? [found] : [found[0]!.address, found[0]!.family]
      done(null, ...(answer as never[]))
    })
  }
  // Over TLS both sides agree on it; without TLS it is known before (RFC 9113 section 3.3), as in tests.
  const protocol = http2 ? { allowH2: true, useH2c: true } : {}
  const connect = buildConnector({ timeout: CONNECT_TIMEOUT_MS, lookup: lookup as never, ...protocol })
  return (options, done) => {
    const host = options.hostname.replace(/^\[|\]$/g, '')
    if (net.isIP(host) && !mayReach(host, allow)) return done(new BlockedAddress(host, host), null)
    connect(options, (...[error, socket]) => {
      if (socket?.remoteAddress && !mayReach(socket.remoteAddress, allow)) {
        socket.destroy()
        return done(new BlockedAddress(host, socket.remoteAddress), null)
      }
      if (error) done(error, null)
      else done(null, socket!)
    })
  }
}
