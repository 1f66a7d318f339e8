import { callOf, conformance, conforms, UNSUBSCRIBE } from '../../test/vendors/conform.js'
import { faultOf } from '../../test/vendors/sigv4.js'
import { startStub, type Reply, type Rules, type Stub } from '../../test/vendors/stub.js'
import { createHttp } from '../outbound/http.js'
import type { Vendor } from '../vendor.js'
import { ses } from './index.js'
import { signed } from './sign.js'

/* Rules: docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html and CommonErrors.html. */

const KEYS = { accessKeyId: 'AKIDEXAMPLEKEYEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const error = (status: number, type: string, message: string): Reply => ({
  status,
  headers: { 'x-amzn-errortype': type },
  json: { message },
})

interface Message {
  FromEmailAddress?: string
  Destination?: { ToAddresses?: string[] }
  ReplyToAddresses?: string[]
  Content?: {
    Simple?: { Subject?: Data; Body?: { Html?: Data; Text?: Data }; Headers?: Header[] }
    Template?: { TemplateName?: string; TemplateData?: string; Headers?: Header[] }
  }
  ConfigurationSetName?: string
  EmailTags?: { Name: string; Value: string }[]
}
interface Header {
  Name: string
  Value: string
}
interface Data {
  Data: string
  Charset?: string
}

function refused(json: Message): Reply | undefined {
  const bad = (message: string): Reply => error(400, 'BadRequestException', message)
  const fields = ['FromEmailAddress', 'Destination', 'ReplyToAddresses', 'Content', 'ConfigurationSetName', 'EmailTags']
  if (Object.keys(json).some((name) => !fields.includes(name))) return bad('1 validation error detected')
  const to = json.Destination?.ToAddresses
  if (!Array.isArray(to) || to.length !== 1) return bad('Destination is missing')
  for (const address of [json.FromEmailAddress ?? '', ...to, ...(json.ReplyToAddresses ?? [])]) {
    if (!/^[\x20-\x7e]+$/.test(address)) return bad('Local address contains control or whitespace')
    if (!/^(("[^"]*"|(=\?UTF-8\?B\?[^?]{1,52}\?= ?)+) <[^\s@<>]+@[^\s@<>]+>|[^\s@<>]+@[^\s@<>]+)$/.test(address))
      return bad("Missing final '@domain'")
  }
  for (const { Name, Value } of json.EmailTags ?? [])
    if (!/^[\w-]{1,256}$/.test(Name) || !/^[\w-]{1,256}$/.test(Value)) return bad('Invalid tag')
  if (json.ConfigurationSetName && json.ConfigurationSetName !== 'events')
    return error(404, 'NotFoundException', `Configuration set <${json.ConfigurationSetName}> does not exist.`)
  const { Simple, Template } = json.Content ?? {}
  if ((Simple === undefined) === (Template === undefined)) return bad('Content must have exactly one of Simple, Raw, Template')
  const headers = Simple?.Headers ?? Template?.Headers ?? []
  if (headers.length > 15) return bad('Too many headers')
  for (const { Name, Value } of headers)
    if (!/^[!-9;-@A-~]{1,126}$/.test(Name) || !/^[ -~]{1,870}$/.test(Value)) return bad('Invalid header')
  if (Simple && (!Simple.Subject?.Data || !(Simple.Body?.Html ?? Simple.Body?.Text)?.Data)) return bad('Content is missing')
  if (Template?.TemplateName && Template.TemplateName !== 'welcome') return error(404, 'NotFoundException', 'Template does not exist.')
  if (Template) JSON.parse(Template.TemplateData!)
  return undefined
}

const rules =
  (region = 'eu-west-1', account: Reply = { status: 200, json: { SendingEnabled: true } }): Rules =>
  async (seen) => {
    const { method, path, host, json } = seen
    if (host !== `email.${region}.amazonaws.com`) return { status: 421 }
    const covered = method === 'POST' ? ['content-type'] : []
    const fault = await faultOf(seen, { ...KEYS, region, service: 'ses', covered })
    if (fault) return error(403, fault, 'The request signature we calculated does not match the signature you provided.')
    if (method === 'GET' && path === '/v2/email/account') return account
    if (method !== 'POST' || path !== '/v2/email/outbound-emails') return error(404, 'UnknownOperationException', '')
    if (seen.headers['content-type'] !== 'application/json') return error(400, 'SerializationException', '')
    return refused(json) ?? { status: 200, json: { MessageId: '010001874c3d6b4e-0d2f' } }
  }

const shared = {
  vendor: ses,
  config: { region: 'eu-west-1' as const, from: 'Example <hello@example.com>', configurationSet: 'events' },
  secrets: KEYS,
  rules: rules(),
  errors: {
    400: error(400, 'BadRequestException', 'Domain contains illegal character'),
    401: error(403, 'UnrecognizedClientException', 'The security token included in the request is invalid.'),
    404: error(404, 'NotFoundException', 'Configuration set <events> does not exist.'),
    429: error(
      429,
      'TooManyRequestsException:http://internal.amazon.com/coral/com.amazonaws.services.ses/',
      'Maximum sending rate exceeded.',
    ),
    500: error(500, 'InternalServiceErrorException', ''),
  },
}
const email = conformance({
  ...shared,
  action: 'send_email',
  fields: { to: 'ada@example.com', subject: 'Olá, ça va?', html: '<p>Hi\n€</p>', text: 'Hi', replyTo: 'Help <help@example.com>' },
})
const template = conformance({
  ...shared,
  action: 'send_template',
  fields: { to: 'ada@example.com', template: 'welcome', data: '{"plan":"pro"}' },
})

conforms('destinations/ses', email)
conforms('destinations/ses', template)

describe('the signature', () => {
  // AWS's own example, with the signature that it gives for it: a request to IAM.
  const at = new Date('2015-08-30T12:36:00Z')
  const signer = { ...KEYS, accessKeyId: 'AKIDEXAMPLE', region: 'us-east-1', service: 'iam' }
  const request = {
    method: 'GET',
    url: 'https://iam.amazonaws.com/?Version=2010-05-08&Action=ListUsers',
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: '',
  }

  test('is that of the example of AWS, by both implementations', async () => {
    const headers = signed(request, signer, at)
    expect(headers.authorization).toBe(
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
    )
    const url = new URL(request.url)
    const seen = { method: 'GET', path: url.pathname, query: url.searchParams, headers: { ...headers, host: url.host }, body: '' }
    const expected = { ...signer, covered: [], now: at.getTime() }
    expect(await faultOf(seen, expected)).toBeUndefined()
    expect(await faultOf({ ...seen, body: ' ' }, expected)).toBe('InvalidSignatureException')
    expect(await faultOf(seen, { ...expected, secretAccessKey: 'other' })).toBe('InvalidSignatureException')
  })

  test('covers a query of any characters', async () => {
    const url = new URL('https://iam.amazonaws.com/a')
    url.searchParams.append('b c', "é'!*()~/")
    url.searchParams.append('a', '')
    const headers = signed({ ...request, url: url.href }, signer, at)
    const seen = { method: 'GET', path: '/a', query: url.searchParams, headers: { ...headers, host: url.host }, body: '' }
    expect(await faultOf(seen, { ...signer, covered: ['content-type'], now: at.getTime() })).toBeUndefined()
  })
})

describe('SES', () => {
  let stub: Stub
  const started = async (by: Rules = rules()): Promise<Vendor> => {
    stub = await startStub(by)
    return ses(createHttp(stub.toward)) as Vendor
  }
  afterEach(() => stub.stop())

  test('the fields are as documented, with the key of the delivery', async () => {
    const { actions } = await started()
    await actions.send_email!.send(callOf(email))
    await actions.send_template!.send(callOf(template, { config: { region: 'eu-west-1', from: 'hello@example.com' } }))
    const Destination = { ToAddresses: ['ada@example.com'] }
    const EmailTags = [{ Name: 'tilework_key', Value: 'mem_01j000000000000000000000000--send--1' }]
    expect(stub.seen.map(({ json }) => json)).toEqual([
      {
        FromEmailAddress: '"Example" <hello@example.com>',
        Destination,
        ReplyToAddresses: ['"Help" <help@example.com>'],
        Content: {
          Simple: {
            Subject: { Data: 'Olá, ça va?', Charset: 'UTF-8' },
            Body: { Html: { Data: '<p>Hi\n€</p>', Charset: 'UTF-8' }, Text: { Data: 'Hi', Charset: 'UTF-8' } },
          },
        },
        ConfigurationSetName: 'events',
        EmailTags,
      },
      {
        FromEmailAddress: 'hello@example.com',
        Destination,
        Content: { Template: { TemplateName: 'welcome', TemplateData: '{"plan":"pro"}' } },
        EmailTags,
      },
    ])
  })

  test('more headers go with each email', async () => {
    const { actions } = await started()
    await actions.send_email!.send(callOf(email, { headers: UNSUBSCRIBE }))
    await actions.send_template!.send(callOf(template, { headers: UNSUBSCRIBE }))
    const [simple, kept] = stub.seen.map(({ json }) => (json as Message).Content)
    const listed = Object.entries(UNSUBSCRIBE).map(([Name, Value]) => ({ Name, Value }))
    expect([simple?.Simple?.Headers, kept?.Template?.Headers]).toEqual([listed, listed])
  })

  test('addresses go as ASCII', async () => {
    const { actions } = await started()
    const name = 'Zoë Ångström-Łukaszewicz und die anderen, 東京都'
    const from = `"${name}" <hello@bücher.example>`
    await actions.send_email!.send(
      callOf(email, { config: { region: 'eu-west-1', from }, fields: { to: 'ada@münchen.example', subject: 'Hi', text: 'Hi' } }),
    )
    const { FromEmailAddress, Destination } = stub.seen[0]!.json as Message
    const words = [...FromEmailAddress!.matchAll(/=\?UTF-8\?B\?([^?]*)\?=/g)].map(([, word]) => Buffer.from(word!, 'base64').toString())
    expect(words.join('')).toBe(name)
    expect(FromEmailAddress).toMatch(/ <hello@xn--bcher-kva\.example>$/)
    expect(Destination).toEqual({ ToAddresses: ['ada@xn--mnchen-3ya.example'] })
  })

  test('the region is that of the host and of the signature', async () => {
    const { actions } = await started(rules('us-gov-west-1'))
    await actions.send_email!.send(callOf(email, { config: { region: 'us-gov-west-1', from: 'hello@example.com' } }))
    expect(stub.seen).toHaveLength(1)
  })

  test.each([
    [403, 'InvalidSignatureException', 'The request signature we calculated does not match.', 'permanent', 'bad_credentials'],
    [403, 'AccessDeniedException', 'User is not authorized to perform ses:SendEmail', 'permanent', 'ses_access_denied'],
    [400, 'MessageRejected', 'Email address is not verified.', 'permanent', 'ses_message_rejected'],
    [400, 'AccountSuspendedException', '', 'permanent', 'ses_account_suspended'],
    [404, 'NotFoundException:http://internal.amazon.com/coral/', 'Template does not exist.', 'permanent', 'ses_not_found'],
    [400, 'LimitExceededException', 'Maximum sending rate exceeded.', 'retry', 'rate_limited'],
    [429, 'TooManyRequestsException', 'Daily message quota exceeded.', 'permanent', 'ses_daily_quota'],
    [503, 'ServiceUnavailable', '', 'retry', 'http_503'],
  ])('%i %s: %s is %s %s', async (status, type, message, kind, code) => {
    const { actions } = await started()
    stub.trouble.push(error(status, type, message))
    await expect(actions.send_email!.send(callOf(email))).rejects.toMatchObject({ kind, code })
  })

  test('the connection is tested without a send, also with a key that may do nothing else', async () => {
    const vendor = await started()
    await vendor.test(callOf(email))
    stub.trouble.push(error(403, 'AccessDeniedException', 'User is not authorized to perform: ses:GetAccount'))
    await vendor.test(callOf(email))
    stub.trouble.push({ status: 200, json: { SendingEnabled: false } })
    await expect(vendor.test(callOf(email))).rejects.toMatchObject({ code: 'ses_sending_paused' })
    for (const secrets of [
      { ...KEYS, secretAccessKey: 'wrong' },
      { ...KEYS, accessKeyId: 'AKIDOTHEROTHEROTHER' },
    ])
      await expect(vendor.test(callOf(email, { secrets }))).rejects.toMatchObject({ code: 'bad_credentials' })
    expect(stub.seen.every(({ method }) => method === 'GET')).toBe(true)
  })
})
