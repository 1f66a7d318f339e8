import { callOf, conformance, conforms } from '../../test/vendors/conform.js'
import { startStub, type Reply, type Rules } from '../../test/vendors/stub.js'
import { createHttp } from '../outbound/http.js'
import { slack } from './index.js'

/* Rules: docs.slack.dev/messaging/sending-messages-using-incoming-webhooks, /apis/web-api/rate-limits, /reference/block-kit/blocks. */

const PATH = '/services/T00000000/B00000000/abcdefghijklmnopqrstuvwx'
const said = (status: number, text: string): Reply => ({ status, text })

const rules: Rules = ({ method, path, host, headers, json, body }) => {
  if (host !== 'hooks.slack.com') return { status: 421 }
  if (path !== PATH) return path.startsWith('/services/T00000000/') ? said(403, 'invalid_token') : said(404, 'no_team')
  if (method !== 'POST' || headers['content-type'] !== 'application/json' || !body.startsWith('{')) return said(400, 'invalid_payload')
  const { text, blocks, ...rest } = json
  // What only the webhooks of old could set, and what there never was.
  if (Object.keys(rest).length > 0) return said(400, 'invalid_payload')
  if (blocks !== undefined) {
    if (!Array.isArray(blocks) || blocks.length > 50) return said(400, 'invalid_blocks')
    if (!blocks.every((block) => typeof (block as { type?: unknown } | null)?.type === 'string')) return said(400, 'invalid_blocks')
  }
  if (typeof text !== 'string' || text === '') return said(400, 'no_text')
  return said(200, 'ok')
}

const each = conformance({
  vendor: slack,
  action: 'send_message',
  config: {},
  secrets: { url: `https://hooks.slack.com${PATH}` },
  fields: { text: 'Ada has *upgraded*', blocks: '[{"type":"divider"}]' },
  rules,
  errors: {
    400: said(400, 'invalid_payload'),
    401: said(403, 'invalid_token'),
    404: said(404, 'no_service'),
    429: said(429, 'rate_limited'),
    500: said(500, 'rollup_error'),
  },
  inside: said(200, 'no_text'),
})

conforms('destinations/slack', each)

test('the text, with blocks as a list or as Block Kit Builder has them, and nothing else', async () => {
  const stub = await startStub(rules)
  const { send } = slack(createHttp(stub.toward)).actions.send_message!
  const blocks = '[{"type":"divider"}]'
  for (const fields of [{ text: 'Hi' }, { text: 'Hi', blocks: '' }, { text: 'Hi', blocks }, { text: 'Hi', blocks: `{"blocks":${blocks}}` }])
    await send(callOf(each, { fields: fields as unknown as Record<string, string> }))
  const blocked = { text: 'Hi', blocks: [{ type: 'divider' }] }
  expect(stub.seen.map(({ json }) => json)).toEqual([{ text: 'Hi' }, { text: 'Hi' }, blocked, blocked])
  await stub.stop()
})

test.each([
  [410, 'channel_is_archived', 'permanent', 'slack_channel_is_archived'],
  [403, 'action_prohibited', 'permanent', 'slack_action_prohibited'],
  // As it was answered in former years.
  [500, 'no_service', 'permanent', 'bad_credentials'],
  [400, 'invalid_blocks', 'permanent', 'slack_invalid_blocks'],
  [200, '<html>Sign in to the guest network</html>', 'ambiguous', 'http_200'],
  [403, '<html>Blocked by the proxy</html>', 'permanent', 'http_403'],
])('%i %s: %s', async (status, text, kind, code) => {
  const stub = await startStub(rules)
  stub.trouble.push(said(status, text))
  const sending = slack(createHttp(stub.toward)).actions.send_message!.send(callOf(each))
  await expect(sending).rejects.toMatchObject({ kind, code })
  await stub.stop()
})

test('only an incoming webhook of hooks.slack.com, and what a message may be', () => {
  const { secrets, actions } = slack(createHttp())
  const taken = (url: string): boolean => secrets.safeParse({ url }).success
  expect(taken(`https://hooks.slack.com${PATH}`)).toBe(true)
  const bad = [`http://hooks.slack.com${PATH}`, `https://hooks.slack.com.example.com${PATH}`, `https://hooks.slack.com@example.com${PATH}`, `https://hooks.slack.com${PATH}/../x`, 'https://hooks.slack.com/services/', `https://hooks.slack.com:444${PATH}`, `https://hooks.slack.com${PATH}\n`] // prettier-ignore
  for (const url of bad) expect([url, taken(url)]).toEqual([url, false])
  const { fields } = actions.send_message!
  const many = (count: number): string => JSON.stringify(Array.from({ length: count }, () => ({ type: 'divider' })))
  const fine = (given: object): boolean => fields.safeParse(given).success
  expect([{ text: 'Hi', blocks: many(50) }, { text: 'x'.repeat(40_000) }].map(fine)).toEqual([true, true])
  expect([{ text: 'Hi', blocks: many(51) }, { text: 'Hi', blocks: '{"type":"divider"}' }, { text: 'Hi', blocks: 'null' }, { text: 'Hi', blocks: '[' }, { text: '' }, { text: 'x'.repeat(40_001) }, { text: 'Hi', channel: '#x' }].map(fine)).not.toContain(true) // prettier-ignore
})

test('the connection is tested with a message that cannot be posted', async () => {
  const stub = await startStub(rules)
  const vendor = slack(createHttp(stub.toward))
  await vendor.test(callOf(each))
  expect(stub.seen.map(({ json }) => json)).toEqual([{}])
  const wrong = callOf(each, { secrets: { url: 'https://hooks.slack.com/services/T00000000/B00000000/wrong' } })
  await expect(vendor.test(wrong)).rejects.toMatchObject({ kind: 'permanent', code: 'bad_credentials' })
  stub.trouble.push(said(410, 'channel_is_archived'))
  await expect(vendor.test(callOf(each))).rejects.toMatchObject({ code: 'slack_channel_is_archived' })
  await stub.stop()
})
