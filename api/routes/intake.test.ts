import { gzipSync } from 'node:zlib'
import { createKey, type Scope } from '../../store/keys.js'
import { DEFAULT_WORKSPACE } from '../../store/workspaces.js'
import { ADMIN_KEY, startTestApi, type TestApi } from '../../test/support/api.js'

let api: TestApi
let key: string
beforeAll(async () => {
  api = await startTestApi()
  key = await keyOf(['ingest'])
})
afterAll(() => api?.stop())

const keyOf = async (scopes: Scope[], workspace = DEFAULT_WORKSPACE) => (await createKey(api.db, workspace, { name: 'k', scopes })).key

const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })

interface Answer {
  status: number
  headers: Headers
  body: { success?: true; code?: string; detail?: string; errors?: { path: string }[] }
}

async function post(path: string, body: unknown, headers: Record<string, string> = basic(`${key}:`)): Promise<Answer> {
  const raw = typeof body === 'string' || Buffer.isBuffer(body)
  const answer = await fetch(`${api.url}/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: raw ? (body as string) : JSON.stringify(body),
  })
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Answer['body'] }
}

const eventsOf = (customerId: string) =>
  api.db.query<{ event: string; type: string; properties: Record<string, unknown>; workspaceId: string; messageId: string }>(
    `select event, type, properties, workspace_id as "workspaceId", message_id as "messageId" from event where customer_id = $1 order by id`,
    [customerId],
  )
const namesOf = async (customerId: string) => (await eventsOf(customerId)).map(({ event }) => event)

/** What a call answers when all is well. */
const taken = { status: 200, body: { success: true } }

describe('the write key', () => {
  const track = (userId: string) => ({ userId, event: 'Bought' })

  test('as user of Basic, with the colon and without, as Bearer, in the body, in the envelope', async () => {
    expect(await post('track', track('auth'))).toMatchObject(taken)
    expect(await post('track', track('auth'), basic(key))).toMatchObject(taken)
    expect(await post('track', track('auth'), { authorization: `Bearer ${key}` })).toMatchObject(taken)
    expect(await post('track', { ...track('auth'), writeKey: key }, {})).toMatchObject(taken)
    expect(await post('batch', { writeKey: key, batch: [{ type: 'track', ...track('auth') }] }, {})).toMatchObject(taken)
    expect(await post('track', track('auth'), basic(`${ADMIN_KEY}:`))).toMatchObject(taken)
    expect(await eventsOf('auth')).toHaveLength(6)
  })

  test('missing or wrong is 401, of another scope 403, and nothing is kept', async () => {
    for (const headers of [{}, basic('wrong:'), basic(':'), { authorization: 'Bearer wrong' }, { authorization: 'Basic' }])
      expect(await post('track', track('nobody'), headers)).toMatchObject({ status: 401, body: { code: 'unauthenticated' } })
    expect(await post('track', track('nobody'), basic(`${await keyOf(['read', 'write'])}:`))).toMatchObject({ status: 403 })
    expect(await eventsOf('nobody')).toEqual([])
  })

  test('says whose workspace the events are for', async () => {
    await post('track', track('elsewhere'), basic(`${await keyOf(['ingest'], 'wsp_other')}:`))
    expect((await eventsOf('elsewhere')).map(({ workspaceId }) => workspaceId)).toEqual(['wsp_other'])
  })
})

test('every call of the specification is kept under its name', async () => {
  for (const type of ['identify', 'page', 'screen', 'group', 'alias'])
    expect(await post(type, { userId: 'calls', previousId: 'before' })).toMatchObject(taken)
  expect(await post('t', { userId: 'calls', event: 'Bought' })).toMatchObject(taken)
  expect(await namesOf('calls')).toEqual(['$identify', '$page', '$screen', '$group', '$alias', 'Bought'])
})

test('text/plain, gzip with and without saying so', async () => {
  const body = (event: string) => JSON.stringify({ userId: 'forms', event })
  expect(await post('track', body('plain'), { ...basic(key), 'content-type': 'text/plain;charset=UTF-8' })).toMatchObject(taken)
  expect(await post('track', gzipSync(body('said')), { ...basic(key), 'content-encoding': 'gzip' })).toMatchObject(taken)
  expect(await post('track', gzipSync(body('unsaid')))).toMatchObject(taken)
  expect(await namesOf('forms')).toEqual(['plain', 'said', 'unsaid'])
  expect(await post('track', gzipSync(body('broken')).subarray(0, 20))).toMatchObject({ status: 400, body: { code: 'bad_request' } })
})

test('a repeated message is kept once, in one batch, one after another and at the same time', async () => {
  const batch = (ids: number[]) => ({ batch: ids.map((n) => ({ type: 'track', userId: 'twice', event: 'e', messageId: `twice-${n}` })) })
  const ids = [...Array(50).keys()]
  await post('batch', batch([0, 0, 0]))
  // In opposite orders, so that they wait for each other.
  const all = await Promise.all([...Array(20).keys()].map((n) => post('batch', batch(n % 2 ? ids : ids.toReversed()))))
  expect(all.map(({ status }) => status)).toEqual(Array(20).fill(200))
  expect(await eventsOf('twice')).toHaveLength(50)
})

describe('what cannot be read', () => {
  test('does not take its neighbours along', async () => {
    const good = (event: string) => ({ type: 'track', userId: 'neighbours', event })
    const bad = [7, null, { type: 'track', userId: 'neighbours' }, { type: 'none', userId: 'x' }, { ...good('x'), userId: 'a\0' }]
    expect(await post('batch', { batch: [good('first'), ...bad, good('last')] })).toMatchObject(taken)
    expect(await namesOf('neighbours')).toEqual(['first', 'last'])
  })

  test('NUL, halves of pairs, __proto__ and bottomless nesting get an answer, and the process stays up', async () => {
    const track = (properties: string) => `{"type":"track","userId":"odd","event":"e","properties":${properties}}`
    const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`
    const odd = ['{"a":"x\\u0000"}', '{"a":"\\ud800"}', '{"__proto__":{"x":1}}', '{"n":1e999}', '[]', deep]
    expect(await post('batch', `{"batch":[${odd.map(track).join(',')}]}`)).toMatchObject(taken)
    expect((await eventsOf('odd')).map(({ properties }) => properties)).toEqual([{ a: 'x' }, { a: '\uFFFD' }, {}, {}])
    expect(await post('batch', `{"context":${deep},"batch":[${track('{}')}]}`)).toMatchObject(taken)
    expect(await post('track', '{"userId":"a\\u0000","event":"e"}')).toMatchObject(taken)
    expect(await post('track', track('{}'))).toMatchObject(taken)
  })

  test('no JSON, no object, no batch is 400', async () => {
    for (const body of ['{"userId":', '', '[]', '"text"', Buffer.from([0x7b, 0xff, 0x7d])])
      expect(await post('track', body)).toMatchObject({ status: 400, body: { code: 'bad_request' } })
    expect(await post('batch', { batch: 'none' })).toMatchObject({ status: 400, body: { errors: [{ path: '/batch' }] } })
  })
})

describe('limits, each named in the text', () => {
  const text = (bytes: number) => 'x'.repeat(bytes)

  test('32 KB an event: alone it is refused; in a batch the others are kept', async () => {
    const large = { type: 'track', userId: 'limits', event: 'large', properties: { text: text(33_000) } }
    const alone = await post('track', large)
    expect([alone.status, alone.body.detail]).toEqual([413, expect.stringContaining('32 KB')])
    const among = await post('batch', { batch: [{ type: 'track', userId: 'limits', event: 'small' }, large] })
    expect(among).toMatchObject({
      status: 413,
      body: { errors: [{ path: '/batch/1' }], detail: expect.stringContaining('32 KB') as string },
    })
    expect(await namesOf('limits')).toEqual(['small'])
  })

  test('2,500 events', async () => {
    const batch = (n: number) => ({ batch: Array.from({ length: n }, () => ({ type: 'page', userId: 'many' })) })
    expect(await post('batch', batch(2_500))).toMatchObject(taken)
    expect(await eventsOf('many')).toHaveLength(2_500)
    expect(await post('batch', batch(2_501))).toMatchObject({ status: 413, body: { detail: expect.stringContaining('2500') as string } })
    expect(await eventsOf('many')).toHaveLength(2_500)
  })

  test('500 KB a body, also when it is packed', async () => {
    const body = JSON.stringify({ batch: [{ type: 'track', userId: 'x', event: text(600_000) }] })
    const packed = gzipSync(body)
    for (const answer of [
      await post('batch', body),
      await post('batch', packed, { ...basic(key), 'content-encoding': 'gzip' }),
      await post('batch', packed),
    ])
      expect(answer).toMatchObject({ status: 413, body: { detail: expect.stringContaining('500 KB') as string } })
  })
})

test('pages of other origins may send', async () => {
  const asked = await fetch(`${api.url}/v1/track`, { method: 'OPTIONS', headers: { origin: 'https://shop.example' } })
  expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([204, '*'])
  expect(asked.headers.get('access-control-allow-headers')).toMatch(/^Authorization, Content-Type, X-Retry-Count, .*\*$/)
  const sent = await post('page', { userId: 'browser', writeKey: key }, { origin: 'https://shop.example', 'content-type': 'text/plain' })
  expect([sent.status, sent.headers.get('access-control-allow-origin')]).toEqual([200, '*'])
})

test('the library for browsers calls them by their first letters, and asks where to send them', async () => {
  for (const type of ['identify', 'page', 'screen', 'group', 'alias'])
    expect(await post(type[0]!, { userId: 'short', type, ...(type === 'alias' && { previousId: 'long' }) })).toMatchObject(taken)
  expect(await post('t', { anonymousId: 'short', event: 'Bought' })).toMatchObject(taken)
  expect(await post('b', { batch: [{ type: 'track', userId: 'short', event: 'Left' }] })).toMatchObject(taken)
  expect(await post('m', { series: [] }, {})).toMatchObject(taken)
  expect(await namesOf('short')).toEqual(['$identify', '$page', '$screen', '$group', '$alias', 'Bought', 'Left'])
  const settings = await fetch(`${api.url}/v1/projects/any%20key/settings`)
  expect(settings.headers.get('access-control-allow-origin')).toBe('*')
  const wanted = { apiKey: 'any key', apiHost: `${new URL(api.url).host}/v1`, protocol: 'http' }
  expect(((await settings.json()) as { integrations: object }).integrations).toEqual({ 'Segment.io': wanted })
  expect((await fetch(`${api.url}/v1/t`)).status).toBe(405)
})

test('another verb is 405', async () => {
  const answer = await fetch(`${api.url}/v1/track`)
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST, OPTIONS'])
})
