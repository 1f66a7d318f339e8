import { freshDatabase, type FreshDatabase } from '../test/setup/db.js'
import { mergeTraits } from './customers.js'
import { openDb, type Db } from './db.js'
import { listSubscriptions, setSubscriptions, subscribe, subscriptionHistory, unsubscribe } from './subscriptions.js'
import { getSuppression, listSuppressions, suppress, unsuppress, type SuppressionReason } from './suppressions.js'
import { createTopic, deleteTopic, getTopic, listTopics, replaceTopic } from './topics.js'
import { DEFAULT_WORKSPACE as WORKSPACE, ensureDefaultWorkspace } from './workspaces.js'

let database: FreshDatabase
let db: Db
beforeAll(async () => {
  database = await freshDatabase()
  db = openDb(database.url)
  await ensureDefaultWorkspace(db)
})
afterAll(async () => {
  await db?.close()
  await database?.drop()
})

const customer = async (id: string): Promise<string> => {
  await mergeTraits(db, WORKSPACE, id, {})
  return id
}
const of = (customerId: string, via = 'api') => ({ workspaceId: WORKSPACE, customerId, via })
const said = async (id: string) =>
  (await listSubscriptions(db, WORKSPACE, id)).map(({ channel, topic, state, via }) => [channel, topic, state, via])
const history = async (id: string) =>
  (await subscriptionHistory(db, WORKSPACE, id, {})).data.map((each) => [each.channel, each.topic, each.old, each.new, each.via])

describe('what customers say', () => {
  test('is kept by channel and by topic, and each change is journalled once', async () => {
    const ada = await customer('ada')
    expect(await unsubscribe(db, { ...of(ada, 'one_click'), channel: 'email', topic: 'top_news' })).toBe(true)
    expect(await unsubscribe(db, { ...of(ada, 'page'), channel: 'email', topic: 'top_news' })).toBe(false)
    expect(await subscribe(db, { ...of(ada), channel: 'sms' })).toBe(true)
    expect(await subscribe(db, { ...of(ada), channel: 'email', topic: 'top_news' })).toBe(true)
    expect(await said(ada)).toEqual([
      ['email', 'top_news', 'subscribed', 'api'],
      ['sms', null, 'subscribed', 'api'],
    ])
    expect(await history(ada)).toEqual([
      ['email', 'top_news', 'unsubscribed', 'subscribed', 'api'],
      ['sms', null, null, 'subscribed', 'api'],
      ['email', 'top_news', null, 'unsubscribed', 'one_click'],
    ])
    const page = await subscriptionHistory(db, WORKSPACE, ada, { limit: 2 })
    expect(await subscriptionHistory(db, WORKSPACE, ada, { limit: 2, cursor: page.nextCursor! })).toMatchObject({
      data: [{ via: 'one_click' }],
      nextCursor: null,
    })
  })

  test('is forgotten when nothing is to be said', async () => {
    const bob = await customer('bob')
    await setSubscriptions(db, of(bob), [{ channel: 'email', state: 'unsubscribed' }])
    expect(await setSubscriptions(db, of(bob), [{ channel: 'email', state: null }])).toEqual([
      { channel: 'email', topic: null, old: 'unsubscribed', new: null },
    ])
    expect(await said(bob)).toEqual([])
    expect(await history(bob)).toHaveLength(2)
  })

  test('is of somebody: nobody is made by it', async () => {
    expect(await unsubscribe(db, { ...of('nobody'), channel: 'email' })).toBe(false)
    expect(await setSubscriptions(db, of('nobody'), [])).toBeUndefined()
    expect(await db.one('select 1 as one from customer where id = $1', ['nobody'])).toBeUndefined()
  })

  test('goes with the customer', async () => {
    const eve = await customer('eve')
    await unsubscribe(db, { ...of(eve), channel: 'email' })
    await db.query('delete from customer where workspace_id = $1 and id = $2', [WORKSPACE, eve])
    expect([await said(eve), await history(eve)]).toEqual([[], []])
  })

  test('at once leaves one row and a journal that adds up', async () => {
    const joe = await customer('joe')
    const states = ['subscribed', 'unsubscribed', null] as const
    await Promise.all(
      Array.from({ length: 30 }, (_, n) => setSubscriptions(db, of(joe, `n${n}`), [{ channel: 'email', state: states[n % 3]! }])),
    )
    const changes = (await history(joe)).reverse()
    let state: unknown = null
    for (const [, , old, now] of changes) {
      expect(old).toBe(state)
      state = now
    }
    expect((await said(joe))[0]?.[2] ?? null).toBe(state)
  })
})

describe('when two customers become one', () => {
  test('a no outweighs a yes, either outweighs silence, and both journals are kept', async () => {
    const [from, into] = [await customer('visitor'), await customer('grace')]
    await setSubscriptions(db, of(from, 'page'), [
      { channel: 'email', state: 'unsubscribed' },
      { channel: 'sms', state: 'subscribed' },
      { channel: 'push', state: 'subscribed' },
    ])
    await setSubscriptions(db, of(into), [
      { channel: 'email', state: 'subscribed' },
      { channel: 'sms', state: 'unsubscribed' },
      { channel: 'email', topic: 'top_news', state: 'subscribed' },
    ])
    await db.query('select tw_merge_customers($1, $2, $3, $4, 1)::text as merged', [WORKSPACE, from, into, 'alias'])
    const merged = [
      ['email', null, 'unsubscribed', 'page'],
      ['email', 'top_news', 'subscribed', 'api'],
      ['push', null, 'subscribed', 'page'],
      ['sms', null, 'unsubscribed', 'api'],
    ]
    expect(await said(into)).toEqual(merged)
    expect(await said(from)).toEqual(merged)
    expect((await history(into)).filter(([, , , , via]) => via === 'merge')).toEqual(
      expect.arrayContaining([
        ['email', null, 'subscribed', 'unsubscribed', 'merge'],
        ['push', null, null, 'subscribed', 'merge'],
      ]),
    )
    expect(await history(into)).toHaveLength(8)
  })

  test('one who is not there yet takes over what was said', async () => {
    const from = await customer('early')
    await unsubscribe(db, { ...of(from), channel: 'email' })
    await db.query('select tw_merge_customers($1, $2, $3, $4, 2)::text as merged', [WORKSPACE, from, 'later', 'alias'])
    expect(await said('later')).toEqual([['email', null, 'unsubscribed', 'api']])
  })
})

describe('addresses that are not written to', () => {
  const add = (address: string, reason: SuppressionReason, channel: 'email' | 'sms' | 'push' = 'email') =>
    suppress(db, { workspaceId: WORKSPACE, channel, address, reason, source: 'test' })

  test('are one however they are written, and keep the strongest reason', async () => {
    const first = await add('Ada <Ada@Bücher.example>', 'hard_bounce')
    expect(first).toMatchObject({ channel: 'email', address: 'ada@xn--bcher-kva.example', reason: 'hard_bounce', source: 'test' })
    expect(await add('ada@bücher.EXAMPLE', 'manual')).toEqual(first)
    expect(await add(' ada@xn--bcher-kva.example', 'complaint')).toMatchObject({ id: first.id, reason: 'complaint' })
    expect(await add('ada@bücher.example', 'hard_bounce')).toMatchObject({ id: first.id, reason: 'complaint' })
    expect(await add('00 44 (0)20-7946', 'manual', 'sms')).toMatchObject({ address: '+440207946' })
    expect(await add('Tok:EN', 'manual', 'push')).toMatchObject({ address: 'Tok:EN' })
  })

  test('are found by how they begin, by channel and by reason; % is no wildcard', async () => {
    await add('Max@example.com', 'manual')
    await add('m%x@example.com', 'hard_bounce')
    const found = async (query: Parameters<typeof listSuppressions>[2]) =>
      (await listSuppressions(db, WORKSPACE, query)).data.map(({ address }) => address).sort()
    expect(await found({ q: 'MAX@' })).toEqual(['max@example.com'])
    expect(await found({ q: 'm%' })).toEqual(['m%x@example.com'])
    expect(await found({ q: 'Tok', channel: 'push' })).toEqual(['Tok:EN'])
    expect(await found({ q: 'm', reason: 'manual', channel: 'email' })).toEqual(['max@example.com'])
    // Those of one millisecond come in any order.
    const whole = (await listSuppressions(db, WORKSPACE, {})).data
    const paged: typeof whole = []
    for (let cursor: string | undefined, more = true; more; more = cursor !== undefined) {
      const page = await listSuppressions(db, WORKSPACE, { limit: 1, cursor })
      paged.push(...page.data)
      cursor = page.nextCursor ?? undefined
    }
    expect(paged).toEqual(whole)
    expect(whole).toHaveLength(5)
  })

  test('are written to again when they are taken out', async () => {
    const { id } = await add('gone@example.com', 'manual')
    expect(await unsuppress(db, WORKSPACE, id)).toMatchObject({ address: 'gone@example.com' })
    await expect(getSuppression(db, WORKSPACE, id)).rejects.toMatchObject({ code: 'not_found' })
    await expect(unsuppress(db, WORKSPACE, id)).rejects.toMatchObject({ code: 'not_found' })
  })

  test('of one workspace are nothing to another', async () => {
    const { id } = await add('mine@example.com', 'manual')
    await expect(getSuppression(db, 'wsp_other', id)).rejects.toMatchObject({ code: 'not_found' })
    expect((await listSuppressions(db, 'wsp_other', {})).data).toEqual([])
  })
})

describe('topics', () => {
  const input = (name: string) => ({ name, description: '', optIn: false })

  test('have names that differ, whatever the case', async () => {
    const news = await createTopic(db, WORKSPACE, input('News'))
    await expect(createTopic(db, WORKSPACE, input('news'))).rejects.toMatchObject({ code: 'conflict' })
    const offers = await createTopic(db, WORKSPACE, input('Offers'))
    await expect(replaceTopic(db, WORKSPACE, offers.id, input('NEWS'))).rejects.toMatchObject({ code: 'conflict' })
    expect(await replaceTopic(db, WORKSPACE, news.id, { ...input('news'), optIn: true }, 1)).toMatchObject({ revision: 2, optIn: true })
    await expect(replaceTopic(db, WORKSPACE, news.id, input('News'), 1)).rejects.toMatchObject({ code: 'stale' })
    expect((await listTopics(db, WORKSPACE, {})).data.map(({ name }) => name)).toEqual(['Offers', 'news'])
  })

  test('go with what was said of them; the journal stays', async () => {
    const topic = await createTopic(db, WORKSPACE, input('Short'))
    const kim = await customer('kim')
    await unsubscribe(db, { ...of(kim), channel: 'email', topic: topic.id })
    await deleteTopic(db, WORKSPACE, topic.id)
    expect(await said(kim)).toEqual([])
    expect(await history(kim)).toHaveLength(1)
    await expect(getTopic(db, WORKSPACE, topic.id)).rejects.toMatchObject({ code: 'not_found' })
  })
})
