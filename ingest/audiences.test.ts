import { buildPage } from '../activities/build.js'
import type { Condition } from '../model/condition.js'
import { createAudience, changeAudience, getAudience } from '../store/audiences.js'
import { changeMembers } from '../store/audiences-members.js'
import { mergeTraits } from '../store/customers.js'
import { noteChanges, type NewEvent } from '../store/events.js'
import { DEFAULT_WORKSPACE as WORKSPACE } from '../store/workspaces.js'
import { eventually } from '../test/support/canvas.js'
import { startIngest, type Ingest } from '../test/support/ingest.js'
import { slideWindows } from './audience-clock.js'
import { audiencesChanged } from './audiences.js'
import { routeBatch } from './batch.js'

let ingest: Ingest
/** How far ahead of the database's clock customers are judged, in ms. */
let ahead = 0
const DAY = 86_400_000
const now = () => Promise.resolve(new Date(Date.now() + ahead))

beforeEach(async () => {
  ahead = 0
  ingest = await startIngest()
})
afterEach(() => ingest.stop())

const deps = () => ({ db: ingest.db, temporal: ingest.temporal, ...(ahead > 0 && { now }) })

/** Routes everything that there is, what that notes too. */
async function route(): Promise<void> {
  const state = { stopping: false, unexplained: new Map<string, number>() }
  while ((await routeBatch(deps(), state)) > 0);
}
async function define(name: string, when: Condition): Promise<string> {
  const { id } = await createAudience(ingest.db, WORKSPACE, name, when)
  await build(id, 1)
  return id
}
async function build(audienceId: string, generation: number): Promise<void> {
  while (await buildPage(deps(), { workspaceId: WORKSPACE, audienceId, generation }, 2));
}
const identify = (customerId: string, properties: Record<string, unknown>): Promise<number> =>
  ingest.keep({ customerId, type: 'identify', event: '$identify', properties })
const members = async (audienceId: string): Promise<string[]> =>
  (await ingest.db.query<{ id: string }>('select customer_id as id from audience_member where audience_id = $1 order by 1', [audienceId])).map(({ id }) => id) // prettier-ignore
/** Who joined (+) and who left (-), as noted. */
const noted = async (audienceId: string): Promise<string[]> =>
  (
    await ingest.db.query<{ text: string }>(
      `select case when properties ? 'joined' then '+' else '-' end || customer_id as text from event
       where type = 'change' and (properties #>> '{joined,audienceId}' = $1 or properties #>> '{left,audienceId}' = $1) order by id`,
      [audienceId],
    )
  ).map(({ text }) => text)

const plan = (value: string): Condition => ({ trait: 'plan', op: 'eq', value })
const bought = (more: object = {}): Condition => ({ event: 'bought', op: 'performed', ...more })

describe('joins and leaves', () => {
  test('by a trait, once each', async () => {
    const gold = await define('Gold', plan('gold'))
    await identify('ada', { plan: 'gold' })
    await identify('bob', { plan: 'silver' })
    await route()
    expect(await members(gold)).toEqual(['ada'])
    await identify('ada', { plan: 'gold', age: 36 })
    await identify('ada', { plan: null })
    await route()
    expect([await members(gold), await noted(gold)]).toEqual([[], ['+ada', '-ada']])
  })

  test('by an event, with what it looks at inside', async () => {
    const big = await define('Big', bought({ where: { property: 'total', op: 'gte', value: 100 }, count: { atLeast: 2 } }))
    const twice = await define('Twice', bought({ count: { atLeast: 2 } }))
    for (const total of [100, 50, 150]) await ingest.keep({ customerId: 'ada', properties: { total } })
    await ingest.keep({ customerId: 'bob', properties: { total: 500 } })
    await route()
    expect([await members(big), await members(twice)]).toEqual([['ada'], ['ada']])
  })

  test('by the time zone, where it decides', async () => {
    const over = await define('Over', { trait: 'ends', op: 'before', value: '2026-01-01T05:00:00Z' })
    await identify('ada', { ends: '2026-01-01T06:00' })
    await route()
    expect(await members(over)).toEqual([])
    await identify('ada', { timezone: 'Asia/Kathmandu' })
    await route()
    expect(await members(over)).toEqual(['ada'])
  })

  test('by a list, and by an audience that another one names', async () => {
    const list = (await createAudience(ingest.db, WORKSPACE, 'List')).id
    const either = await define('Either', { any: [{ audience: list, op: 'in' }, plan('gold')] })
    const outside = await define('Outside', {
      all: [
        { audience: either, op: 'notIn' },
        { trait: 'plan', op: 'exists' },
      ],
    })
    await identify('ada', { plan: 'silver' })
    await identify('bob', { plan: 'gold' })
    await route()
    expect([await members(either), await members(outside)]).toEqual([['bob'], ['ada']])
    await changeMembers(ingest.db, WORKSPACE, list, { add: ['ada'], remove: [] })
    await route()
    expect([await members(either), await members(outside)]).toEqual([['ada', 'bob'], []])
    await changeMembers(ingest.db, WORKSPACE, list, { add: [], remove: ['ada'] })
    await route()
    expect([await members(either), await members(outside)]).toEqual([['bob'], ['ada']])
  })

  test('of audiences that name each other in one go: none joins that only seemed to hold on the way', async () => {
    const low = await define('Low', plan('gold'))
    const high = await define('High', {
      all: [
        { audience: low, op: 'in' },
        { trait: 'vip', op: 'eq', value: true },
      ],
    })
    // Of the trait that changes, and of an audience that follows only from that change.
    const rest = await define('Rest', { all: [plan('gold'), { audience: high, op: 'notIn' }] })
    await identify('ada', { vip: true })
    await route()
    await identify('ada', { plan: 'gold' })
    await route()
    expect([await noted(low), await noted(high), await noted(rest)]).toEqual([['+ada'], ['+ada'], []])
  })

  test('of a customer who is new by whatever way, also by what a condition does not find', async () => {
    const nobody = await define('No plan', { not: { trait: 'plan', op: 'exists' } })
    const list = (await createAudience(ingest.db, WORKSPACE, 'List')).id
    await ingest.keep({ customerId: 'by-event', event: 'other' })
    await identify('by-identify', { age: 1 })
    await changeMembers(ingest.db, WORKSPACE, list, { add: ['by-list'], remove: [] })
    await ingest.db.query(`insert into customer (workspace_id, id) values ($1, 'by-import')`, [WORKSPACE])
    await route()
    expect(await members(nobody)).toEqual(['by-event', 'by-identify', 'by-import', 'by-list'])
  })

  test('of the API’s changes, which are noted with the names of the traits', async () => {
    const gold = await define('Gold', plan('gold'))
    const traits = await mergeTraits(ingest.db, WORKSPACE, 'ada', { plan: 'gold' })
    await noteChanges(ingest.db, WORKSPACE, [{ customerId: 'ada', traits }])
    await route()
    expect(await members(gold)).toEqual(['ada'])
  })

  test('only audiences that read what changed are judged', async () => {
    for (const name of ['a', 'b', 'b.c', 'd']) await define(name, { trait: name, op: 'exists' })
    await define('bought', bought())
    const judged = (changed: object) => audiencesChanged(deps(), { workspaceId: WORKSPACE, customerId: 'ada' }, changed)
    expect(await judged({ traits: ['b'] })).toBe(2)
    expect(await judged({ traits: ['x'] })).toBe(0)
    expect(await judged({ event: 'bought' })).toBe(1)
    expect(await judged({ audiences: ['aud_x'] })).toBe(0)
    expect(await judged({})).toBe(5)
  })

  test('the size follows', async () => {
    const gold = await define('Gold', plan('gold'))
    for (const id of ['a', 'b', 'c']) await identify(id, { plan: 'gold' })
    await identify('b', { plan: 'none' })
    await route()
    expect((await getAudience(ingest.db, WORKSPACE, gold)).size).toBe(2)
  })
})

describe('with time alone', () => {
  const dues = async () => (await ingest.db.query(`select customer_id from audience_due order by 1`)).length

  test('an event gets too long ago, and one who has none costs nothing', async () => {
    const recent = await define('Recent', bought({ within: 'P30D', count: { atLeast: 2 } }))
    await ingest.keep({ customerId: 'ada' }, { customerId: 'ada' }, { customerId: 'bob' })
    await route()
    expect([await members(recent), await dues()]).toEqual([['ada'], 1])
    ahead = 29 * DAY
    expect(await slideWindows(deps())).toBe(0)
    ahead = 31 * DAY
    expect(await slideWindows(deps())).toBe(1)
    expect([await members(recent), await dues(), await noted(recent)]).toEqual([[], 0, ['+ada', '-ada']])
    expect(await slideWindows(deps())).toBe(0)
  })

  test('a date comes near and is over; another date moves both', async () => {
    const soon = await define('Soon', { trait: 'renewal', op: 'withinNext', value: 'P7D' })
    const date = (days: number) => new Date(Date.now() + days * DAY).toISOString()
    await identify('ada', { renewal: date(20) })
    await identify('bob', { renewal: date(40) })
    await identify('eve', { renewal: date(20) })
    await identify('eve', { renewal: date(60) })
    await route()
    expect([await members(soon), await dues()]).toEqual([[], 3])
    ahead = 15 * DAY
    expect(await slideWindows(deps())).toBe(1)
    expect([await members(soon), await dues()]).toEqual([['ada'], 3])
    ahead = 36 * DAY
    expect(await slideWindows(deps())).toBe(2)
    expect([await members(soon), await dues()]).toEqual([['bob'], 2])
  })

  test('takes those with it who depend on it', async () => {
    const recent = await define('Recent', bought({ within: 'P1D' }))
    const lapsed = await define('Lapsed', { all: [bought(), { audience: recent, op: 'notIn' }] })
    await ingest.keep({ customerId: 'ada' })
    await route()
    expect([await members(recent), await members(lapsed)]).toEqual([['ada'], []])
    ahead = 2 * DAY
    await slideWindows(deps())
    expect([await members(recent), await members(lapsed), await noted(lapsed)]).toEqual([[], ['ada'], ['+ada']])
  })

  test('several at once judge each customer once', async () => {
    const recent = await define('Recent', bought({ within: 'P1D' }))
    await ingest.keep(...Array.from({ length: 250 }, (_, n) => ({ customerId: `c${n}` })))
    await route()
    ahead = 2 * DAY
    // Whom another judges just now is passed by: who is left is found by the next look.
    let judged = 0
    while ((await ingest.db.query('select from audience_due')).length > 0)
      for (const n of await Promise.all([1, 2, 3].map(() => slideWindows(deps())))) judged += n
    expect(judged).toBe(250)
    expect([(await members(recent)).length, (await noted(recent)).filter((each) => each.startsWith('-')).length]).toEqual([0, 250])
  })
})

describe('a build', () => {
  test('judges everybody by page, and says how far it is', async () => {
    for (const [id, value] of Object.entries({ a: 'gold', b: 'silver', c: 'gold', d: 'gold', e: 'silver' }))
      await identify(id, { plan: value })
    await ingest.keep({ customerId: 'f' }, { customerId: 'f' }, { customerId: 'a', properties: { total: 9 } })
    await route()
    const gold = await createAudience(ingest.db, WORKSPACE, 'Gold', {
      any: [plan('gold'), bought({ count: { atLeast: 2 }, within: 'P9D' })],
    })
    expect(gold).toMatchObject({ status: 'building', progress: { done: 0 }, size: 0 })
    const one = { workspaceId: WORKSPACE, audienceId: gold.id, generation: 1 }
    expect(await buildPage(deps(), one, 4)).toBe(true)
    expect(await getAudience(ingest.db, WORKSPACE, gold.id)).toMatchObject({ status: 'building', progress: { done: 4, total: 6 }, size: 3 })
    expect(await buildPage(deps(), one, 4)).toBe(false)
    const built = await getAudience(ingest.db, WORKSPACE, gold.id)
    expect([built.status, built.progress, built.size]).toEqual(['ready', undefined, 4])
    expect(await members(gold.id)).toEqual(['a', 'c', 'd', 'f'])
    // Found, not joined: nobody names it.
    expect(await noted(gold.id)).toEqual([])
    expect(await buildPage(deps(), one, 4)).toBe(false)
  })

  test('starts over with another definition, which the old one has no part in; those who join by it are noted', async () => {
    for (const id of ['a', 'b', 'c', 'd', 'e']) await identify(id, { plan: id < 'c' ? 'gold' : 'silver' })
    await route()
    const { id } = await createAudience(ingest.db, WORKSPACE, 'X', plan('gold'))
    await buildPage(deps(), { workspaceId: WORKSPACE, audienceId: id, generation: 1 }, 2)
    const next = await changeAudience(ingest.db, WORKSPACE, id, { name: 'X', when: plan('silver') })
    expect(next).toMatchObject({ generation: 2 })
    expect(await buildPage(deps(), { workspaceId: WORKSPACE, audienceId: id, generation: 1 }, 2)).toBe(false)
    await build(id, 2)
    expect([await members(id), await noted(id)]).toEqual([
      ['c', 'd', 'e'],
      ['-a', '-b', '+c', '+d', '+e'],
    ])
    expect(await changeAudience(ingest.db, WORKSPACE, id, { name: 'Y', when: plan('silver') })).toBeUndefined()
  })

  test('tells of those whom it finds, if an orchestration or an audience names it', async () => {
    await identify('a', { plan: 'gold' })
    await route()
    const gold = await createAudience(ingest.db, WORKSPACE, 'Gold', plan('gold'))
    const other = await createAudience(ingest.db, WORKSPACE, 'Other', { audience: gold.id, op: 'in' })
    await build(other.id, 1)
    expect(await members(other.id)).toEqual([])
    await build(gold.id, 1)
    await route()
    expect([await members(gold.id), await members(other.id)]).toEqual([['a'], ['a']])
  })

  test('the same page at once, and again, is judged once', async () => {
    await ingest.keep(...Array.from({ length: 40 }, (_, n): Partial<NewEvent> & { customerId: string } => ({ customerId: `c${n}`, type: 'identify', event: '$identify', properties: { plan: 'gold' } }))) // prettier-ignore
    await route()
    const { id } = await createAudience(ingest.db, WORKSPACE, 'Gold', plan('silver'))
    await build(id, 1)
    await changeAudience(ingest.db, WORKSPACE, id, { name: 'Gold', when: plan('gold') })
    const all = async () => {
      while (await buildPage(deps(), { workspaceId: WORKSPACE, audienceId: id, generation: 2 }, 7));
    }
    await Promise.all([all(), all(), all()])
    expect([(await members(id)).length, (await noted(id)).length]).toEqual([40, 40])
    expect((await getAudience(ingest.db, WORKSPACE, id)).status).toBe('ready')
  })
})

test('a build waits for a customer whom somebody else has locked, and judges them as they are then', async () => {
  await mergeTraits(ingest.db, WORKSPACE, 'ada', { plan: 'silver' })
  const { id } = await createAudience(ingest.db, WORKSPACE, 'Gold', plan('gold'))
  let building: Promise<void> | undefined
  await ingest.db.tx(async (tx) => {
    await mergeTraits(tx, WORKSPACE, 'ada', { plan: 'gold' })
    building = build(id, 1)
    await eventually(
      () =>
        tx.query(
          `select from pg_locks l where not l.granted and l.pid in (select pid from pg_stat_activity where datname = current_database()) and l.locktype = 'transactionid'`,
        ),
      (waiting) => waiting.length === 1,
      5_000,
    )
  })
  await building
  expect(await members(id)).toEqual(['ada'])
})

test('a judgement waits for a definition that is changing, and goes by the new one', async () => {
  const gold = await define('Gold', plan('gold'))
  await identify('ada', { plan: 'silver' })
  await route()
  await ingest.db.tx(async (tx) => {
    await changeAudience(tx, WORKSPACE, gold, { name: 'Gold', when: plan('silver') })
    const judging = audiencesChanged(deps(), { workspaceId: WORKSPACE, customerId: 'ada' }, {})
    await eventually(
      () => tx.query(`select from pg_locks where locktype = 'advisory' and not granted`),
      (waiting) => waiting.length === 1,
    )
    setImmediate(() => void judging.catch(() => undefined))
  })
  await eventually(
    () => members(gold),
    (ids) => ids.length === 1,
  )
})
