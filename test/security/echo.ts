import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import type { Reply, Rules, Seen } from '../vendors/stub.js'

/* Vendors that repeat, wherever they can, what let somebody in. */

/** How they answer. */
export const MODES = ['taken', 'taken with a text', 'refused', 'refused by an object', 'refused by a text', 'refused with a sentence that is too long', 'asked to come later', 'credentials refused', 'reset', 'unwell'] as const // prettier-ignore
export type Mode = (typeof MODES)[number]

/** What vendors cut sentences and texts at. */
const [SENTENCE, TEXT] = [300, 2_000]
const PLAIN = new Set(['host', 'connection', 'user-agent', 'accept', 'content-type', 'content-length', 'accept-encoding'])

const decoded = (value: string): string => (value.startsWith('Basic ') ? Buffer.from(value.slice(6), 'base64').toString() : '')

/** What a request says, what lets it in first. */
function heardIn({ path, query, headers, body, method }: Seen): string {
  const given = Object.entries(headers).filter(([name]) => !PLAIN.has(name) && !name.startsWith(':'))
  const values = given.map(([, value]) => String(value))
  return `${values.join(' ')} ${values.map(decoded).join(' ')} ${method} ${path}?${query.toString()} ${JSON.stringify(headers)} ${body}`
}

/** All names by which vendors tell what is wrong. */
const named = (said: string, error: unknown): object => ({
  error,
  errors: [{ message: said, detail: said, title: said, reason: said, field: 'to', code: 'invalid', type: said, index: 0, batch_index: 0 }],
  ...{ message: said, Message: said, description: said, detail: said, title: said, reason: said, error_description: said, msg: said },
  ...{ id: 'x', ok: false, status: 'error', category: 'VALIDATION_ERROR', code: 7, ErrorCode: 300, error_code: 400, params: said },
})

/** @param mode what they do now */
export const echoing =
  (mode: () => Mode, tokens: string[]): Rules =>
  (seen) => {
    const heard = heardIn(seen)
    const json = (status: number, said = heard, error: unknown = said): Reply => ({ status, json: named(said, error) })
    if (seen.host === 'oauth2.googleapis.com') {
      if (mode() === 'credentials refused') return json(400)
      tokens.push(`ya29.S3CRET-token-${tokens.length}-0123456789`)
      return { status: 200, json: { access_token: tokens.at(-1), expires_in: 301, token_type: 'Bearer' } }
    }
    switch (mode()) {
      case 'taken':
        return { status: 200, json: { message: heard, id: 'x', echo: { heard, [heard]: 1 } } }
      case 'taken with a text':
        return { status: 200, text: heard }
      case 'refused':
        return json(400)
      case 'refused by an object':
        return json(400, heard, { message: heard, status: 'INVALID_ARGUMENT', code: 400, error_user_msg: heard, details: [] })
      case 'refused by a text':
        return { status: 400, text: '-'.repeat(TEXT - 24) + heard }
      case 'refused with a sentence that is too long':
        return json(400, '-'.repeat(SENTENCE - 24) + heard)
      case 'asked to come later':
        return { ...json(429), headers: { 'retry-after': '1' } }
      case 'credentials refused':
        return json(401)
      default:
        return json(500)
    }
  }

/** An SMTP server that does the same. */
export async function echoingSmtp(mode: () => Mode): Promise<{ port: number; close(): Promise<void> }> {
  let heard = ''
  const server = new SMTPServer({
    authOptional: false,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    authMethods: ['PLAIN', 'LOGIN'],
    onAuth: ({ username, password: given }, _session, done) => {
      const password = given ?? ''

      heard = `${password} ${Buffer.from(`\0${username ?? ''}\0${password}`).toString('base64')} ${Buffer.from(password).toString('base64')}`
      if (mode() === 'credentials refused') done(Object.assign(new Error(heard), { responseCode: 535 }))
      else done(null, { user: username ?? '' })
    },
    onData: (stream, _session, done) => {
      stream.resume()
      stream.on('end', () => {
        if (mode().startsWith('taken')) done(null, `Taken of ${heard}` as never)
        else done(Object.assign(new Error(heard), { responseCode: mode().startsWith('refused') ? 550 : 451 }))
      })
    },
  })
  server.on('error', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  const { port } = server.server.address() as AddressInfo
  return { port, close: () => new Promise((resolve) => server.close(() => resolve())) }
}
