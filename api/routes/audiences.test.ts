import { sweep } from '../started.js'
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
    expect((await api('PUT', path, { body: { name: 'x' }, headers: { 'If-Match': headers['etag']! } })).status).toBe(200)
    expect((await api('POST', '/audiences/aud_nope/members', { body: { add: ['ada'] } })).status).toBe(404)
    expect((await api('POST', `${path}/members`, { body: { add: ['ok', 'a\u0007'] } })).body.errors[0].path).toBe('/add/1')
  })

  it.each([
    [{ name: 'x', when: {} }, '/when'],
    [{ name: 'x', kind: 'condition' }, '/when'],
    [{ name: 'x', kind: 'other' }, '/kind'],
    [{ name: ' ' }, '/name'],
    [{}, '/name'],
  ])('refuses %j', async (body, path) => {
    const refused = await api('POST', '/audiences', { body })
    expect([refused.status, refused.body.errors[0].path]).toEqual([422, path])
  })
})

describe('audiences by condition', () => {
  const gold = { trait: 'plan', op: 'eq', value: 'gold' }
  const make = async (name: string, when: unknown) => {
    const made = await api('POST', '/audiences', { body: { name, kind: 'condition', when } })
    expect([made.status, made.body.errors]).toEqual([201, undefined])
    return made.body.id as string
  }

  it('are made and built, and built anew with another condition only', async () => {
    const id = await make('Gold', gold)
    const builds = () =>
      test.temporal.calls
        .filter(({ name, args }) => name === 'startBuild' && (args[0] as { audienceId: string }).audienceId === id)
        .map(({ args }) => (args[0] as { generation: number }).generation)
    expect((await api('GET', `/audiences/${id}`)).body).toMatchObject({
      kind: 'condition',
      when: gold,
      size: 0,
      status: 'building',
      progress: { done: 0 },
    })
    const put = (body: object) => api('PUT', `/audiences/${id}`, { body })
    expect((await put({ name: 'Golden' })).body).toMatchObject({ name: 'Golden', when: gold })
    expect((await put({ name: 'Golden', when: gold })).status).toBe(200)
    expect(builds()).toEqual([1])
    expect((await put({ name: 'Golden', kind: 'condition', when: { not: gold } })).body.when).toEqual({ not: gold })
    expect(builds()).toEqual([1, 2])
    expect((await put({ name: 'Golden', kind: 'list' })).body.errors[0].path).toBe('/kind')
    expect((await api('POST', `/audiences/${id}/members`, { body: { add: ['ada'] } })).status).toBe(409)
  })

  it.each([
    [{ trait: 'plan', op: 'is', value: 1 }, '/when/op'],
    [{ all: [gold, { event: 'x', op: 'performed', within: '30 days' }] }, '/when/all/1/within'],
    [{ not: { audience: 'aud_none', op: 'in' } }, '/when/not/audience'],
    [{ property: 'total', op: 'gt', value: 1 }, '/when/property'],
    [{ any: [{ property: 'total', of: 'entry', op: 'gt', value: 1 }] }, '/when/any/0/of'],
    [{ event: 'x', op: 'performed', where: { property: 'total', of: 'tile:w', op: 'gt', value: 1 } }, '/when/where/of'],
    [{ any: [{ any: Array(100).fill(gold) }, { any: Array(100).fill(gold) }, gold] }, '/when'],
    [gold.op, '/when'],
    [{ any: [{ event: 'x', op: 'notPerformed', within: 'P400D' }] }, '/when/any/0/within'],
  ])('refuses %j', async (when, path) => {
    const refused = await api('POST', '/audiences', { body: { name: 'x', kind: 'condition', when } })
    expect([refused.status, refused.body.errors[0].path]).toEqual([422, path])
  })

  it('lead in no circle, which is named', async () => {
    const first = await make('First', gold)
    const second = await make('Second', { any: [{ audience: first, op: 'in' }, gold] })
    const refused = await api('PUT', `/audiences/${first}`, { body: { name: 'First', when: { not: { audience: second, op: 'in' } } } })
    expect([refused.status, refused.body.errors[0].code]).toEqual([422, 'circle'])
    expect(refused.body.detail).toContain("'First' → 'Second' → 'First'")
  })

  it('of two that would close a circle at once, one is refused', async () => {
    const [a, b] = [await make('A', gold), await make('B', gold)]
    const put = (id: string, other: string) => api('PUT', `/audiences/${id}`, { body: { name: id, when: { audience: other, op: 'in' } } })
    expect((await Promise.all([put(a, b), put(b, a)])).map(({ status }) => status).sort()).toEqual([200, 422])
  })

  it('that another audience names are not deleted', async () => {
    const inner = await make('Inner', gold)
    const outer = await make('Outer', { all: [gold, { event: 'x', op: 'performed', where: { audience: inner, op: 'in' } }] })
    const refused = await api('DELETE', `/audiences/${inner}`)
    expect([refused.status, refused.body.usedBy]).toEqual([409, [{ id: outer, name: 'Outer' }]])
    expect((await api('DELETE', `/audiences/${outer}`)).status).toBe(204)
    expect((await api('DELETE', `/audiences/${inner}`)).status).toBe(204)
  })

  it('are changed with an If-Match that members who come and go do not outdate', async () => {
    const id = await make('Live', gold)
    const { headers } = await api('GET', `/audiences/${id}`)
    await test.db.query(`insert into audience_member (workspace_id, audience_id, customer_id) values ('wsp_default', $1, 'ada')`, [id])
    const put = () => api('PUT', `/audiences/${id}`, { body: { name: 'Live' }, headers: { 'If-Match': headers['etag']! } })
    expect((await api('GET', `/audiences/${id}`, { headers: { 'If-None-Match': headers['etag']! } })).status).toBe(200)
    expect([(await put()).status, (await put()).status]).toEqual([200, 412])
  })

  it('whose build could not be started are found by the sweep', async () => {
    test.temporal.down = true
    const id = await make('Later', gold).finally(() => (test.temporal.down = false))
    await sweep(test)
    expect(test.temporal.calls.map(({ args }) => args[0])).toContainEqual({ workspaceId: 'wsp_default', audienceId: id, generation: 1 })
  })
})
