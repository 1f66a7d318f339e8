import { callOf, conformance, conforms, UNSUBSCRIBE } from '../../test/vendors/conform.js'
import { startStub, type Reply, type Rules, type Stub } from '../../test/vendors/stub.js'
import { createHttp } from '../outbound/http.js'
import { sendgrid } from './index.js'

/* Rules: twilio.com/docs/sendgrid/api-reference/mail-send/mail-send and /errors, github.com/sendgrid/sendgrid-oai. */

const KEY = 'SG.ngeVfQFYQlKU0ufo8x5d1A.TwL2iGABf9DHoTf09kqeF8tAmbihYzrnopKc1s5cr'
const TEMPLATE = 'd-6c46f8a5e6d04e2f9d5d2b1a7c3e4f50'
const error = (status: number, message: string, field: string | null = null): Reply => ({
  status,
  json: { errors: [{ message, field, help: null }] },
})

interface Body {
  personalizations: { to: { email: string }[]; custom_args?: Record<string, string>; dynamic_template_data?: object }[]
  from: { email: string; name?: string }
  reply_to?: { email: string }
  subject?: string
  template_id?: string
  headers?: Record<string, string>
  content?: { type: string; value: string }[]
}

const known = (value: object, ...names: string[]): string | undefined => Object.keys(value).find((name) => !names.includes(name))

function refused(json: Body): Reply | undefined {
  const extra = known(json, 'personalizations', 'from', 'reply_to', 'subject', 'content', 'template_id', 'headers')
  if (extra) return error(400, `Additional property ${extra} is not allowed`, extra)
  if (!Array.isArray(json.personalizations) || json.personalizations.length !== 1)
    return error(400, 'The personalizations field is required and must have at least one personalization.', 'personalizations')
  const [to] = json.personalizations
  const other = known(to!, 'to', 'custom_args', 'dynamic_template_data')
  if (other) return error(400, `Additional property ${other} is not allowed`, `personalizations.0.${other}`)
  if (!to!.to.every(({ email }) => email.includes('@')))
    return error(400, 'Does not contain a valid address.', 'personalizations.0.to.0.email')
  if (JSON.stringify(to!.custom_args).length > 10_000)
    return error(400, 'The custom_args exceed 10,000 bytes.', 'personalizations.0.custom_args')
  if (!Object.values(to!.custom_args ?? {}).every((value) => typeof value === 'string'))
    return error(400, 'custom_args must be strings.', 'custom_args')
  for (const name of ['from', 'reply_to'] as const)
    if (json[name] && (known(json[name], 'email', 'name') || !/^[^\s<>@]+@[^\s<>@]+$/.test(json[name].email)))
      return error(400, `The ${name} email does not contain a valid address.`, name)
  // Those that SendGrid keeps for itself.
  for (const [name, value] of Object.entries(json.headers ?? {}))
    if (/^(x-sg-|received$|dkim-signature$|content-|to$|from$|subject$|reply-to$|cc$|bcc$)/i.test(name) || !/^[\x20-\x7e]+$/.test(value))
      return error(400, `The header ${name} is not allowed.`, 'headers')
  if (!json.from) return error(400, 'The from object must be provided for every email send.', 'from')
  if (json.template_id !== undefined)
    return /^d-[0-9a-f]{32}$/.test(json.template_id) ? undefined : error(400, 'The template_id must be a valid GUID', 'template_id')
  if (to!.dynamic_template_data) return error(400, 'dynamic_template_data needs a template.', 'dynamic_template_data')
  if (!json.subject) return error(400, 'The subject is required.', 'subject')
  if (!json.content?.length) return error(400, 'The content is required.', 'content')
  const types = json.content.map(({ type }) => type).join()
  if (!['text/plain', 'text/html', 'text/plain,text/html'].includes(types))
    return error(400, 'If present, text/plain and text/html may only be provided once, text/plain first.', 'content')
  return json.content.every(({ value }) => value)
    ? undefined
    : error(400, 'The content value must be a string at least one character in length.', 'content')
}

const rules =
  (host = 'api.sendgrid.com', scopes = ['mail.send']): Rules =>
  ({ method, path, headers, json, ...seen }) => {
    if (seen.host !== host) return { status: 421 }
    if (headers.authorization !== `Bearer ${KEY}`) return error(401, 'The provided authorization grant is invalid, expired, or revoked')
    if (method === 'GET' && path === '/v3/scopes') return { status: 200, json: { scopes } }
    if (method !== 'POST' || path !== '/v3/mail/send') return error(404, 'Not found')
    if (!headers['content-type']?.startsWith('application/json')) return error(415, 'Content-Type should be application/json.')
    return refused(json as unknown as Body) ?? { status: 202, headers: { 'x-message-id': '14c5d75ce93.dfd.64b469' } }
  }

const shared = {
  vendor: sendgrid,
  config: { from: 'Example <hello@example.com>', region: 'global' as const },
  secrets: { apiKey: KEY },
  rules: rules(),
  errors: {
    400: error(400, 'Does not contain a valid address.', 'personalizations.0.to.0.email'),
    401: error(401, 'The provided authorization grant is invalid, expired, or revoked'),
    404: error(404, 'Not found'),
    429: error(429, 'too many requests'),
    500: error(500, 'Internal Server Error'),
  },
}
const email = conformance({
  ...shared,
  action: 'send_email',
  fields: { to: 'ada@example.com', subject: 'Hello', text: 'Hi', html: '<p>Hi</p>', replyTo: 'Help <help@example.com>' },
})
const template = conformance({
  ...shared,
  action: 'send_template',
  fields: { to: 'ada@example.com', template: TEMPLATE, data: '{"plan": {"name": "pro"}}' },
})

conforms('destinations/sendgrid', email)
conforms('destinations/sendgrid', template)

describe('SendGrid', () => {
  let stub: Stub
  const started = async (by: Rules = rules()) => {
    stub = await startStub(by)
    return sendgrid(createHttp(stub.toward))
  }
  afterEach(() => stub.stop())

  test('more headers go with each email', async () => {
    const { actions } = await started()
    await actions.send_email!.send(callOf(email, { headers: UNSUBSCRIBE }))
    await actions.send_template!.send(callOf(template, { headers: UNSUBSCRIBE }))
    expect(stub.seen.map(({ json }) => json.headers)).toEqual([UNSUBSCRIBE, UNSUBSCRIBE])
  })

  test('the fields are as documented, with the key of the delivery', async () => {
    const { actions } = await started()
    await actions.send_email!.send(callOf(email))
    await actions.send_template!.send(callOf(template))
    const to = [{ email: 'ada@example.com' }]
    const custom_args = { tilework_key: callOf(email).key }
    const from = { email: 'hello@example.com', name: 'Example' }
    const content = [{ type: 'text/plain', value: 'Hi' }, { type: 'text/html', value: '<p>Hi</p>' }] // prettier-ignore
    expect(stub.seen.map(({ json }) => json)).toEqual([
      { personalizations: [{ to, custom_args }], from, reply_to: { email: 'help@example.com', name: 'Help' }, subject: 'Hello', content },
      { personalizations: [{ to, custom_args, dynamic_template_data: { plan: { name: 'pro' } } }], from, template_id: TEMPLATE },
    ])
  })

  test('an EU destination sends through the EU', async () => {
    const { actions } = await started(rules('api.eu.sendgrid.com'))
    await actions.send_email!.send(callOf(email, { config: { from: 'hello@example.com', region: 'eu' } }))
    expect(stub.seen[0]!.json.from).toEqual({ email: 'hello@example.com' })
  })

  test('an error of the account is not one of the key', async () => {
    const { actions } = await started()
    stub.trouble.push(
      error(401, 'Maximum credits exceeded'),
      error(403, 'The from address does not match a verified Sender Identity.', 'from'),
    )
    await expect(actions.send_email!.send(callOf(email))).rejects.toMatchObject({ kind: 'permanent', code: 'sendgrid_credits_exceeded' })
    await expect(actions.send_email!.send(callOf(email))).rejects.toMatchObject({ kind: 'permanent', code: 'sendgrid_unverified_sender' })
  })

  test('waits until the window of the rate begins anew', async () => {
    const { actions } = await started()
    const reset = Math.ceil(Date.now() / 1000) + 60
    stub.trouble.push({ ...error(429, 'too many requests'), headers: { 'x-ratelimit-reset': String(reset) } })
    const failure = await actions.send_email!.send(callOf(email)).catch((thrown: unknown) => thrown as { retryAfterMs: number })
    expect(failure).toMatchObject({ kind: 'retry', code: 'rate_limited' })
    const { retryAfterMs } = failure as { retryAfterMs: number }
    expect(Date.now() + retryAfterMs).toBeGreaterThanOrEqual(reset * 1000)
    expect(retryAfterMs).toBeLessThanOrEqual(61_000)
  })

  test('the connection is tested without a send: whose key it is, and that it may send', async () => {
    const vendor = await started(rules('api.sendgrid.com', ['stats.read']))
    await expect(vendor.test(callOf(email))).rejects.toMatchObject({ code: 'bad_credentials' })
    await expect(vendor.test(callOf(email, { secrets: { apiKey: 'wrong' } }))).rejects.toMatchObject({ code: 'bad_credentials' })
    await stub.stop()
    await (await started()).test(callOf(email))
    expect(stub.seen.map(({ path }) => path)).toEqual(['/v3/scopes'])
  })

  test('refuses before it is sent what SendGrid would refuse', () => {
    const { actions } = sendgrid(createHttp())
    const valid = (fields: object) => actions.send_template!.fields.safeParse({ ...template.fields, ...fields }).success
    expect([{}, { template: 'welcome' }, { data: '[1]' }, { to: 'Ada <ada@example.com>' }, { replyTo: 'help' }, { replyTo: '' }].map(valid)).toEqual([true, false, false, false, false, true]) // prettier-ignore
  })
})
