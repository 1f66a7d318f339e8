import { connect } from 'node:net'
import { startTestApi, type Caller, type TestApi } from '../test/support/api.js'
import type { Scope } from '../store/keys.js'
import type { Route } from './route.js'
import { ROUTES } from './routes/index.js'

let test: TestApi
let api: Caller
beforeAll(async () => {
  test = await startTestApi()
  api = test.api
})
afterAll(() => test.stop())

/** The routes of this release, as the contract lists them: paths, verbs and the scope that each needs. */
const CONTRACT = [
  'get /journeys read', 'post /journeys write', 'get /journeys/{id} read', 'put /journeys/{id} write', 'delete /journeys/{id} write',
  'post /journeys/{id}/activate operate', 'post /journeys/{id}/pause operate', 'post /journeys/{id}/resume operate',
  'post /journeys/{id}/complete operate', 'post /journeys/{id}/validate read', 'post /journeys/{id}/duplicate write',
  'get /journeys/{id}/versions read', 'post /journeys/{id}/versions write', 'get /journeys/{id}/versions/{n} read',
  'put /journeys/{id}/versions/{n} write', 'delete /journeys/{id}/versions/{n} write', 'post /journeys/{id}/versions/{n}/publish operate',
  'get /journeys/{id}/notes read', 'put /journeys/{id}/notes write', 'get /journeys/{id}/members read', 'post /journeys/{id}/members write', 'get /journeys/{id}/members/{memberId} read',
  'get /journeys/{id}/members/{memberId}/timeline read', 'post /journeys/{id}/members/{memberId}/retry operate',
  'post /journeys/{id}/members/{memberId}/skip operate', 'post /journeys/{id}/members/{memberId}/exit operate',
  'post /journeys/{id}/members/{memberId}/move operate', 'post /journeys/{id}/members/bulk operate',
  'get /journeys/{id}/stats read', 'get /journeys/{id}/live read', 'post /templates/preview read', 'post /journeys/{id}/tiles/{tileId}/test-send operate', 'post /journeys/{id}/test-runs read', 'get /journeys/{id}/trend read', 'get /journeys/{id}/errors read', 'get /journeys/{id}/errors/counts read', 'get /jobs/{id} read',
  'get /customers/{id} read', 'put /customers/{id} write', 'get /customers/{id}/members read', 'get /customers/{id}/events read',
  'post /customers/{id}/events ingest', 'post /events ingest', 'get /schema/events read', 'get /schema/traits read',
  'post /customers/import write', 'get /customers/export read', 'get /jobs/{id}/errors read',
  'post /subscriptions/import write', 'post /suppressions/import write', 'get /suppressions/export read',
  'get /customers/{id}/history read',
  'get /audiences read', 'post /audiences write', 'get /audiences/{id} read', 'put /audiences/{id} write', 'delete /audiences/{id} write',
  'post /audiences/{id}/members write', 'post /audiences/{id}/members/sync write', 'post /audiences/estimate read', 'get /destination-types read', 'get /destinations read', 'post /destinations write',
  'get /destinations/{id} read', 'put /destinations/{id} write', 'delete /destinations/{id} write', 'post /destinations/{id}/test write',
  'get /secrets read', 'post /secrets write', 'put /secrets/{id} write', 'delete /secrets/{id} write', 'get /sandbox/messages read', 'get /events/recent read',
  'get /users admin', 'post /users admin', 'get /users/{id} admin', 'put /users/{id} admin', 'delete /users/{id} admin', 'post /users/{id}/sign-in-links admin',
  'get /frequency-caps read', 'post /frequency-caps admin', 'get /frequency-caps/{id} read', 'put /frequency-caps/{id} admin', 'delete /frequency-caps/{id} admin',
  'get /topics read', 'post /topics write', 'get /topics/{id} read', 'put /topics/{id} write', 'delete /topics/{id} write', 'get /topics/used-by read', 'get /topics/{id}/used-by read',
  'get /customers/{id}/subscriptions read', 'put /customers/{id}/subscriptions write', 'get /customers/{id}/subscriptions/history read',
  'get /templates read', 'post /templates write', 'get /templates/refs read', 'get /templates/{id} read', 'put /templates/{id} write', 'delete /templates/{id} write', 'post /templates/{id}/publish write',
  'get /templates/{id}/versions read', 'get /templates/{id}/versions/{n} read', 'get /templates/{id}/used-by read',
  'get /suppressions read', 'post /suppressions write', 'delete /suppressions/{id} write',
  'get /audiences/used-by read', 'get /destinations/used-by read',
  'get /audiences/{id}/used-by read', 'get /destinations/{id}/used-by read', 'get /secrets/{id}/used-by read', 'get /journeys/{id}/used-by read',
  'get /settings read', 'put /settings admin', 'get /workspaces read', 'get /workspaces/{id} read', 'get /errors read', 'get /errors/counts read', 'get /jobs read', 'get /customers read', 'get /audiences/{id}/members read', 'get /journeys/tags read', 'get /journeys/children read', 'put /journeys/{id}/details write', 'get /me read', 'get /audit-log admin', 'get /api-keys admin', 'post /api-keys admin', 'delete /api-keys/{id} admin',
] // prettier-ignore

it('has the routes of the contract, and no others', () => {
  expect(ROUTES.map(({ method, path, scope }) => `${method} ${path} ${scope}`).sort()).toEqual([...CONTRACT].sort())
})

const all = ROUTES.map((route) => [`${route.method} ${route.path}`, route] as const)
const ALL: Scope[] = ['read', 'write', 'operate', 'ingest', 'admin']
const anywhere = (path: string): string => path.replace(/\{\w+\}/g, 'x')

/** A request that the route would take, to things that are not there. */
async function knock(caller: Caller, route: Route, path = anywhere(route.path)) {
  return caller(route.method, path, route.example === undefined ? {} : { body: route.example })
}

describe('scopes', () => {
  it.each(all)('%s is refused to every key without its scope', async (_name, route) => {
    const lacking = ALL.filter((scope) => scope !== route.scope && scope !== 'admin')
    const { status, body } = await knock(await test.as(lacking), route)
    expect([status, body.code, body.scope]).toEqual([403, 'forbidden', route.scope])
  })

  it.each(all)('%s is refused without a key', async (_name, route) => {
    const answer = await fetch(`${test.url}/api/v1${anywhere(route.path)}`, { method: route.method.toUpperCase() })
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="tilework"'])
  })
})

it.each(all.filter(([, { body }]) => body !== undefined))('%s has an example that it takes', (_name, route) => {
  expect(route.body!.safeParse(route.example).error).toBeUndefined()
})

describe('workspaces', () => {
  it.each(all.filter(([, { path }]) => path.includes('{id}')))('%s answers 404 for what is not there', async (name, route) => {
    // PUT makes a customer, and events need none.
    const free: Record<string, number> = {
      'put /customers/{id}': 200,
      'get /customers/{id}/events': 200,
      'get /customers/{id}/history': 200,
      'post /customers/{id}/events': 202,
      'get /customers/{id}/subscriptions': 200,
      'get /customers/{id}/subscriptions/history': 200,
      // The topic of the example is not there.
      'put /customers/{id}/subscriptions': 422,
    }
    const wanted = free[name] ?? 404
    expect((await knock(api, route)).status).toBe(wanted)
  })

  it('shows and changes nothing of another workspace', async () => {
    const example = (path: string): unknown => ROUTES.find((route) => route.method === 'post' && route.path === path)!.example
    const made = async (path: string, body = example(path)) => (await api('POST', path, { body: body as object })).body.id as string
    const ids: Record<string, string> = {
      journeys: await made('/journeys'),
      audiences: await made('/audiences'),
      destinations: await made('/destinations'),
      secrets: await made('/secrets'),
      'api-keys': await made('/api-keys'),
      users: await made('/users'),
      topics: await made('/topics'),
      templates: await made('/templates'),
      suppressions: await made('/suppressions'),
      'frequency-caps': await made('/frequency-caps'),
      workspaces: 'wsp_default',
      customers: 'ada',
    }
    await api('PUT', '/customers/ada', { body: { traits: { plan: 'gold' } } })
    const stranger = await test.as(ALL, 'wsp_other')
    for (const route of ROUTES.filter(({ path }) => path.includes('{id}') && !path.startsWith('/jobs'))) {
      const id = ids[route.path.split('/')[1]!]!
      const path = route.path.replace('{id}', id).replace('{memberId}', 'mem_x')
      // The other workspace has an Ada of its own.
      if (['put /customers/{id}', 'post /customers/{id}/events'].includes(`${route.method} ${route.path}`)) continue
      const { status, body } = await knock(stranger, route, path)
      expect([route.method, path, path === '/customers/ada/events' ? body.data.length : status]).toEqual([
        route.method,
        path,
        path === '/customers/ada/events' ? 0 : 404,
      ])
    }
    for (const path of [
      '/journeys',
      '/audiences',
      '/destinations',
      '/secrets',
      '/sandbox/messages',
      '/events/recent',
      '/events/recent?status=rejected',
    ])
      expect((await stranger('GET', path)).body.data).toEqual([])
    for (const path of Object.entries(ids).filter(([kind]) => !['secrets', 'api-keys', 'suppressions'].includes(kind)))
      expect((await api('GET', `/${path[0]}/${path[1]}`)).status).toBe(200)
  })
})

describe('bad requests', () => {
  const writing = all.filter(([, { body }]) => body !== undefined)

  it.each(writing)('%s refuses malformed JSON, with the place', async (_name, route) => {
    const { status, body } = await api(route.method, anywhere(route.path), { raw: { type: 'application/json', text: '{"a": 1,\n "b" 2}' } })
    expect([status, body.code, body.position]).toEqual([400, 'bad_request', 14])
    expect(body.detail).toContain('line 2, column 6')
  })

  it.each(writing)('%s refuses a field that it does not know, by name', async (_name, route) => {
    const { status, body } = await api(route.method, anywhere(route.path), { body: { ...(route.example as object), surprise: 1 } })
    expect([status, body.code]).toEqual([422, 'invalid'])
    expect(body.errors).toContainEqual(expect.objectContaining({ path: '/surprise', code: 'unknown_field' }))
    expect(body.detail).toContain('surprise')
  })

  it.each(writing)('%s refuses another content type', async (_name, route) => {
    const { status, body } = await api(route.method, anywhere(route.path), { raw: { type: 'text/plain', text: '{}' } })
    expect([status, body.code]).toEqual([415, 'unsupported_media_type'])
    expect(body.detail).toContain('application/json')
  })

  it.each(writing)('%s refuses a body that is no object', async (_name, route) => {
    for (const text of ['[]', '"x"', 'null', '1'])
      expect((await api(route.method, anywhere(route.path), { raw: { type: 'application/json', text } })).status).toBe(422)
  })

  it.each(writing)('%s refuses a body over its limit, naming it', async (_name, route) => {
    const limit = route.limit ?? 1024 * 1024
    const { status, body } = await api(route.method, anywhere(route.path), {
      raw: { type: 'application/json', text: `{"name":"${'x'.repeat(limit)}"}` },
    })
    expect([status, body.code, body.limit]).toEqual([413, 'too_large', limit])
    expect(body.detail).toContain(`${limit / 1024 / 1024} MB`)
  })

  it.each(all)('%s refuses a parameter that it does not know', async (_name, route) => {
    const { status, body } = await knock(api, route, `${anywhere(route.path)}?surprise=1`)
    expect([status, body.errors[0]]).toEqual([422, expect.objectContaining({ path: '?surprise', code: 'unknown_parameter' })])
  })

  it.each(all.filter(([, { query }]) => query !== undefined && 'limit' in query.shape))('%s keeps to its pages', async (_name, route) => {
    for (const limit of ['0', '201', '-1', '1.5', 'x', ''])
      expect((await api('GET', `${anywhere(route.path)}?limit=${limit}`)).body.errors[0].path).toBe('?limit')
    expect((await api('GET', `${anywhere(route.path)}?limit=1&limit=2`)).status).toBe(422)
  })

  it.each([
    '/journeys',
    '/journeys?sort=name',
    '/journeys/tags',
    '/destinations',
    '/audiences',
    '/secrets',
    '/sandbox/messages',
    '/events/recent',
    '/audit-log',
    '/api-keys',
  ])('%s refuses a cursor that no list gave', async (path) => {
    for (const cursor of ['!', '%00', "'; drop table journey", 'eA'.repeat(300)])
      expect((await api('GET', `${path}${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}`)).status).toBe(422)
  })

  it('says 404 and 405 for what is not routed', async () => {
    for (const path of ['/nothing', '/journeys/x/y', '/journeys/x/nope', '/customers/import'])
      expect((await api('PATCH' as 'GET', path)).status).toBe(path === '/customers/import' ? 405 : 404)
    const { status, headers, body } = await api('PATCH', '/journeys/x')
    expect([status, headers['allow'], body.code]).toEqual([405, 'GET, HEAD, PUT, DELETE', 'method_not_allowed'])
    expect((await api('GET', '/journeys/x/activate')).headers['allow']).toBe('POST')
    const options = await fetch(`${test.url}/api/v1/journeys`, { method: 'OPTIONS' })
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD, POST'])
  })

  it('refuses what PostgreSQL could not keep', async () => {
    const { body } = await api('POST', '/journeys', { body: { name: 'a\u0000b' } })
    expect([body.status, body.errors[0].path]).toEqual([422, '/name'])
    expect((await api('GET', '/journeys/a%00b')).status).toBe(422)
  })

  it('answers who is still sending a body that is too large', async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      const port = Number(new URL(test.url).port)
      const socket = connect(port, '127.0.0.1')
      let text = ''
      socket
        .on('data', (chunk) => (text += chunk.toString()))
        .once('close', () => resolve(text))
        .once('error', reject)
      const size = 64 * 1024 * 1024
      socket.write(`POST /api/v1/journeys HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${'an admin key for the tests, long enough'}\r\n`)
      socket.write(`Content-Type: application/json\r\nContent-Length: ${size}\r\n\r\n`)
      const block = Buffer.alloc(1024 * 1024, ' ')
      let left = size / block.length
      const more = (): void => {
        while (left > 0 && socket.write((left--, block))) continue
        if (left > 0) socket.once('drain', more)
      }
      more()
    })
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer).toContain('2 MB')
  })
})

describe('Idempotency-Key', () => {
  const post = (key: string, body: object, path = '/audiences') => api('POST', path, { body, headers: { 'Idempotency-Key': key } })

  it('answers a repeat with the first answer, once done', async () => {
    const first = await post('k1', { name: 'One' })
    const again = await post('k1', { name: 'One' })
    expect([again.status, again.body, again.headers['location'], again.headers['etag']]).toEqual([
      201, first.body, first.headers['location'], first.headers['etag'],
    ]) // prettier-ignore
    expect([first.headers['idempotent-replayed'], again.headers['idempotent-replayed']]).toEqual([undefined, 'true'])
    expect((await test.db.query(`select 1 as one from audience where name = 'One'`)).length).toBe(1)
  })

  it('refuses the same key with another body, path or query', async () => {
    await post('k2', { name: 'Two' })
    for (const reply of [await post('k2', { name: 'Other' }), await post('k2', { name: 'Two' }, '/journeys')])
      expect([reply.status, reply.body.errors[0].path]).toEqual([422, 'Idempotency-Key'])
  })

  it('does it once however many ask at the same time; who comes while it runs is told so', async () => {
    const replies = await Promise.all(Array.from({ length: 12 }, () => post('k3', { name: 'Three' })))
    const statuses = new Set(replies.map(({ status }) => status))
    expect([...statuses].filter((status) => status !== 201 && status !== 409)).toEqual([])
    expect((await test.db.query(`select 1 as one from audience where name = 'Three'`)).length).toBe(1)
    await test.db.query(`update idempotency_key set status = null where key = 'k3'`)
    expect((await post('k3', { name: 'Three' })).body).toMatchObject({ status: 409, code: 'conflict' })
  })

  it('keeps nothing of a request that was refused', async () => {
    const draft = (await api('POST', '/journeys', { body: { name: 'Empty' } })).body.id as string
    expect((await post('k4', {}, `/journeys/${draft}/activate`)).status).toBe(422)
    expect((await post('k4', {}, `/journeys/${draft}/validate`)).status).toBe(200)
  })

  it('tells one file from another', async () => {
    const { body } = await api('POST', '/journeys', {
      body: {
        name: 'Upload',
        tiles: [
          { id: 'entry', type: 'entry', config: { triggers: [{ type: 'manual' }] } },
          { id: 'done', type: 'exit', config: { reason: 'completed' } },
        ],
        edges: [{ from: 'entry', to: 'done' }],
      },
    })
    await api('POST', `/journeys/${body.id}/activate`)
    const upload = (text: string) =>
      api('POST', `/journeys/${body.id}/members`, { raw: { type: 'text/csv', text }, headers: { 'Idempotency-Key': 'k5' } })
    const first = await upload('ada\n')
    expect((await upload('ada\n')).body.jobId).toBe(first.body.jobId)
    expect((await upload('bob\n')).status).toBe(422)
  })

  it('refuses a key that is too long', async () => {
    expect((await post('x'.repeat(256), { name: 'x' })).status).toBe(400)
  })

  it('belongs to the workspace', async () => {
    await post('k6', { name: 'Six' })
    const stranger = await test.as(ALL, 'wsp_other')
    const theirs = await stranger('POST', '/audiences', { body: { name: 'Theirs' }, headers: { 'Idempotency-Key': 'k6' } })
    expect([theirs.status, theirs.body.name]).toEqual([201, 'Theirs'])
  })
})

it('takes and gives a request id', async () => {
  const given = await api('GET', '/journeys', { headers: { 'x-request-id': 'abc-123' } })
  expect(given.headers['x-request-id']).toBe('abc-123')
  const made = await api('GET', '/nothing', { headers: { 'x-request-id': 'not { acceptable' } })
  expect(made.body.requestId).toMatch(/^req_/)
})

it('sends strict headers and no fingerprints', async () => {
  const { headers } = await api('GET', '/journeys')
  expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'")
  expect(headers['x-content-type-options']).toBe('nosniff')
  expect(headers['x-powered-by']).toBeUndefined()
})
