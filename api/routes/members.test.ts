import { enrol } from '../../store/enrol.js'
import { startTestApi, type Caller, type TestApi } from '../../test/support/api.js'

let test: TestApi
let api: Caller
beforeAll(async () => {
  test = await startTestApi()
  api = test.api
})
afterAll(() => test.stop())

async function active(trigger: object = { type: 'manual' }): Promise<string> {
  const { body } = await api('POST', '/journeys', {
    body: {
      name: 'Welcome',
      tiles: [
        { id: 'entry', type: 'entry', config: { triggers: [trigger] } },
        { id: 'wait', type: 'wait', config: { kind: 'duration', duration: 'P1D' } },
        { id: 'done', type: 'exit', config: { reason: 'completed' } },
      ],
      edges: [
        { from: 'entry', to: 'wait' },
        { from: 'wait', to: 'done' },
      ],
    },
  })
  const id = body.id as string
  expect((await api('POST', `/journeys/${id}/activate`)).status).toBe(200)
  return id
}

async function enter(journeyId: string, customerId: string): Promise<string> {
  const entered = await enrol(test.db, { workspaceId: 'wsp_default', journeyId, customerId, triggerId: `test:${customerId}` })
  if ('refused' in entered) throw new Error(entered.refused)
  return entered.memberId
}

const park = (member: string): Promise<unknown> =>
  test.db.query(
    `update member set status = 'parked', error = '{"code":"smtp_550","message":"No such box.","tileId":"entry"}' where id = $1`,
    [member],
  )

const csv = (text: string | Buffer, type = 'text/csv') => ({ raw: { type, text } })

describe('entering', () => {
  it('makes a job of a list, each id once, and starts its workflow', async () => {
    const id = await active()
    test.temporal.calls.length = 0
    const { status, body } = await api('POST', `/journeys/${id}/members`, { body: { customerIds: ['ada', 'bob', '', 'ada'] } })
    expect([status, body.accepted]).toEqual([202, 2])
    expect(body.invalid).toEqual([{ row: 3, value: '', message: expect.any(String) }])
    expect(test.temporal.calls).toEqual([{ name: 'startEnrol', args: [body.jobId] }])
    expect((await api('GET', `/jobs/${body.jobId}`)).body).toEqual({
      id: body.jobId,
      status: 'running',
      total: 2,
      done: 0,
      entered: 0,
      refused: {},
    })
    const rows = await test.db.query('select customer_id as id from job_row where job_id = $1 order by position', [body.jobId])
    expect(rows).toEqual([{ id: 'ada' }, { id: 'bob' }])
  })

  it.each(['text/csv', 'text/csv; charset=utf-8', 'Text/CSV'])('takes a file as %s: bad rows are named, good ones enter', async (type) => {
    const id = await active()
    const text = `customerId\nada\n"bob"\nx,y\n${'z'.repeat(300)}\ncy\n`
    const { status, body } = await api('POST', `/journeys/${id}/members`, csv(text, type))
    expect([status, body.accepted]).toEqual([202, 3])
    expect(body.invalid.map(({ row }: { row: number }) => row)).toEqual([4, 5])
  })

  it('refuses columns that it would not read', async () => {
    const refused = await api('POST', `/journeys/${await active()}/members`, csv('customerId,plan\nada,gold\n'))
    expect([refused.status, refused.body.errors[0].code]).toEqual([422, 'unknown_column'])
    expect(refused.body.detail).toContain('"plan"')
  })

  it.each([
    ['nothing', { body: {} }, 422, '/customerIds'],
    ['an empty list', { body: { customerIds: [] } }, 422, '/customerIds'],
    ['a number', { body: { customerIds: ['ada', 7] } }, 422, '/customerIds/1'],
    ['an unknown field', { body: { customerIds: ['ada'], rate: 1 } }, 422, '/rate'],
    ['an empty file', csv('customerId\n'), 422, undefined],
    ['another type', csv('<ada/>', 'text/xml'), 415, 'Content-Type'],
    ['too many', { body: { customerIds: Array.from({ length: 100_001 }, () => 'a') } }, 413, undefined],
  ])('refuses %s', async (_what, sending, status, path) => {
    const refused = await api('POST', `/journeys/${await active()}/members`, sending)
    expect([refused.status, refused.body.errors[0]?.path]).toEqual([status, path])
  })

  it('needs a manual trigger and an orchestration that runs; a paused one takes the job', async () => {
    const body = { customerIds: ['ada'] }
    const byEvent = await active({ type: 'event', event: 'signed_up' })
    expect((await api('POST', `/journeys/${byEvent}/members`, { body })).body.detail).toContain('manual trigger')

    const { body: draft } = await api('POST', '/journeys', { body: { name: 'Draft' } })
    expect((await api('POST', `/journeys/${draft.id}/members`, { body })).body).toMatchObject({ status: 409, state: 'draft' })

    const id = await active()
    await api('POST', `/journeys/${id}/pause`)
    expect((await api('POST', `/journeys/${id}/members`, { body })).status).toBe(202)
    await api('POST', `/journeys/${id}/complete`)
    expect((await api('POST', `/journeys/${id}/members`, { body })).body).toMatchObject({ status: 409, state: 'completed' })
    expect((await api('POST', '/journeys/jrn_nope/members', { body })).status).toBe(404)
  })

  it('takes the job while Temporal is away, and starts it when it is back', async () => {
    const id = await active()
    test.temporal.down = true
    const { status, body } = await api('POST', `/journeys/${id}/members`, { body: { customerIds: ['ada'] } })
    test.temporal.down = false
    expect(status).toBe(202)
    test.temporal.calls.length = 0
    const { sweep } = await import('../started.js')
    await sweep(test)
    expect(test.temporal.calls).toContainEqual({ name: 'startEnrol', args: [body.jobId] })
  })

  it('wakes held members whom a resume left behind', async () => {
    const id = await active()
    const member = await enter(id, 'held')
    await test.db.query(`update member set status = 'held', held_by = 1 where id = $1`, [member])
    await test.db.query(`update journey set pause_number = 1, updated_at = now() - interval '1 minute' where id = $1`, [id])
    test.temporal.calls.length = 0
    const { sweep } = await import('../started.js')
    await sweep(test)
    expect(test.temporal.calls).toContainEqual({ name: 'startResume', args: [{ workspaceId: 'wsp_default', journeyId: id, pause: 1 }] })
  })
})

it('forgets Idempotency-Keys that have lapsed, also while Temporal is away', async () => {
  const { sweep } = await import('../started.js')
  for (const key of ['fresh', 'lapsed'])
    await api('POST', '/audiences', { body: { name: key }, headers: { 'Idempotency-Key': `sweep-${key}` } })
  await test.db.query(`update idempotency_key set expires_at = now() - interval '1 second' where key = 'sweep-lapsed'`)
  test.temporal.down = true
  await sweep(test).catch(() => undefined)
  test.temporal.down = false
  expect(await test.db.query(`select key from idempotency_key where key like 'sweep-%'`)).toEqual([{ key: 'sweep-fresh' }])
})

describe('reading', () => {
  it('lists by state, tile and customer, in pages', async () => {
    const id = await active()
    const members = [await enter(id, 'a'), await enter(id, 'b'), await enter(id, 'c')]
    await park(members[1]!)
    const ids = async (query: string): Promise<string[]> =>
      (await api('GET', `/journeys/${id}/members${query}`)).body.data.map((member: { customerId: string }) => member.customerId)
    expect(await ids('')).toEqual(['c', 'b', 'a'])
    expect(await ids('?status=parked')).toEqual(['b'])
    expect(await ids('?tile=entry&status=active')).toEqual(['c', 'a'])
    expect(await ids('?tile=wait')).toEqual([])
    expect(await ids('?customerId=a')).toEqual(['a'])
    const first = await api('GET', `/journeys/${id}/members?limit=2`)
    expect(await ids(`?limit=2&cursor=${first.body.nextCursor}`)).toEqual(['a'])
    expect((await api('GET', `/journeys/${id}/members?status=lost`)).body.errors[0].path).toBe('?status')
    expect((await api('GET', '/journeys/jrn_nope/members')).status).toBe(404)
  })

  it('lists by version, time of entry, tiles that they have been at or failed at, and how they left', async () => {
    const id = await active()
    const members = [await enter(id, 'early'), await enter(id, 'late'), await enter(id, 'next')]
    const set = (member: string | undefined, to: string) => test.db.query(`update member set ${to} where id = $1`, [member])
    await set(
      members[0],
      `entered_at = '2026-01-01T00:00:00Z', status = 'exited', exited_at = now(), exit_reason = 'bought', converted = true`,
    )
    await set(members[1], `entered_at = '2026-01-02T00:00:00Z'`)
    await set(members[2], `version = 2`)
    await test.db.query(
      `insert into incident (member_id, workspace_id, journey_id, tile_id, visit, kind, dedupe) values ($1, 'wsp_default', $2, 'mail', 1, 'failed', 'x')`,
      [members[1], id],
    )
    await test.db.query(
      `insert into step (member_id, tile_id, visit, workspace_id, journey_id, version, decision) values ($1, 'mail', 1, 'wsp_default', $2, 1, '{}')`,
      [members[0], id],
    )
    const ids = async (query: string): Promise<string[]> =>
      (await api('GET', `/journeys/${id}/members?${query}`)).body.data.map((member: { customerId: string }) => member.customerId)
    expect(await ids('version=1')).toEqual(['late', 'early'])
    expect(await ids('version=2')).toEqual(['next'])
    expect(await ids('enteredFrom=2026-01-01T00:00:00Z&enteredTo=2026-01-02T00:00:00Z')).toEqual(['early'])
    expect(await ids('enteredFrom=2026-01-02T00:00:00Z')).toEqual(['next', 'late'])
    expect(await ids('visited=mail')).toEqual(['early'])
    expect(await ids('visited=entry&status=active')).toEqual(['next', 'late'])
    expect(await ids('failedAt=mail')).toEqual(['late'])
    expect(await ids('exitReason=bought&converted=true')).toEqual(['early'])
    expect(await ids('converted=false')).toEqual(['next', 'late'])
    for (const [query, path] of [
      ['version=draft', '?version'],
      ['enteredFrom=today', '?enteredFrom'],
      ['converted=yes', '?converted'],
    ])
      expect((await api('GET', `/journeys/${id}/members?${query}`)).body.errors[0].path).toBe(path)
  })

  it('shows deliveries as they are: what was sent and answered, the error, and the next attempt', async () => {
    const id = await active()
    const member = await enter(id, 'ada')
    await test.db.query(
      `insert into step (member_id, tile_id, visit, workspace_id, journey_id, version, from_tile, from_visit, from_port, decision)
       select $1, tile, 1, 'wsp_default', $2, 1, 'entry', 1, 'next', '{"do":"deliver"}' from unnest(array['mail', 'call']) tile`,
      [member, id],
    )
    await test.db.query(
      `insert into delivery (key, member_id, tile_id, visit, workspace_id, journey_id, customer_id, destination_id, action, state, attempts, vendor_id, answer, sent_at, error_code,
         error_message, next_retry_at)
       values ($1 || ':mail:1', $1, 'mail', 1, 'wsp_default', $2, 'ada', 'sandbox', 'send_email', 'sent', 1, 'msg_1', '{"accepted":["ada"]}', now(), null, null, null),
         ($1 || ':call:1', $1, 'call', 1, 'wsp_default', $2, 'ada', null, 'webhook', 'pending', 2, null, '{"status":503}', null, 'http_503', 'It answered 503.', '2027-01-01T00:00:00Z')`,
      [member, id],
    )
    await test.db.query(
      `insert into sandbox_message (id, workspace_id, key, customer_id, action, fields, member_id, tile_id)
       values ('msg_1', 'wsp_default', $1 || ':mail:1', 'ada', 'send_email', '{"subject":"Hello"}', $1, 'mail')`,
      [member],
    )
    const { body } = await api('GET', `/journeys/${id}/members/${member}/timeline`)
    const of = (tileId: string, event: string) =>
      body.data.find((each: { tileId: string; event: string }) => each.tileId === tileId && each.event === event).delivery
    expect(of('mail', 'sent')).toEqual({
      key: `${member}:mail:1`, action: 'send_email', destinationId: 'sandbox', state: 'sent', attempts: 1, vendorId: 'msg_1',
      answer: { accepted: ['ada'] }, rendered: { subject: 'Hello' },
    }) // prettier-ignore
    expect(of('mail', 'arrived')).toBeUndefined()
    expect(of('call', 'arrived')).toEqual({
      key: `${member}:call:1`, action: 'webhook', destinationId: null, state: 'pending', attempts: 2, vendorId: null,
      answer: { status: 503 }, error: { code: 'http_503', message: 'It answered 503.' }, nextRetryAt: '2027-01-01T00:00:00.000Z',
    }) // prettier-ignore
  })

  it('shows a member, with its place in Temporal, and what happened to it', async () => {
    const id = await active()
    const member = await enter(id, 'ada')
    const { body } = await api('GET', `/journeys/${id}/members/${member}`)
    expect(body).toMatchObject({
      id: member,
      orchestrationId: id,
      version: 1,
      customerId: 'ada',
      status: 'active',
      tileId: 'entry',
      exitedAt: null,
      exitReason: null,
      converted: false,
      temporalUrl: `http://temporal.test/workflows/${member}`,
    })
    const timeline = await api('GET', `/journeys/${id}/members/${member}/timeline`)
    expect(timeline.body.data[0]).toMatchObject({ tileId: 'entry', visit: 1, event: 'arrived' })
    expect((await api('GET', `/customers/ada/members`)).body.data.map((each: { id: string }) => each.id)).toContain(member)
    for (const path of [
      `/journeys/${id}/members/mem_nope`,
      `/journeys/${await active()}/members/${member}`,
      '/customers/nobody/members',
      '/jobs/job_nope',
    ])
      expect((await api('GET', path)).status).toBe(404)
  })
})

describe('operating', () => {
  it.each(['retry', 'skip', 'exit'] as const)('sends %s to the member, and writes down who and why', async (verb) => {
    const id = await active()
    const member = await enter(id, `to-${verb}`)
    await park(member)
    test.temporal.calls.length = 0
    test.temporal.onOperate = async (memberId) =>
      void (await test.db.query(`update member set status = 'active', error = null where id = $1`, [memberId]))
    const { status, body } = await api('POST', `/journeys/${id}/members/${member}/${verb}`, { body: { reason: 'asked by phone' } })
    expect([status, body.id, body.status]).toEqual([200, member, 'active'])
    expect(test.temporal.calls).toEqual([{ name: 'operate', args: [member, expect.objectContaining({ kind: verb })] }])
    const { body: log } = await api('GET', '/audit-log?limit=1')
    expect(log.data[0]).toMatchObject({
      action: `member.${verb}`,
      subject: member,
      actor: 'key:admin',
      detail: { reason: 'asked by phone' },
    })
  })

  it('refuses what a member’s state does not allow, with the state', async () => {
    const id = await active()
    const member = await enter(id, 'ada')
    for (const verb of ['retry', 'skip'])
      expect((await api('POST', `/journeys/${id}/members/${member}/${verb}`)).body).toMatchObject({
        status: 409,
        code: 'wrong_state',
        state: 'active',
      })
    await test.db.query(`update member set status = 'exited' where id = $1`, [member])
    for (const verb of ['retry', 'skip', 'exit'])
      expect((await api('POST', `/journeys/${id}/members/${member}/${verb}`)).body).toMatchObject({ status: 409, state: 'exited' })
    expect((await api('POST', `/journeys/${id}/members/mem_nope/exit`)).status).toBe(404)
    expect((await api('POST', `/journeys/${id}/members/${member}/exit`, { body: { why: 'x' } })).body.errors[0].path).toBe('/why')
  })

  it('says when Temporal cannot be reached', async () => {
    const id = await active()
    const member = await enter(id, 'ada')
    test.temporal.down = true
    const { status, headers } = await api('POST', `/journeys/${id}/members/${member}/exit`)
    test.temporal.down = false
    expect([status, headers['retry-after']]).toEqual([503, '2'])
  })
})

it('lists deliveries that failed', async () => {
  const id = await active()
  const member = await enter(id, 'ada')
  await test.db.query(
    `insert into delivery (key, member_id, tile_id, visit, workspace_id, journey_id, customer_id, action, state, attempts, error_code, error_message, first_error_at)
     values ($1 || ':entry:1', $1, 'entry', 1, 'wsp_default', $2, 'ada', 'send_email', 'failed', 3, 'smtp_550', 'No such box.', now())`,
    [member, id],
  )
  await park(member)
  const { body } = await api('GET', `/journeys/${id}/errors`)
  expect(body.data).toEqual([
    expect.objectContaining({ memberId: member, customerId: 'ada', tileId: 'entry', code: 'smtp_550', attempts: 3, status: 'parked' }),
  ])
})
