import { startTestApi, type Caller, type Reply, type TestApi } from '../../test/support/api.js'
import { entry, exit, hook, row, send, tile, wait, type Edge } from '../../test/support/canvas.js'

/* The walk itself is the simulator's, which the simulation tests hold against the reference. */

let test: TestApi
let api: Caller
beforeAll(async () => {
  test = await startTestApi()
  api = test.api
})
afterAll(() => test.stop())

type Tiles = Parameters<typeof row>[0]

async function draft(tiles: Tiles, edges: Edge[] = [], settings: Record<string, unknown> = {}): Promise<string> {
  const { status, body } = await api('POST', '/journeys', { body: { name: 'Welcome', ...row(tiles, edges, settings) } })
  expect(status).toBe(201)
  return body.id as string
}

const run = (id: string, body: object = {}, query = ''): Promise<Reply> => api('POST', `/journeys/${id}/test-runs${query}`, { body })

const START = '2026-03-28T09:00:00.000Z'
/** What happened, in short. */
const told = ({ body }: Reply): string[] =>
  body.timeline.map(
    ({ at, tileId, event, port }: Record<string, string>) => `${at!.slice(0, 16)} ${tileId} ${event}${port ? ` ${port}` : ''}`,
  )

const PURCHASE = { kind: 'event', event: 'purchase', timeout: 'P3D' }
const vip = tile('vip', 'branch', {
  kind: 'condition',
  paths: [{ id: 'yes', when: { property: 'total', of: 'tile:bought', op: 'gt', value: 50 } }],
})
const welcome = (): Promise<string> =>
  draft(
    [entry(), wait('day', { kind: 'duration', duration: 'P1D' }), wait('bought', PURCHASE), vip, send('thanks', 'Thanks, {{ customer.traits.name }}: {{ tiles.bought.properties.total }}'), exit('done', 'thanked'), exit('none', 'nothing')],
    [{ from: 'bought', port: 'met', to: 'vip' }, { from: 'bought', port: 'timeout', to: 'none' }, { from: 'vip', port: 'yes', to: 'thanks' }, { from: 'vip', port: 'else', to: 'none' }],
    { timezone: 'Europe/Madrid' },
  ) // prettier-ignore

it('walks a made-up customer through a draft: path, instants, what was read, what would be sent; and sends nothing', async () => {
  const id = await welcome()
  const events = [
    { at: 'PT1H', event: 'purchase', properties: { total: 10 } },
    { at: 'P2D', event: 'purchase', properties: { total: 80 } },
  ]
  const reply = await run(id, { customer: { traits: { name: 'Ada' } }, startAt: START, events })
  expect(reply.status).toBe(200)
  // The clocks change in the night: a day is 23 hours.
  expect(told(reply)).toEqual([
    '2026-03-28T09:00 entry arrived', '2026-03-28T09:00 entry left next', '2026-03-28T09:00 day arrived', '2026-03-28T09:00 day waiting',
    '2026-03-29T08:00 day left next', '2026-03-29T08:00 bought arrived', '2026-03-29T08:00 bought waiting',
    '2026-03-30T08:00 bought decided met', '2026-03-30T08:00 bought left met', '2026-03-30T08:00 vip arrived', '2026-03-30T08:00 vip decided yes',
    '2026-03-30T08:00 vip left yes', '2026-03-30T08:00 thanks arrived', '2026-03-30T08:00 thanks sent', '2026-03-30T08:00 thanks left next',
    '2026-03-30T08:00 done arrived', '2026-03-30T08:00 done exited',
  ]) // prettier-ignore
  const of = (event: string, tileId: string) =>
    reply.body.timeline.find((each: { event: string; tileId: string }) => each.event === event && each.tileId === tileId)
  expect(of('waiting', 'day')).toMatchObject({ until: '2026-03-29T08:00:00.000Z', reads: { timezone: 'Europe/Madrid' } })
  expect(of('decided', 'bought').reads).toEqual({ event: 'purchase', properties: { total: 80 } })
  expect(of('decided', 'vip').reads).toEqual({ 'tile.bought.total': 80 })
  expect(reply.body.deliveries).toEqual([
    {
      tileId: 'thanks', visit: 1, at: '2026-03-30T08:00:00.000Z', attempt: 1, outcome: 'sent', answered: 'assumed',
      rendered: { to: 'ada@example.com', subject: 'Thanks, Ada: 80', text: '-' },
    },
  ]) // prettier-ignore
  expect(reply.body).toMatchObject({
    status: 'exited', exitReason: 'thanked', converted: false, endedAt: '2026-03-30T08:00:00.000Z', version: 1, tileId: 'done',
    customer: { id: 'test', known: false, traits: { name: 'Ada' } },
    assumptions: [{ tileId: 'thanks', message: expect.stringContaining('taken for granted') }],
  }) // prettier-ignore
  expect(reply.body).not.toHaveProperty('stopped')
  for (const table of ['sandbox_message', 'member', 'step', 'delivery', 'event', 'customer', 'tally_change'])
    expect([table, await test.db.query(`select 1 as one from ${table}`)]).toEqual([table, []])
  expect(test.temporal.calls).toEqual([])
})

it('takes a real customer with traits, lists and past events, and what is laid over them', async () => {
  const { body: audience } = await api('POST', '/audiences', { body: { name: 'Gold' } })
  await api('PUT', '/customers/ada', { body: { traits: { name: 'Ada', plan: 'gold' } } })
  await api('POST', `/audiences/${audience.id}/members`, { body: { add: ['ada'] } })
  await api('POST', '/customers/ada/events', { body: { event: 'purchase' } })
  const paths = [
    { id: 'gold', when: { all: [{ audience: audience.id, op: 'in' }, { trait: 'plan', op: 'eq', value: 'gold' }, { event: 'purchase', op: 'performed' }] } },
  ] // prettier-ignore
  const id = await draft(
    [entry(), tile('kind', 'branch', { kind: 'condition', paths }), exit('done', 'gold'), exit('other', 'other')],
    [
      { from: 'kind', port: 'gold', to: 'done' },
      { from: 'kind', port: 'else', to: 'other' },
    ],
  )
  const ended = async (customer: object) => {
    const { body } = await run(id, { customer })
    return [body.exitReason, body.customer.known]
  }
  expect(await ended({ id: 'ada' })).toEqual(['gold', true])
  expect(await ended({ id: 'ada', traits: { plan: 'free' } })).toEqual(['other', true])
  expect(await ended({ id: 'ada', traits: { plan: null } })).toEqual(['other', true])
  expect(await ended({ id: 'ada', audiences: [] })).toEqual(['other', true])
  expect(await ended({ id: 'bob', traits: { plan: 'gold' }, audiences: [audience.id] })).toEqual(['other', false])
  expect((await test.db.query(`select traits from customer where id = 'ada'`))[0]).toEqual({ traits: { name: 'Ada', plan: 'gold' } })
})

it('answers sends by the script, and retries, parks and branches as the tile says', async () => {
  const id = await draft(
    [entry(), hook('call', 'https://example.com/{{ customer.id }}', { headers: { Authorization: 'Bearer {{ secrets.crm }}' }, save: { code: '/data/code' }, onFailure: 'branch' }), send('mail', 'Code {{ tiles.call.code | default: "none" }}'), exit(), exit('sorry', 'failed')],
    [{ from: 'call', to: 'mail' }, { from: 'call', port: 'failed', to: 'sorry' }, { from: 'mail', to: 'done' }],
  ) // prettier-ignore
  await api('POST', '/secrets', { body: { name: 'crm', value: 'top secret' } })
  const subjects = ({ body }: Reply) => body.deliveries.map(({ rendered }: { rendered: { subject?: string } }) => rendered.subject)

  const assumed = await run(id)
  expect(assumed.body.deliveries[0]).toMatchObject({
    answered: 'assumed',
    rendered: {
      url: 'https://example.com/test',
      'headers.Authorization': 'Bearer ••••',
      body: expect.stringContaining('"orchestrationId"'),
    },
  })
  expect(subjects(assumed)).toEqual([undefined, 'Code none'])
  expect(assumed.text).not.toContain('top secret')

  const scripted = await run(id, {
    answers: {
      call: [
        { ok: false, kind: 'retry', code: 'http_503' },
        { ok: true, body: { data: { code: 'X1' } } },
      ],
    },
  })
  expect(subjects(scripted)).toEqual([undefined, undefined, 'Code X1'])
  expect(scripted.body.deliveries.map(({ outcome, answered }: Record<string, string>) => `${outcome} ${answered}`)).toEqual([
    'failed scripted',
    'sent scripted',
    'sent assumed',
  ])
  const failed = await run(id, { answers: { call: [{ ok: false, kind: 'permanent', code: 'http_404' }] } })
  expect([failed.body.exitReason, failed.body.status]).toEqual(['failed', 'exited'])
  const parked = await run(id, { answers: { mail: [{ ok: false, kind: 'ambiguous' }] }, until: 'P1D' })
  // The sandbox dedupes: it is tried again under the same key.
  expect([parked.body.status, parked.body.deliveries.filter(({ tileId }: { tileId: string }) => tileId === 'mail').length]).toEqual([
    'parked',
    5,
  ])
  expect(told(await run(id, { answers: { mail: [{ ok: false, kind: 'permanent' }] }, startAt: START, until: 'P1D' })).slice(-2)).toEqual([
    '2026-03-28T09:00 mail failed',
    '2026-03-28T09:00 mail parked',
  ])
})

it('shows what cannot be rendered at the field, and fails there as a delivery does', async () => {
  const id = await draft([entry(), send('mail', 'Hello {{ customer.traits.nmae }}'), exit()])
  const { body } = await run(id, { until: 'P1D' })
  expect(body).toMatchObject({ status: 'parked', tileId: 'mail', exitReason: null, stopped: 'until' })
  expect(body.deliveries).toEqual([
    expect.objectContaining({
      outcome: 'failed',
      answered: 'not_sent',
      rendered: { to: 'ada@example.com', text: '-' },
      problems: [{ field: 'subject', code: 'template_error', message: expect.stringContaining('customer.traits.nmae') }],
    }),
  ])
  expect(body.timeline.at(-1)).toMatchObject({ event: 'parked', error: { code: 'template_error' } })
})

it('judges criteria, merges what $identify says, and says that children are not walked', async () => {
  const child = await draft([entry(), exit()])
  const settings = { goal: { name: 'upgraded', when: { trait: 'plan', op: 'eq', value: 'pro' } } }
  const id = await draft(
    [
      entry(),
      tile('other', 'subOrchestration', { orchestrationId: child, mode: 'wait' }),
      wait('week', { kind: 'duration', duration: 'P7D' }),
      exit(),
    ],
    [],
    settings,
  )
  const { body } = await run(id, { events: [{ at: 'P1D', event: '$identify', properties: { plan: 'pro' } }] })
  expect(body).toMatchObject({ exitReason: 'upgraded', converted: true, tileId: 'week' })
  expect(body.timeline.at(-1)).toMatchObject({ event: 'exited', reason: 'upgraded', cause: { criterion: 'upgraded' } })
  expect(body.timeline).toContainEqual(expect.objectContaining({ event: 'entered', tileId: 'other', orchestrationId: child }))
  expect(body.assumptions).toEqual([{ tileId: 'other', message: expect.stringContaining('not walked') }])
})

it('ends at `until`, and after a thousand visits', async () => {
  const id = await draft([entry(), wait('a', { kind: 'duration', duration: 'PT1H' }), tile('again', 'branch', { kind: 'percentage', paths: [{ id: 'on', weight: 100 }, { id: 'off', weight: 0 }] }), exit()], [
    { from: 'again', port: 'on', to: 'a' }, { from: 'again', port: 'off', to: 'done' },
  ]) // prettier-ignore
  const short = await run(id, { startAt: START, until: 'PT5H' })
  expect(short.body).toMatchObject({ stopped: 'until', status: 'active', endedAt: '2026-03-28T14:00:00.000Z' })
  const long = await run(id, { startAt: START })
  expect(long.body).toMatchObject({ stopped: 'steps', status: 'active', exitReason: null })
  expect(long.body.timeline.filter(({ event }: { event: string }) => event === 'arrived')).toHaveLength(1000)
})

it('walks the draft of a live orchestration, or the version that is asked for', async () => {
  const id = await draft([entry(), exit('done', 'first')])
  await api('POST', `/journeys/${id}/activate`)
  expect((await run(id)).body).toMatchObject({ version: 1, exitReason: 'first' })
  await api('POST', `/journeys/${id}/versions`, { body: row([entry(), exit('done', 'second')]) })
  expect((await run(id)).body).toMatchObject({ version: 2, exitReason: 'second' })
  expect((await run(id, {}, '?version=1')).body).toMatchObject({ version: 1, exitReason: 'first' })
  expect((await run(id, {}, '?version=3')).status).toBe(404)
})

it('refuses a draft with errors by their numbers, and scripts that cannot be', async () => {
  const bad = await draft([entry(), wait('day', {}), exit()])
  const { status, body } = await run(bad)
  expect([status, body.errors[0]]).toEqual([422, expect.objectContaining({ code: 'TW201', tileId: 'day' })])
  const id = await welcome()
  const path = async (script: object) => (await run(id, script)).body.errors[0].path
  expect(await path({ events: [{ at: 'P1D', event: 'x' }, { at: '2020-01-01T00:00:00Z', event: 'x' }] })).toBe('/events/1/at') // prettier-ignore
  expect(await path({ until: '2020-01-01T00:00:00Z' })).toBe('/until')
  expect(await path({ until: 'P6Y' })).toBe('/until')
  expect(await path({ events: [{ at: 'soon', event: 'x' }] })).toBe('/events/0/at')
  expect(await path({ answers: { call: [{ ok: false, kind: 'odd' }] } })).toBe('/answers/call/0/kind')
  expect(await path({ customer: { traits: [] } })).toBe('/customer/traits')
})

it('shows what consent keeps back from a customer that there is, and why', async () => {
  const [to, fields] = ['{{ customer.traits.email }}', { subject: 'Hi', text: '-' }]
  const { body: topic } = await api('POST', '/topics', { body: { name: 'News', optIn: true } })
  const id = await draft([
    entry(),
    send('plain', '', { fields: { to, ...fields } }),
    send('news', '', { fields: { to, ...fields }, topic: topic.id }),
    send('receipt', '', { fields: { to, ...fields }, transactional: true }),
    exit(),
  ])
  const outcomes = ({ body }: Reply): string[] =>
    body.deliveries.map(({ tileId, outcome, answered }: Record<string, string>) => `${tileId} ${outcome} ${answered}`)
  const all = ['plain sent assumed', 'news sent assumed', 'receipt sent assumed']
  expect(outcomes(await run(id, { customer: { traits: { email: 'kim@example.com' } } }))).toEqual(all)
  await api('PUT', '/customers/kim', { body: { traits: { email: 'Kim@example.com' } } })
  const silent = await run(id, { customer: { id: 'kim' } })
  expect(outcomes(silent)).toEqual(['plain sent assumed', 'news skipped kept_back', 'receipt sent assumed'])
  expect(silent.body.timeline.find(({ event }: { event: string }) => event === 'skipped')).toMatchObject({
    tileId: 'news',
    reason: 'not_subscribed',
    reads: { channel: 'email', topic: 'News' },
  })
  expect(silent.body.exitReason).toBe('completed')
  await api('POST', '/suppressions', { body: { channel: 'email', address: 'kim@example.com', reason: 'hard_bounce' } })
  expect(outcomes(await run(id, { customer: { id: 'kim' } }))).toEqual(all.map((each) => each.replace('sent assumed', 'skipped kept_back')))
  expect(outcomes(await run(id, { customer: { id: 'kim', traits: { email: 'other@example.com' } } }))).toEqual(outcomes(silent))
})
