import { startIngest, type Ingest } from '../test/support/ingest.js'
import { DEFAULT_WORKSPACE } from './workspaces.js'
import { judge } from './facts.js'

let ingest: Ingest
beforeAll(async () => {
  ingest = await startIngest()
})
afterAll(() => ingest?.stop())

const of = { workspaceId: DEFAULT_WORKSPACE, customerId: 'ada', journeyId: 'jrn_1', tileId: 'w' }

test('events are counted over pages, each once', async () => {
  // Ids of 1 to 4 digits: they are paged as numbers.
  await ingest.keep(...Array.from({ length: 1_300 }, (_, n) => ({ customerId: 'ada', properties: { total: n } })))
  const performed = (atLeast: number) => ({
    event: 'bought',
    op: 'performed' as const,
    count: { atLeast },
    where: { property: 'total', op: 'gte' as const, value: 100 },
  })
  expect(await judge(ingest.db, of, performed(1_200))).toEqual({ holds: true, reads: { 'event.bought': 1_200 } })
  expect(await judge(ingest.db, of, performed(1_201))).toEqual({ holds: false, reads: { 'event.bought': 1_200 } })
})

test('an event of this very millisecond counts', async () => {
  await ingest.keep({ customerId: 'grace' })
  const [event] = await ingest.db.query<{ at: Date }>(`select received_at as at from event where customer_id = 'grace'`)
  const condition = { event: 'bought', op: 'performed' as const }
  expect(await judge(ingest.db, { ...of, customerId: 'grace', now: event!.at }, condition)).toMatchObject({ holds: true })
})
