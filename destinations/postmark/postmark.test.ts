import { callOf, conformance, conforms, UNSUBSCRIBE } from '../../test/vendors/conform.js'
import { startStub, type Reply, type Rules, type Stub } from '../../test/vendors/stub.js'
import { createHttp } from '../outbound/http.js'
import { SendError, type SendResult, type Vendor } from '../vendor.js'
import { postmark } from './index.js'

/* Rules: postmarkapp.com/developer/api/email-api, /api/templates-api, /api/overview and /support/article/1125-custom-metadata-faq. */

const TOKEN = '5a1b2c3d-0000-4000-8000-1234567890ab'
const said = (ErrorCode: number, Message: string) => ({ ErrorCode, Message })
const error = (status: number, code: number, message: string): Reply => ({ status, json: said(code, message) })
const INACTIVE = said(406, 'You tried to send to a recipient that has been marked as inactive. Found inactive addresses: gone@example.com.')

interface Message {
  From?: string
  To?: string
  ReplyTo?: string
  Subject?: string
  HtmlBody?: string
  TextBody?: string
  TemplateId?: number
  TemplateAlias?: string
  TemplateModel?: object
  MessageStream?: string
  Metadata?: Record<string, string>
  Headers?: { Name: string; Value: string }[]
}

/** What is said of one email. */
function judged(message: Message, template: boolean, nth: number): { ErrorCode: number; Message: string; MessageID?: string } {
  const own = template ? ['TemplateId', 'TemplateAlias', 'TemplateModel'] : ['Subject', 'HtmlBody', 'TextBody']
  const extra = Object.keys(message).find(
    (name) => !['From', 'To', 'ReplyTo', 'MessageStream', 'Metadata', 'Headers', ...own].includes(name),
  )
  if (extra) return said(403, `Invalid request field(s) - ${extra}`)
  if (!message.From) return said(300, "The 'From' address is required.")
  if (!/^[^\s<>@,]+@[^\s<>@,]+\.[^\s<>@,]+$/.test(message.To ?? ''))
    return said(300, `Error parsing 'To': Illegal email address '${message.To}'.`)
  if (message.To === 'gone@example.com') return INACTIVE
  if (!['outbound', 'news'].includes(message.MessageStream ?? 'outbound'))
    return said(1235, 'The MessageStream provided does not exist on this server.')
  for (const [name, value] of Object.entries(message.Metadata ?? {}))
    if (name.length > 20 || typeof value !== 'string' || value.length > 80) return said(300, `Metadata '${name}' is too long.`)
  for (const header of message.Headers ?? []) if (Object.keys(header).sort().join() !== 'Name,Value') return said(402, 'Invalid JSON.')
  if (template && !message.TemplateModel) return said(403, 'Invalid request field(s) - TemplateModel')
  if (template && (message.TemplateId === undefined) === (message.TemplateAlias === undefined))
    return said(1122, "Give 'TemplateId' or 'TemplateAlias'.")
  if (template && message.TemplateAlias !== 'welcome' && message.TemplateId !== 1234567) return said(1101, 'The Template does not exist.')
  if (!template && !message.HtmlBody && !message.TextBody) return said(300, "Provide either email 'TextBody' or 'HtmlBody' or both.")
  return { ErrorCode: 0, Message: 'OK', MessageID: `b7bc2f4a-e38e-4336-af7d-${nth}` }
}

const rules = (): Rules => {
  let sent = 0
  return ({ method, path, headers, host, body, json }) => {
    if (host !== 'api.postmarkapp.com') return { status: 421 }
    if (headers['x-postmark-server-token'] !== TOKEN)
      return error(401, 10, 'The Server Token you provided in the X-Postmark-Server-Token request header was invalid.')
    if (headers.accept !== 'application/json') return { status: 415 }
    if (method === 'GET' && path.startsWith('/message-streams/'))
      return path.endsWith('/outbound')
        ? { status: 200, json: { ID: 'outbound' } }
        : error(422, 1226, 'The message stream for the provided ID was not found.')
    if (method !== 'POST' || !headers['content-type']?.startsWith('application/json')) return { status: 415 }
    if (Buffer.byteLength(body) > 50_000_000) return { status: 413 }
    const one = (message: Message, template: boolean): Reply => {
      const judgement = judged(message, template, ++sent)
      return { status: judgement.ErrorCode ? 422 : 200, json: judgement }
    }
    const many = (messages: unknown, template: boolean): Reply => {
      if (!Array.isArray(messages)) return error(422, 403, 'Invalid request field(s)')
      if (messages.length > 500) return error(422, 410, 'You have attempted to send too many messages in a single batch.')
      return { status: 200, json: (messages as Message[]).map((message) => judged(message, template, ++sent)) }
    }
    if (path === '/email') return one(json, false)
    if (path === '/email/withTemplate') return one(json, true)
    if (path === '/email/batch') return many(json, false)
    if (path === '/email/batchWithTemplates') return many(json.Messages, true)
    return { status: 404 }
  }
}

const shared = {
  vendor: postmark,
  config: { from: 'Example <hello@example.com>', messageStream: 'outbound' },
  secrets: { serverToken: TOKEN },
  rules: rules(),
  errors: {
    400: error(422, 300, "Error parsing 'To': Illegal email domain 'example'."),
    401: error(401, 10, 'The Server Token you provided in the X-Postmark-Server-Token request header was invalid.'),
    404: { status: 404, text: '' },
    429: error(429, 429, 'Rate limit exceeded.'),
    500: { status: 500, text: 'Internal Server Error' },
  },
  inside: { status: 200, json: INACTIVE },
}
const email = conformance({
  ...shared,
  action: 'send_email',
  fields: { to: 'ada@example.com', subject: 'Hello', html: '<p>Hi</p>', replyTo: 'help@example.com' },
})
const template = conformance({
  ...shared,
  action: 'send_template',
  fields: { to: 'ada@example.com', template: 'welcome', data: '{"plan": "pro"}' },
})

conforms('destinations/postmark', email)
conforms('destinations/postmark', template)

describe('Postmark', () => {
  let stub: Stub
  let vendor: Vendor
  beforeEach(async () => {
    stub = await startStub(rules())
    vendor = postmark(createHttp(stub.toward)) as Vendor
  })
  afterEach(() => stub.stop())
  const codes = (outcomes: readonly (SendResult | SendError)[]) =>
    outcomes.map((outcome) => (outcome instanceof SendError ? outcome.code : outcome.vendorId!.split('-').at(-1)))

  test('the fields are as documented, with the key of the delivery in as much metadata as it takes', async () => {
    await vendor.actions.send_email!.send(callOf(email))
    const key = `mem_01j000000000000000000000000:${'t'.repeat(64)}:12`
    await vendor.actions.send_template!.send(callOf(template, { key }))
    await vendor.actions.send_template!.send(callOf(template, { fields: { to: 'ada@example.com', template: '1234567' } }))
    const each = { From: 'Example <hello@example.com>', To: 'ada@example.com', MessageStream: 'outbound' }
    const Metadata = { tilework_key: callOf(email).key }
    expect(stub.seen.map(({ json }) => json)).toEqual([
      { ...each, ReplyTo: 'help@example.com', Subject: 'Hello', HtmlBody: '<p>Hi</p>', Metadata },
      {
        ...each,
        TemplateAlias: 'welcome',
        TemplateModel: { plan: 'pro' },
        Metadata: { tilework_key: key.slice(0, 80), tilework_key_more: key.slice(80) },
      },
      { ...each, TemplateId: 1234567, TemplateModel: {}, Metadata },
    ])
  })

  test('more headers go with each email, alone and with others', async () => {
    await vendor.actions.send_email!.send(callOf(email, { headers: UNSUBSCRIBE }))
    const own = { ...UNSUBSCRIBE, 'List-Unsubscribe': '<https://tilework.example/unsubscribe/other>' }
    await vendor.actions.send_template!.gather!.send([callOf(template, { headers: UNSUBSCRIBE }), callOf(template, { headers: own })])
    const listed = (headers: Record<string, string>) => Object.entries(headers).map(([Name, Value]) => ({ Name, Value }))
    const [one, many] = stub.seen.map(({ json }) => json as unknown as Message & { Messages: Message[] })
    expect(one!.Headers).toEqual(listed(UNSUBSCRIBE))
    expect(many!.Messages.map(({ Headers }) => Headers)).toEqual([listed(UNSUBSCRIBE), listed(own)])
  })

  test.each([
    [INACTIVE, 'permanent', 'suppressed'],
    [said(300, "Invalid 'From' address: 'me@example.org'."), 'permanent', 'postmark_300'],
    [said(405, 'This account has run out of credits.'), 'permanent', 'postmark_405'],
    [said(100, 'Maintenance'), 'retry', 'postmark_100'],
  ])('%j is %s %s', async (json, kind, code) => {
    stub.trouble.push({ status: 422, json })
    await expect(vendor.actions.send_email!.send(callOf(email))).rejects.toMatchObject({ kind, code })
  })

  test('a batch is one request, and each email has its own outcome, in their order', async () => {
    const to = ['ada@example.com', 'gone@example.com', 'nobody@example', 'bob@example.com']
    const calls = [
      ...to.map((address) => callOf(email, { fields: { to: address, subject: 'Hello', text: 'Hi' } })),
      callOf(email, { fields: { to: 'ada@example.com', subject: 'Nothing' } }),
    ]
    const outcomes = await vendor.actions.send_email!.gather!.send(calls)
    expect(codes(outcomes)).toEqual(['1', 'suppressed', 'bad_recipient', '4', 'invalid_fields'])
    expect(stub.seen.map(({ path }) => path)).toEqual(['/email/batch'])
    expect((stub.seen[0]!.json as unknown as Message[]).map(({ To }) => To)).toEqual(to)
    expect(codes(await vendor.actions.send_template!.gather!.send([callOf(template), callOf(template)]))).toEqual(['5', '6'])
    expect(stub.seen[1]!.path).toBe('/email/batchWithTemplates')
  })

  test('of a full batch every outcome is read', async () => {
    const calls = Array.from({ length: vendor.actions.send_email!.gather!.most }, () =>
      callOf(email, { fields: { to: 'gone@example.com', subject: 'Hello', text: 'Hi' } }),
    )
    expect(new Set(codes(await vendor.actions.send_email!.gather!.send(calls)))).toEqual(new Set(['suppressed']))
    expect(stub.seen).toHaveLength(1)
  })

  test('what is too large for one request goes in several, in order', async () => {
    const calls = ['ada', 'bob', 'eve'].map((name) =>
      callOf(email, { fields: { to: `${name}@example.com`, subject: 'Hello', html: 'x'.repeat(20_000_000) } }),
    )
    expect(codes(await vendor.actions.send_email!.gather!.send(calls))).toEqual(['1', '2', '3'])
    expect(stub.seen.map(({ json }) => (json as unknown as Message[]).length)).toEqual([2, 1])
  })

  test('a batch that fails fails each of its emails', async () => {
    const calls = [callOf(email), callOf(email)]
    const gather = vendor.actions.send_email!.gather!
    stub.trouble.push('reset', error(429, 429, 'Rate limit exceeded.'), { status: 200, json: [{ ErrorCode: 0 }] })
    for (const [kind, code] of [
      ['ambiguous', 'connection_lost'],
      ['retry', 'rate_limited'],
      ['ambiguous', 'postmark_answer'],
    ])
      // prettier-ignore
      expect(await gather.send(calls)).toEqual([expect.objectContaining({ kind, code }), expect.objectContaining({ kind, code })])
  })

  test('a batch is called off when one of its sends is late', async () => {
    stub.trouble.push('silence')
    const late = new AbortController()
    const sending = vendor.actions.send_email!.gather!.send([callOf(email), callOf(email, { signal: late.signal })])
    while (stub.seen.length === 0) await new Promise((resolve) => setImmediate(resolve))
    late.abort(new DOMException('late', 'TimeoutError'))
    expect(await sending).toEqual([expect.objectContaining({ code: 'timeout' }), expect.objectContaining({ code: 'timeout' })])
  })

  test('the connection is tested without a send: the token, and that there is the stream', async () => {
    await vendor.test(callOf(email))
    await expect(vendor.test(callOf(email, { config: { ...email.config, messageStream: 'none' } }))).rejects.toMatchObject({
      code: 'postmark_1226',
    })
    await expect(vendor.test(callOf(email, { secrets: { serverToken: 'wrong' } }))).rejects.toMatchObject({ code: 'bad_credentials' })
    expect(stub.seen.every(({ method }) => method === 'GET')).toBe(true)
  })
})
