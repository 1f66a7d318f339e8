import { ADMIN_KEY, startTestApi, type TestApi } from '../../test/support/api.js'

let test: TestApi
beforeAll(async () => {
  test = await startTestApi()
})
afterAll(() => test.stop())

const get = (key: string, path = '/journeys'): Promise<Response> =>
  fetch(`${test.url}/api/v1${path}`, { headers: { Authorization: `Bearer ${key}` } })

it('makes a key that is shown once, works, and is revoked', async () => {
  const made = await test.api('POST', '/api-keys', { body: { name: 'Shop', scopes: ['read'] } })
  const { id, key, ...shown } = made.body
  expect(key).toMatch(/^tw_live_[\w-]{40}$/)
  expect((await get(key)).status).toBe(200)
  const listed = await test.api('GET', '/api-keys')
  expect(listed.body.data[0]).toMatchObject({ id, name: 'Shop', scopes: ['read'], prefix: shown.prefix, revokedAt: null })
  expect(listed.text).not.toContain(key)
  expect(JSON.stringify(await test.db.query('select * from api_key'))).not.toContain(key)
  expect((await test.api('DELETE', `/api-keys/${id}`)).status).toBe(204)
  const refused = await get(key)
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="tilework", error="invalid_token"'])
})

it('refuses a key that has expired', async () => {
  const { body } = await test.api('POST', '/api-keys', {
    body: { name: 'Brief', scopes: ['read'], expiresAt: new Date(Date.now() + 60_000).toISOString() },
  })
  expect((await get(body.key)).status).toBe(200)
  // It is known for a moment; its end counts all the same.
  const now = Date.now
  Date.now = () => now() + 61_000
  try {
    expect((await get(body.key)).status).toBe(401)
  } finally {
    Date.now = now
  }
})

it.each([
  [{ name: 'x', scopes: [] }, '/scopes'],
  [{ name: 'x', scopes: ['fly'] }, '/scopes/0'],
  [{ name: 'x', scopes: ['read'], expiresAt: '2020-01-01T00:00:00Z' }, '/expiresAt'],
  [{ name: 'x', scopes: ['read'], expiresAt: 'tomorrow' }, '/expiresAt'],
])('refuses %j', async (body, path) => {
  expect((await test.api('POST', '/api-keys', { body })).body.errors[0].path).toBe(path)
})

it('keeps the answer of a new key encrypted, and gives it again to the same Idempotency-Key', async () => {
  const sending = { body: { name: 'Once', scopes: ['read' as const] }, headers: { 'Idempotency-Key': 'new-key' } }
  const first = await test.api('POST', '/api-keys', sending)
  const again = await test.api('POST', '/api-keys', sending)
  expect(again.body).toEqual(first.body)
  expect(JSON.stringify(await test.db.query('select * from idempotency_key'))).not.toContain(first.body.key)
})

it('writes down who made keys; the keys themselves are not in it', async () => {
  const { body } = await test.api('POST', '/api-keys', { body: { name: 'Logged', scopes: ['operate'] } })
  const { body: log, text } = await test.api('GET', '/audit-log')
  expect(log.data[0]).toMatchObject({ action: 'api-key.create', subject: body.id, actor: 'key:admin', detail: { name: 'Logged' } })
  expect(text).not.toContain(body.key)
  const pages: string[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const page = await test.api('GET', `/audit-log?limit=1${cursor && `&cursor=${cursor}`}`)
    pages.push(...page.body.data.map(({ id }: { id: string }) => id))
    cursor = page.body.nextCursor
  }
  expect(pages).toEqual(log.data.map(({ id }: { id: string }) => id))
})

it('takes the admin key of the settings, and no key like it', async () => {
  expect((await get(ADMIN_KEY, '/api-keys')).status).toBe(200)
  for (const key of [`${ADMIN_KEY}x`, ADMIN_KEY.slice(1), 'x']) expect((await get(key, '/api-keys')).status).toBe(401)
})
