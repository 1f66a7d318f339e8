import { getEventListeners } from 'node:events'
import type { AddressInfo } from 'node:net'
import net from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { eventually } from '../../test/support/canvas.js'
import { SendError, type SendCall } from '../vendor.js'
import { smtp } from './index.js'

/* Real SMTP conversations. */

const vendor = smtp()

let servers: SMTPServer[] = []
afterEach(async () => {
  vendor.close?.()
  await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))))
  servers = []
})

async function serve(options: SMTPServerOptions): Promise<number> {
  const server = new SMTPServer({ authOptional: true, disabledCommands: ['STARTTLS'], logger: false, ...options })
  server.on('error', () => undefined)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.server.address() as AddressInfo).port
}

type Call = SendCall<never, never>
const callOf = (port: number, more: Record<string, unknown> = {}): Call =>
  ({
    key: 'mem_1:hello:1',
    workspaceId: 'wsp_1',
    memberId: 'mem_1',
    tileId: 'hello',
    customerId: 'ada',
    config: { host: '127.0.0.1', port, secure: false, from: 'Shop <shop@example.com>' },
    secrets: {},
    fields: { to: 'ada@example.com', subject: 'Hello', text: 'Hi Ada' },
    signal: AbortSignal.timeout(10_000),
    outboundAllow: ['127.0.0.0/8'],
    ...more,
  }) as unknown as Call

const send = (call: Call) => vendor.actions.send_email!.send(call)
const failure = async (call: Call): Promise<SendError> => {
  const error: unknown = await send(call).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof SendError)) throw error ?? new Error('It was sent.')
  return error
}

/** A server that keeps what it gets. */
const keeping = (mails: string[]): Promise<number> =>
  serve({
    onData(stream, _session, done) {
      let mail = ''
      stream.on('data', (chunk: Buffer) => (mail += chunk.toString()))
      stream.on('end', () => {
        mails.push(mail)
        done()
      })
    },
  })

test('a message arrives whole, with a Message-ID that is the same over retries', async () => {
  const mails: string[] = []
  const port = await keeping(mails)
  const fields = { to: 'ada@example.com', subject: 'Hello', text: 'Hi Ada', html: '<p>Hi Ada</p>', replyTo: 'help@example.com' }
  const first = await send(callOf(port, { fields }))
  const second = await send(callOf(port, { fields }))
  expect(mails).toHaveLength(2)
  expect(mails[0]).toMatch(/^From: Shop <shop@example.com>/m)
  expect(mails[0]).toMatch(/^To: ada@example.com/m)
  expect(mails[0]).toMatch(/^Reply-To: help@example.com/m)
  expect(mails[0]).toContain('<p>Hi Ada</p>')
  expect(first.vendorId).toBe(second.vendorId)
  expect(mails[1]).toContain(first.vendorId!)
})

test('opens and clicks are seen where that is wanted, in the HTML alone; a repeat is the same message', async () => {
  const mails: string[] = []
  const port = await keeping(mails)
  const link = 'See https://example.com/ <a href="https://example.com/">there</a>'
  const tracking = { openUrl: 'https://t.example/o', clickUrl: () => 'https://t.example/c' }
  const sends = async (config: object) => {
    mails.length = 0
    const call = callOf(port, { tracking, fields: { to: 'ada@example.com', subject: 'Hello', html: link, text: link } })
    await send({ ...call, config: { ...(call.config as object), ...config } as never })
    // Without the line breaks and signs of quoted-printable.
    return mails[0]!.replace(/=\r\n/g, '').replaceAll('=3D', '=')
  }
  const [, text, html] = (await sends({ trackOpens: true, trackClicks: true })).split('Content-Type: text/')
  expect(text).toContain(link)
  expect(html).toContain('See https://example.com/ <a href="https://t.example/c">there</a><img src="https://t.example/o"')
  expect(await sends({ trackOpens: true })).toContain(`${link}<img src="https://t.example/o"`)
  expect(await sends({ trackClicks: false })).not.toContain('t.example')
  const undated = (mail: string) => mail.replace(/^Date: .*$/m, '')
  expect(undated(await sends({ trackOpens: true }))).toBe(undated(await sends({ trackOpens: true })))
})

test('connections are used again', async () => {
  let connections = 0
  const port = await serve({
    onConnect(_session, done) {
      connections++
      done()
    },
    onData(stream, _session, done) {
      stream.resume()
      stream.on('end', () => done())
    },
  })
  for (let n = 0; n < 5; n++) await send(callOf(port))
  expect(connections).toBe(1)
})

const refuse = (responseCode: number) => (_address: unknown, _session: unknown, done: (error?: Error) => void) =>
  done(Object.assign(new Error('No'), { responseCode }))

test.each([
  [450, 'retry', 'smtp_450'],
  [550, 'permanent', 'smtp_550'],
])('%i from the server: %s', async (status, kind, code) => {
  const port = await serve({ onRcptTo: refuse(status) })
  expect(await failure(callOf(port))).toMatchObject({ kind, code })
})

test('a wrong password is permanent, and is not in the error', async () => {
  const port = await serve({
    authOptional: false,
    onAuth: (_auth, _session, done) => done(Object.assign(new Error('Invalid'), { responseCode: 535 })),
  })
  const call = callOf(port, {
    config: { host: '127.0.0.1', port, secure: false, from: 'a@example.com', user: 'shop' },
    secrets: { password: 'hunter2-secret' },
  })
  const error = await failure(call)
  expect(error).toMatchObject({ kind: 'permanent', code: 'smtp_auth' })
  expect(JSON.stringify(error) + error.message).not.toContain('hunter2')
})

test('nobody listens: tried again', async () => {
  expect(await failure(callOf(1))).toMatchObject({ kind: 'retry', code: 'smtp_connection' })
})

test('the server takes the message and never answers: ambiguous', async () => {
  const server = net.createServer((socket) => {
    socket.write('220 ready\r\n')
    let data = false
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      const text = chunk.toString()
      if (data) {
        if (text.includes('\r\n.\r\n')) socket.destroy()
      } else if (/^EHLO/.test(text)) socket.write('250 hello\r\n')
      else if (/^(MAIL|RCPT)/.test(text)) socket.write('250 ok\r\n')
      else if (/^DATA/.test(text)) {
        data = true
        socket.write('354 go\r\n')
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    expect(await failure(callOf((server.address() as AddressInfo).port))).toMatchObject({ kind: 'ambiguous', code: 'smtp_no_answer' })
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
})

test('who still waits for a connection when the time is over was not sent: tried again, and never sent late', async () => {
  const mails: string[] = []
  const busy: (() => void)[] = []
  const port = await serve({
    onData(stream, _session, done) {
      let mail = ''
      stream.on('data', (chunk: Buffer) => (mail += chunk.toString()))
      stream.on('end', () => {
        mails.push(mail)
        busy.push(() => done())
      })
    },
  })
  const sent = Promise.all([1, 2, 3, 4, 5].map((n) => send(callOf(port, { key: `mem_${n}:hello:1` }))))
  await eventually(() => Promise.resolve(busy.length), (each) => each === 5) // prettier-ignore
  const time = new AbortController()
  const late = failure(callOf(port, { fields: { to: 'late@example.com', subject: 'Late', text: 'Late' }, signal: time.signal }))
  // It waits now.
  await eventually(() => Promise.resolve(getEventListeners(time.signal, 'abort').length), (each) => each > 0) // prettier-ignore
  const next = send(callOf(port, { key: 'mem_7:hello:1' }))
  time.abort()
  expect(await late).toMatchObject({ kind: 'retry', code: 'smtp_busy' })
  for (const done of busy.splice(0)) done()
  await sent
  await eventually(() => Promise.resolve(busy.length), (each) => each === 1) // prettier-ignore
  busy[0]!()
  await next
  expect([mails.length, mails.filter((mail) => mail.includes('late@example.com'))]).toEqual([6, []])
})

test('a private host is refused with a sentence that names OUTBOUND_ALLOW', async () => {
  const error = await failure(callOf(25, { outboundAllow: [] }))
  expect(error).toMatchObject({ kind: 'permanent', code: 'blocked_address' })
  expect(error.message).toContain('OUTBOUND_ALLOW')
})

test('fields cannot smuggle headers, and a message needs a body', async () => {
  const { fields } = vendor.actions.send_email!
  expect(fields.safeParse({ to: 'ada@example.com', subject: 'a\r\nBcc: eve@example.com', text: '-' }).success).toBe(false)
  expect(fields.safeParse({ to: 'ada@example.com, eve@example.com', subject: 'a', text: '-' }).success).toBe(false)
  expect(await failure(callOf(1, { fields: { to: 'ada@example.com', subject: 'a' } }))).toMatchObject({ code: 'invalid_fields' })
})
