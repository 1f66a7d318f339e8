import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { closeAgents } from '../../destinations/outbound/guard.js'
import { ADMIN_KEY, startTestApi, type Caller, type TestApi } from '../../test/support/api.js'
import { entry, exit, hook, row, send, wait } from '../../test/support/canvas.js'

interface Got {
  headers: http.IncomingHttpHeaders
  body: string
}

let test: TestApi
let api: Caller
let receiver: http.Server
let url: string
const got: Got[] = []
const SECRET = `whsec_${Buffer.from('a secret that is long enough').toString('base64')}`
beforeAll(async () => {
  receiver = http.createServer((req, res) => {
    let body = ''
    req.on('data', (chunk: Buffer) => (body += chunk.toString()))
    req.on('end', () => {
      got.push({ headers: req.headers, body })
      res.writeHead(req.url === '/gone' ? 410 : 200, { 'content-type': 'application/json' }).end('{"data":{"code":"X1"}}')
    })
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
  const settings = {
    host: '127.0.0.1',
    port: 0,
    adminKey: ADMIN_KEY,
    version: '0.0.0',
    outboundAllow: ['127.0.0.0/8'],
    eventMonths: 13,
    publicUrl: 'http://127.0.0.1:3000',
  }
  test = await startTestApi({ settings } as never)
  api = test.api
  await api('PUT', '/customers/ada', { body: { traits: { name: 'Ada', email: 'ada@example.com' } } })
  await api('POST', '/secrets', { body: { name: 'crm', value: SECRET } })
})
afterAll(async () => {
  await test.stop()
  await closeAgents()
  receiver.closeAllConnections()
  await new Promise((resolve) => receiver.close(resolve))
})

describe('a preview', () => {
  const preview = (body: object) => api('POST', '/templates/preview', { body })

  it('renders fields for a real customer, with traits laid over, what it entered by and what tiles gave', async () => {
    const fields = {
      to: '{{ customer.traits.email }}',
      subject: '{{ customer.traits.name }}: {{ entry.properties.n }} {{ tiles.call.code }}',
    }
    const customer = { id: 'ada', traits: { name: 'Grace' } }
    const { status, body } = await preview({
      type: 'action',
      fields,
      customer,
      entry: { properties: { n: 7 } },
      tiles: { call: { code: 'X' } },
    })
    expect([status, body]).toEqual([
      200,
      { customer: { id: 'ada', known: true }, rendered: { to: 'ada@example.com', subject: 'Grace: 7 X' }, problems: [] },
    ])
    expect(
      (await preview({ type: 'action', fields: { html: '{{ customer.traits.name }}' }, customer: { traits: { name: '<b>' } } })).body,
    ).toEqual({
      customer: { id: 'test', known: false },
      rendered: { html: '&lt;b&gt;' },
      problems: [],
    })
  })

  it('says at each field what is wrong, and renders the others', async () => {
    const fields = { to: 'a@example.com', subject: '{{ customer.traits.nmae }}', 'a/b': '{% if %}' }
    const { body } = await preview({ type: 'action', fields })
    expect(body.rendered).toEqual({ to: 'a@example.com' })
    expect(body.problems).toEqual([
      { path: '/fields/subject', field: 'subject', code: 'template_error', message: expect.stringContaining('customer.traits.nmae') },
      { path: '/fields/a~1b', field: 'a/b', code: 'template_error', message: expect.any(String) },
    ])
  })

  it('checks the fields as the destination does', async () => {
    const checked = { type: 'action', destinationId: 'sandbox', action: 'send_email', customer: { id: 'ada' } }
    const { body } = await preview({ ...checked, fields: { to: '{{ customer.traits.none | default: "" }}', subjcet: 'x' } })
    expect(body.problems.map(({ path }: { path: string }) => path).sort()).toEqual(['/fields/subjcet', '/fields/subject', '/fields/to'])
    const gone = await preview({ ...checked, destinationId: 'dst_nope', fields: { to: 'x' } })
    expect(gone.body).toMatchObject({ rendered: { to: 'x' }, problems: [{ path: '/destinationId', code: 'no_destination' }] })
  })

  it('renders a webhook, and hides secrets', async () => {
    const tile = { type: 'webhook', url: 'https://example.com/{{ customer.id }}', headers: { 'X-Key': '{{ secrets.crm }}' } }
    const { body, text } = await preview({ ...tile, body: '{"id":"{{ customer.id }}"}', customer: { id: 'ada' } })
    expect(body.rendered).toEqual({ url: 'https://example.com/ada', 'headers.X-Key': '••••', body: '{"id":"ada"}' })
    expect(text).not.toContain(SECRET)
    const bad = await preview({ type: 'webhook', url: 'ftp://x', headers: { 'X-A': '{{ nobody }}' } })
    expect(bad.body.problems).toEqual([
      expect.objectContaining({ path: '/url', code: 'invalid_url' }),
      expect.objectContaining({ path: '/headers/X-A', code: 'template_error' }),
    ])
    expect(bad.body.rendered.body).toContain('"memberId":"mem_test"')
  })

  it('knows the orchestration when it is named', async () => {
    const { body: journey } = await api('POST', '/journeys', { body: { name: 'Welcome' } })
    const body = { type: 'action', fields: { subject: '{{ orchestration.name }}' }, orchestrationId: journey.id }
    expect((await preview(body)).body.rendered).toEqual({ subject: 'Welcome' })
    expect((await preview({ ...body, orchestrationId: 'jrn_nope' })).status).toBe(404)
  })
})

describe('a test send', () => {
  async function made(): Promise<string> {
    const save = { code: '/data/code' }
    const { body: secrets } = await api('GET', '/secrets')
    const call = hook('call', `${url}/{{ customer.id }}`, {
      save,
      sign: true,
      secretId: secrets.data[0].id,
      headers: { 'X-Key': '{{ secrets.crm }}' },
    })
    const tiles = [entry(), send('mail', 'Hello {{ customer.traits.name }}'), call, hook('gone', `${url}/gone`), wait('day', {}), exit()]
    return (await api('POST', '/journeys', { body: { name: 'Welcome', ...row(tiles) } })).body.id as string
  }
  const sendTile = async (id: string, tileId: string, body: object) => api('POST', `/journeys/${id}/tiles/${tileId}/test-send`, { body })

  it('goes to the chosen recipient through the real destination, marked, and is audited', async () => {
    const id = await made()
    const { status, body } = await sendTile(id, 'mail', { to: 'me@example.com', customer: { id: 'ada' } })
    expect([status, body]).toEqual([200, { sent: true, key: expect.stringMatching(/^test:req_/), vendorId: expect.any(String) }])
    const inbox = await api('GET', '/sandbox/messages?customerId=ada')
    expect(inbox.body.data).toEqual([
      expect.objectContaining({
        fields: { to: 'me@example.com', subject: '[Test] Hello Ada', text: '-' },
        memberId: 'mem_test',
        tileId: 'mail',
      }),
    ])
    const { body: log } = await api('GET', '/audit-log')
    expect(log.data[0]).toMatchObject({
      action: 'tile.test_send',
      subject: id,
      detail: { tileId: 'mail', to: 'me@example.com', customerId: 'ada', key: body.key },
    })
    for (const table of ['member', 'step', 'delivery'])
      expect([table, await test.db.query(`select 1 as one from ${table}`)]).toEqual([table, []])
  })

  it('calls a webhook as a delivery does, and says what it would save; a failure is an answer', async () => {
    const id = await made()
    const { body } = await sendTile(id, 'call', { customer: { id: 'ada' } })
    expect(body).toEqual({ sent: true, key: expect.any(String), answer: { status: 200 }, output: { code: 'X1' } })
    const { headers, body: text } = got.at(-1)!
    expect(headers).toMatchObject({ 'tilework-test': 'true', 'x-key': SECRET, 'webhook-id': body.key })
    expect(() => new Webhook(SECRET).verify(text, headers as Record<string, string>)).not.toThrow()
    expect((await sendTile(id, 'gone', {})).body).toMatchObject({ sent: false, error: { kind: 'permanent', code: 'http_410' } })
    expect((await sendTile(id, 'mail', { to: 'x@example.com' })).body).toMatchObject({ sent: false, error: { code: 'template_error' } })
  })

  it('refuses a tile that sends nothing or lacks something, a recipient too many or too few, and who may not operate', async () => {
    const id = await made()
    const refused = async (tileId: string, body: object) => {
      const answer = await sendTile(id, tileId, body)
      return [answer.status, answer.body.errors?.[0]?.path]
    }
    expect(await refused('mail', {})).toEqual([422, '/to'])
    expect(await refused('call', { to: 'me@example.com' })).toEqual([422, '/to'])
    expect(await refused('entry', {})).toEqual([422, undefined])
    expect(await refused('nope', {})).toEqual([404, undefined])
    expect((await (await test.as(['write']))('POST', `/journeys/${id}/tiles/mail/test-send`, { body: { to: 'x' } })).status).toBe(403)
    const half = hook('half', '')
    const { body: other } = await api('POST', '/journeys', { body: { name: 'Half', ...row([entry(), half, exit()]) } })
    expect((await sendTile(other.id, 'half', {})).body.errors[0]).toMatchObject({ path: '/config/url', tileId: 'half' })
  })
})
