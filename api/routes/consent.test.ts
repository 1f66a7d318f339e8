import { startTestApi, type Caller, type TestApi } from '../../test/support/api.js'

let test_: TestApi
let api: Caller
beforeAll(async () => {
  test_ = await startTestApi()
  api = test_.api
  await api('PUT', '/customers/ada', { body: { traits: {} } })
}, 60_000)
afterAll(() => test_?.stop())

const topic = async (name: string, more: object = {}): Promise<string> =>
  ((await api('POST', '/topics', { body: { name, ...more } })).body as { id: string }).id
const audit = async (action: string) =>
  test_.db.one<{ subject: string; detail: object }>('select subject, detail from audit_log where action = $1 order by id desc limit 1', [
    action,
  ])

describe('topics', () => {
  test('are made, read, replaced and deleted, each on record', async () => {
    const made = await api('POST', '/topics', { body: { name: ' News ', description: 'Weekly' } })
    expect(made).toMatchObject({ status: 201, body: { name: 'News', description: 'Weekly', optIn: false } })
    const path = `/topics/${made.body.id}`
    expect(made.headers.location).toBe(`/api/v1${path}`)
    const read = await api('GET', path)
    expect(read.body).toEqual(made.body)
    const replaced = await api('PUT', path, { body: { name: 'News', optIn: true }, headers: { 'if-match': read.headers.etag! } })
    expect(replaced).toMatchObject({ status: 200, body: { description: '', optIn: true } })
    const stale = await api('PUT', path, { body: { name: 'News' }, headers: { 'if-match': read.headers.etag! } })
    expect([stale.status, stale.body.code]).toEqual([412, 'stale'])
    expect((await api('DELETE', path, { headers: { 'if-match': read.headers.etag! } })).status).toBe(412)
    expect((await api('DELETE', path)).status).toBe(204)
    expect((await api('GET', path)).status).toBe(404)
    expect((await api('DELETE', path)).status).toBe(404)
    for (const action of ['topic.create', 'topic.replace', 'topic.delete'])
      expect(await audit(action)).toMatchObject({ subject: made.body.id })
  })

  test('have a name of their own; a repeat under an idempotency key makes one', async () => {
    const headers = { 'idempotency-key': 'once' }
    const [first, again] = [await api('POST', '/topics', { body: { name: 'Sales' }, headers }), await api('POST', '/topics', { body: { name: 'Sales' }, headers })] // prettier-ignore
    expect(again.body).toEqual(first.body)
    const taken = await api('POST', '/topics', { body: { name: 'sales' } })
    expect([taken.status, taken.body.errors[0].path]).toEqual([409, '/name'])
    const other = await topic('Other')
    expect((await api('PUT', `/topics/${other}`, { body: { name: 'SALES' } })).status).toBe(409)
    expect((await api('POST', '/topics', { body: { name: '' } })).body.errors[0]).toMatchObject({ path: '/name' })
  })

  test('of one workspace are not there for another', async () => {
    const id = await topic('Mine')
    const other = await test_.as(['read', 'write'], 'wsp_other')
    for (const method of ['GET', 'DELETE']) expect((await other(method, `/topics/${id}`)).status).toBe(404)
    expect((await other('GET', '/topics')).body.data).toEqual([])
  })
})

describe('what a customer says', () => {
  const path = '/customers/ada/subscriptions'

  test('is written, read and on record; what is not named stays', async () => {
    const news = await topic('Of Ada')
    expect((await api('GET', path)).body).toEqual({ customerId: 'ada', subscriptions: [] })
    await api('PUT', path, { body: { subscriptions: [{ channel: 'email', topic: news, state: 'subscribed' }], via: 'signup_form' } })
    const { body } = await api('PUT', path, { body: { subscriptions: [{ channel: 'sms', state: 'unsubscribed' }] } })
    expect(body.subscriptions).toMatchObject([
      { channel: 'email', topic: news, state: 'subscribed', via: 'signup_form' },
      { channel: 'sms', topic: null, state: 'unsubscribed', via: 'api' },
    ])
    expect(await audit('customer.subscriptions')).toMatchObject({ subject: 'ada', detail: { via: 'api', changes: [{ channel: 'sms' }] } })
    await api('PUT', path, { body: { subscriptions: [{ channel: 'sms', state: null }] } })
    const history = await api('GET', `${path}/history`)
    expect(history.body.data.map((each: { old: string; new: string }) => [each.old, each.new])).toEqual([
      ['unsubscribed', null],
      [null, 'unsubscribed'],
      [null, 'subscribed'],
    ])
    const first = await api('GET', `${path}/history?limit=1`)
    expect((await api('GET', `${path}/history?limit=2&cursor=${first.body.nextCursor}`)).body).toMatchObject({
      data: [{}, {}],
      nextCursor: null,
    })
  })

  test('is refused as a whole: an unknown topic, another channel, a stale reading', async () => {
    const before = await api('GET', path)
    const wrong = await api('PUT', path, {
      body: { subscriptions: [{ channel: 'email', state: 'unsubscribed' }, { channel: 'email', topic: 'top_x', state: 'subscribed' }] },
    }) // prettier-ignore
    expect([wrong.status, wrong.body.errors]).toEqual([
      422,
      [expect.objectContaining({ path: '/subscriptions/1/topic', code: 'unknown_topic' })],
    ])
    for (const body of [
      { subscriptions: [{ channel: 'fax', state: 'subscribed' }] },
      { subscriptions: [], via: 'a b' },
      { subscriptions: [{ channel: 'sms' }] },
    ])
      // prettier-ignore
      expect((await api('PUT', path, { body })).status).toBe(422)
    expect((await api('GET', path)).body).toEqual(before.body)
    const put = (etag: string) =>
      api('PUT', path, { body: { subscriptions: [{ channel: 'push', state: 'subscribed' }] }, headers: { 'if-match': etag } })
    expect((await put(before.headers.etag!)).status).toBe(200)
    expect((await put(before.headers.etag!)).status).toBe(412)
    expect((await api('PUT', '/customers/nobody/subscriptions', { body: { subscriptions: [] } })).status).toBe(404)
    expect((await api('GET', '/customers/nobody/subscriptions')).status).toBe(404)
    expect((await api('GET', '/customers/nobody/subscriptions/history')).status).toBe(404)
  })
})

describe('addresses that are not written to', () => {
  test('are added, found and taken out, each on record', async () => {
    const added = await api('POST', '/suppressions', { body: { channel: 'email', address: 'Eve <EVE@example.com>' } })
    expect(added).toMatchObject({ status: 201, body: { channel: 'email', address: 'eve@example.com', reason: 'manual' } })
    expect(added.body.source).toMatch(/^key:/)
    const stronger = await api('POST', '/suppressions', { body: { channel: 'email', address: 'eve@example.com', reason: 'complaint' } })
    expect(stronger.body).toMatchObject({ id: added.body.id, reason: 'complaint' })
    await api('POST', '/suppressions', { body: { channel: 'sms', address: '+34 600 111 222' } })
    const found = async (query: string) =>
      (await api('GET', `/suppressions${query}`)).body.data.map(({ address }: { address: string }) => address)
    expect(await found('')).toEqual(['+34600111222', 'eve@example.com'])
    expect(await found('?q=Eve@')).toEqual(['eve@example.com'])
    expect(await found('?channel=sms')).toEqual(['+34600111222'])
    expect(await found('?reason=complaint&channel=email')).toEqual(['eve@example.com'])
    expect((await api('GET', '/suppressions?reason=x')).status).toBe(422)
    const path = `/suppressions/${added.body.id}`
    const other = await test_.as(['write'], 'wsp_other')
    expect((await other('DELETE', path)).status).toBe(404)
    expect((await api('DELETE', path)).status).toBe(204)
    expect((await api('DELETE', path)).status).toBe(404)
    expect(await audit('suppression.add')).toMatchObject({ detail: { channel: 'sms' } })
    expect(await audit('suppression.remove')).toMatchObject({
      subject: added.body.id,
      detail: { channel: 'email', address: 'eve@example.com', reason: 'complaint' },
    })
    expect((await api('POST', '/suppressions', { body: { channel: 'email', address: ' ' } })).status).toBe(422)
  })
})
