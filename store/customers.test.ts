import { openDb, type Db } from './db.js'
import { getCustomer, mergeTraits, traitHistory } from './customers.js'
import { DEFAULT_WORKSPACE as WORKSPACE, ensureDefaultWorkspace } from './workspaces.js'
import { freshDatabase, type FreshDatabase } from '../test/setup/db.js'

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

test('a merge answers the names of the traits that are others now', async () => {
  const merge = async (traits: Record<string, unknown>) => (await mergeTraits(db, WORKSPACE, 'ada', traits)).sort()
  expect(await merge({ plan: 'gold', tags: [1, { a: 2 }], gone: null })).toEqual(['plan', 'tags'])
  expect(await merge({ plan: 'gold', tags: [1, { a: 2.0 }] })).toEqual([])
  expect(await merge({ plan: null, tags: [1, { a: '2' }], n: 1 })).toEqual(['n', 'plan', 'tags'])
  expect(await merge({ plan: null })).toEqual([])
  expect(await merge({})).toEqual([])
})

const merge = (id: string, traits: Record<string, unknown>, ms?: number) =>
  mergeTraits(db, WORKSPACE, id, traits, ms === undefined ? {} : { at: new Date(ms), source: { type: 'event', eventId: String(ms) } })
const traitsOf = async (id: string) => (await getCustomer(db, WORKSPACE, id)).traits
const history = async (id: string) => (await traitHistory(db, WORKSPACE, id, {})).data.map(({ trait, old, new: now }) => [trait, old, now])

describe('each trait has the value of its latest write', () => {
  test('a write with an earlier instant changes only the traits that were not written since', async () => {
    await merge('late', { a: 1, b: 1 }, 1_000)
    await merge('late', { b: 2 }, 3_000)
    expect((await merge('late', { a: 9, b: 9, c: 9 }, 2_000)).sort()).toEqual(['a', 'c'])
    expect(await traitsOf('late')).toEqual({ a: 9, b: 2, c: 9 })
  })

  test('a trait that was removed is not put back by an earlier write', async () => {
    await merge('gone', { a: 1 }, 1_000)
    await merge('gone', { a: null, b: null }, 3_000)
    expect(await merge('gone', { a: 2, b: 2 }, 2_000)).toEqual([])
    expect(await traitsOf('gone')).toEqual({})
    await merge('gone', { a: 3 }, 3_001)
    expect(await traitsOf('gone')).toEqual({ a: 3 })
  })

  test('of two at one instant the later one counts', async () => {
    await merge('tie', { a: 1 }, 1_000)
    await merge('tie', { a: 2 }, 1_000)
    expect(await traitsOf('tie')).toEqual({ a: 2 })
  })

  test('a repeat with the same value counts as written then', async () => {
    await merge('again', { a: 1 }, 1_000)
    await merge('again', { a: 1 }, 3_000)
    await merge('again', { a: 2 }, 2_000)
    expect(await traitsOf('again')).toEqual({ a: 1 })
  })

  test('a write without an instant is made now, and nothing is later than it', async () => {
    await merge('now', { a: 1 }, Date.now() + 60_000)
    await merge('now', { a: 2 })
    expect(await traitsOf('now')).toEqual({ a: 2 })
    await merge('now', { a: 3 }, Date.now())
    expect(await traitsOf('now')).toEqual({ a: 2 })
  })

  test('types stay as they are', async () => {
    const traits = { n: 1.5, big: 123456789012, t: true, s: '1', list: [1, '1', null], o: { n: null }, e: '' }
    await merge('types', traits, 1_000)
    expect(await traitsOf('types')).toEqual(traits)
  })

  test('whatever the order in which they come, the end is the same', async () => {
    const seed = Number(process.env.SEED ?? Date.now() % 1e9)
    let state = seed
    const random = (n: number) => (state = (state * 48_271 + 11) % 2_147_483_647) % n
    const writes = Array.from({ length: 40 }, (_, n) => ({ ms: 1_000 + n, traits: { [`t${random(5)}`]: [n, 'x', null][random(3)] } }))
    const want: Record<string, unknown> = {}
    for (const { traits } of writes) Object.assign(want, traits)
    for (const name of Object.keys(want)) if (want[name] === null) delete want[name]
    for (const id of ['one', 'two', 'three']) {
      const shuffled = [...writes].sort(() => random(3) - 1)
      for (const { ms, traits } of [...shuffled, ...shuffled.slice(0, 10)]) await merge(id, traits, ms)
      expect({ seed, traits: await traitsOf(id) }).toEqual({ seed, traits: want })
    }
  })
})

test('what changes is kept, with what wrote it', async () => {
  await merge('told', { a: 1, b: 'x' }, 1_000)
  await merge('told', { a: 1, b: null }, 2_000)
  await merge('told', { a: 5 }, 500)
  await merge('told', { a: { deep: [] } })
  expect(await history('told')).toEqual([
    ['a', 1, { deep: [] }],
    ['b', 'x', null],
    ['b', null, 'x'],
    ['a', null, 1],
  ])
  const { data } = await traitHistory(db, WORKSPACE, 'told', {})
  expect(data[1]).toMatchObject({ at: new Date(2_000), source: { type: 'event', eventId: '2000' } })
  expect(data[0]!.source).toEqual({ type: 'api' })
  const { nextCursor } = await traitHistory(db, WORKSPACE, 'told', { limit: 3 })
  expect((await traitHistory(db, WORKSPACE, 'told', { limit: 3, cursor: nextCursor! })).data).toHaveLength(1)
})

describe('limits', () => {
  const many = (from: number, n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`t${from + i}`, 1]))

  test('more than 10,000 traits are refused, and nothing is written', async () => {
    await merge('many', many(0, 10_000))
    await expect(merge('many', { t0: 2, one: 1 })).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('10,000') as string,
    })
    expect((await traitsOf('many')).t0).toBe(1)
    expect(await merge('many', { t0: 2, t1: null })).toHaveLength(2)
  })

  test('a profile of more than 256 KB is refused, and nothing is written', async () => {
    await merge('large', { a: 'x'.repeat(200_000) })
    await expect(merge('large', { b: 'é'.repeat(32_000) })).rejects.toMatchObject({
      code: 'too_large',
      message: expect.stringContaining('256 KB') as string,
    })
    expect(Object.keys(await traitsOf('large'))).toEqual(['a'])
    expect(await history('large')).toHaveLength(1)
    // What makes it smaller is taken.
    expect(await merge('large', { a: 'x'.repeat(100_000), b: 'y' })).toHaveLength(2)
  })
})

test('profiles that are merged into by many at once lose nothing', async () => {
  await Promise.all(Array.from({ length: 40 }, (_, n) => merge('crowd', { [`t${n}`]: n, all: n }, 1_000 + n)))
  const { all, ...rest } = await traitsOf('crowd')
  expect([all, Object.keys(rest).length]).toEqual([39, 40])
})
