import { startTestApi, type Caller, type Reply, type TestApi } from '../../test/support/api.js'
import { entry, exit, row, send, wait } from '../../test/support/canvas.js'

/* Quiet hours and frequency caps in test runs: as they would hold for a member, without anything being taken. */

let test: TestApi
let api: Caller
beforeAll(async () => {
  test = await startTestApi()
  api = test.api
})
afterAll(() => test.stop())
afterEach(async () => {
  await test.db.query('delete from frequency_cap')
  await test.db.query(`update workspace set settings = settings - 'quietHours'`)
})

const NIGHT = { from: '22:00', to: '08:00' }
/** 23:00 in Madrid. */
const START = '2026-06-01T21:00:00.000Z'
const mail = (id: string, more: Record<string, unknown> = {}) => send(id, 'Hi', more)
const pause = (id: string, duration: string) => wait(id, { kind: 'duration', duration })

interface Entry {
  at: string
  tileId: string
  event: string
  until?: string
  reason?: string
  reads?: Record<string, unknown>
}

async function run(
  tiles: Parameters<typeof row>[0],
  customer: object,
  settings: Record<string, unknown> = {},
  script: { answers?: Record<string, object[]>; events?: object[] } = {},
): Promise<Reply> {
  const made = await api('POST', '/journeys', { body: { name: 'Limits', ...row([entry(), ...tiles, exit()], [], settings) } })
  expect(made.status).toBe(201)
  const reply = await api('POST', `/journeys/${made.body.id}/test-runs`, { body: { customer, startAt: START, ...script } })
  expect(reply.status).toBe(200)
  return reply
}

const entries = ({ body }: Reply, tileId: string): Entry[] => body.timeline.filter((each: Entry) => each.tileId === tileId)
const outcomes = ({ body }: Reply): string[] =>
  body.deliveries.map(({ tileId, outcome, at }: Record<string, string>) => `${tileId} ${outcome} ${at!.slice(5, 16)}`)

it('puts a message off until the quiet hours of the customer end, and says until when', async () => {
  const reply = await run([mail('mail', { quietHours: NIGHT })], { traits: { timezone: 'Europe/Madrid' } })
  expect(outcomes(reply)).toEqual(['mail sent 06-02T06:00'])
  expect(entries(reply, 'mail').map(({ at, event }) => `${event} ${at.slice(5, 16)}`)).toEqual([
    'arrived 06-01T21:00',
    'waiting 06-01T21:00',
    'sent 06-02T06:00',
    'left 06-02T06:00',
  ])
  expect(entries(reply, 'mail')[1]).toMatchObject({
    reason: 'quiet_hours',
    until: '2026-06-02T06:00:00.000Z',
    reads: { level: 'tile', hours: ['22:00–08:00'], timezone: 'Europe/Madrid' },
  })
  expect(reply.body.endedAt).toBe('2026-06-02T06:00:00.000Z')
})

it('takes the nearest level, with its zone, and leaves out where it says so', async () => {
  const quietHours = { windows: [NIGHT], otherwise: 'skip', timezone: 'Europe/Madrid' }
  expect((await api('PUT', '/settings', { body: { name: 'Default', quietHours } })).status).toBe(200)
  const reply = await run([mail('by-workspace'), mail('none', { quietHours: 'none' }), mail('receipt', { transactional: true })], {})
  expect(outcomes(reply)).toEqual(['by-workspace skipped 06-01T21:00', 'none sent 06-01T21:00', 'receipt sent 06-01T21:00'])
  expect(entries(reply, 'by-workspace').find(({ event }) => event === 'skipped')).toMatchObject({
    reason: 'quiet_hours',
    reads: { level: 'workspace', timezone: 'Europe/Madrid', until: '2026-06-02T06:00:00.000Z' },
  })
  expect(reply.body.deliveries[0].answered).toBe('kept_back')
  // Of the orchestration, for a customer without a zone: UTC.
  expect(outcomes(await run([mail('mail')], {}, { quietHours: NIGHT }))).toEqual(['mail sent 06-01T21:00'])
  expect(outcomes(await run([mail('mail')], {}, { quietHours: NIGHT, timezone: 'Europe/Madrid' }))).toEqual(['mail sent 06-02T06:00'])
})

it('counts for caps what the run sends, and puts off until a slot is free', async () => {
  await api('POST', '/frequency-caps', { body: { name: 'Daily', channel: 'email', most: 2, per: 'P1D', otherwise: 'delay' } })
  const reply = await run([mail('a'), pause('w', 'PT2H'), mail('b'), mail('c'), mail('d')], {})
  expect(outcomes(reply)).toEqual(['a sent 06-01T21:00', 'b sent 06-01T23:00', 'c sent 06-02T21:00', 'd sent 06-02T23:00'])
  const told = entries(reply, 'c').filter(({ event }) => event === 'waiting')
  expect(told).toEqual([
    expect.objectContaining({
      reason: 'frequency_cap',
      reads: expect.objectContaining({ cap: 'Daily', had: 2, most: 2, per: 'P1D', channel: 'email' }) as unknown,
    }),
  ])
})

it('counts what a customer was sent already, of any orchestration, and takes nothing', async () => {
  await api('POST', '/frequency-caps', { body: { name: 'Weekly', most: 2, per: 'P7D', otherwise: 'skip' } })
  await api('PUT', '/customers/ada', { body: { traits: {} } })
  const sentAt = async (key: string, at: string, state = 'sent') => {
    await test.db.query(
      `insert into delivery (key, member_id, tile_id, visit, workspace_id, journey_id, customer_id, action, state, attempts, sent_at)
       values ($1, $1, 'mail', 1, 'wsp_default', 'jrn', 'ada', 'send_email', $2, 1, case when $2 = 'sent' then $3::timestamptz end)`,
      [key, state, new Date(at)],
    )
    await test.db.query(
      `insert into message_slot (key, workspace_id, customer_id, channel, at) values ($1, 'wsp_default', 'ada', 'sms', $2::timestamptz)`,
      [key, new Date(at)],
    )
  }
  await sentAt('before', '2026-05-30T00:00:00Z')
  await sentAt('long ago', '2026-05-20T00:00:00Z')
  await sentAt('failed', '2026-05-30T00:00:00Z', 'failed')
  await sentAt('later', '2026-06-03T00:00:00Z')
  const reply = await run([mail('a'), mail('b'), pause('w', 'P9D'), mail('c')], { id: 'ada' })
  expect(outcomes(reply)).toEqual(['a sent 06-01T21:00', 'b skipped 06-01T21:00', 'c sent 06-10T21:00'])
  expect(entries(reply, 'b').find(({ event }) => event === 'skipped')).toMatchObject({
    reason: 'frequency_cap',
    reads: { cap: 'Weekly', had: 2 },
  })
  // Somebody else has had none.
  expect(outcomes(await run([mail('a'), mail('b')], {}))).toEqual(['a sent 06-01T21:00', 'b sent 06-01T21:00'])
  const kept = await test.db.query<{ n: number }>(
    'select (select count(*) from message_slot)::int + (select count(*) from delivery)::int + (select count(*) from slot_wait)::int as n',
  )
  expect(kept).toEqual([{ n: 8 }])
})

it('what consent keeps back takes no slot', async () => {
  const { body: topic } = await api('POST', '/topics', { body: { name: 'Offers', optIn: true } })
  await api('POST', '/frequency-caps', { body: { name: 'One', most: 1, per: 'P7D', otherwise: 'skip' } })
  await api('PUT', '/customers/kim', { body: { traits: {} } })
  const tiles = [mail('offer', { topic: topic.id }), mail('mail')]
  expect(outcomes(await run(tiles, { id: 'kim' }))).toEqual(['offer skipped 06-01T21:00', 'mail sent 06-01T21:00'])
  expect(outcomes(await run(tiles, {}))).toEqual(['offer sent 06-01T21:00', 'mail skipped 06-01T21:00'])
})

it('what failed for good gives its slot back; what is tried again keeps it, and what may have arrived counts', async () => {
  await api('POST', '/frequency-caps', { body: { name: 'One', most: 1, per: 'P1D', otherwise: 'skip' } })
  const more = { onFailure: 'continue', retry: { maxAttempts: 2, initialInterval: 'PT1M' } }
  const tiles = [mail('a', more), mail('b')]
  const fails = (kind: string) => ({ ok: false, kind })
  const after = async (...answers: object[]): Promise<string[]> => outcomes(await run(tiles, {}, {}, { answers: { a: answers } }))
  expect(await after(fails('permanent'))).toEqual(['a failed 06-01T21:00', 'b sent 06-01T21:00'])
  expect(await after(fails('retry'), { ok: true })).toEqual(['a failed 06-01T21:00', 'a sent 06-01T21:01', 'b skipped 06-01T21:01'])
  expect(await after(fails('ambiguous'))).toEqual(['a failed 06-01T21:00', 'a unknown 06-01T21:01', 'b skipped 06-01T21:01'])
})

it('asks consent again where another way is taken than without it', async () => {
  await api('POST', '/frequency-caps', { body: { name: 'One', most: 1, per: 'P1D', otherwise: 'delay' } })
  await api('PUT', '/customers/joe', { body: { traits: { email: 'old@example.com' } } })
  for (const address of ['a@example.com', 'old@example.com']) await api('POST', '/suppressions', { body: { channel: 'email', address } })
  const to = (address: string) => ({ fields: { to: address, subject: 'Hi', text: 'Hi' } })
  // If a were sent, c would leave after the new address is known.
  const tiles = [mail('a', to('a@example.com')), mail('b'), mail('c', to('{{ customer.traits.email }}'))]
  const events = [{ at: 'PT12H', event: '$identify', properties: { email: 'new@example.com' } }]
  const reply = await run(tiles, { id: 'joe' }, {}, { events })
  expect(outcomes(reply)).toEqual(['a skipped 06-01T21:00', 'b sent 06-01T21:00', 'c skipped 06-01T21:00'])
  expect(entries(reply, 'c').find(({ event }) => event === 'skipped')).toMatchObject({ reason: 'suppressed_manual' })
})
