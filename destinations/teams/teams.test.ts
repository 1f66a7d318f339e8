import { callOf, conformance, conforms, type Conformance } from '../../test/vendors/conform.js'
import { startStub, type Reply, type Rules } from '../../test/vendors/stub.js'
import { createHttp } from '../outbound/http.js'
import { teams } from './index.js'

/*
 * Rules: learn.microsoft.com/connectors/teams (28 KB), /microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using (message with Adaptive Cards),
 * /azure/logic-apps/logic-apps-http-endpoint (signature, 202, errors).
 */

const HOST = 'default0123456789abcdef.01.environment.api.powerplatform.com'
const PATH = '/powerautomate/automations/direct/workflows/0123456789abcdef0123456789abcdef/triggers/manual/paths/invoke'
const QUERY = '?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=not-a-signature'
const URL_GIVEN = `https://${HOST}:443${PATH}${QUERY}`

const error = (status: number, code: string, message: string): Reply => ({ status, json: { error: { code, message } } })

interface Card {
  type?: string
  version?: string
  body?: { type?: string; text?: string }[]
}

const rules: Rules = ({ method, path, host, query, headers, json, body }) => {
  if (host !== HOST) return { status: 421 }
  if (path !== PATH) return error(404, 'WorkflowNotFound', 'The workflow could not be found.')
  if (!query.has('sig')) return error(401, 'DirectApiAuthorizationRequired', 'The request must be authenticated only by OAuth.')
  if (query.get('sig') !== 'not-a-signature') return error(401, 'AuthorizationFailed', 'The authentication credentials are not valid.')
  if (query.get('api-version') !== '1') return error(400, 'MissingApiVersionParameter', 'The api-version query parameter is required.')
  if (method !== 'POST')
    return error(405, 'TriggerRequestMethodNotValid', `The expected method is 'POST' and actual method is '${method}'.`)
  if (headers['content-type'] !== 'application/json') return error(400, 'TriggerInputSchemaMismatch', 'The input is no JSON.')
  if (Buffer.byteLength(body) > 28 * 1024) return error(413, 'RequestEntityTooLarge', 'The request is too large.')
  const [attachment, ...others] = (json.attachments ?? []) as { contentType?: string; content?: Card }[]
  const { type, version, body: items } = attachment?.content ?? {}
  const right = json.type === 'message' && attachment?.contentType === 'application/vnd.microsoft.card.adaptive' && others.length === 0
  if (!right || type !== 'AdaptiveCard' || !version || !items?.every((item) => item.type === 'TextBlock' && item.text))
    return error(400, 'TriggerInputSchemaMismatch', 'The input body does not match the schema.')
  return { status: 202, headers: { 'x-ms-workflow-run-id': '08584123456789' } }
}

const errors: Conformance<unknown, unknown>['errors'] = {
  400: error(400, 'WorkflowTriggerIsNotEnabled', "Could not execute workflow trigger 'manual' with state 'Disabled'."),
  401: error(401, 'DirectApiAuthorizationRequired', 'The request must be authenticated only by OAuth.'),
  404: error(404, 'WorkflowNotFound', 'The workflow could not be found.'),
  429: error(429, 'WorkflowTriggerRequestsThrottled', 'The number of requests exceeded the limit.'),
  500: error(500, 'InternalServerError', 'Encountered internal server error.'),
}

const to = { vendor: teams, config: {}, secrets: { url: URL_GIVEN }, rules, errors }
const CARD = { type: 'AdaptiveCard', version: '1.5', body: [{ type: 'TextBlock', text: 'Ada has upgraded' }] }
const message = conformance({ ...to, action: 'send_message', fields: { title: 'Upgraded', text: 'Ada has **upgraded**' } })
const card = conformance({ ...to, action: 'send_card', fields: { card: JSON.stringify(CARD) } })

conforms('destinations/teams', message)
conforms('destinations/teams', card)

test('a text becomes a card, a card is sent as it is', async () => {
  const stub = await startStub(rules)
  const { send_message, send_card } = teams(createHttp(stub.toward)).actions
  const sent = await send_message!.send(callOf(message))
  await send_message!.send(callOf(message, { fields: { text: 'Hi' } }))
  await send_card!.send(callOf(card))
  expect(sent).toEqual({ vendorId: '08584123456789' })
  const contents = stub.seen.map(({ json }) => (json.attachments as { content: Card }[])[0]!.content)
  expect(contents[0]!.body).toEqual([
    { type: 'TextBlock', text: 'Upgraded', size: 'large', weight: 'bolder', wrap: true },
    { type: 'TextBlock', text: 'Ada has **upgraded**', wrap: true },
  ])
  expect(contents[1]!.body).toEqual([{ type: 'TextBlock', text: 'Hi', wrap: true }])
  expect(contents[2]).toEqual(CARD)
  await stub.stop()
})

test('a card of more than 28 KB is not sent', async () => {
  const stub = await startStub(rules)
  const { send } = teams(createHttp(stub.toward)).actions.send_message!
  const sending = (text: string) => send(callOf(message, { fields: { text } }))
  await sending('x'.repeat(28_000))
  // Two bytes each.
  await expect(sending('é'.repeat(15_000))).rejects.toMatchObject({ kind: 'permanent', code: 'invalid_fields' })
  expect(stub.seen).toHaveLength(1)
  await stub.stop()
})

test('only workflows that anyone may trigger, and what a card may be', () => {
  const { secrets, actions } = teams(createHttp())
  const taken = (url: string): boolean => secrets.safeParse({ url }).success
  const good = [URL_GIVEN, `https://${HOST}${PATH}${QUERY}`, `https://prod-01.westeurope.logic.azure.com/workflows/1/triggers/manual/paths/invoke${QUERY}`] // prettier-ignore
  for (const url of good) expect([url, taken(url)]).toEqual([url, true])
  const bad = [`http://${HOST}${PATH}${QUERY}`, `https://${HOST}${PATH}?api-version=1`, 'https://example.webhook.office.com/webhookb2/1/IncomingWebhook/2/3?sig=1', `https://${HOST}.example.com${PATH}${QUERY}`, `https://${HOST}@example.com${PATH}${QUERY}`, `https://example.com/${HOST}${PATH}${QUERY}`, `https://environment.api.powerplatform.com${PATH}${QUERY}`, `https://${HOST}:8443${PATH}${QUERY}`] // prettier-ignore
  for (const url of bad) expect([url, taken(url)]).toEqual([url, false])
  const fine = (given: string): boolean => actions.send_card!.fields.safeParse({ card: given }).success
  expect(['{"type":"MessageCard","version":"1"}', '{"type":"AdaptiveCard"}', '[]', '', '{'].map(fine)).not.toContain(true)
})

test('the connection is tested without a run', async () => {
  const stub = await startStub(rules)
  const vendor = teams(createHttp(stub.toward))
  await vendor.test(callOf(message))
  const wrong = callOf(message, { secrets: { url: URL_GIVEN.replace('not-a-signature', 'wrong') } })
  await expect(vendor.test(wrong)).rejects.toMatchObject({ code: 'bad_credentials' })
  stub.trouble.push(errors[400])
  await expect(vendor.test(callOf(message))).rejects.toMatchObject({ code: 'teams_WorkflowTriggerIsNotEnabled' })
  expect(stub.seen.every(({ method }) => method === 'GET')).toBe(true)
  await stub.stop()
})
