import { TileworkError } from '../../model/errors.js'
import { enrol } from '../../store/enrol.js'
import { noteIncident } from '../../store/steps.js'
import { startTestApi, type Caller, type TestApi } from '../../test/support/api.js'

let test: TestApi
let api: Caller
beforeAll(async () => {
  test = await startTestApi()
  api = test.api
})
afterAll(() => test.stop())
afterEach(() => {
  test.temporal.calls.length = 0
  test.temporal.down = false
  delete test.temporal.onOperate
})

async function active(): Promise<string> {
  const { body } = await api('POST', '/journeys', {
    body: {
      name: 'Welcome',
      tiles: [
        { id: 'entry', type: 'entry', config: { triggers: [{ type: 'manual' }] } },
        { id: 'wait', type: 'wait', config: { kind: 'duration', duration: 'P1D' } },
        { id: 'done', type: 'exit', config: { reason: 'completed' } },
      ],
      edges: [
        { from: 'entry', to: 'wait' },
        { from: 'wait', to: 'done' },
      ],
    },
  })
  expect((await api('POST', `/journeys/${body.id}/activate`)).status).toBe(200)
  return body.id as string
}

async function enter(journeyId: string, customerId: string, state: 'active' | 'parked' | 'held' | 'exited' = 'active'): Promise<string> {
  const entered = await enrol(test.db, { workspaceId: 'wsp_default', journeyId, customerId, triggerId: `test:${customerId}` })
  if ('refused' in entered) throw new Error(entered.refused)
  const error = state === 'parked' ? '{"code":"smtp_550","message":"No such box.","tileId":"wait"}' : null
  await test.db.query(`update member set status = $2, error = $3::jsonb, held_by = case when $2 = 'held' then 1 end where id = $1`, [
    entered.memberId,
    state,
    error,
  ])
  return entered.memberId
}

const lastAudit = async () => (await api('GET', '/audit-log?limit=1')).body.data[0]

describe('one member', () => {
  it.each(['active', 'held', 'parked'] as const)('that is %s is moved; who and why is written down', async (state) => {
    const id = await active()
    const member = await enter(id, 'ada', state)
    const { status, body } = await api('POST', `/journeys/${id}/members/${member}/move`, { body: { to: 'done', reason: 'by phone' } })
    expect([status, body.id]).toEqual([200, member])
    const [{ args }] = test.temporal.calls as unknown as [{ args: [string, { id: string }] }]
    expect(args).toEqual([member, { kind: 'move', id: expect.any(String), to: 'done', reason: 'by phone' }])
    expect(await lastAudit()).toMatchObject({
      action: 'member.move',
      subject: member,
      actor: 'key:admin',
      detail: { orchestrationId: id, to: 'done', reason: 'by phone', operation: args[1].id },
    })
  })

  it.each([
    ['a tile that its version does not have', 'nowhere', /has no tile 'nowhere'/],
    ['the entry', 'entry', /is the entry/],
  ])('is not moved to %s', async (_what, to, detail) => {
    const id = await active()
    const member = await enter(id, 'ada')
    const refused = await api('POST', `/journeys/${id}/members/${member}/move`, { body: { to } })
    expect([refused.status, refused.body.errors[0].path]).toEqual([422, '/to'])
    expect(refused.body.detail).toMatch(detail)
    expect((await api('POST', `/journeys/${id}/members/${member}/move`, { body: {} })).body.errors[0].path).toBe('/to')
    expect(test.temporal.calls).toEqual([])
  })

  it('that has exited is not moved', async () => {
    const id = await active()
    const member = await enter(id, 'ada', 'exited')
    expect((await api('POST', `/journeys/${id}/members/${member}/move`, { body: { to: 'done' } })).body).toMatchObject({
      status: 409,
      code: 'wrong_state',
      state: 'exited',
    })
  })

  it('is written to the audit log before it is sent, so that a crash loses nothing; a refusal by Temporal is written behind', async () => {
    const id = await active()
    const member = await enter(id, 'ada')
    test.temporal.onOperate = async () => {
      expect(await lastAudit()).toMatchObject({ action: 'member.exit', subject: member })
      throw new TileworkError('wrong_state', 'This member is exited.', [], { status: 'exited' })
    }
    const { body } = await api('POST', `/journeys/${id}/members/${member}/exit`, { body: { reason: 'late' } })
    expect(body).toMatchObject({ status: 409, state: 'exited' })
    expect((await lastAudit()).detail).toMatchObject({ reason: 'late', refused: 'exited' })
    // Nothing was done, so its timeline says nothing.
    const { data } = (await api('GET', `/journeys/${id}/members/${member}/timeline`)).body
    expect(data.map(({ event }: { event: string }) => event)).toEqual(['arrived'])
  })

  it('shows in its timeline who did what to it, and why', async () => {
    const id = await active()
    const member = await enter(id, 'ada', 'parked')
    test.temporal.onOperate = async () => {
      const { id: operation } = test.temporal.calls.at(-1)!.args[1] as { id: string }
      await test.db.query(`select tw_unpark($1, 'entry', 1, 'retried', $2, null)::text`, [member, operation])
    }
    await api('POST', `/journeys/${id}/members/${member}/retry`, { body: { reason: 'mended' } })
    const { data } = (await api('GET', `/journeys/${id}/members/${member}/timeline`)).body
    expect(data.at(-1)).toMatchObject({ event: 'retried', actor: 'key:admin', reason: 'mended' })
  })
})

describe('many members', () => {
  const bulk = (id: string, body: object, query = '') => api('POST', `/journeys/${id}/members/bulk${query}`, { body })
  const count = async (id: string, filter: object, action = 'exit'): Promise<number> => {
    const { status, body } = await bulk(id, { filter, action, reason: 'x' }, '?dryRun=true')
    expect(status).toBe(200)
    return body.count as number
  }

  async function crowd(): Promise<string> {
    const id = await active()
    for (const [customer, state] of [
      ['a', 'active'],
      ['b', 'parked'],
      ['c', 'held'],
      ['d', 'exited'],
      ['e', 'parked'],
    ] as const)
      // prettier-ignore
      await enter(id, customer, state)
    await test.db.query(`update member set tile_id = 'wait' where journey_id = $1 and customer_id in ('a', 'b')`, [id])
    return id
  }

  it('are counted by every part of the filter, and those that exited never', async () => {
    const id = await crowd()
    expect(await count(id, {})).toBe(4)
    expect(await count(id, { status: 'parked' })).toBe(2)
    expect(await count(id, { status: 'exited' })).toBe(0)
    expect(await count(id, { tileId: 'wait' })).toBe(2)
    expect(await count(id, { errorCode: 'smtp_550' })).toBe(2)
    expect(await count(id, { errorCode: 'smtp_551' })).toBe(0)
    expect(await count(id, { customerIds: ['a', 'e', 'zoe'] })).toBe(2)
    expect(await count(id, { tileId: 'wait', status: 'parked' })).toBe(1)
    // Retry and skip touch parked members only.
    expect(await count(id, {}, 'retry')).toBe(2)
    expect(await count(id, { version: 1 })).toBe(4)
    expect(await count(id, { version: 2 })).toBe(0)
    await test.db.query(`update member set entered_at = '2026-01-01T00:00:00Z' where journey_id = $1 and customer_id in ('a', 'd')`, [id])
    expect(await count(id, { enteredFrom: '2026-01-01T00:00:01Z' })).toBe(3)
    expect(await count(id, { enteredTo: '2026-01-01T00:00:01Z' })).toBe(1)
    const [first] = (await api('GET', `/journeys/${id}/members?customerId=b`)).body.data
    await noteIncident(test.db, { memberId: first.id, tile: 'wait', visit: 1 }, 'failed', {}, 'failed:1')
    expect(await count(id, { failedAt: 'wait' })).toBe(1)
    expect(await count(id, { visited: 'entry' })).toBe(4)
    expect(await count(id, { visited: 'wait' })).toBe(0)
    expect(await count(id, { status: 'active' }, 'skip')).toBe(0)
    expect(test.temporal.calls).toEqual([])
    expect(await test.db.query(`select 1 from job where subject = $1`, [id])).toEqual([])
  })

  it('are a job with a row each, one audit entry, and a workflow', async () => {
    const id = await crowd()
    const filter = { tileId: 'wait', version: 1, enteredFrom: '2026-01-01T00:00:00.000Z', visited: 'entry' }
    const { status, body } = await bulk(id, { filter, action: 'move', to: 'done', reason: 'the shop is closed' })
    expect(status).toBe(202)
    expect(test.temporal.calls).toEqual([{ name: 'startOperate', args: [body.jobId] }])
    expect((await api('GET', `/jobs/${body.jobId}`)).body).toMatchObject({ status: 'running', total: 2, done: 0, refused: {} })
    expect(await lastAudit()).toMatchObject({
      action: 'member.bulk',
      subject: id,
      detail: { filter, action: 'move', to: 'done', reason: 'the shop is closed', count: 2, jobId: body.jobId },
    })
  })

  it('wait for Temporal to come back', async () => {
    const id = await crowd()
    test.temporal.down = true
    const { status, body } = await bulk(id, { filter: {}, action: 'exit', reason: 'over' })
    test.temporal.down = false
    expect(status).toBe(202)
    const { sweep } = await import('../started.js')
    await sweep(test)
    expect(test.temporal.calls).toContainEqual({ name: 'startOperate', args: [body.jobId] })
  })

  it.each([
    ['no filter', { action: 'exit', reason: 'x' }, '/filter'],
    ['an unknown part of a filter', { filter: { tile: 'wait' }, action: 'exit', reason: 'x' }, '/filter/tile'],
    ['a version that is none', { filter: { version: '1' }, action: 'exit', reason: 'x' }, '/filter/version'],
    ['a time that is none', { filter: { enteredTo: 'today' }, action: 'exit', reason: 'x' }, '/filter/enteredTo'],
    ['no reason', { filter: {}, action: 'exit' }, '/reason'],
    ['a blank reason', { filter: {}, action: 'exit', reason: '  ' }, '/reason'],
    ['no action', { filter: {}, reason: 'x' }, '/action'],
    ['a move to nowhere', { filter: {}, action: 'move', reason: 'x' }, '/to'],
    ['a move to the entry', { filter: {}, action: 'move', to: 'entry', reason: 'x' }, '/to'],
    ['a move to an unknown tile', { filter: {}, action: 'move', to: 'nope', reason: 'x' }, '/to'],
    ['a tile to retry to', { filter: {}, action: 'retry', to: 'done', reason: 'x' }, '/to'],
  ])('are refused with %s', async (_what, body, path) => {
    const id = await active()
    for (const query of ['', '?dryRun=true']) {
      const refused = await bulk(id, body, query)
      expect([refused.status, refused.body.errors[0].path]).toEqual([422, path])
    }
  })

  it('need an orchestration of this workspace and the right to operate', async () => {
    const id = await active()
    const body = { filter: {}, action: 'exit', reason: 'x' }
    expect((await bulk('jrn_nope', body)).status).toBe(404)
    const elsewhere = await test.as(['operate'], 'wsp_other')
    expect((await elsewhere('POST', `/journeys/${id}/members/bulk`, { body })).status).toBe(404)
    const reader = await test.as(['read', 'write'])
    expect((await reader('POST', `/journeys/${id}/members/bulk`, { body })).status).toBe(403)
  })
})

describe('complete with members: exit', () => {
  const complete = (id: string) => api('POST', `/journeys/${id}/complete`, { body: { members: 'exit' } })

  it('completes and makes the job in one transaction, also while Temporal is away', async () => {
    const id = await active()
    for (const state of ['active', 'parked', 'exited'] as const) await enter(id, state, state)
    test.temporal.down = true
    const { status, body } = await complete(id)
    test.temporal.down = false
    expect([status, body.status]).toEqual([200, 'completed'])
    const [job] = await test.db.query<{ id: string; total: number; input: object }>(`select id, total, input from job where subject = $1`, [
      id,
    ])
    expect(job).toMatchObject({ total: 2, input: { action: 'exit', reason: 'orchestration_completed', actor: 'key:admin' } })
    expect(await lastAudit()).toMatchObject({ action: 'journey.complete', detail: { members: 'exit', count: 2, jobId: job!.id } })
    const { sweep } = await import('../started.js')
    await sweep(test)
    expect(test.temporal.calls).toContainEqual({ name: 'startOperate', args: [job!.id] })
    expect((await complete(id)).body).toMatchObject({ status: 409, state: 'completed' })
  })

  it('wakes nobody of a paused one: those that are held leave', async () => {
    const id = await active()
    await enter(id, 'ada', 'held')
    await api('POST', `/journeys/${id}/pause`)
    expect((await complete(id)).status).toBe(200)
    await test.db.query(`update journey set updated_at = now() - interval '1 minute' where id = $1`, [id])
    const { sweep } = await import('../started.js')
    await sweep(test)
    expect(test.temporal.calls.map(({ name }) => name)).toEqual(expect.arrayContaining(['startOperate']))
    expect(
      test.temporal.calls.filter(({ name, args }) => name === 'startResume' && (args[0] as { journeyId: string }).journeyId === id),
    ).toEqual([])
  })
})
