import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { SendError, type Vendor, type Vendors } from '../../../destinations/index.js'
import { sandbox } from '../../../destinations/sandbox/index.js'
import type { Failure } from '../case.js'
import { FORGETFUL } from '../generate.js'

/** An attempt as the other side saw it. */
export interface Attempt {
  memberId: string
  tileId: string
  visit: number
  /** ms */
  at: number
}

/**
 * The other side of all sends: a vendor in place of the sandbox's, one that cannot dedupe, and an HTTP server for webhooks, to which what is sent
 * twice is sent once.
 */
export interface Peers {
  vendors: Vendors
  webhookUrl: string
  /** Whose attempts fail how from here on, by `tile:visit:attempt`; forgets what it saw. */
  begin(failures: Record<string, Failure>): void
  attempts(): Attempt[]
  close(): Promise<void>
}

const STATUS: Record<Failure, number> = { retry: 503, permanent: 400, ambiguous: 503 }

/** @param now the clock of the case, ms */
export async function startPeers(now: () => number): Promise<Peers> {
  let failures: Record<string, Failure> = {}
  let seen: Attempt[] = []

  /** Takes an attempt; answers how it fails. */
  function take(key: string): Failure | undefined {
    const [memberId, tileId, visit] = key.split(':') as [string, string, string]
    const attempt = seen.filter((each) => each.memberId === memberId && each.tileId === tileId && each.visit === Number(visit)).length + 1
    const failure = failures[`${tileId}:${visit}:${attempt}`]
    seen.push({ memberId, tileId, visit: Number(visit), at: now() })
    return failure
  }

  const server = http.createServer((request, response) => {
    const failure = take(String(request.headers['webhook-id']))
    request.resume()
    response.writeHead(failure === undefined ? 200 : STATUS[failure]).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const vendor = sandbox(async ({ key }) => {
    const failure = take(key)
    if (failure !== undefined) throw new SendError(failure, 'simulated', 'It fails as the case says.')
    return key
  }) as Vendor
  const forgetful: Vendor = { ...vendor, type: FORGETFUL, dedupes: false }
  return {
    vendors: new Map([vendor, forgetful].map((each) => [each.type, each])),
    webhookUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    begin: (next) => {
      failures = next
      seen = []
    },
    attempts: () => seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
