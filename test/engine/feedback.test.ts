import http, { type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { createVendors } from '../../destinations/index.js'
import { createHttp } from '../../destinations/outbound/http.js'
import { createCipher } from '../../store/cipher.js'
import { createDestination } from '../../store/destinations.js'
import { getMember } from '../../store/members.js'
import { memberTimeline } from '../../store/timeline.js'
import { entry, eventually, exit, row, send, wait } from '../support/canvas.js'
import { WORKSPACE } from '../support/rig.js'
import { startServer, type RunningServer } from '../support/server.js'
import { sendgridSigner } from '../vendors/signers.js'

/* A member waits until a message is opened, or a link in it is followed: real PostgreSQL and Temporal, the API, a vendor and a mail server on loopback. */

const cipher = createCipher('a key for tests, thirty-two characters')
const BROWSER = { 'user-agent': 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/143.0 Safari/537.36' }

let server: RunningServer
/** What SendGrid and the mail server got. */
const taken: Record<string, unknown>[] = []
const mails: string[] = []
let sendgrid: Server
let smtp: SMTPServer

beforeAll(async () => {
  sendgrid = http.createServer((req, res) => {
    let body = ''
    req.on('data', (chunk: Buffer) => (body += chunk.toString()))
    req.on('end', () => {
      taken.push(JSON.parse(body) as Record<string, unknown>)
      res.writeHead(202, { 'x-message-id': `sg-${taken.length}` }).end()
    })
  })
  await new Promise<void>((resolve) => sendgrid.listen(0, '127.0.0.1', resolve))
  smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      let mail = ''
      stream.on('data', (chunk: Buffer) => (mail += chunk.toString()))
      // Without the line breaks and signs of quoted-printable.
      stream.on('end', () => done(mails.push(mail.replace(/=\r\n/g, '').replaceAll('=3D', '=')) ? undefined : null))
    },
  })
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve))
  const toSendgrid = createHttp(() => `http://127.0.0.1:${(sendgrid.address() as AddressInfo).port}`)
  server = await startServer({ vendors: createVendors({ putSandboxMessage: () => Promise.resolve(''), http: toSendgrid }) })
}, 90_000)
afterAll(async () => {
  await server?.stop()
  sendgrid?.closeAllConnections()
  await Promise.all([sendgrid, smtp].map((each) => each && new Promise<void>((resolve) => each.close(() => resolve()))))
})

/** A send, then a wait for an event of this very message; whoever does not get on leaves as `late`. */
const canvas = (destinationId: string, event: string, fields: Record<string, string>, where?: unknown) =>
  row(
    [
      entry(),
      send('hello', '', { destinationId, fields }),
      wait('seen', { kind: 'event', event, timeout: 'P1D', ...(where !== undefined && { where }) }),
      exit('done', 'seen'),
      exit('late', 'late'),
    ],
    [
      { from: 'seen', port: 'met', to: 'done' },
      { from: 'seen', port: 'timeout', to: 'late' },
    ],
  )

const waiting = (journeyId: string, memberId: string) =>
  eventually(
    () => getMember(server.db, WORKSPACE, journeyId, memberId),
    ({ tileId, status }) => status === 'active' && tileId === 'seen',
  )

const portsOf = async (memberId: string): Promise<(string | undefined)[]> => {
  const { data } = await memberTimeline(server.db, WORKSPACE, memberId, {})
  return data.flatMap(({ tileId, event, port }) => (tileId === 'seen' && event === 'left' ? [port] : []))
}

test('who waits until an email is opened goes on by met when SendGrid tells that it was; what it tells of another does not count', async () => {
  const { verificationKey, sign } = await sendgridSigner()
  const secrets = { apiKey: 'SG.x', verificationKey }
  const { id } = await createDestination(server.db, cipher, WORKSPACE, { name: 'SG', type: 'sendgrid', config: { from: 'a@example.com', region: 'global' }, secrets }) // prettier-ignore
  const fields = { to: '{{ customer.traits.email }}', subject: 'Hello', html: '<p>Hi</p>' }
  const journeyId = await server.launch(canvas(id, 'email_opened', fields, { property: 'tileId', op: 'eq', value: 'hello' }))
  await server.call('PUT', '/customers/ada', { traits: { email: 'ada@example.com' } })
  await server.call('PUT', '/customers/bob', { traits: { email: 'bob@example.com' } })
  const [ada, bob] = [await server.enter({ journeyId, customerId: 'ada' }), await server.enter({ journeyId, customerId: 'bob' })]
  await waiting(journeyId, ada)
  await waiting(journeyId, bob)
  const keys = taken.map(({ personalizations }) => (personalizations as { to: { email: string }[]; custom_args: { tilework_key: string } }[])[0]!) // prettier-ignore
  const tilework_key = keys.find(({ to }) => to[0]!.email === 'ada@example.com')!.custom_args.tilework_key
  const tell = async (events: object[]) => {
    const { headers, body } = await sign(JSON.stringify(events))
    return (await fetch(`${server.url}/feedback/${id}`, { method: 'POST', headers, body: body.toString() })).status
  }
  expect(await tell([{ event: 'delivered', sg_event_id: '1', tilework_key }])).toBe(200)
  expect(await tell([{ event: 'open', sg_event_id: '2', tilework_key: 'mem_none:hello:1' }])).toBe(200)
  expect((await waiting(journeyId, ada)).tileId).toBe('seen')
  expect(await tell([{ event: 'open', sg_event_id: '3', tilework_key }])).toBe(200)
  expect(await server.finished(ada)).toBe('seen')
  expect(await portsOf(ada)).toEqual(['met'])
  expect((await waiting(journeyId, bob)).tileId).toBe('seen')
})

test.each(['email_opened', 'email_clicked'])('%s of an email by SMTP is seen by a real request, and leads to the page', async (event) => {
  const { port } = smtp.server.address() as AddressInfo
  const config = { host: '127.0.0.1', port, secure: false, from: 'a@example.com', trackOpens: true, trackClicks: true }
  const { id } = await createDestination(server.db, cipher, WORKSPACE, { name: 'Mail', type: 'smtp', config, secrets: {} })
  const html = '<p><a href="https://shop.example/sale?a=1&amp;b=2">Sale</a> <a href="mailto:help@example.com">Help</a></p>'
  const journeyId = await server.launch(canvas(id, event, { to: 'ada@example.com', subject: event, html, text: 'https://shop.example/' }))
  const memberId = await server.enter({ journeyId, customerId: `customer of ${event}` })
  await waiting(journeyId, memberId)
  const mail = mails.find((each) => each.includes(`Subject: ${event}`))!
  expect(mail).toContain('href="mailto:help@example.com"')
  expect(mail).toMatch(/^https:\/\/shop\.example\/\r$/m)
  // The worker of the tests says another address than that of their API.
  const [open] = /\/t\/o\/[\w.-]+\.gif/.exec(mail)!
  const [click] = /\/t\/c\/[\w.-]+/.exec(mail)!
  const get = (path: string) => fetch(server.url + path, { redirect: 'manual', headers: BROWSER })
  const other = await get(event === 'email_opened' ? click : open)
  expect((await waiting(journeyId, memberId)).tileId).toBe('seen')
  const answer = await get(event === 'email_opened' ? open : click)
  const clicked = event === 'email_opened' ? other : answer
  expect([clicked.status, clicked.headers.get('location')]).toEqual([302, 'https://shop.example/sale?a=1&b=2'])
  expect(await server.finished(memberId)).toBe('seen')
  expect(await portsOf(memberId)).toEqual(['met'])
})

test('a hard bounce keeps the address from the next orchestration', async () => {
  const { verificationKey, sign } = await sendgridSigner()
  const secrets = { apiKey: 'SG.x', verificationKey }
  const { id } = await createDestination(server.db, cipher, WORKSPACE, { name: 'SG', type: 'sendgrid', config: { from: 'a@example.com', region: 'global' }, secrets }) // prettier-ignore
  const fields = { to: 'gone@example.com', subject: 'Hello', text: 'Hi' }
  const journeyId = await server.launch(canvas(id, 'email_bounced', fields))
  const memberId = await server.enter({ journeyId, customerId: 'carl' })
  await waiting(journeyId, memberId)
  const events = [{ event: 'bounce', type: 'bounce', email: 'gone@example.com', sg_event_id: 'b1', tilework_key: `${memberId}:hello:1` }]
  const { headers, body } = await sign(JSON.stringify(events))
  expect((await fetch(`${server.url}/feedback/${id}`, { method: 'POST', headers, body: body.toString() })).status).toBe(200)
  expect(await server.finished(memberId)).toBe('seen')
  const before = taken.length
  const again = await server.launch(row([entry(), send('hello', '', { destinationId: id, fields }), exit()]))
  const next = await server.enter({ journeyId: again, customerId: 'dora' })
  expect(await server.finished(next)).toBe('completed')
  expect(taken.length).toBe(before)
  expect(await server.db.query('select state, error_code from delivery where member_id = $1', [next])).toEqual([
    { state: 'skipped', error_code: 'suppressed_hard_bounce' },
  ])
})
