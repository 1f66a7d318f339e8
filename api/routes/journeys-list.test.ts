import { enrol } from '../../store/enrol.js'
import { startTestApi, type Caller, type TestApi } from '../../test/support/api.js'

/* Finding orchestrations: search, order, tags, counts; what is said about them. */

let test: TestApi
let api: Caller
beforeEach(async () => {
  test = await startTestApi()
  api = test.api
})
afterEach(() => test.stop())

const canvas = {
  tiles: [
    { id: 'entry', type: 'entry', config: { triggers: [{ type: 'manual' }] } },
    { id: 'done', type: 'exit', config: { reason: 'completed' } },
  ],
  edges: [{ from: 'entry', to: 'done' }],
}

async function draft(name: string, more: object = {}): Promise<string> {
  const { status, body } = await api('POST', '/journeys', { body: { name, ...canvas, ...more } })
  expect([status, body.errors]).toEqual([201, undefined])
  return body.id as string
}

async function active(name: string, more: object = {}): Promise<string> {
  const id = await draft(name, more)
  expect((await api('POST', `/journeys/${id}/activate`)).status).toBe(200)
  return id
}

/** The names of all pages. */
async function names(query: string, limit = 2): Promise<string[]> {
  const found: string[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const { body } = await api('GET', `/journeys?limit=${limit}&${query}${cursor && `&cursor=${cursor}`}`)
    found.push(...body.data.map(({ name }: { name: string }) => name))
    cursor = body.nextCursor
  }
  return found
}

describe('the list', () => {
  it('is ordered by name whatever the case, by the last change, or by the newest; page by page, equals too', async () => {
    const [first] = [await draft('bravo'), await draft('Alpha'), await draft('charlie'), await draft('Alpha'), await draft('delta')]
    expect(await names('sort=name')).toEqual(['Alpha', 'Alpha', 'bravo', 'charlie', 'delta'])
    expect(await names('')).toEqual(['delta', 'Alpha', 'charlie', 'Alpha', 'bravo'])
    await api('PUT', `/journeys/${first}`, { body: { name: 'bravo', ...canvas } })
    expect(await names('sort=updated')).toEqual(['bravo', 'delta', 'Alpha', 'charlie', 'Alpha'])
    await test.db.query(`update journey set updated_at = '2026-11-01'`)
    expect((await names('sort=updated')).sort()).toEqual(['Alpha', 'Alpha', 'bravo', 'charlie', 'delta'])
  })

  it('is searched by name, description and id, by nothing else', async () => {
    const id = await draft('Welcome 100%', { description: 'The first days' })
    await draft('Win back')
    for (const q of ['welCOME', '100%25', 'FIRST', id]) expect(await names(`q=${q}`)).toEqual(['Welcome 100%'])
    for (const q of ['_', 'w%25b', id.slice(0, -1)]) expect(await names(`q=${q}`)).toEqual([])
  })

  it('combines the filters', async () => {
    await active('Welcome', { tags: ['email', 'new'] })
    await draft('Welcome', { tags: ['email'] })
    await active('Win back', { tags: ['email'] })
    expect(await names('status=active&tag=email&q=wel')).toEqual(['Welcome'])
    expect(await names('tag=email&sort=name')).toEqual(['Welcome', 'Welcome', 'Win back'])
    expect(await names('tag=Email')).toEqual([])
  })

  it('counts the members of each', async () => {
    const id = await active('Walked')
    await draft('Empty')
    for (const customerId of ['ada', 'bob'])
      await enrol(test.db, { workspaceId: 'wsp_default', journeyId: id, customerId, triggerId: `test:${customerId}` })
    await test.db.query(`update member set status = 'parked' where customer_id = 'ada'`)
    const { body } = await api('GET', '/journeys?sort=name')
    const none = { entered: 0, active: 0, held: 0, parked: 0, exited: 0, converted: 0 }
    expect(body.data.map(({ counts }: { counts: object }) => counts)).toEqual([none, { ...none, entered: 2, active: 1, parked: 1 }])
  })

  it('refuses an order that there is not, and the cursor of another order', async () => {
    for (const name of ['a', 'b']) await draft(name)
    expect((await api('GET', '/journeys?sort=size')).body.errors[0].path).toBe('?sort')
    const { body } = await api('GET', '/journeys?sort=name&limit=1')
    expect((await api('GET', `/journeys?sort=updated&cursor=${body.nextCursor}`)).body.errors[0].path).toBe('?cursor')
    const forged = Buffer.from(JSON.stringify(['2026-99-99 00:00:00+00', 'x'])).toString('base64url')
    expect((await api('GET', `/journeys?sort=updated&cursor=${forged}`)).status).toBe(422)
  })
})

describe('tags', () => {
  it('are kept once each, stay at a PUT without them, and are copied', async () => {
    const id = await draft('Tagged', { tags: [' email ', 'new', 'email'] })
    const put = (more: object) => api('PUT', `/journeys/${id}`, { body: { name: 'Tagged', ...canvas, ...more } })
    expect((await put({})).body.tags).toEqual(['email', 'new'])
    expect((await put({ tags: ['vip'] })).body.tags).toEqual(['vip'])
    const copy = await api('POST', `/journeys/${id}/duplicate`)
    expect([copy.body.name, copy.body.tags]).toEqual(['Tagged (copy)', ['vip']])
    const other = await api('POST', `/journeys/${id}/duplicate`, { body: { name: 'Other', tags: [] } })
    expect([other.body.name, other.body.tags]).toEqual(['Other', []])
    expect((await put({ tags: [] })).body.tags).toEqual([])
  })

  it.each([
    [{ tags: Array.from({ length: 21 }, (_, n) => `tag ${n}`) }, '/tags'],
    [{ tags: ['ok', 'x'.repeat(41)] }, '/tags/1'],
    [{ tags: ['  '] }, '/tags/0'],
    [{ tags: 'email' }, '/tags'],
  ])('refuses %j', async (body, path) => {
    const refused = await api('POST', '/journeys', { body: { name: 'x', ...body } })
    expect([refused.status, refused.body.errors[0].path]).toEqual([422, path])
  })

  it('are listed from a to z with how many carry them, in this workspace', async () => {
    await draft('One', { tags: ['email', 'Alpha'] })
    await draft('Two', { tags: ['email'] })
    const first = await api('GET', '/journeys/tags?limit=1')
    expect(first.body.data).toEqual([{ tag: 'Alpha', count: 1 }])
    const second = await api('GET', `/journeys/tags?limit=1&cursor=${first.body.nextCursor}`)
    expect(second.body).toEqual({ data: [{ tag: 'email', count: 2 }], nextCursor: null })
    expect((await (await test.as(['read'], 'wsp_other'))('GET', '/journeys/tags')).body.data).toEqual([])
  })
})

describe('what is said about a live orchestration', () => {
  const details = (id: string, body: object, headers = {}) => api('PUT', `/journeys/${id}/details`, { body, headers })

  it('changes, and what is left out stays; published versions keep their name', async () => {
    const id = await active('Old', { description: 'Why', tags: ['a'] })
    const before = (await api('GET', `/journeys/${id}`)).headers['etag']!
    const changed = await details(id, { name: 'New', tags: ['b'] })
    expect(changed.body).toMatchObject({ name: 'New', description: 'Why', tags: ['b'], status: 'active', version: 1, tiles: canvas.tiles })
    expect((await details(id, { description: '' })).body).toMatchObject({ name: 'New', description: '', tags: ['b'] })
    expect((await api('GET', `/journeys/${id}`)).body).toMatchObject({ name: 'New', description: '' })
    expect((await api('GET', '/journeys')).body.data[0]).toMatchObject({ name: 'New' })
    expect((await api('GET', `/journeys/${id}/versions/1`)).body.name).toBe('Old')
    expect((await details(id, { name: 'Late' }, { 'If-Match': before })).status).toBe(412)
    expect((await api('GET', '/audit-log?limit=1')).body.data[0]).toMatchObject({ action: 'journey.details', subject: id })
  })

  it('changes in a draft that goes by the old name, not in one that was renamed itself', async () => {
    const id = await active('Old')
    await api('POST', `/journeys/${id}/versions`)
    const tag = (await api('GET', `/journeys/${id}/versions/2`)).headers['etag']!
    await details(id, { tags: ['x'] })
    const put = (name: string, headers = {}) => api('PUT', `/journeys/${id}/versions/2`, { body: { name, ...canvas }, headers })
    expect((await put('Old', { 'If-Match': tag })).status).toBe(200)
    const renamed = (await api('GET', `/journeys/${id}/versions/2`)).headers['etag']!
    await details(id, { name: 'New' })
    expect((await api('GET', `/journeys/${id}/versions/2`)).body.name).toBe('New')
    expect((await put('Old', { 'If-Match': renamed })).status).toBe(412)
    await put('Next')
    await details(id, { name: 'Newer' })
    await details(id, { name: 'Newest', description: 'Why' })
    expect((await api('GET', `/journeys/${id}/versions/2`)).body).toMatchObject({ name: 'Next', description: 'Why' })
  })

  it('changes in a draft orchestration and its only version together', async () => {
    const id = await draft('Old')
    await details(id, { name: 'New', description: 'Now' })
    for (const path of [`/journeys/${id}`, `/journeys/${id}/versions/1`])
      expect((await api('GET', path)).body).toMatchObject({ name: 'New', description: 'Now' })
  })
})
