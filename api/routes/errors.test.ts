import { startTestApi, type Caller, type TestApi } from '../../test/support/api.js'

/* Errors across orchestrations, and jobs. */

let test: TestApi
let api: Caller
const ids: Record<string, string> = {}

async function active(name: string): Promise<string> {
  const canvas = {
    tiles: [
      { id: 'entry', type: 'entry', config: { triggers: [{ type: 'manual' }] } },
      { id: 'done', type: 'exit', config: { reason: 'completed' } },
    ],
    edges: [{ from: 'entry', to: 'done' }],
  }
  const { body } = await api('POST', '/journeys', { body: { name, ...canvas } })
  expect((await api('POST', `/journeys/${body.id}/activate`)).status).toBe(200)
  return (ids[name] = body.id as string)
}

/** A member with a delivery that failed `minutes` ago. */
async function failed(name: string, journey: string, minutes: number, of: { member: string; state: string; code?: string; tile?: string }) {
  const { member, state, code = 'smtp_550', tile = 'mail' } = of
  const error = member === 'parked' ? JSON.stringify({ code, message: 'No.', tileId: tile }) : null
  await test.db.query(
    `insert into member (id, workspace_id, journey_id, version, customer_id, trigger_id, status, tile_id, arrived_at, error)
     values ($1, 'wsp_default', $2, 1, $1, $1, $3, $4, now(), $5::jsonb)`,
    [name, ids[journey], member, tile, error],
  )
  await test.db.query(
    `insert into delivery (key, member_id, tile_id, visit, workspace_id, journey_id, customer_id, action, state, attempts, error_code, error_message,
       first_error_at, updated_at, next_retry_at)
     values ($1 || ':' || $3 || ':1', $1, $3, 1, 'wsp_default', $2, $1, 'send_email', $4, 3, $5, 'No.', '2026-11-01', '2026-11-25T12:00Z'::timestamptz - $6 * interval '1 minute', case $4 when 'pending' then '2026-11-25T13:00Z'::timestamptz + $6 * interval '1 minute' end)`,
    [name, ids[journey], tile, state, code, minutes],
  )
}

beforeAll(async () => {
  test = await startTestApi()
  api = test.api
  await active('One')
  await active('Two')
  await failed('a', 'One', 9, { member: 'parked', state: 'failed' })
  await failed('b', 'One', 1, { member: 'parked', state: 'unknown', code: 'timeout', tile: 'hook' })
  await failed('c', 'Two', 5, { member: 'active', state: 'pending' })
  await failed('d', 'Two', 3, { member: 'exited', state: 'pending' })
  await failed('e', 'Two', 7, { member: 'active', state: 'sent' })
  await failed('f', 'Two', 2, { member: 'active', state: 'pending' })
  await failed('g', 'Two', 8, { member: 'parked', state: 'failed' })
})
afterAll(() => test.stop())

async function found(path: string, limit = 2): Promise<string[]> {
  const all: string[] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const { body } = await api('GET', `${path}${path.includes('?') ? '&' : '?'}limit=${limit}${cursor && `&cursor=${cursor}`}`)
    all.push(...body.data.map(({ memberId, status }: Record<string, string>) => `${memberId} ${status}`))
    cursor = body.nextCursor
  }
  return all
}

const RESOLVED = ['d resolved', 'e resolved']

it('lists errors of all orchestrations, what failed last first, in pages, with what becomes of them', async () => {
  const all = ['b parked', 'f retrying', 'd resolved', 'c retrying', 'e resolved', 'g parked', 'a parked']
  for (const limit of [1, 2, 200]) expect(await found('/errors', limit)).toEqual(all)
  expect(await found(`/journeys/${ids['One']}/errors`, 1)).toEqual(['b parked', 'a parked'])
})

it('filters by status, orchestration, code and tile, together', async () => {
  expect(await found('/errors?status=parked')).toEqual(['b parked', 'g parked', 'a parked'])
  expect(await found('/errors?status=retrying')).toEqual(['f retrying', 'c retrying'])
  expect(await found('/errors?status=resolved')).toEqual(RESOLVED)
  expect(await found('/errors?code=timeout')).toEqual(['b parked'])
  expect(await found('/errors?tileId=hook')).toEqual(['b parked'])
  expect(await found(`/errors?journeyId=${ids['Two']}&status=parked&code=smtp_550&tileId=mail`)).toEqual(['g parked'])
  expect(await found(`/journeys/${ids['One']}/errors?status=parked&code=smtp_550`)).toEqual(['a parked'])
  expect(await found('/errors?journeyId=jrn_none')).toEqual([])
  expect((await api('GET', '/errors?status=open')).body.errors[0].path).toBe('?status')
})

it('says of whom, where, and when the next attempt is', async () => {
  const { body } = await api('GET', '/errors?status=retrying')
  expect(body.data[0]).toMatchObject({
    orchestrationId: ids['Two'],
    orchestrationName: 'Two',
    version: 1,
    customerId: 'f',
    tileId: 'mail',
    code: 'smtp_550',
    attempts: 3,
    nextRetryAt: '2026-11-25T13:02:00.000Z',
    lastAt: '2026-11-25T11:58:00.000Z',
  })
  expect((await api('GET', '/errors?status=parked')).body.data[0].nextRetryAt).toBeUndefined()
})

it('counts what is not resolved by orchestration and code, the most first', async () => {
  const [one, two] = [
    { orchestrationId: ids['One'], orchestrationName: 'One' },
    { orchestrationId: ids['Two'], orchestrationName: 'Two' },
  ]
  const { data } = (await api('GET', '/errors/counts')).body
  expect(data[0]).toEqual({ ...two, code: 'smtp_550', parked: 1, retrying: 2, nextRetryAt: '2026-11-25T13:02:00.000Z' })
  expect(data.slice(1)).toEqual(
    expect.arrayContaining([
      { ...one, code: 'smtp_550', parked: 1, retrying: 0 },
      { ...one, code: 'timeout', parked: 1, retrying: 0 },
    ]),
  )
  expect(data).toHaveLength(3)
})

it('counts those of one orchestration by tile and code, whatever a page of the list holds', async () => {
  const counts = async (query: string) => (await api('GET', `/journeys/${ids['Two']}/errors/counts${query}`)).body.data
  const mail = { tileId: 'mail', code: 'smtp_550', message: 'No.' }
  expect(await counts('')).toEqual([{ ...mail, count: 1 }])
  expect(await counts('?status=retrying')).toEqual([{ ...mail, count: 2, nextRetryAt: '2026-11-25T13:02:00.000Z' }])
  expect(await counts('?status=resolved')).toEqual([{ ...mail, count: 2 }])
  const { data } = (await api('GET', `/journeys/${ids['One']}/errors/counts?status=parked`)).body
  expect(data).toEqual([
    { tileId: 'hook', code: 'timeout', message: 'No.', count: 1 },
    { ...mail, count: 1 },
  ])
  const stranger = await test.as(['read'], 'wsp_other')
  expect((await stranger('GET', `/journeys/${ids['One']}/errors/counts`)).status).toBe(404)
})

it('shows nothing of another workspace', async () => {
  const stranger = await test.as(['read'], 'wsp_other')
  for (const path of ['/errors', '/errors?status=parked', '/errors/counts', '/jobs'])
    expect((await stranger('GET', path)).body.data).toEqual([])
})

it('lists jobs, the newest first, by kind, status and orchestration, with how far they are', async () => {
  const enter = await api('POST', `/journeys/${ids['One']}/members`, { body: { customerIds: ['x', 'y'] } })
  const bulk = await api('POST', `/journeys/${ids['Two']}/members/bulk`, { body: { filter: {}, action: 'exit', reason: 'over' } })
  await test.db.query(`insert into job (id, workspace_id, kind, status) values ('job_0', 'wsp_default', 'import', 'receiving')`)
  await test.db.query(`update job set status = 'failed', error = 'Broken.', finished_at = now() where id = $1`, [bulk.body.jobId])
  const of = async (query: string) => (await api('GET', `/jobs${query}`)).body.data.map(({ id }: { id: string }) => id)
  expect(await of('')).toEqual([bulk.body.jobId, enter.body.jobId])
  expect(await of('?kind=enrol')).toEqual([enter.body.jobId])
  expect(await of('?status=failed')).toEqual([bulk.body.jobId])
  expect(await of(`?journeyId=${ids['One']}`)).toEqual([enter.body.jobId])
  expect(await of('?kind=import')).toEqual([])
  const { data, nextCursor } = (await api('GET', '/jobs?limit=1')).body
  expect(data[0]).toMatchObject({
    kind: 'operate',
    action: 'exit',
    orchestrationName: 'Two',
    status: 'failed',
    error: 'Broken.',
    total: 4,
    done: 0,
  })
  expect((await api('GET', `/jobs?limit=1&cursor=${nextCursor}`)).body.data[0]).toMatchObject({
    kind: 'enrol',
    action: null,
    status: 'running',
    total: 2,
    finishedAt: null,
  })
})
