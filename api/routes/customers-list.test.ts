import { startTestApi, type Caller, type TestApi } from '../../test/support/api.js'

/* Lists of customers, and finding some by how their id, email or name, or words of these, begin. */

let test: TestApi
let api: Caller
beforeAll(async () => {
  test = await startTestApi()
  api = test.api
  const people: [string, Record<string, unknown>][] = [
    ['ada', { email: 'Ada@Example.com', name: 'Ada Lovelace' }],
    ['u-1', { email: 'ada.b@example.com', name: 'Zoe' }],
    ['u-2', { email: 'x@example.com', firstName: 'Adalbert', lastName: 'Z' }],
    ['ADA-2', { email: ['ada@example.com'], name: 7 }],
    ['u-3', { email: 'long'.repeat(50_000), name: 'Same' }],
    ['u-4', { name: 'same' }],
    ['%', { name: ' ' }],
    ['ünï', { email: 'UNI@example.com' }],
  ]
  for (const [id, traits] of people) await api('PUT', `/customers/${encodeURIComponent(id)}`, { body: { traits } })
  await (
    await test.as(['write'], 'wsp_other')
  )('PUT', '/customers/ada-theirs', { body: { traits: { name: 'Ada' } } })
})
afterAll(() => test.stop())

/** The ids of all pages. */
async function ids(path: string, limit = 1): Promise<string[]> {
  const found: string[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const { status, body } = await api('GET', `${path}${path.includes('?') ? '&' : '?'}limit=${limit}${cursor && `&cursor=${cursor}`}`)
    expect(status).toBe(200)
    found.push(...body.data.map(({ id }: { id: string }) => id))
    cursor = body.nextCursor
  }
  return found
}

it('lists the newest first, in pages, with how many there are', async () => {
  const all = ['ünï', '%', 'u-4', 'u-3', 'ADA-2', 'u-2', 'u-1', 'ada']
  for (const limit of [1, 3, 200]) expect(await ids('/customers', limit)).toEqual(all)
  await test.db.query(`update customer set created_at = '2026-11-01' where workspace_id = 'wsp_default'`)
  expect((await ids('/customers', 3)).sort()).toEqual([...all].sort())
  const { body } = await api('GET', '/customers?limit=2')
  expect(body.total).toEqual({ count: 8, exact: true })
  expect((await api('GET', `/customers?limit=2&cursor=${body.nextCursor}`)).body.total).toBeUndefined()
})

it('shows email and name, only where they are texts', async () => {
  const shown = async (id: string) => (await api('GET', `/customers?q=${encodeURIComponent(id)}`)).body.data[0]
  expect(await shown('ada')).toMatchObject({ id: 'ada', email: 'Ada@Example.com', name: 'Ada Lovelace' })
  expect(await shown('u-2')).toMatchObject({ id: 'u-2', name: 'Adalbert Z' })
  expect(await shown('ADA-2')).toMatchObject({ id: 'ADA-2', email: null, name: null })
  expect(await shown('%')).toMatchObject({ id: '%', email: null, name: null })
})

it('finds by id, then by email, then by name, everybody once, whatever the case, in pages of any size', async () => {
  for (const limit of [1, 2, 3, 200]) {
    expect(await ids('/customers?q=aDa', limit)).toEqual(['ada', 'ADA-2', 'u-1', 'u-2'])
    expect(await ids('/customers?q=same', limit)).toEqual(['u-3', 'u-4'])
  }
  expect(await ids('/customers?q=ada%20l')).toEqual(['ada'])
  expect(await ids('/customers?q=uni@')).toEqual(['ünï'])
  expect(await ids(`/customers?q=${encodeURIComponent('ün')}`)).toEqual(['ünï'])
})

it('finds by the words of id, email and name, after those that begin so, everybody once, in pages of any size', async () => {
  for (const limit of [1, 2, 200]) {
    expect(await ids('/customers?q=love', limit)).toEqual(['ada'])
    expect(await ids('/customers?q=b%40ex', limit)).toEqual(['u-1'])
    expect(await ids('/customers?q=z', limit)).toEqual(['u-1', 'u-2'])
    expect(await ids('/customers?q=2', limit)).toEqual(['ADA-2', 'u-2'])
    expect(await ids('/customers?q=example', limit)).toEqual(['ada', 'u-1', 'u-2', 'ünï'])
    // All words, in any order.
    expect(await ids('/customers?q=LOVE%20ad', limit)).toEqual(['ada'])
  }
  expect(await ids('/customers?q=love%20zoe')).toEqual([])
})

it('finds by beginnings only, and takes signs as they are', async () => {
  for (const q of ['da', 'ovelace', '_', 'ada%25', "'", '\\\\', "lov':*", '%26', 'ada%20%7C%20zoe'])
    expect(await ids(`/customers?q=${q}`)).toEqual([])
  expect(await ids('/customers?q=%25')).toEqual(['%'])
})

it('follows the traits', async () => {
  await api('PUT', '/customers/u-4', { body: { traits: { email: 'moved@example.com' } } })
  expect(await ids('/customers?q=moved')).toEqual(['u-4'])
  await api('PUT', '/customers/u-4', { body: { traits: { email: null } } })
  expect(await ids('/customers?q=moved')).toEqual([])
})

it('lists and searches those of an audience, and says since when they are in it', async () => {
  const { body: audience } = await api('POST', '/audiences', { body: { name: 'List' } })
  await api('POST', `/audiences/${audience.id}/members`, { body: { add: ['u-2', 'ada', 'u-3'] } })
  for (const path of [`/audiences/${audience.id}/members`, `/customers?audienceId=${audience.id}`]) {
    expect(await ids(path)).toEqual(['ada', 'u-2', 'u-3'])
    expect(await ids(`${path}${path.includes('?') ? '&' : '?'}q=ada`)).toEqual(['ada', 'u-2'])
    expect(await ids(`${path}${path.includes('?') ? '&' : '?'}q=example`)).toEqual(['ada', 'u-2'])
    const { body } = await api('GET', path)
    expect(body.total).toEqual({ count: 3, exact: true })
    expect(body.data[0].since).toEqual(expect.any(String))
  }
  for (const path of ['/audiences/aud_none/members', '/customers?audienceId=aud_none', '/customers?audienceId=aud_none&q=a'])
    expect((await api('GET', path)).status).toBe(404)
  expect((await (await test.as(['read'], 'wsp_other'))('GET', `/customers?audienceId=${audience.id}`)).status).toBe(404)
})

it('shows nobody of another workspace', async () => {
  const stranger = await test.as(['read'], 'wsp_other')
  for (const path of ['/customers', '/customers?q=ada'])
    expect((await stranger('GET', path)).body.data.map(({ id }: { id: string }) => id)).toEqual(['ada-theirs'])
})

it('estimates how many there are where they are many, and says so', async () => {
  await test.db.query(`insert into customer (workspace_id, id) select 'wsp_default', 'many-' || n from generate_series(1, 12000) n`)
  await test.db.query('analyze customer')
  const { total } = (await api('GET', '/customers?limit=1')).body
  expect(total.exact).toBe(false)
  expect(Math.abs(total.count - 12_008)).toBeLessThan(600)
})

it('refuses a cursor of another list', async () => {
  const { nextCursor } = (await api('GET', '/customers?limit=1')).body
  expect((await api('GET', `/customers?q=ada&cursor=${nextCursor}`)).body.errors[0].path).toBe('?cursor')
  const forged = Buffer.from(JSON.stringify(['9', 'a', 'b'])).toString('base64url')
  expect((await api('GET', `/customers?q=ada&cursor=${forged}`)).status).toBe(422)
})
