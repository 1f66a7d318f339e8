import { eventually } from '../../test/support/canvas.js'
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

it('notes the use of a key once a minute, also when many requests come at once, and says whether it can be used', async () => {
  const { body } = await test.api('POST', '/api-keys', { body: { name: 'Used', scopes: ['read'] } })
  const listed = async () => (await test.api('GET', '/api-keys?limit=200')).body.data.find(({ id }: { id: string }) => id === body.id)
  expect(await listed()).toMatchObject({ lastUsedAt: null, status: 'active', expiresAt: null })
  await test.db.query('create table written (id text)')
  await test.db.query(
    'create function note() returns trigger language plpgsql as $$ begin insert into written values (new.id); return null; end $$',
  )
  await test.db.query('create trigger noted after update on api_key for each row execute function note()')
  await Promise.all(Array.from({ length: 10 }, () => get(body.key)))
  await get(body.key)
  expect(await test.db.query('select id from written')).toEqual([{ id: body.id }])
  expect((await listed()).lastUsedAt).toEqual(expect.any(String))
  await test.db.query(
    `update api_key set last_used_at = now() - interval '61 seconds', expires_at = now() + interval '1 hour' where id = $1`,
    [body.id],
  )
  // Who is known for a moment is not looked up, and its use not noted.
  const used = async () => (await get(body.key)) && ((await listed()).lastUsedAt as string)
  await eventually(used, (at) => Date.now() - Date.parse(at) < 60_000)
  await test.db.query(`update api_key set expires_at = now() where id = $1`, [body.id])
  expect((await listed()).status).toBe('expired')
  await test.api('DELETE', `/api-keys/${body.id}`)
  expect((await listed()).status).toBe('revoked')
})

describe('the audit log', () => {
  const rows: [actor: string, action: string, subject: string, at: string][] = [
    ['user:usr_a', 'journey.pause', 'jrn_1', '2026-11-01T10:00:00Z'],
    ['user:usr_a', 'journey.resume', 'jrn_1', '2026-11-02T10:00:00Z'],
    ['user:usr_b', 'journey.pause', 'jrn_2', '2026-11-03T10:00:00Z'],
    ['key:key_c', 'journeys.pause', 'jrn_1', '2026-11-04T10:00:00Z'],
  ]
  let other: TestApi
  beforeAll(async () => {
    other = await startTestApi()
    for (const [actor, action, subject, at] of rows)
      await other.db.query(
        `insert into audit_log (workspace_id, actor, action, subject, at) values ('wsp_default', $1, $2, $3, $4::timestamptz)`,
        [actor, action, subject, at],
      )
    await other.db.query(
      `insert into audit_log (workspace_id, actor, action, subject) values ('wsp_other', 'user:usr_a', 'journey.pause', 'jrn_1')`,
    )
    await other.db.query(
      `insert into app_user (id, workspace_id, name, role, removed_at) values ('usr_a', 'wsp_default', 'Ada', 'admin', now())`,
    )
    await other.db.query(
      `insert into api_key (id, workspace_id, name, prefix, hash, scopes) values ('key_c', 'wsp_default', 'Shop', '', '', '{}')`,
    )
  })
  afterAll(() => other.stop())

  it.each([
    ['', [4, 3, 2, 1]],
    ['actor=user:usr_a', [2, 1]],
    ['action=journey.pause', [3, 1]],
    ['action=journey', [3, 2, 1]],
    ['target=jrn_1', [4, 2, 1]],
    ['from=2026-11-02T10:00:00Z', [4, 3, 2]],
    ['to=2026-11-03T11:00:00%2B01:00', [2, 1]],
    ['from=2026-11-02T00:00:00Z&to=2026-11-04T00:00:00Z&action=journey&actor=user:usr_a&target=jrn_1', [2]],
    ['actor=nobody', []],
  ])('is filtered by %s', async (query, expected) => {
    for (const limit of [1, 200]) {
      const found: number[] = []
      for (let cursor: string | null = ''; cursor !== null;) {
        const { body } = await other.api('GET', `/audit-log?limit=${limit}&${query}${cursor && `&cursor=${cursor}`}`)
        found.push(...body.data.map(({ at }: { at: string }) => Number(at.slice(8, 10))))
        cursor = body.nextCursor
      }
      expect(found).toEqual(expected)
    }
  })

  it('names who did it, also who is gone', async () => {
    const { data } = (await other.api('GET', '/audit-log')).body
    expect(data.map(({ actorName }: { actorName: string | null }) => actorName)).toEqual(['Shop', null, 'Ada', 'Ada'])
  })

  it.each(['from=yesterday', 'to=0000-01-01T00:00:00Z', 'to=9999-12-31T23:59:59-14:00', 'actor='])('refuses %s', async (query) => {
    const { status, body } = await other.api('GET', `/audit-log?${query}`)
    expect([status, body.errors[0].path]).toEqual([422, `?${query.split('=')[0]}`])
  })
})
