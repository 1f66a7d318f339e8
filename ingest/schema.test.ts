import { MAX_EVENTS, MAX_NAMES, noteSightings, seenEvents, seenNames, TRAITS, forgetSamples } from '../store/schema.js'
import { mergeTraits } from '../store/customers.js'
import { noteChanges } from '../store/events.js'
import { DEFAULT_WORKSPACE } from '../store/workspaces.js'
import { eventually } from '../test/support/canvas.js'
import { startIngest, type Ingest } from '../test/support/ingest.js'
import { startRouter, type Router } from './router.js'
import { SchemaNotes } from './schema.js'

let ingest: Ingest
let router: Router | undefined
beforeEach(async () => {
  ingest = await startIngest()
})
afterEach(async () => {
  await router?.stop()
  await ingest.stop()
})

const track = (event: string, properties: Record<string, unknown> = {}) => ({ type: 'track' as const, event, properties })
const names = async (of: string) =>
  Object.fromEntries((await seenNames(ingest.db, DEFAULT_WORKSPACE, of)).map(({ name, types, samples }) => [name, [types, samples]]))

test('the router writes down events, properties and traits with their types and a few samples', async () => {
  await ingest.keep(
    { customerId: 'ada', event: 'Bought', properties: { total: 42, currency: 'EUR', at: '2026-01-01T00:00:00Z', gift: true, none: null } },
    {
      customerId: 'ada',
      event: 'Bought',
      properties: { total: '42', items: [1], ship: { city: { name: 'Turin', zip: { a: 1 } } }, 'a.b': 1 },
    },
    { customerId: 'ada', type: 'identify', event: '$identify', properties: { plan: 'x'.repeat(50) } },
  )
  await mergeTraits(ingest.db, DEFAULT_WORKSPACE, 'grace', { vip: true })
  await noteChanges(ingest.db, DEFAULT_WORKSPACE, [{ customerId: 'grace' }])
  router = startRouter({ db: ingest.db, temporal: ingest.temporal })
  await eventually(
    () => names(TRAITS),
    (found) => 'plan' in found && 'vip' in found,
  )
  await router.stop()
  expect(await names(TRAITS)).toEqual({ plan: [['string'], [`${'x'.repeat(39)}…`]], vip: [['boolean'], [true]] })
  expect(await names('Bought')).toEqual({
    total: [expect.arrayContaining(['number', 'string']), expect.arrayContaining([42, '42'])],
    currency: [['string'], ['EUR']],
    at: [['date'], ['2026-01-01T00:00:00Z']],
    gift: [['boolean'], [true]],
    items: [['array'], []],
    ship: [['object'], []],
    'ship.city': [['object'], []],
    'ship.city.name': [['string'], ['Turin']],
    'ship.city.zip': [['object'], []],
    'a.b': [['number'], [1]],
  })
  expect((await seenEvents(ingest.db, DEFAULT_WORKSPACE)).map(({ event }) => event)).toEqual(['$identify', 'Bought'])
})

test('what is known is not written again within a minute; later its last sight is, and another sample up to five', async () => {
  const notes = new SchemaNotes()
  const see = async (by: SchemaNotes, n: number) => {
    by.event(DEFAULT_WORKSPACE, track('Bought', { n }))
    await by.flush(ingest.db)
  }
  await see(notes, 1)
  const [before] = await seenNames(ingest.db, DEFAULT_WORKSPACE, 'Bought')
  await see(notes, 2)
  expect(await seenNames(ingest.db, DEFAULT_WORKSPACE, 'Bought')).toEqual([before])
  for (const n of [1, 2, 3, 4, 5, 6]) await see(new SchemaNotes(), n)
  const [after] = await seenNames(ingest.db, DEFAULT_WORKSPACE, 'Bought')
  expect(after).toMatchObject({ firstSeenAt: before!.firstSeenAt, samples: [1, 2, 3, 4, 5] })
  expect(after!.lastSeenAt.getTime()).toBeGreaterThan(before!.lastSeenAt.getTime())
  await forgetSamples(ingest.db, DEFAULT_WORKSPACE)
  expect(await names('Bought')).toEqual({ n: [['number'], []] })
})

test('it is bounded, by workspace and by event, and what is known stays known', async () => {
  const { db } = ingest
  const of = (workspaceId: string, count: number, sighting: (n: number) => { of: string; name: string }) =>
    Array.from({ length: count }, (_, n) => ({ workspaceId, type: 'string', ...sighting(n) }))
  await noteSightings(
    db,
    of('wsp_1', MAX_EVENTS - 1, (n) => ({ of: `e${n}`, name: '' })),
  )
  await noteSightings(
    db,
    of('wsp_1', 10, (n) => ({ of: `f${n}`, name: '' })),
  )
  expect(await seenEvents(db, 'wsp_1')).toHaveLength(MAX_EVENTS)
  await noteSightings(
    db,
    of('wsp_1', MAX_NAMES + 50, (n) => ({ of: 'e1', name: `p${n}` })),
  )
  await noteSightings(
    db,
    of('wsp_1', 50, (n) => ({ of: 'e1', name: `q${n}` })),
  )
  expect(await seenNames(db, 'wsp_1', 'e1')).toHaveLength(MAX_NAMES)
  await noteSightings(
    db,
    of('wsp_1', 5, (n) => ({ of: 'never heard of', name: `p${n}` })),
  )
  expect(await seenNames(db, 'wsp_1', 'never heard of')).toEqual([])
  await noteSightings(
    db,
    of('wsp_2', 5, (n) => ({ of: TRAITS, name: `t${n}` })),
  )
  expect(await seenNames(db, 'wsp_2', TRAITS)).toHaveLength(5)
  const [before] = await seenNames(db, 'wsp_1', 'e1')
  await noteSightings(db, [{ workspaceId: 'wsp_1', of: 'e1', name: before!.name, type: 'string' }])
  const [after] = await seenNames(db, 'wsp_1', 'e1')
  expect(after!.lastSeenAt.getTime()).toBeGreaterThan(before!.lastSeenAt.getTime())
})
