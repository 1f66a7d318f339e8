import http from 'node:http'
import type { AddressInfo } from 'node:net'

/** Vendors on loopback that take email by their documented rules, and count. */
export interface CountingVendors {
  port: number
  toward(origin: string): string
  /** How often something was sent, by the delivery's key. */
  effects: Map<string, number>
  /** Requests that were taken, repeats among them. */
  requests: number
  /** Told of each that was taken, before it is answered. */
  onTaken(key: string): void
  stop(): Promise<void>
}

interface Mail {
  personalizations?: { custom_args: { tilework_key: string } }[]
}

/**
 * Resend sends once what comes with one Idempotency-Key, and answers a repeat as the first (resend.com/docs/dashboard/emails/idempotency-keys); SendGrid
 * sends whatever comes.
 * @param latencyMs how long an answer takes
 */
export async function countingVendors(latencyMs: () => number = () => 0): Promise<CountingVendors> {
  const effects = new Map<string, number>()
  const vendors = { requests: 0, onTaken: (_key: string): void => undefined }
  function take(req: http.IncomingMessage, text: string, res: http.ServerResponse): void {
    const resend = req.headers.host === 'api.resend.com'
    const key = resend ? (req.headers['idempotency-key'] as string) : (JSON.parse(text) as Mail).personalizations![0]!.custom_args.tilework_key
    vendors.requests++
    if (!resend || !effects.has(key)) effects.set(key, (effects.get(key) ?? 0) + 1)
    vendors.onTaken(key)
    const answer = (): unknown => (resend ? res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ id: `id of ${key}` })) : res.writeHead(202, { 'x-message-id': `id of ${key}` }).end())
    setTimeout(answer, latencyMs())
  } // prettier-ignore
  const server = http.createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => take(req, Buffer.concat(chunks).toString(), res))
    req.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return Object.assign(vendors, {
    port,
    toward: () => `http://127.0.0.1:${port}`,
    effects,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}
