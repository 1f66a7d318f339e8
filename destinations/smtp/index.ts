import { createHash } from 'node:crypto'
import { PassThrough, type Transform } from 'node:stream'
import { LRUCache } from 'lru-cache'
import nodemailer, { type Transporter } from 'nodemailer'
import type SMTPPool from 'nodemailer/lib/smtp-pool/index.js'
import { z } from 'zod'
import { digestOf } from '../derived.js'
import { emailFields, emailOf } from '../fields.js'
import { BlockedAddress, resolveAllowed } from '../outbound/guard.js'
import { SendError, type SendCall, type SendResult, type Vendor } from '../vendor.js'
import { Places } from './places.js'
import { trackedHtml } from './track.js'

const config = z.strictObject({
  host: z.string().min(1, 'Give the host of the SMTP server.').max(253),
  port: z.int().min(1).max(65_535),
  secure: z.boolean(),
  user: z.string().min(1).max(320).optional(),
  from: z.string().min(3, "Give the sender's address.").max(320),
  trackOpens: z.boolean().optional().meta({ title: 'See opens', description: 'A picture that is loaded when the HTML is shown.' }),
  trackClicks: z.boolean().optional().meta({ title: 'See clicks', description: 'Links in the HTML lead by way of Tilework.' }),
})
const secrets = z.strictObject({ password: z.string().max(1000).optional() })
type Config = z.output<typeof config>
type Secrets = z.output<typeof secrets>

/** Connections to a server at the same time. */
const CONNECTIONS = 5

/** A pool of connections of one account, and their places: what waits in the pool itself cannot be called back any more. */
interface Pool {
  transport: Transporter<SMTPPool.SentMessageInfo>
  places: Places
}

/** Any SMTP server. */
export function smtp(): Vendor<Config, Secrets> {
  // One per account; closed when it has not been used for a while.
  const pools = new LRUCache<string, Pool>({
    max: 100,
    ttl: 600_000,
    updateAgeOnGet: true,
    ttlAutopurge: false,
    dispose: ({ transport }) => transport.close(),
  })
  return {
    type: 'smtp',
    title: 'SMTP server',
    config,
    secrets,
    dedupes: false,
    idempotency:
      'SMTP has no key. When a server took the message and its answer was lost, the delivery is unknown. Message-ID is the same over retries.',
    actions: {
      send_email: { title: 'Send email', channel: 'email', fields: emailFields, send: (call) => sendEmail(pools, call) },
    },
    test: async (call) => {
      const { transport } = await poolOf(pools, call)
      await transport.verify().catch((error: unknown) => {
        throw toSendError(error, false)
      })
    },
    close: () => pools.clear(),
  }
}

type Account = Pick<SendCall<Config, Secrets>, 'config' | 'secrets' | 'outboundAllow'>

async function poolOf(pools: LRUCache<string, Pool>, { config: c, secrets: s, outboundAllow }: Account): Promise<Pool> {
  const [address] = await resolveAllowed(c.host, outboundAllow).catch((error: unknown) => {
    if (error instanceof BlockedAddress) throw new SendError('permanent', 'blocked_address', error.message)
    throw new SendError('retry', 'smtp_dns', `The name ${c.host} cannot be resolved. Check the host of the destination.`)
  })
  const key = createHash('sha256')
    .update(JSON.stringify([c, s, address]))
    .digest('hex')
  let pool = pools.get(key)
  if (!pool) {
    const transport = nodemailer.createTransport({
      pool: true,
      maxConnections: CONNECTIONS,
      // Trying again is the ledger's business: the pool itself would send twice.
      maxRequeues: 0,
      // The address that was checked; the name is still what the certificate must show.
      host: address!,
      port: c.port,
      secure: c.secure,
      tls: { servername: c.host },
      ...(c.user !== undefined && { auth: { user: c.user, pass: s.password ?? '' } }),
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      socketTimeout: 30_000,
      disableFileAccess: true,
      disableUrlAccess: true,
    })
    transport.use('stream', tellWhenWritten)
    pool = { transport, places: new Places(CONNECTIONS) }
    pools.set(key, pool)
  }
  return pool
}

async function sendEmail(pools: LRUCache<string, Pool>, call: SendCall<Config, Secrets>): Promise<SendResult> {
  const { to, subject, html, text, replyTo } = emailOf(call.fields)
  const { transport, places } = await poolOf(pools, call)
  const messageId = `<${digestOf(call.key)}@tilework>`
  const progress: Progress = { written: false }
  const message = {
    from: call.config.from,
    to,
    subject,
    messageId,
    // What parts the message is the same in each try as well.
    baseBoundary: digestOf(call.key),
    ...(html && { html: seen(html, call) }),
    ...(text && { text }),
    ...(replyTo && { replyTo }),
    headers: call.headers,
    progress,
  }
  const leave = await places.take(call.signal).catch(() => {
    throw new SendError('retry', 'smtp_busy', BUSY)
  })
  const sending = transport.sendMail(message).finally(leave)
  const sent = await Promise.race([sending, aborted(call.signal)]).catch((error: unknown) => {
    throw toSendError(error, progress.written)
  })
  return { vendorId: sent.messageId, answer: { response: sent.response } }
}

const BUSY =
  'The SMTP server takes messages more slowly than they come; this one was not begun. Give the destination a rate limit that the server can keep up with.'

/** With what is needed to see what the customer does with it, as far as that is wanted. */
const seen = (html: string, { tracking, config: { trackOpens = false, trackClicks = false } }: SendCall<Config, Secrets>): string =>
  tracking ? trackedHtml(html, tracking, { opens: trackOpens, clicks: trackClicks }) : html

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    // What is under way cannot be called back.
    const late = (): void =>
      reject(new SendError('ambiguous', 'timeout', 'The SMTP server did not answer in time; the message may have left.'))
    if (signal.aborted) late()
    else signal.addEventListener('abort', late, { once: true })
  })
}

/** How far a message got: `written` from when its text may have begun to flow to the server. */
interface Progress {
  written: boolean
}

/** A plugin of nodemailer, which does not say whether a connection was lost before or after the message went out: its stream does. */
function tellWhenWritten(mail: { data: object; message: { transform(make: () => Transform): void } }, done: (error?: Error) => void): void {
  const { progress } = mail.data as { progress?: Progress }
  mail.message.transform(() => new Told(progress ?? { written: false }))
  done()
}

class Told extends PassThrough {
  constructor(private readonly progress: Progress) {
    super()
  }

  override pipe<T extends NodeJS.WritableStream>(destination: T, options?: { end?: boolean }): T {
    this.progress.written = true
    return super.pipe(destination, options)
  }
}

function toSendError(error: unknown, written: boolean): SendError {
  if (error instanceof SendError) return error
  const { code, command, responseCode, message } = error as { code?: string; command?: string; responseCode?: number; message: string }
  const answer = responseCode === undefined ? undefined : { responseCode, command }
  if (code === 'EAUTH')
    return new SendError(
      'permanent',
      'smtp_auth',
      'The SMTP server refused the user or the password. Mend them in the destination, then retry.',
      { answer },
    )
  if (responseCode !== undefined && responseCode >= 500)
    return new SendError('permanent', `smtp_${responseCode}`, `The SMTP server refused the message: ${message}`, { answer })
  if (responseCode !== undefined)
    return new SendError('retry', `smtp_${responseCode}`, `The SMTP server asks to try later: ${message}`, { answer })
  if (written) return new SendError('ambiguous', 'smtp_no_answer', 'The message was written and the SMTP server never answered.')
  return new SendError('retry', 'smtp_connection', `The SMTP server cannot be reached: ${message}`)
}
