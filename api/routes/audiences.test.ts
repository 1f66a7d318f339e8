import { startTestApi, type Caller, type TestApi } from '../../test/support/api.js'

let test: TestApi
let api: Caller
beforeAll(async () => {
  test = await startTestApi()
  api = test.api
})
afterAll(() => test.stop())

describe('audiences', () => {
  it('makes lists, renames and deletes them', async () => {
    const made = await api('POST', '/audiences', { body: { name: 'Beta' } })
    expect(made.body).toMatchObject({ name: 'Beta', kind: 'list', size: 0 })
    expect(made.headers['location']).toBe(`/api/v1/audiences/${made.body.id}`)
    const path = `/audiences/${made.body.id}`
    expect((await api('PUT', path, { body: { name: 'Testers', kind: 'list' } })).body.name).toBe('Testers')
    expect((await api('GET', '/audiences')).body.data[0]).toMatchObject({ id: made.body.id, name: 'Testers' })
    expect((await api('DELETE', path)).status).toBe(204)
    for (const method of ['GET', 'DELETE']) expect((await api(method, path)).status).toBe(404)
  })

  it('adds and removes; the size is in the ETag', async () => {
    const { body, headers } = await api('POST', '/audiences', { body: { name: 'List' } })
    const path = `/audiences/${body.id}`
    expect(
      (await api('POST', `${path}/members`, { body: { add: ['ada', 'bob', 'ada'], remove: ['ada', 'eve'] } })).body.size,
    ).toBeLessThanOrEqual(2)
    expect((await api('GET', path, { headers: { 'If-None-Match': headers['etag']! } })).status).toBe(200)
    expect((await api('GET', '/customers/bob')).body.audiences).toEqual([body.id])
    expect((await api('PUT', path, { body: { name: 'x' }, headers: { 'If-Match': headers['etag']! } })).status).toBe(412)
    expect((await api('POST', '/audiences/aud_nope/members', { body: { add: ['ada'] } })).status).toBe(404)
    expect((await api('POST', `${path}/members`, { body: { add: ['ok', 'a\u0007'] } })).body.errors[0].path).toBe('/add/1')
  })

  it.each([
    [{ name: 'x', kind: 'condition', when: { trait: 'plan', op: 'eq', value: 'gold' } }, '/kind'],
    [{ name: 'x', when: {} }, '/when'],
    [{ name: ' ' }, '/name'],
    [{}, '/name'],
  ])('refuses %j', async (body, path) => {
    const refused = await api('POST', '/audiences', { body })
    expect([refused.status, refused.body.errors[0].path]).toEqual([422, path])
  })
})
