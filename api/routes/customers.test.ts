import { mergeTraits } from '../../store/customers.js'
import { startTestApi, type Caller, type TestApi } from '../../test/support/api.js'

let test: TestApi
let api: Caller
beforeAll(async () => {
  test = await startTestApi()
  api = test.api
})
afterAll(() => test.stop())

describe('customers', () => {
  it('merges traits, makes the profile, and removes with null', async () => {
    const put = await api('PUT', '/customers/ada', { body: { traits: { email: 'ada@example.com', plan: 'gold', tags: [1, { a: null }] } } })
    expect(put.body).toMatchObject({ id: 'ada', traits: { email: 'ada@example.com', plan: 'gold', tags: [1, { a: null }] }, audiences: [] })
    await api('PUT', '/customers/ada', { body: { traits: { plan: null, age: 36 } } })
    expect((await api('GET', '/customers/ada')).body.traits).toEqual({ email: 'ada@example.com', age: 36, tags: [1, { a: null }] })
    expect((await api('GET', '/customers/nobody')).status).toBe(404)
  })

  it('knows which traits a merge changed: others, absent and removed ones do not count', async () => {
    const merge = (traits: Record<string, unknown>) => mergeTraits(test.db, 'wsp_default', 'names', traits)
    expect((await merge({ plan: 'gold', age: 36, none: null, address: { city: 'Rome' } })).sort()).toEqual(['address', 'age', 'plan'])
    expect(await merge({ plan: 'gold', age: 36.0, none: null })).toEqual([])
    expect((await merge({ plan: null, age: '36', address: { city: 'Rome', zip: 1 } })).sort()).toEqual(['address', 'age', 'plan'])
  })

  it('takes any id that can be written in a path', async () => {
    for (const id of ['ada@example.com', 'ünï cöde', 'a/b', '..%2f', '%', 'x'.repeat(255)]) {
      const path = `/customers/${encodeURIComponent(id)}`
      expect((await api('PUT', path, { body: { traits: {} } })).body.id).toBe(id)
      expect((await api('GET', path)).body.id).toBe(id)
    }
  })

  it.each([
    ['x'.repeat(256), {}, 422, 'id'],
    ['a%00b', {}, 422, 'id'],
    ['a%07b', {}, 422, 'id'],
    ['ada', { traits: [] }, 422, '/traits'],
    ['ada', { traits: {}, email: 'x' }, 422, '/email'],
    ['%E0%A4%A', {}, 400, undefined],
  ])('refuses PUT %j %j', async (id, body, status, path) => {
    const refused = await api('PUT', `/customers/${id}`, { body })
    expect([refused.status, refused.body.errors[0]?.path]).toEqual([status, path])
  })

  it('refuses traits that grow too large, naming the limit', async () => {
    const part = (name: string) => api('PUT', '/customers/big', { body: { traits: { [name]: 'x'.repeat(200_000) } } })
    expect((await part('a')).status).toBe(200)
    const refused = await part('b')
    expect([refused.status, refused.body.detail]).toEqual([413, expect.stringContaining('256 KB')])
    expect(Object.keys((await api('GET', '/customers/big')).body.traits)).toEqual(['a'])
  })

  it('refuses more than 10,000 traits, naming the limit', async () => {
    const traits = Object.fromEntries(Array.from({ length: 10_001 }, (_, n) => [`t${n}`, n]))
    const refused = await api('PUT', '/customers/many', { body: { traits } })
    expect([refused.status, refused.body.errors[0].path, refused.body.detail]).toEqual([422, '/traits', expect.stringContaining('10,000')])
    expect((await api('GET', '/customers/many')).status).toBe(404)
  })

  it('keeps the history of traits, in pages', async () => {
    await api('PUT', '/customers/past', { body: { traits: { plan: 'free', n: 1 } } })
    await api('PUT', '/customers/past', { body: { traits: { plan: 'gold', n: 1 } } })
    await api('PUT', '/customers/past', { body: { traits: { plan: null } } })
    const { body } = await api('GET', '/customers/past/history?limit=2')
    expect(body.data).toMatchObject([
      { trait: 'plan', old: 'gold', new: null, source: { type: 'api' } },
      { trait: 'plan', old: 'free', new: 'gold' },
    ])
    expect((await api('GET', `/customers/past/history?limit=2&cursor=${body.nextCursor}`)).body).toMatchObject({
      data: [{ old: null }, { old: null }],
      nextCursor: null,
    })
    expect((await api('GET', '/customers/nobody/history')).status).toBe(404)
  })

  it('honours If-Match', async () => {
    const { headers } = await api('PUT', '/customers/etag', { body: { traits: { n: 1 } } })
    const put = (n: number) => api('PUT', '/customers/etag', { body: { traits: { n } }, headers: { 'If-Match': headers['etag']! } })
    expect((await put(2)).status).toBe(200)
    expect((await put(3)).status).toBe(412)
  })

  it('is reacted to by the router, in order with the events, and is no event itself', async () => {
    const notes = () => test.db.query(`select type, event, properties, routed_at from event where customer_id = 'noted'`)
    await api('PUT', '/customers/noted', { body: { traits: { plan: 'gold' } } })
    expect(await notes()).toEqual([{ type: 'change', event: '', properties: { traits: ['plan'] }, routed_at: null }])
    await api('PUT', '/customers/noted', { body: { traits: { plan: 'gold' } } })
    await api('PUT', '/customers/noted', { body: { traits: { a: 'x'.repeat(200_000) } } })
    expect((await api('PUT', '/customers/noted', { body: { traits: { b: 'x'.repeat(200_000) } } })).status).toBe(413)
    expect(await notes()).toHaveLength(2)
    expect((await api('GET', '/customers/noted/events')).body.data).toEqual([])
    const { body } = await api('GET', '/events/recent')
    expect(body.data.filter(({ type }: { type: string }) => type === 'change')).toEqual([])
  })

  it('writes down which traits were set, not to what', async () => {
    await api('PUT', '/customers/quiet', { body: { traits: { email: 'secret@example.com' } } })
    const { body } = await api('GET', '/audit-log?limit=1')
    expect(body.data[0]).toMatchObject({ action: 'customer.merge', subject: 'quiet', detail: { traits: ['email'] } })
  })
})
