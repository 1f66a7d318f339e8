import { callOf, conformance, conforms } from '../../test/vendors/conform.js'
import { startStub, type Reply, type Rules } from '../../test/vendors/stub.js'
import { createHttp } from '../outbound/http.js'
import type { SendError } from '../vendor.js'
import { telegram } from './index.js'

/* Rules: core.telegram.org/bots/api#making-requests, #sendmessage, #responseparameters, core.telegram.org/bots/faq. */

const TOKEN = '123456:not-a-token-of-any-bot-0123456789'
const error = (code: number, description: string, parameters?: unknown, status = code): Reply => ({
  status,
  json: { ok: false, error_code: code, description, ...(parameters !== undefined && { parameters }) },
})

const rules: Rules = ({ method, path, host, headers, json }) => {
  if (host !== 'api.telegram.org') return { status: 421 }
  const [, token, called] = /^\/bot([^/]+)\/(\w+)$/.exec(path) ?? []
  if (!token || !/^\d+:[\w-]+$/.test(token)) return error(404, 'Not Found')
  if (token !== TOKEN) return error(401, 'Unauthorized')
  if (called === 'getMe') return { status: 200, json: { ok: true, result: { id: 123456, is_bot: true, first_name: 'Bot' } } }
  if (called !== 'sendMessage') return error(404, 'Not Found: method not found')
  if (method !== 'POST' || headers['content-type'] !== 'application/json') return error(400, 'Bad Request: message text is empty')
  const { chat_id: chat, text, parse_mode: mode, ...rest } = json
  if (Object.keys(rest).length > 0) return error(400, 'Bad Request: unknown parameter')
  if (typeof text !== 'string' || text === '') return error(400, 'Bad Request: message text is empty')
  if (typeof chat !== 'string') return error(400, 'Bad Request: chat_id is empty')
  if (mode !== undefined && !['HTML', 'MarkdownV2', 'Markdown'].includes(String(mode)))
    return error(400, 'Bad Request: unsupported parse_mode')
  const shown = mode === 'HTML' ? text.replace(/<\/?[bi]>/g, '') : text
  if (mode === 'HTML' && shown.includes('<')) return error(400, "Bad Request: can't parse entities: Unsupported start tag")
  if (shown.length > 4_096) return error(400, 'Bad Request: message is too long')
  if (chat === '404') return error(400, 'Bad Request: chat not found')
  return {
    status: 200,
    json: { ok: true, result: { message_id: 7, date: 1_795_000_000, chat: { id: 42, first_name: 'Ada' }, text: shown } },
  }
}

const each = conformance({
  vendor: telegram,
  action: 'send_message',
  config: {},
  secrets: { token: TOKEN },
  fields: { to: '42', text: '<b>Hello</b>', parseMode: 'HTML' },
  rules,
  errors: {
    400: error(400, 'Bad Request: chat not found'),
    401: error(401, 'Unauthorized'),
    404: error(404, 'Not Found'),
    429: error(429, 'Too Many Requests: retry after 34', { retry_after: 34 }),
    500: error(500, 'Internal Server Error'),
  },
  inside: error(400, 'Bad Request: chat not found', undefined, 200),
})

conforms('destinations/telegram', each)

test('plain text has no parse mode; of the answer only ids are kept', async () => {
  const stub = await startStub(rules)
  const { send } = telegram(createHttp(stub.toward)).actions.send_message!
  expect(await send(callOf(each, { fields: { to: '@example_news', text: 'a < b' } }))).toEqual({ vendorId: '42:7' })
  await send(callOf(each))
  expect(stub.seen.map(({ json }) => json)).toEqual([
    { chat_id: '@example_news', text: 'a < b' },
    { chat_id: '42', text: '<b>Hello</b>', parse_mode: 'HTML' },
  ])
  await stub.stop()
})

test.each([
  [error(403, 'Forbidden: bot was blocked by the user'), 'permanent', 'suppressed'],
  [error(403, "Forbidden: bot can't initiate conversation with a user"), 'permanent', 'suppressed'],
  [error(403, 'Forbidden: user is deactivated'), 'permanent', 'bad_recipient'],
  [error(400, "Bad Request: can't parse entities: Unsupported start tag"), 'permanent', 'telegram_cannot_parse'],
  [error(400, 'Bad Request: message is too long'), 'permanent', 'telegram_too_long'],
  [error(400, 'Bad Request: have no rights to send a message'), 'permanent', 'telegram_400'],
  [error(429, 'Too Many Requests: retry after 5', { retry_after: 5 }, 200), 'retry', 'rate_limited'],
  [{ status: 200, text: '<html>Sign in</html>' }, 'ambiguous', 'http_200'],
])('%j: %s %s', async (reply, kind, code) => {
  const stub = await startStub(rules)
  stub.trouble.push(reply)
  await expect(telegram(createHttp(stub.toward)).actions.send_message!.send(callOf(each))).rejects.toMatchObject({ kind, code })
  await stub.stop()
})

test('one that may not be written to is not told as a matter of credentials', async () => {
  const stub = await startStub(rules)
  stub.trouble.push(error(403, 'Forbidden: bot was blocked by the user'))
  const message = 'api.telegram.org answered 403: Forbidden: bot was blocked by the user'
  await expect(telegram(createHttp(stub.toward)).actions.send_message!.send(callOf(each))).rejects.toMatchObject({ message })
  await stub.stop()
})

test('a group that became a supergroup: its new id is told', async () => {
  const stub = await startStub(rules)
  stub.trouble.push(error(400, 'Bad Request: group chat was upgraded to a supergroup chat', { migrate_to_chat_id: -1001234567890 }))
  const failure: unknown = await telegram(createHttp(stub.toward)).actions.send_message!.send(callOf(each)).catch((reason: unknown) => reason) // prettier-ignore
  expect(failure).toMatchObject({ kind: 'permanent', code: 'telegram_chat_migrated' })
  expect((failure as SendError).message).toContain('-1001234567890')
  await stub.stop()
})

test('what a message may be', () => {
  const { fields } = telegram(createHttp()).actions.send_message!
  const fine = (given: object): boolean => fields.safeParse({ to: '42', text: 'Hi', ...given }).success
  expect([{ to: '-1001234567890' }, { to: '@example' }, { text: 'x'.repeat(4_096) }, { text: 'x'.repeat(5_000), parseMode: 'HTML' }, { parseMode: '' }, { parseMode: 'MarkdownV2' }].map(fine)).not.toContain(false) // prettier-ignore
  expect([{ to: '' }, { to: 'ada' }, { to: '@1' }, { to: '42\n' }, { text: '' }, { text: 'x'.repeat(4_097) }, { text: 'x'.repeat(4_097), parseMode: '' }, { parseMode: 'Markdown' }, { chat: '1' }].map(fine)).not.toContain(true) // prettier-ignore
})

test('the connection is tested by asking who the bot is; no error tells the token', async () => {
  const stub = await startStub(rules)
  const vendor = telegram(createHttp(stub.toward))
  await vendor.test(callOf(each))
  const wrong = '654321:another-token-of-no-bot-0123456789'
  const failure: unknown = await vendor.test(callOf(each, { secrets: { token: wrong } })).catch((reason: unknown) => reason)
  expect(failure).toMatchObject({ kind: 'permanent', code: 'bad_credentials' })
  expect(JSON.stringify([(failure as SendError).message, failure])).not.toContain(wrong)
  expect(stub.seen.every(({ path }) => path.endsWith('/getMe'))).toBe(true)
  await stub.stop()
})
