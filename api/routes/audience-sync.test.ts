import { startTestApi, type Caller, type TestApi } from '../../test/support/api.js'

let test_: TestApi
let api: Caller
beforeAll(async () => {
  test_ = await startTestApi()
  api = test_.api
})
afterAll(() => test_.stop())

const list = async (...add: string[]): Promise<string> => {
  const { body } = await api('POST', '/audiences', { body: { name: 'List' } })
  if (add.length > 0) await api('POST', `/audiences/${body.id}/members`, { body: { add } })
  return body.id as string
}
const sync = (id: string, body: object) => api('POST', `/audiences/${id}/members/sync`, { body })
const members = async (id: string): Promise<string[]> =>
  (await test_.db.query<{ id: string }>('select customer_id as id from audience_member where audience_id = $1 order by 1', [id])).map(({ id }) => id) // prettier-ignore
const noted = async (id: string): Promise<string[]> =>
  (await test_.db.query<{ text: string }>(
    `select case when properties ? 'joined' then '+' else '-' end || customer_id as text from event
     where properties #>> '{joined,audienceId}' = $1 or properties #>> '{left,audienceId}' = $1 order by 1`, [id])).map(({ text }) => text) // prettier-ignore
const answer = ({ status, body }: { status: number; body: unknown }) => [status, body]

describe('upsert', () => {
  it('adds, removes and merges traits; the same batch again does nothing and answers the same', async () => {
    const id = await list('old', 'stays')
    const batch = {
      mode: 'upsert',
      batchId: 'b1',
      members: ['new', { id: 'rich', traits: { plan: 'gold' } }, 'stays'],
      remove: ['old', 'nobody'],
    }
    const first = [200, { batchId: 'b1', added: 2, removed: 1 }]
    expect(answer(await sync(id, batch))).toEqual(first)
    expect(await members(id)).toEqual(['new', 'rich', 'stays'])
    expect((await api('GET', '/customers/rich')).body).toMatchObject({ traits: { plan: 'gold' }, audiences: [id] })
    await api('POST', `/audiences/${id}/members`, { body: { remove: ['new'] } })
    expect(answer(await sync(id, batch))).toEqual(first)
    expect([await members(id), await noted(id)]).toEqual([
      ['rich', 'stays'],
      ['+new', '+old', '+rich', '+stays', '-new', '-old'],
    ])
    // Of another list, it is another batch.
    expect(answer(await sync(await list(), batch))).toEqual([200, { batchId: 'b1', added: 3, removed: 0 }])
  })

  it('several at once with one id are one', async () => {
    const id = await list()
    const batch = { mode: 'upsert', batchId: 'b', members: ['a', 'b'] }
    const answers = await Promise.all([1, 2, 3, 4].map(() => sync(id, batch)))
    expect(answers.map(answer)).toEqual(Array(4).fill([200, { batchId: 'b', added: 2, removed: 0 }]))
    expect(await noted(id)).toEqual(['+a', '+b'])
  })
})

describe('mirror', () => {
  it('takes out at the end of the run whom no batch of it named', async () => {
    const id = await list('old', 'a')
    expect(answer(await sync(id, { mode: 'mirror', batchId: '1', members: ['a', 'b'] }))).toEqual([
      200,
      { batchId: '1', added: 1, removed: 0 },
    ])
    await api('POST', `/audiences/${id}/members`, { body: { add: ['by-hand'] } })
    expect(await members(id)).toEqual(['a', 'b', 'by-hand', 'old'])
    const last = { mode: 'mirror', batchId: '2', members: ['c'], last: true }
    expect(answer(await sync(id, last))).toEqual([200, { batchId: '2', added: 1, removed: 2 }])
    expect(await members(id)).toEqual(['a', 'b', 'c'])
    // The next run begins with nobody named.
    await sync(id, { mode: 'mirror', batchId: '3', members: ['b'] })
    expect(answer(await sync(id, last))).toEqual([200, { batchId: '2', added: 1, removed: 2 }])
    expect(await members(id)).toEqual(['a', 'b', 'c'])
    await sync(id, { mode: 'mirror', batchId: '4', last: true })
    expect(await members(id)).toEqual(['b'])
  })

  it('begins anew with another run: one that was given up names nobody', async () => {
    const id = await list()
    await sync(id, { mode: 'mirror', batchId: 'r1/1', runId: 'r1', members: ['a', 'b'] })
    await sync(id, { mode: 'mirror', batchId: 'r2/1', runId: 'r2', members: ['b'] })
    await sync(id, { mode: 'mirror', batchId: 'r2/2', runId: 'r2', members: ['c'], last: true })
    expect(await members(id)).toEqual(['b', 'c'])
  })

  it('takes out more than one page', async () => {
    const id = await list()
    await test_.db.query(
      `insert into audience_member (workspace_id, audience_id, customer_id) select 'wsp_default', $1, 'm' || n from generate_series(1, 12000) n`,
      [id],
    )
    expect(answer(await sync(id, { mode: 'mirror', batchId: '1', members: ['m7'], last: true }))).toEqual([
      200,
      { batchId: '1', added: 0, removed: 11_999 },
    ])
    expect((await api('GET', `/audiences/${id}`)).body.size).toBe(1)
  })
})

it.each<[object, number, string | undefined]>([
  [{ batchId: 'b', members: [] }, 422, '/mode'],
  [{ mode: 'append', batchId: 'b' }, 422, '/mode'],
  [{ mode: 'upsert' }, 422, '/batchId'],
  [{ mode: 'upsert', batchId: '' }, 422, '/batchId'],
  [{ mode: 'upsert', batchId: 'b', members: [1] }, 422, '/members/0'],
  [{ mode: 'upsert', batchId: 'b', members: ['a', ''] }, 422, '/members/1'],
  [{ mode: 'upsert', batchId: 'b', members: [{ id: 'a', traits: [] }] }, 422, '/members/0/traits'],
  [{ mode: 'upsert', batchId: 'b', members: [{ id: 'a', email: 'x' }] }, 422, '/members/0/email'],
  [{ mode: 'upsert', batchId: 'b', last: true }, 422, '/last'],
  [{ mode: 'upsert', batchId: 'b', runId: 'r' }, 422, '/runId'],
  [{ mode: 'upsert', batchId: 'b', rows: [] }, 422, '/rows'],
  [{ mode: 'upsert', batchId: 'b', members: Array(9_000).fill('a'), remove: Array(1_001).fill('b') }, 413, undefined],
])('refuses a batch %#', async (body, status, path) => {
  const refused = await sync(await list(), body)
  expect([refused.status, refused.body.errors[0]?.path]).toEqual([status, path])
  if (status === 413) expect(refused.body.detail).toContain('10,000')
})

it('is for lists', async () => {
  const { body } = await api('POST', '/audiences', { body: { name: 'C', kind: 'condition', when: { trait: 'a', op: 'exists' } } })
  expect((await sync(body.id, { mode: 'upsert', batchId: 'b', members: [{ id: 'untouched', traits: { a: 1 } }] })).status).toBe(409)
  expect((await api('GET', '/customers/untouched')).status).toBe(404)
  expect((await sync('aud_none', { mode: 'upsert', batchId: 'b' })).status).toBe(404)
})

describe('an estimate', () => {
  const estimate = async (when: unknown) => (await api('POST', '/audiences/estimate', { body: { when } })).body
  const fill = (from: number, to: number) =>
    test_.db.query(`insert into customer (workspace_id, id, traits) select 'wsp_default', 'e' || n, jsonb_build_object('n', n, 'half', n % 2) from generate_series($1::int, $2::int) n`, [from, to]) // prettier-ignore

  it('is exact up to 10,000 customers, of traits, events and audiences', async () => {
    await fill(1, 500)
    const audience = await list('e1', 'e2', 'e3')
    for (const customerId of ['e3', 'e4', 'e4'])
      await test_.db.query(
        `insert into event (workspace_id, message_id, customer_id, type, event, timestamp, partition) values ('wsp_default', $1, $2, 'track', 'bought', now(), 0)`,
        [crypto.randomUUID(), customerId],
      )
    expect(await estimate({ trait: 'half', op: 'eq', value: 1 })).toMatchObject({ estimate: 250, exact: true, margin: 0 })
    expect((await estimate({ event: 'bought', op: 'performed', count: { atLeast: 2 } })).estimate).toBe(1)
    expect(
      (
        await estimate({
          any: [
            { audience, op: 'in' },
            { event: 'bought', op: 'performed', within: 'P1D' },
          ],
        })
      ).estimate,
    ).toBe(4)
  })

  it('is of a sample beyond, with its margin', async () => {
    await fill(501, 30_000)
    const half = await estimate({ trait: 'half', op: 'eq', value: 1 })
    expect(half).toMatchObject({ exact: false, total: expect.any(Number) })
    expect(half.margin).toBeGreaterThan(0)
    // Five times the margin is never exceeded.
    expect(Math.abs(half.estimate - 15_000)).toBeLessThan(5 * half.margin)
    expect(await estimate({ trait: 'none', op: 'exists' })).toMatchObject({ estimate: 0 })
  })

  it('tells who would come in and who would go out of an audience, few among many too', async () => {
    const when = { trait: 'n', op: 'lte', value: 10 }
    const { id } = (await api('POST', '/audiences', { body: { name: 'First', kind: 'condition', when } })).body
    await test_.db.query(`insert into audience_member (workspace_id, audience_id, customer_id) select 'wsp_default', $1, 'e' || n from generate_series(1, 10) n`, [id]) // prettier-ignore
    const change = async (changed: unknown) => (await api('POST', '/audiences/estimate', { body: { when: changed, audienceId: id } })).body
    const out = await change({ all: [when, { trait: 'half', op: 'eq', value: 0 }] })
    expect(out).toMatchObject({ leaves: { estimate: 5, exact: true, margin: 0 }, joins: { estimate: 0, exact: false } })
    const swapped = await change({ all: [{ trait: 'half', op: 'eq', value: 1 }, { trait: 'n', op: 'gt', value: 10 }] }) // prettier-ignore
    expect(swapped.leaves).toEqual({ estimate: 10, exact: true, margin: 0 })
    expect(Math.abs(swapped.joins.estimate - 15_000)).toBeLessThan(5 * swapped.joins.margin)
    expect(swapped.estimate).toBe(swapped.joins.estimate)
    const plain = await list('e1')
    for (const [audienceId, status] of [
      [plain, 422],
      ['aud_none', 404],
    ] as const)
      // prettier-ignore
      expect((await api('POST', '/audiences/estimate', { body: { when, audienceId } })).status).toBe(status)
    const circle = await api('POST', '/audiences/estimate', { body: { when: { audience: id, op: 'in' }, audienceId: id } })
    expect(circle.body.errors[0].code).toBe('circle')
  })

  it('refuses what an audience would refuse', async () => {
    expect((await estimate({ trait: 'a', op: 'is' })).errors[0].path).toBe('/when/op')
    expect((await estimate({ audience: 'aud_none', op: 'in' })).errors[0].path).toBe('/when/audience')
    expect((await api('POST', '/audiences/estimate', { body: {} })).status).toBe(422)
  })
})
