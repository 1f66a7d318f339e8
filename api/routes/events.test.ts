import { createKey } from '../../store/keys.js'
import { insertEvents } from '../../store/events.js'
import { REJECTED_KEPT } from '../../store/rejected.js'
import { DEFAULT_WORKSPACE } from '../../store/workspaces.js'
import { startTestApi, type Caller, type TestApi } from '../../test/support/api.js'

let test: TestApi
let api: Caller
let key: string
beforeAll(async () => {
  test = await startTestApi()
  api = test.api
  key = (await createKey(test.db, DEFAULT_WORKSPACE, { name: 'k', scopes: ['ingest'] })).key
})
afterAll(() => test.stop())

const kept = (customerId: string) =>
  test.db.query<object>(
    `select message_id as "messageId", type, event, properties, timestamp from event where customer_id = $1 order by id`,
    [customerId],
  )

describe('strict events', () => {
  it('keeps one, and many, durably, once per message id', async () => {
    const one = { event: 'Bought', properties: { total: 3 }, timestamp: '2026-01-02T03:04:05+01:00', messageId: 'm1' }
    expect((await api('POST', '/customers/ada/events', { body: one })).body).toEqual({ accepted: 1, duplicates: 0 })
    expect((await api('POST', '/customers/ada/events', { body: one })).body).toEqual({ accepted: 0, duplicates: 1 })
    expect((await api('POST', '/events', { body: { ...one, customerId: 'ada', messageId: 'm2' } })).body.accepted).toBe(1)
    const events = ['m2', 'm3', 'm3'].map((messageId) => ({ customerId: 'ada', event: 'Left', messageId }))
    expect((await api('POST', '/events', { body: { events } })).body).toEqual({ accepted: 1, duplicates: 2 })
    const at = new Date('2026-01-02T02:04:05Z')
    expect(await kept('ada')).toEqual([
      { messageId: 'm1', type: 'track', event: 'Bought', properties: { total: 3 }, timestamp: at },
      { messageId: 'm2', type: 'track', event: 'Bought', properties: { total: 3 }, timestamp: at },
      { messageId: 'm3', type: 'track', event: 'Left', properties: {}, timestamp: expect.any(Date) },
    ])
  })

  const good = { customerId: 'grace', event: 'Bought' }
  it.each<[object, string]>([
    [{ ...good, event: '' }, '/event'],
    [{ ...good, event: 'x'.repeat(201) }, '/event'],
    [{ ...good, event: '$identify' }, '/event'],
    [{ ...good, event: 7 }, '/event'],
    [{ customerId: 'grace' }, '/event'],
    [{ ...good, customerId: '' }, '/customerId'],
    [{ ...good, customerId: 'a\u0007' }, '/customerId'],
    [{ ...good, properties: [] }, '/properties'],
    [{ ...good, timestamp: 'yesterday' }, '/timestamp'],
    [{ ...good, messageId: '' }, '/messageId'],
    [{ ...good, userId: 'x' }, '/userId'],
    [{ events: [good, { ...good, event: null }] }, '/events/1/event'],
    [{ events: [good, { ...good, extra: 1 }] }, '/events/1/extra'],
    [{ events: [] }, '/events'],
    [{ events: Array(2_501).fill(good) }, '/events'],
  ])('refuses %j with the place, and keeps nothing', async (body, path) => {
    const refused = await api('POST', '/events', { body })
    expect([refused.status, refused.body.errors.map((each: { path: string }) => each.path)]).toEqual([422, [path]])
    expect(await kept('grace')).toEqual([])
  })

  it('refuses what is too large, deep or odd, and the process stays up', async () => {
    const deep = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`
    const post = async (properties: string) => {
      const raw = {
        type: 'application/json',
        text: `{"events":[{"customerId":"odd","event":"e"},{"customerId":"odd","event":"e","properties":${properties}}]}`,
      }
      const { status, body } = await api('POST', '/events', { raw })
      return [status, body.errors?.[0]?.path]
    }
    expect(await post(`{"a":"${'x'.repeat(33_000)}"}`)).toEqual([413, '/events/1'])
    expect((await post(deep))[0]).toBe(422)
    expect(await post('{"a":"\\u0000"}')).toEqual([422, '/events/1/properties/a'])
    expect((await post('{"a":"\\ud800"}'))[0]).toBe(422)
    expect(await post('{"__proto__":{"x":1}}')).toEqual([422, '/events/1/properties/__proto__'])
    expect(await post('{"a":1e999}')).toEqual([422, '/events/1/properties/a'])
    expect(await kept('odd')).toEqual([])
    expect((await post('{"a":9223372036854775808}'))[0]).toBe(202)
    expect(await kept('odd')).toMatchObject([{ properties: {} }, { properties: { a: 2 ** 63 } }])
  })
})

describe('lists', () => {
  it('lists the newest first, in pages that follow each other', async () => {
    const events = Array.from({ length: 25 }, (_, n) => ({
      messageId: `page-${n}`,
      customerId: n % 5 === 0 ? 'eve' : 'other',
      type: 'track' as const,
      event: `e${n}`,
      properties: { n },
      context: {},
      timestamp: new Date(),
    }))
    await insertEvents(test.db, DEFAULT_WORKSPACE, events)
    const seen: string[] = []
    let cursor = ''
    while (seen.length < 25) {
      const { body } = await api('GET', `/events/recent?limit=7${cursor && `&cursor=${cursor}`}`)
      seen.push(...body.data.map(({ event }: { event: string }) => event))
      cursor = body.nextCursor
    }
    expect(seen.slice(0, 25)).toEqual(events.map(({ event }) => event).reverse())
    const { body } = await api('GET', '/customers/eve/events?limit=2')
    expect(body.data.map(({ event }: { event: string }) => event)).toEqual(['e20', 'e15'])
  })
})

describe('the list of rejected events', () => {
  const send = (batch: unknown[]) =>
    fetch(`${test.url}/v1/batch`, { method: 'POST', body: JSON.stringify({ batch, writeKey: key }) }).then(({ status }) => status)
  const rejected = async (query = '') => (await api('GET', `/events/recent?status=rejected${query}`)).body.data

  it('says which, why, and shows what was sent; the neighbours are kept', async () => {
    const bad = [
      { type: 'track', userId: 'mary', messageId: 'bad-1' },
      { type: 'none', userId: 'x\0' },
      7,
      { type: 'track', event: 'Big', userId: 'mary', properties: { a: 'x'.repeat(33_000) } },
      { type: 'track', userId: 9007199254740993, event: 'Rounded' },
    ]
    const good = { type: 'track', event: 'Good', userId: 'mary' }
    expect(await send([...bad, good])).toBe(413)
    expect(await kept('mary')).toMatchObject([{ event: 'Good' }])
    expect((await rejected()).reverse()).toMatchObject([
      { position: 0, customerId: 'mary', type: 'track', event: null, messageId: 'bad-1', reason: expect.stringContaining("'event'") },
      { position: 1, customerId: 'x', type: 'none', reason: expect.stringContaining("'type'") },
      { position: 2, customerId: null, raw: '7', reason: expect.stringContaining('object') },
      { position: 3, event: 'Big', reason: expect.stringContaining('32 KB') },
      { position: 4, event: 'Rounded', reason: expect.stringContaining('2^53') },
    ])
    const [, large] = await rejected()
    expect(large.raw).toHaveLength(2_000)
    expect((await api('GET', '/events/recent?status=accepted&limit=1')).body.data).toMatchObject([{ event: 'Good' }])
  })

  it('keeps what cannot be written down by name', async () => {
    const deep = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`
    const body = `{"writeKey":"${key}","batch":[{"type":"track","userId":"d","event":"Deep","properties":${deep}},{"type":"track","event":"\\ud800"}]}`
    expect((await fetch(`${test.url}/v1/batch`, { method: 'POST', body })).status).toBe(200)
    expect((await rejected('&limit=2')).map(({ event }: { event: string }) => event)).toEqual(['\uFFFD', 'Deep'])
  })

  it('keeps a hundred of one call, and the newest of all', async () => {
    for (let call = 0; call < REJECTED_KEPT / 100 + 2; call++)
      expect(await send(Array(150).fill({ type: 'none', event: `call-${call}` }))).toBe(200)
    const [row] = await test.db.query<{ n: number; oldest: string }>(
      'select count(*)::int as n, (array_agg(event order by id))[1] as oldest from rejected_event',
    )
    expect(row).toEqual({ n: REJECTED_KEPT, oldest: 'call-2' })
    expect(await rejected('&limit=1')).toMatchObject([{ event: 'call-11', position: 99 }])
  })
})
