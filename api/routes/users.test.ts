import { createSignInLink } from '../../store/keys.js'
import { startTestApi, type Caller, type Reply, type TestApi } from '../../test/support/api.js'
import { eventually } from '../../test/support/canvas.js'

/* Users, roles, sign-in links and sessions. */

let test: TestApi
let api: Caller
beforeEach(async () => {
  test = await startTestApi()
  api = test.api
})
afterEach(() => test.stop())

type Fetch = (path: string, method?: string, body?: object) => Promise<Response>

/** A browser that opens a link: the API with its session. */
async function open(url: string): Promise<Fetch> {
  const answer = await fetch(`${test.url}/sign-in`, {
    method: 'POST',
    body: new URLSearchParams({ token: new URL(url).searchParams.get('token')! }),
    redirect: 'manual',
    headers: { 'Sec-Fetch-Site': 'same-origin' },
  })
  const cookie = answer.headers.get('set-cookie')?.split(';')[0]
  if (answer.status !== 303 || !cookie) throw new Error(`${answer.status}`)
  return (path, method = 'GET', body) =>
    fetch(`${test.url}/api/v1${path}`, {
      method,
      headers: { cookie, 'Sec-Fetch-Site': 'same-origin', ...(body && { 'Content-Type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
}

const add = async (name: string, role: string, more = {}): Promise<string> =>
  (await api('POST', '/users', { body: { name, role, ...more } })).body.id as string
const link = async (id: string): Promise<string> => (await api('POST', `/users/${id}/sign-in-links`)).body.url as string
const signedIn = async (id: string): Promise<Fetch> => open(await link(id))
const actions = async (): Promise<string[]> =>
  (await api('GET', '/audit-log?limit=200')).body.data.map(({ action, subject }: Record<string, string>) => `${action} ${subject}`)

it('adds users, lists them, changes them by their ETag, and refuses an address twice', async () => {
  const { body: ada, headers } = await api('POST', '/users', { body: { name: ' Ada ', email: 'ada@example.com', role: 'editor' } })
  expect(ada).toMatchObject({ id: expect.stringMatching(/^usr_/), name: 'Ada', email: 'ada@example.com', role: 'editor', lastSignInAt: null })
  expect((await api('GET', headers['location']!.slice('/api/v1'.length))).body).toEqual(ada)
  const bob = await add('Bob', 'viewer')
  expect((await api('GET', '/users')).body.data.map(({ name }: { name: string }) => name)).toEqual(['Bob', 'Ada'])
  for (const [method, path] of [['POST', '/users'], ['PUT', `/users/${bob}`]] as const) {
    const { status, body } = await api(method, path, { body: { name: 'Other', email: 'ADA@example.com', role: 'viewer' } })
    expect([status, body.errors[0].path]).toEqual([409, '/email'])
  }
  const put = (ifMatch: string) =>
    api('PUT', `/users/${ada.id}`, { body: { name: 'Ada L.', email: 'ada@example.com', role: 'viewer' }, headers: { 'If-Match': ifMatch } })
  expect((await put('"1"')).body).toMatchObject({ name: 'Ada L.', role: 'viewer' })
  expect((await put('"1"')).status).toBe(412)
  expect((await api('DELETE', `/users/${ada.id}`)).status).toBe(204)
  expect((await api('GET', `/users/${ada.id}`)).status).toBe(404)
  await add('Ada again', 'viewer', { email: 'ada@example.com' })
}) // prettier-ignore

it.each([
  [{ name: '', role: 'viewer' }, '/name'],
  [{ name: 'x', role: 'king' }, '/role'],
  [{ name: 'x' }, '/role'],
  [{ name: 'x', role: 'viewer', email: 'nobody' }, '/email'],
])('refuses %j', async (body, path) => {
  expect((await api('POST', '/users', { body })).body.errors[0].path).toBe(path)
})

it('lets each role do what it may, and no more', async () => {
  const tries: [string, string, object?][] = [
    ['/journeys', 'GET'],
    ['/audiences', 'POST', { name: 'List' }],
    ['/journeys/jrn_none/activate', 'POST'],
    ['/events', 'POST', { customerId: 'ada', event: 'seen' }],
    ['/users', 'GET'],
  ]
  const expected = {
    viewer: [200, 403, 403, 403, 403],
    editor: [200, 201, 403, 403, 403],
    operator: [200, 201, 404, 202, 403],
    admin: [200, 201, 404, 202, 200],
  }
  for (const [role, statuses] of Object.entries(expected)) {
    const id = await add(role, role)
    const call = await signedIn(id)
    const found = []
    for (const [path, method, body] of tries) found.push((await call(path, method, body)).status)
    expect([role, found]).toEqual([role, statuses])
    expect(await (await call('/me')).json()).toMatchObject({ actor: `user:${id}`, name: role, role })
  }
  const { detail } = (await (await (await signedIn(await add('V', 'viewer')))('/users')).json()) as { detail: string }
  expect(detail).toContain("your role 'viewer'")
})

describe('a sign-in link', () => {
  it('works once; a newer one takes its place; no other workspace makes one', async () => {
    const id = await add('Ada', 'viewer')
    const [old, url] = [await link(id), await link(id)]
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:3000\/sign-in\?token=[\w-]{40}$/)
    await expect(open(old)).rejects.toThrow('410')
    await open(url)
    await expect(open(url)).rejects.toThrow('410')
    expect((await api('GET', `/users/${id}`)).body.lastSignInAt).toEqual(expect.any(String))
    expect((await (await test.as(['admin'], 'wsp_other'))('POST', `/users/${id}/sign-in-links`)).status).toBe(404)
    expect(JSON.stringify(await test.db.query('select * from sign_in'))).not.toContain(url.split('=')[1])
  })

  it('of somebody who was removed does not work', async () => {
    const id = await add('Ada', 'viewer')
    const url = await link(id)
    await api('DELETE', `/users/${id}`)
    await expect(open(url)).rejects.toThrow('410')
  })
})

it('ends the sessions of a user who is removed or has another role, and no others', async () => {
  const [ada, bob] = [await add('Ada', 'viewer'), await add('Bob', 'editor')]
  const [first, other] = [await signedIn(ada), await signedIn(bob)]
  await api('PUT', `/users/${ada}`, { body: { name: 'Ada Lovelace', role: 'viewer' } })
  expect((await first('/journeys')).status).toBe(200)
  await api('PUT', `/users/${ada}`, { body: { name: 'Ada', role: 'editor' } })
  expect((await first('/journeys')).status).toBe(401)
  const second = await signedIn(ada)
  expect((await second('/audiences', 'POST', { name: 'List' })).status).toBe(201)
  await api('DELETE', `/users/${ada}`)
  expect([(await second('/journeys')).status, (await other('/journeys')).status]).toEqual([401, 200])
})

it('keeps the last admin, also when two remove each other', async () => {
  const [ada, bob] = [await add('Ada', 'admin'), await add('Bob', 'admin')]
  await add('Carol', 'operator')
  // Both have come as far as they come before either is through.
  let removing: Promise<Reply[]> | undefined
  await test.db.tx(async (tx) => {
    await tx.query('select id from app_user for update')
    removing = Promise.all([ada, bob].map((id) => api('DELETE', `/users/${id}`)))
    const waiting = `select 1 as one from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    await eventually(
      () => test.db.query(waiting),
      (found) => found.length === 2,
    )
  })
  const removed = await removing!
  expect(removed.map(({ status }) => status).sort()).toEqual([204, 409])
  const left = removed[0]!.status === 204 ? bob : ada
  const demoted = await api('PUT', `/users/${left}`, { body: { name: 'x', role: 'operator' } })
  expect([demoted.status, demoted.body.detail]).toEqual([409, expect.stringContaining('last admin')])
  expect((await api('PUT', `/users/${left}`, { body: { name: 'Renamed', role: 'admin' } })).status).toBe(200)
})

it('signs the first admin in from the command line, made once', async () => {
  const urls = await Promise.all([1, 2, 3].map(async () => `http://x/?token=${await createSignInLink(test.db, 'wsp_default')}`))
  const names = []
  for (const url of urls) names.push(((await (await (await open(url))('/me')).json()) as { actor: string; role: string }).actor)
  expect(new Set(names).size).toBe(1)
  expect((await api('GET', '/users')).body.data).toMatchObject([{ name: 'Admin', role: 'admin' }])
})

it('writes everything to the audit log, with the user as actor', async () => {
  const id = await add('Ada', 'admin')
  const call = await signedIn(id)
  const bob = ((await (await call('/users', 'POST', { name: 'Bob', role: 'viewer' })).json()) as { id: string }).id
  await call(`/users/${bob}`, 'PUT', { name: 'Bob', role: 'editor' })
  await call(`/users/${bob}`, 'DELETE')
  expect(await actions()).toEqual([
    `user.remove ${bob}`,
    `user.replace ${bob}`,
    `user.create ${bob}`,
    `user.sign-in ${id}`,
    `user.sign-in-link ${id}`,
    `user.create ${id}`,
  ])
  expect((await api('GET', '/audit-log?limit=1')).body.data[0].actor).toBe(`user:${id}`)
})

it('shows the own workspace only', async () => {
  expect((await api('GET', '/workspaces')).body.data).toMatchObject([{ id: 'wsp_default', name: 'Default' }])
  expect((await api('GET', '/workspaces/wsp_default')).body).toMatchObject({ name: 'Default' })
  expect((await api('GET', '/workspaces/wsp_other')).status).toBe(404)
})
