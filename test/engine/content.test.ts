import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { createCipher } from '../../store/cipher.js'
import { mergeTraits } from '../../store/customers.js'
import { createDestination } from '../../store/destinations.js'
import { createSecret } from '../../store/secrets.js'
import { memberTimeline, type TimelineDelivery } from '../../store/timeline.js'
import { entry, eventually, exit, hook, row, send } from '../support/canvas.js'
import { startRig, WORKSPACE, type Rig } from '../support/rig.js'

/* What deliveries rendered, as the timeline shows it and as the database has it. */

const SECRET = 'sk_live_"7f/3a'
const cipher = createCipher('a key for tests, thirty-two characters')

let rig: Rig
let server: http.Server
let url: string
let relay: string
/** What comes back: by default all that came. */
let answer: (req: http.IncomingMessage, res: http.ServerResponse) => void
let calls: http.IncomingHttpHeaders[] = []
const echo = ({ headers }: http.IncomingMessage, res: http.ServerResponse) => void res.writeHead(400).end(JSON.stringify({ headers }))

beforeAll(async () => {
  rig = await startRig()
  server = http.createServer((req, res) => {
    calls.push(req.headers)
    req.resume().on('end', () => answer(req, res))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  await createSecret(rig.db, cipher, WORKSPACE, 'crm', SECRET)
  // Port 1: nobody answers, so the message fails with all that it would have sent.
  const config = { host: '127.0.0.1', port: 1, secure: false, from: 'shop@example.com' }
  relay = (await createDestination(rig.db, cipher, WORKSPACE, { name: 'Relay', type: 'smtp', config, secrets: { password: SECRET } })).id
  await mergeTraits(rig.db, WORKSPACE, 'ada', { name: 'Ada', email: 'ada@example.com' })
}, 60_000)
afterAll(async () => {
  server?.closeAllConnections()
  server?.close()
  await rig?.stop()
})
beforeEach(() => {
  answer = echo
  calls = []
})

const once = { onFailure: 'continue', retry: { maxAttempts: 1 } }
const mail = (fields: Record<string, string>) =>
  send('mail', '', { destinationId: relay, fields: { to: '{{ customer.traits.email }}', ...fields }, ...once })

async function walk(...tiles: ReturnType<typeof send>[]): Promise<string> {
  const journeyId = await rig.launch(row([entry(), ...tiles, exit()]))
  const memberId = await rig.enter({ journeyId, customerId: 'ada' })
  expect(await rig.finished(memberId)).toBe('completed')
  return memberId
}

async function deliveryAt(memberId: string, tileId: string): Promise<TimelineDelivery> {
  const { data } = await memberTimeline(rig.db, WORKSPACE, memberId, {})
  return data.find((each) => each.tileId === tileId && each.delivery)!.delivery!
}

/** The tables that have a text somewhere. */
async function tablesWith(text: string): Promise<string[]> {
  const tables = await rig.db.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace order by 1`,
  )
  const found: string[] = []
  for (const { name } of tables)
    if (await rig.db.one(`select 1 as one from ${name} t where strpos(t::text, $1) > 0 limit 1`, [text])) found.push(name)
  return found
}

test('the fields of an action are kept whether it was taken or not, whatever the destination', async () => {
  const memberId = await walk(send('inbox', 'Hi {{ customer.traits.name }}'), mail({ subject: 'For {{ customer.id }}', text: '-' }))
  await rig.db.query('delete from sandbox_message')
  expect(await deliveryAt(memberId, 'inbox')).toMatchObject({
    state: 'sent',
    rendered: { to: 'ada@example.com', subject: 'Hi Ada', text: '-' },
  })
  const { state, error, rendered } = await deliveryAt(memberId, 'mail')
  expect([state, error?.code, rendered]).toEqual(['failed', 'smtp_connection', { to: 'ada@example.com', subject: 'For ada', text: '-' }])
}, 30_000)

test('no value of a secret or of a sensitive header lands in the database: not rendered, not filtered, not repeated by an answer', async () => {
  const headers = {
    Authorization: 'Bearer {{ secrets.crm }}',
    'X-Basic': '{{ "shop:" | append: secrets.crm | base64_encode }}',
    'X-Session-Token': 'of {{ customer.id }}',
    'X-Plain': '{{ customer.id }}',
  }
  const body = '{"name":"{{ customer.traits.name }}"}'
  const memberId = await walk(hook('call', `${url}{{ customer.id }}`, { headers, body, ...once }))
  expect(calls).toMatchObject([{ authorization: `Bearer ${SECRET}`, 'x-session-token': 'of ada' }])
  const { rendered, answer } = await deliveryAt(memberId, 'call')
  const hidden = '••••'
  expect(rendered).toEqual({
    method: 'POST',
    url: `${url}ada`,
    'headers.Authorization': hidden,
    'headers.X-Basic': Buffer.from(`shop:${hidden}`).toString('base64'),
    'headers.X-Session-Token': hidden,
    'headers.X-Plain': 'ada',
    body: '{"name":"Ada"}',
  })
  const names = Object.keys(rendered!)
  expect([names.slice(0, 2), names.at(-1)]).toEqual([['method', 'url'], 'body'])
  expect(JSON.parse((answer as { body: string }).body)).toMatchObject({
    headers: { authorization: hidden, 'x-basic': hidden, 'x-session-token': hidden, 'x-plain': 'ada' },
  })
  // As it is, as JSON in a text, and as that in JSON.
  const json = JSON.stringify(SECRET).slice(1, -1)
  const nested = JSON.stringify(json).slice(1, -1)
  const basic = Buffer.from(`shop:${SECRET}`).toString('base64')
  for (const written of [SECRET, json, nested, 'sk_live_', basic, 'of ada'])
    expect([written, await tablesWith(written)]).toEqual([written, []])
  // The search finds what is there.
  expect(await tablesWith(`${url}ada`)).toEqual(['delivery_content'])
}, 30_000)

test('the last attempt that could be rendered is the one that is kept, also when the member parks and is retried', async () => {
  const journeyId = await rig.launch(
    row([entry(), hook('call', url, { body: '{{ customer.traits.plan }}', retry: { maxAttempts: 1 } }), exit()]),
  )
  await mergeTraits(rig.db, WORKSPACE, 'bob', { plan: 'free' })
  const memberId = await rig.enter({ journeyId, customerId: 'bob' })
  const parked = (attempt: number) =>
    eventually(
      () => rig.db.one<{ n: number }>(`select count(*)::int as n from incident where member_id = $1 and kind = 'parked'`, [memberId]),
      (row) => row?.n === attempt,
    )
  await parked(1)
  expect((await deliveryAt(memberId, 'call')).rendered).toMatchObject({ method: 'POST', body: 'free' })
  await mergeTraits(rig.db, WORKSPACE, 'bob', { plan: 'gold' })
  await rig.temporal.operate(memberId, { kind: 'retry', id: 'r1' })
  await parked(2)
  expect((await deliveryAt(memberId, 'call')).rendered).toMatchObject({ body: 'gold' })
  answer = (_req, res) => void res.end()
  await rig.temporal.operate(memberId, { kind: 'retry', id: 'r2' })
  expect(await rig.finished(memberId)).toBe('completed')
  expect(await deliveryAt(memberId, 'call')).toMatchObject({ state: 'sent', answer: { status: 200 }, rendered: { body: 'gold' } })
}, 30_000)

test('of a template that cannot be rendered the other fields are kept', async () => {
  const memberId = await walk(mail({ subject: '{{ customer.traits.nope }}', text: 'Hi' }))
  const { error, rendered } = await deliveryAt(memberId, 'mail')
  expect([error?.code, rendered]).toEqual(['template_error', { to: 'ada@example.com', text: 'Hi' }])
}, 30_000)

test('what is long is cut with a note, the longest field first; halves of characters and NUL are no obstacle', async () => {
  const html = `x{% for n in (1..1800) %}{% for m in (1..20) %}😀{% endfor %}{% endfor %}`
  const memberId = await walk(mail({ subject: `{{ '😀' | split: '' | first }}{{ "a%00b" | url_decode }}`, text: 'short', html }))
  const { rendered } = await deliveryAt(memberId, 'mail')
  const { html: kept, ...others } = rendered!
  expect(others).toEqual({ to: 'ada@example.com', subject: '\ufffdab', text: 'short' })
  const left = 65_536 - 'ada@example.com'.length - '.a.b'.length - 'short'.length
  expect(kept!.endsWith(`… (cut: ${1 + 36_000 * 2 - left} characters more)`)).toBe(true)
  expect(kept!.length).toBeLessThan(65_600)
}, 30_000)

test('an answer that is cut within a character, holds NUL or halves of characters ends its delivery, also where the tile saves of it', async () => {
  answer = (_, res) => void res.writeHead(400).end(`${'x'.repeat(1_999)}😀 \\u0000 \0`)
  const refused = await walk(hook('hook', url, once))
  expect((await deliveryAt(refused, 'hook')).answer).toMatchObject({ status: 400, body: expect.stringMatching(/^x{1999}/) as string })
  answer = (_, res) => void res.writeHead(200).end('{"odd":"a\\u0000b\\ud83dc","\\ud83d":"\\\\u0000"}')
  const saved = await walk(hook('hook', url, { ...once, save: { odd: '/odd', all: '' } }))
  const [step] = await rig.db.query<{ output: object }>(`select output from step where member_id = $1 and tile_id = 'hook'`, [saved])
  expect(step!.output).toEqual({ odd: 'ab\ufffdc', all: { odd: 'ab\ufffdc', '\ufffd': '\\u0000' } })
})
