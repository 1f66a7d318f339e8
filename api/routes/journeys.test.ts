import { startTestApi, type Caller, type TestApi } from '../../test/support/api.js'
import { enrol } from '../../store/enrol.js'

let test: TestApi
let api: Caller
beforeAll(async () => {
  test = await startTestApi()
  api = test.api
})
afterAll(() => test.stop())

const entry = { id: 'entry', type: 'entry', config: { triggers: [{ type: 'manual' }] } }
const wait = { id: 'wait', type: 'wait', name: 'A day', position: { x: 0, y: 96 }, config: { kind: 'duration', duration: 'P1D' } }
const done = { id: 'done', type: 'exit', config: { reason: 'completed' } }
const canvas = {
  tiles: [entry, wait, done],
  edges: [
    { from: 'entry', to: 'wait' },
    { from: 'wait', to: 'done' },
  ],
}

async function draft(more: object = {}): Promise<string> {
  const { status, body } = await api('POST', '/journeys', { body: { name: 'Welcome', ...canvas, ...more } })
  expect(status).toBe(201)
  return body.id as string
}

async function active(): Promise<string> {
  const id = await draft()
  expect((await api('POST', `/journeys/${id}/activate`)).status).toBe(200)
  return id
}

async function enter(journeyId: string, customerId: string): Promise<string> {
  const entered = await enrol(test.db, { workspaceId: 'wsp_default', journeyId, customerId, triggerId: `test:${customerId}` })
  if ('refused' in entered) throw new Error(entered.refused)
  return entered.memberId
}

describe('definitions', () => {
  it('creates a draft, says where it is, and reads it back', async () => {
    const made = await api('POST', '/journeys', { body: { name: '  Welcome ', description: 'First days', ...canvas } })
    expect(made.status).toBe(201)
    expect(made.headers['location']).toBe(`/api/v1/journeys/${made.body.id}`)
    expect(made.body).toMatchObject({
      name: 'Welcome',
      description: 'First days',
      status: 'draft',
      version: null,
      draftVersion: 1,
      activatedAt: null,
      settings: {},
      edges: [
        { from: 'entry', port: 'next', to: 'wait' },
        { from: 'wait', port: 'next', to: 'done' },
      ],
    })
    const read = await api('GET', `/journeys/${made.body.id}`)
    expect(read.body).toEqual(made.body)
    expect((await api('GET', `/journeys/${made.body.id}?version=draft`)).body).toEqual(made.body)
    expect((await api('GET', `/journeys/${made.body.id}?version=1`)).body).toEqual(made.body)
    expect((await api('GET', `/journeys/${made.body.id}?version=2`)).status).toBe(404)
  })

  it('lists the newest first, in pages', async () => {
    const ids = [await draft(), await draft(), await draft()]
    const first = await api('GET', '/journeys?limit=2')
    expect(first.body.data.map(({ id }: { id: string }) => id)).toEqual([ids[2], ids[1]])
    const second = await api('GET', `/journeys?limit=2&cursor=${first.body.nextCursor}`)
    expect(second.body.data[0].id).toBe(ids[0])
    const live = await active()
    expect((await api('GET', '/journeys?status=active&limit=1')).body.data[0].id).toBe(live)
  })

  it('replaces and deletes drafts only', async () => {
    const id = await draft()
    const replaced = await api('PUT', `/journeys/${id}`, { body: { name: 'Renamed', tiles: [entry] } })
    expect(replaced.body).toMatchObject({ id, name: 'Renamed', description: '', tiles: [entry], edges: [] })
    expect((await api('DELETE', `/journeys/${id}`)).status).toBe(204)
    expect((await api('GET', `/journeys/${id}`)).status).toBe(404)

    const live = await active()
    for (const method of ['PUT', 'DELETE']) {
      const refused = await api(method, `/journeys/${live}`, method === 'PUT' ? { body: { name: 'x' } } : {})
      expect([refused.status, refused.body.code, refused.body.state]).toEqual([409, 'wrong_state', expect.anything()])
      expect(refused.body.detail).toContain('active')
    }
  })

  it('duplicates into a draft', async () => {
    const live = await active()
    const copy = await api('POST', `/journeys/${live}/duplicate`)
    expect([copy.status, copy.body.status, copy.body.name]).toEqual([201, 'draft', 'Welcome (copy)'])
    expect(copy.body.tiles).toEqual((await api('GET', `/journeys/${live}`)).body.tiles)
  })

  it('keeps a draft that is wrong, and names what is wrong with the same errors in validate and activate', async () => {
    const id = await draft({ tiles: [entry, { ...wait, config: { kind: 'duration' } }], edges: [{ from: 'entry', to: 'wait' }] })
    const { status, body } = await api('POST', `/journeys/${id}/validate`)
    expect([status, body.valid]).toEqual([200, false])
    expect(body.errors.length).toBeGreaterThan(1)
    expect(body.errors).toContainEqual(expect.objectContaining({ code: expect.stringMatching(/^TW\d{3}$/), tileId: 'wait' }))
    const refused = await api('POST', `/journeys/${id}/activate`)
    expect([refused.status, refused.body.code]).toEqual([422, 'invalid'])
    expect(refused.body.errors.map(withoutPath)).toEqual(body.errors.map(withoutPath))
    expect((await api('GET', `/journeys/${id}`)).body.status).toBe('draft')
  })
})

const withoutPath = ({ path: _, ...error }: { path?: string }): object => error

describe('states', () => {
  it('activates, pauses, resumes, completes, and refuses every other move with the state', async () => {
    const id = await draft()
    const move = async (verb: string, body?: object) => {
      const reply = await api('POST', `/journeys/${id}/${verb}`, { body })
      return reply.status === 200 ? reply.body.status : `${reply.status} ${reply.body.detail} ${reply.body.state}`
    }
    for (const verb of ['pause', 'resume', 'complete']) expect(await move(verb)).toMatch(/^409 .*draft.* draft$/)
    expect(await move('activate')).toBe('active')
    for (const verb of ['activate', 'resume']) expect(await move(verb)).toMatch(/^409 .*active.* active$/)
    expect(await move('pause')).toBe('paused')
    for (const verb of ['activate', 'pause']) expect(await move(verb)).toMatch(/^409 .*paused.* paused$/)
    expect(await move('resume', { overdue: 'proceed', ratePerSecond: 50 })).toBe('active')
    expect(await move('complete', { members: 'walk' })).toBe('completed')
    for (const verb of ['activate', 'pause', 'resume', 'complete']) expect(await move(verb)).toMatch(/^409 .*completed.* completed$/)
  })

  it('says how many are in flight at a pause and held at a resume, and wakes those', async () => {
    const id = await active()
    const member = await enter(id, 'ada')
    const paused = await api('POST', `/journeys/${id}/pause`, { body: {} })
    expect(paused.body).toMatchObject({ id, status: 'paused', inFlight: 0 })
    await test.db.query(`update member set status = 'held', held_by = 1 where id = $1`, [member])
    test.temporal.calls.length = 0
    const resumed = await api('POST', `/journeys/${id}/resume`, { body: { ratePerSecond: 20 } })
    expect(resumed.body).toMatchObject({ id, status: 'active', held: 1 })
    expect(test.temporal.calls).toEqual([
      { name: 'startResume', args: [{ workspaceId: 'wsp_default', journeyId: id, pause: 1, ratePerSecond: 20 }] },
    ])
  })

  it('changes nothing when Temporal cannot be reached', async () => {
    const id = await active()
    await api('POST', `/journeys/${id}/pause`)
    test.temporal.down = true
    try {
      for (const verb of ['resume', 'complete']) expect((await api('POST', `/journeys/${id}/${verb}`)).status).toBe(503)
      expect((await api('GET', `/journeys/${id}`)).body.status).toBe('paused')
    } finally {
      test.temporal.down = false
    }
  })
})

describe('preconditions', () => {
  it('sends the revision as ETag and answers 304 to who has it', async () => {
    const id = await draft()
    const { headers } = await api('GET', `/journeys/${id}`)
    expect(headers['etag']).toBe('"1"')
    const again = await api('GET', `/journeys/${id}`, { headers: { 'If-None-Match': 'W/"0", "1"' } })
    expect([again.status, again.text]).toEqual([304, ''])
    expect((await api('GET', `/journeys/${id}`, { headers: { 'If-None-Match': '"0"' } })).status).toBe(200)
  })

  it('changes only what If-Match names, and says what it is now', async () => {
    const id = await draft()
    const put = (ifMatch: string) => api('PUT', `/journeys/${id}`, { body: { name: 'Two', ...canvas }, headers: { 'If-Match': ifMatch } })
    expect((await put('"1"')).headers['etag']).toBe('"2"')
    const stale = await put('"1"')
    expect([stale.status, stale.body.code, stale.body.errors[0].path]).toEqual([412, 'stale', 'If-Match'])
    expect(stale.body.detail).toContain('"2"')
    expect((await put('W/"2"')).status).toBe(412)
    expect((await put('*')).status).toBe(200)
    for (const verb of ['activate', 'pause', 'resume', 'complete'])
      expect((await api('POST', `/journeys/${id}/${verb}`, { headers: { 'If-Match': '"1"' } })).status).toBe(412)
    expect((await api('DELETE', `/journeys/${id}`, { headers: { 'If-Match': '"1"' } })).status).toBe(412)
  })

  it('lets one of many writers with the same ETag win', async () => {
    const id = await draft()
    const puts = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        api('PUT', `/journeys/${id}`, { body: { name: `Writer ${n}`, ...canvas }, headers: { 'If-Match': '"1"' } }),
      ),
    )
    expect(puts.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 7 }, () => 412)])
  })

  it('refuses If-Match where it means nothing', async () => {
    const refused = await api('POST', '/journeys', { body: { name: 'x' }, headers: { 'If-Match': '"1"' } })
    expect([refused.status, refused.body.errors[0].path]).toEqual([422, 'If-Match'])
  })
})

it('validates against what the workspace has: secrets by id and by name', async () => {
  const secret = async (name: string, of = api): Promise<string> =>
    (await of('POST', '/secrets', { body: { name, value: 'a value' } })).body.id as string
  const [id, foreign] = [await secret('crm'), await secret('theirs', await test.as(['admin'], 'wsp_other'))]
  const hook = (secretId: string, header: string) => ({
    tiles: [
      canvas.tiles[0],
      {
        id: 'hook',
        type: 'webhook',
        config: { method: 'POST', url: 'https://example.com', sign: true, secretId, headers: { 'X-Key': header } },
      },
      { id: 'done', type: 'exit', config: { reason: 'completed' } },
    ],
    edges: [
      { from: 'entry', to: 'hook' },
      { from: 'hook', to: 'done' },
    ],
  })
  const found = async (secretId: string, header: string) => {
    const made = await api('POST', '/journeys', { body: { name: 'Hook', ...hook(secretId, header) } })
    return (await api('POST', `/journeys/${made.body.id}/validate`)).body
  }
  expect(await found(id, '{{ secrets.crm }}')).toEqual({ valid: true, errors: [], warnings: [] })
  const { valid, errors } = await found(foreign, '{{ secrets.theirs }}')
  expect([valid, errors.map(({ code, tileId, path }: Record<string, string>) => [code, tileId, path])]).toEqual([
    false,
    [
      ['TW312', 'hook', '/config/secretId'],
      ['TW312', 'hook', '/config/headers/X-Key'],
    ],
  ])
})

it('shows counts by tile and edge', async () => {
  const id = await active()
  await enter(id, 'ada')
  await enter(id, 'bob')
  const { body } = await api('GET', `/journeys/${id}/stats`)
  expect(body.members).toEqual({ entered: 2, active: 2, held: 0, parked: 0, exited: 0, converted: 0 })
  expect(body.tiles.entry).toMatchObject({ entered: 2, left: 0, here: 2 })
  expect(Object.keys(body.tiles)).toEqual(['entry', 'wait', 'done'])
})

it('writes every change to the audit log, with who and the request', async () => {
  const id = await draft()
  for (const verb of ['activate', 'pause', 'resume', 'complete'])
    await api('POST', `/journeys/${id}/${verb}`, { headers: { 'x-request-id': `r-${verb}` } })
  const { body } = await api('GET', '/audit-log?limit=5')
  expect(body.data.map((entry: Record<string, string>) => [entry.action, entry.subject, entry.actor, entry.requestId])).toEqual([
    ['journey.complete', id, 'key:admin', 'r-complete'],
    ['journey.resume', id, 'key:admin', 'r-resume'],
    ['journey.pause', id, 'key:admin', 'r-pause'],
    ['journey.activate', id, 'key:admin', 'r-activate'],
    ['journey.create', id, 'key:admin', expect.stringMatching(/^req_/)],
  ])
})
