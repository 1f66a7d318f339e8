import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

/** Whoever takes messages on loopback, and counts. */
export interface Counting {
  port: number
  /** How often something was sent, by what tells one delivery from another. */
  effects: Map<string, number>
  /** Messages that were taken, repeats among them. */
  requests: number
  /** Told of each that was taken, before it is answered. */
  onTaken(key: string): void
  stop(): Promise<void>
}

/** Vendors that take email by their documented rules. Effects go by the delivery's key. */
export interface CountingVendors extends Counting {
  toward(origin: string): string
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

/**
 * A real SMTP server, which delivers whatever it takes. Effects go by the part of the recipient in front of the @.
 * @param latencyMs how long its answer to a whole message takes
 */
export async function countingMailServer(latencyMs: () => number = () => 0): Promise<Counting> {
  const counting = { effects: new Map<string, number>(), requests: 0, onTaken: (_key: string): void => undefined }
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onData(stream, { envelope }, done) {
      const key = envelope.rcptTo[0]!.address.split('@')[0]!
      stream.resume()
      // Its last line has come: from here on the message is the server's, whether or not anybody is there to hear so.
      stream.on('end', () => {
        counting.requests++
        counting.effects.set(key, (counting.effects.get(key) ?? 0) + 1)
        counting.onTaken(key)
        setTimeout(done, latencyMs())
      })
    },
  })
  // Of those who went away in the middle.
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.server.address() as AddressInfo
  return Object.assign(counting, { port, stop: () => new Promise<void>((resolve) => server.close(() => resolve())) })
}
