import { callOf, conformance, conforms, UNSUBSCRIBE } from '../../test/vendors/conform.js'
import { startStub, type Reply, type Rules } from '../../test/vendors/stub.js'
import { createHttp } from '../outbound/http.js'
import { resend } from './index.js'

/* Rules: resend.com/docs/api-reference/emails/send-email, /api-reference/errors, /dashboard/emails/idempotency-keys. */

const KEY = 're_123456789'
const error = (statusCode: number, name: string, message: string): Reply => ({ status: statusCode, json: { statusCode, name, message } })

const rules = (): Rules => {
  const taken = new Map<string, { body: string; id: string }>()
  return ({ method, path, host, headers, json, body }) => {
    if (host !== 'api.resend.com') return { status: 421 }
    if (!headers.authorization) return error(401, 'missing_api_key', 'Missing API key in the authorization header.')
    if (headers.authorization !== `Bearer ${KEY}`) return error(403, 'invalid_api_key', 'API key is invalid')
    if (method === 'GET' && path === '/domains') return { status: 200, json: { data: [] } }
    if (method !== 'POST' || path !== '/emails')
      return error(405, 'method_not_allowed', 'This endpoint does not support the specified HTTP method.')
    const extra = Object.keys(json).find((name) => !['from', 'to', 'subject', 'html', 'text', 'reply_to', 'headers', 'tags'].includes(name))
    if (extra) return error(422, 'validation_error', `Unknown field ${extra}.`)
    for (const name of ['from', 'to', 'subject']) if (!json[name]) return error(422, 'missing_required_field', `Missing \`${name}\` field.`)
    for (const { name, value } of (json.tags ?? []) as { name: string; value: string }[])
      if (!/^[\w-]{1,256}$/.test(name) || !/^[\w-]{1,256}$/.test(value)) return error(422, 'validation_error', 'Invalid tag.')
    if (!Array.isArray(json.to) || json.to.length > 50) return error(422, 'validation_error', 'Invalid `to` field.')
    const key = headers['idempotency-key'] as string | undefined
    if (key !== undefined && (key.length < 1 || key.length > 256))
      return error(400, 'invalid_idempotency_key', 'The key must be between 1-256 chars.')
    const before = key === undefined ? undefined : taken.get(key)
    if (before && before.body !== body)
      return error(409, 'invalid_idempotent_request', 'Same idempotency key used with a different request payload.')
    const id = before?.id ?? `email-${taken.size + 1}`
    if (key !== undefined) taken.set(key, { body, id })
    return { status: 200, json: { id } }
  }
}

const each = conformance({
  vendor: resend,
  action: 'send_email',
  config: { from: 'Example <hello@example.com>' },
  secrets: { apiKey: KEY },
  fields: { to: 'ada@example.com', subject: 'Hello', html: '<p>Hi</p>', replyTo: 'help@example.com' },
  rules: rules(),
  errors: {
    400: error(422, 'validation_error', 'The `to` field must be a valid email address.'),
    401: error(401, 'missing_api_key', 'Missing API key in the authorization header.'),
    404: error(404, 'not_found', 'The requested endpoint does not exist.'),
    429: error(429, 'rate_limit_exceeded', 'Too many requests.'),
    500: error(500, 'application_error', 'An unexpected error occurred.'),
  },
})

conforms('destinations/resend', each)

test('a repeat with the same key is taken once; the other fields are as documented', async () => {
  const stub = await startStub(rules())
  const vendor = resend(createHttp(stub.toward))
  const call = callOf(each)
  const ids = [await vendor.actions.send_email!.send(call), await vendor.actions.send_email!.send(call)].map(({ vendorId }) => vendorId)
  expect(ids).toEqual(['email-1', 'email-1'])
  const tags = [{ name: 'tilework_key', value: 'mem_01j000000000000000000000000--send--1' }]
  expect(stub.seen[0]!.json).toEqual({ from: 'Example <hello@example.com>', to: ['ada@example.com'], subject: 'Hello', html: '<p>Hi</p>', reply_to: 'help@example.com', tags }) // prettier-ignore
})

test('more headers go with the email', async () => {
  const stub = await startStub(rules())
  await resend(createHttp(stub.toward)).actions.send_email!.send(callOf(each, { headers: UNSUBSCRIBE }))
  expect(stub.seen[0]!.json.headers).toEqual(UNSUBSCRIBE)
})

test('the connection is tested without a send, also of a key that may do nothing else', async () => {
  const stub = await startStub(rules())
  const vendor = resend(createHttp(stub.toward))
  await vendor.test(callOf(each))
  stub.trouble.push(error(401, 'restricted_api_key', 'This API key is restricted to only send emails'))
  await vendor.test(callOf(each))
  await expect(vendor.test(callOf(each, { secrets: { apiKey: 'wrong' } }))).rejects.toMatchObject({ code: 'bad_credentials' })
  expect(stub.seen.every(({ method }) => method === 'GET')).toBe(true)
})
