import { callOf, conformance, conforms, UNSUBSCRIBE } from '../../test/vendors/conform.js'
import { startStub, type Reply, type Rules, type Stub } from '../../test/vendors/stub.js'
import { createHttp } from '../outbound/http.js'
import type { Vendor } from '../vendor.js'
import { mailgun } from './index.js'

/* Rules: documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/messages and /api-reference/api-overview. */

const KEY = 'key-3ax6xnjp29jd6fds4gc373sgvjxteol0'
const error = (status: number, message: string): Reply => ({ status, json: { message } })
const FIELDS = ['from', 'to', 'subject', 'html', 'text', 'template', 't:variables', 'h:Reply-To', 'v:tilework_key']

const rules =
  (host = 'api.mailgun.net'): Rules =>
  ({ method, path, headers, form, body, ...seen }) => {
    if (seen.host !== host) return { status: 421 }
    if (headers.authorization !== `Basic ${btoa(`api:${KEY}`)}`) return { status: 401, text: 'Forbidden' }
    if (method !== 'POST' || !path.endsWith('/messages')) return { status: 404, text: '404 page not found' }
    if (path !== '/v3/mg.example.com/messages') return error(404, `Domain not found: ${path.split('/')[2]}`)
    if (headers['content-type'] !== 'application/x-www-form-urlencoded') return error(400, 'from parameter is missing')
    const has = (name: string) => (form.get(name) ?? '') !== ''
    const extra = [...form.keys()].find((name) => !FIELDS.includes(name) && !/^h:List-[A-Za-z-]+$/.test(name))
    if (extra) return error(400, `${extra} is not known`)
    if ([...form.keys()].some((name) => form.getAll(name).length > 1 || !has(name)))
      return error(400, 'a parameter is empty or given twice')
    for (const name of ['from', 'to']) if (!has(name)) return error(400, `${name} parameter is missing`)
    if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(form.get('to')!))
      return error(400, 'to parameter is not a valid address. please check documentation')
    if (!['html', 'text', 'template'].some(has))
      return error(400, "Need at least one of 'text', 'html', 'amp-html' or 'template' parameters specified")
    if (has('template') ? has('html') || has('text') : !has('subject') || has('t:variables')) return error(400, 'invalid parameters')
    if (has('t:variables')) JSON.parse(form.get('t:variables')!)
    const options = body.split('&').filter((pair) => /^[ohvt]%3A/.test(pair))
    if (decodeURIComponent(options.join('')).length > 16_384)
      return error(400, 'Send options (parameters starting with o:, h:, v:, or t:) are limited to 16 kB total')
    return { status: 200, json: { id: '<20261126103000.1.0123456789ABCDEF@mg.example.com>', message: 'Queued. Thank you.' } }
  }

const shared = {
  vendor: mailgun,
  config: { domain: 'mg.example.com', from: 'Example <hello@mg.example.com>', region: 'us' as const },
  secrets: { apiKey: KEY },
  rules: rules(),
  errors: {
    400: error(400, "'to' parameter is not a valid address. please check documentation"),
    401: { status: 401, text: 'Forbidden' },
    404: error(404, 'Domain not found: mg.example.com'),
    429: error(429, 'Too many requests'),
    500: error(500, 'Internal Server Error'),
  },
}
const email = conformance({
  ...shared,
  action: 'send_email',
  fields: { to: 'ada+1@example.com', subject: 'Hello & welcome', html: '<p>Hi</p>', text: 'Hi', replyTo: 'Help <help@example.com>' },
})
const template = conformance({
  ...shared,
  action: 'send_template',
  fields: { to: 'ada@example.com', template: 'welcome', data: '{"plan":"pro"}' },
})

conforms('destinations/mailgun', email)
conforms('destinations/mailgun', template)

describe('Mailgun', () => {
  let stub: Stub
  const started = async (by: Rules = rules()): Promise<Vendor> => {
    stub = await startStub(by)
    return mailgun(createHttp(stub.toward)) as Vendor
  }
  afterEach(() => stub?.stop())

  test('the parameters are as documented, with the key of the delivery', async () => {
    const { actions } = await started()
    await actions.send_email!.send(callOf(email))
    await actions.send_template!.send(callOf(template))
    const each = { from: 'Example <hello@mg.example.com>', 'v:tilework_key': callOf(email).key }
    expect(stub.seen.map(({ form }) => Object.fromEntries(form))).toEqual([
      {
        ...each,
        to: 'ada+1@example.com',
        subject: 'Hello & welcome',
        html: '<p>Hi</p>',
        text: 'Hi',
        'h:Reply-To': 'Help <help@example.com>',
      },
      { ...each, to: 'ada@example.com', template: 'welcome', 't:variables': '{"plan":"pro"}' },
    ])
  })

  test('more headers go with each email, also beside as much data as it takes', async () => {
    const { actions } = await started()
    await actions.send_email!.send(callOf(email, { headers: UNSUBSCRIBE }))
    const fields = { ...template.fields, data: JSON.stringify({ a: 'x'.repeat(14_900) }), replyTo: `${'a'.repeat(300)}@example.com` }
    await actions.send_template!.send(callOf(template, { headers: UNSUBSCRIBE, fields }))
    for (const { form } of stub.seen) for (const [name, value] of Object.entries(UNSUBSCRIBE)) expect(form.get(`h:${name}`)).toBe(value)
  })

  test('a domain of the EU sends through the EU; a subject goes before that of the template', async () => {
    const { actions } = await started(rules('api.eu.mailgun.net'))
    const fields = { to: 'ada@example.com', template: 'welcome', subject: 'Welcome' }
    await actions.send_template!.send(callOf(template, { config: { ...template.config, region: 'eu' }, fields }))
    expect(stub.seen[0]!.form.get('subject')).toBe('Welcome')
  })

  test('a domain that may not send is not a bad key', async () => {
    const { actions } = await started()
    stub.trouble.push(error(403, 'Domain mg.example.com is not allowed to send: Free accounts are for test purposes only.'))
    await expect(actions.send_email!.send(callOf(email))).rejects.toMatchObject({ kind: 'permanent', code: 'mailgun_not_allowed' })
  })

  test('the connection is tested without a send: the key, and that there is the domain', async () => {
    const vendor = await started()
    await vendor.test(callOf(email))
    expect(stub.seen.map(({ body }) => body)).toEqual([''])
    await expect(vendor.test(callOf(email, { secrets: { apiKey: 'wrong' } }))).rejects.toMatchObject({ code: 'bad_credentials' })
    await expect(vendor.test(callOf(email, { config: { ...email.config, domain: 'example.org' } }))).rejects.toMatchObject({
      code: 'http_404',
    })
  })

  test('refuses before it is sent what Mailgun would refuse', () => {
    const vendor = mailgun(createHttp())
    const valid = (fields: object) => vendor.actions.send_template!.fields.safeParse({ ...template.fields, ...fields }).success
    expect([{ data: JSON.stringify({ a: 'x'.repeat(14_900) }) }, { data: JSON.stringify({ a: 'é'.repeat(8_000) }) }].map(valid)).toEqual([
      true,
      false,
    ])
    const domain = (text: string) => vendor.config.safeParse({ ...shared.config, domain: text }).success
    expect(['mg.example.com', 'example.com/../x', 'https://example.com', 'example', 'a..b'].map(domain)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ])
  })
})
