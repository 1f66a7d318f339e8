import { enrol } from '../../store/enrol.js'
import { endMigration, migrationOf } from '../../store/migrations.js'
import { exit, entry, row, tile, wait } from '../../test/support/canvas.js'
import { startTestApi, type Caller, type Reply, type TestApi } from '../../test/support/api.js'
import { sweep } from '../started.js'

let test: TestApi
let api: Caller
beforeAll(async () => {
  test = await startTestApi()
  api = test.api
})
afterAll(() => test.stop())

const DAY = { kind: 'duration', duration: 'P1D' }
const WEEK = { kind: 'duration', duration: 'P7D' }
const V1 = row([entry({ type: 'event', event: 'signed_up' }, { type: 'manual' }), wait('a', DAY), wait('b', DAY), exit()])
const V2 = row([entry({ type: 'event', event: 'registered' }, { type: 'manual' }), wait('a', WEEK), wait('c', DAY), exit()])

async function live(canvas: object = V1): Promise<string> {
  const { body } = await api('POST', '/journeys', { body: { name: 'Welcome', description: 'First days', ...canvas } })
  expect((await api('POST', `/journeys/${body.id}/activate`)).status).toBe(200)
  return body.id as string
}

async function drafted(canvas: object = V2): Promise<string> {
  const id = await live()
  expect((await api('POST', `/journeys/${id}/versions`, { body: canvas })).status).toBe(201)
  return id
}

const publish = (id: string, body: object = {}, more = '', headers: Record<string, string> = {}) =>
  api('POST', `/journeys/${id}/versions/2/publish${more}`, { body, headers })

/** A member that stands at a tile. */
async function at(journeyId: string, tileId: string, customerId: string): Promise<string> {
  const entered = await enrol(test.db, { workspaceId: 'wsp_default', journeyId, customerId, triggerId: `test:${customerId}` })
  if ('refused' in entered || !('memberId' in entered)) throw new Error('It did not enter.')
  await test.db.query('update member set tile_id = $2 where id = $1', [entered.memberId, tileId])
  return entered.memberId
}

const problem = ({ status, body }: Reply): unknown[] => [status, body.errors?.[0]?.path ?? body.state]

describe('drafts of a live orchestration', () => {
  it('copies the live canvas, and says where the draft is', async () => {
    const id = await live()
    const made = await api('POST', `/journeys/${id}/versions`)
    expect(made.status).toBe(201)
    expect(made.headers['location']).toBe(`/api/v1/journeys/${id}/versions/2`)
    expect(made.body).toMatchObject({ id, version: 2, status: 'draft', name: 'Welcome', description: 'First days', publishedAt: null })
    expect(made.body.tiles).toEqual((await api('GET', `/journeys/${id}`)).body.tiles)
    expect((await api('GET', `/journeys/${id}/versions/2`)).body).toEqual(made.body)
  })

  it('takes a canvas instead, and shows it beside the live one', async () => {
    const id = await drafted()
    expect((await api('GET', `/journeys/${id}`)).body).toMatchObject({ status: 'active', version: 1, draftVersion: 2 })
    expect((await api('GET', `/journeys/${id}`)).body.tiles[2].id).toBe('b')
    expect((await api('GET', `/journeys/${id}?version=draft`)).body.tiles[2].id).toBe('c')
    const { body } = await api('GET', `/journeys/${id}/versions`)
    expect(body.data).toEqual([
      { version: 2, status: 'draft', createdAt: expect.any(String), publishedAt: null, members: 0 },
      { version: 1, status: 'live', createdAt: expect.any(String), publishedAt: expect.any(String), members: 0 },
    ])
    const first = await api('GET', `/journeys/${id}/versions?limit=1`)
    expect((await api('GET', `/journeys/${id}/versions?limit=1&cursor=${first.body.nextCursor}`)).body.data[0].version).toBe(1)
  })

  it('makes one at a time, and none of what is not live', async () => {
    const id = await drafted()
    const second = await api('POST', `/journeys/${id}/versions`)
    expect([second.status, second.body.version, second.body.detail]).toEqual([409, 2, expect.stringContaining('version 2')])
    const many = await Promise.all(Array.from({ length: 6 }, async () => api('POST', `/journeys/${await live()}/versions`)))
    expect(many.map(({ status }) => status)).toEqual(Array(6).fill(201))
    const one = await live()
    const racing = await Promise.all(Array.from({ length: 6 }, () => api('POST', `/journeys/${one}/versions`)))
    expect(racing.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409])

    const { body } = await api('POST', '/journeys', { body: { name: 'Draft', ...V1 } })
    expect(problem(await api('POST', `/journeys/${body.id}/versions`))).toEqual([409, 'draft'])
    await api('POST', `/journeys/${id}/complete`)
    await api('DELETE', `/journeys/${id}/versions/2`)
    expect(problem(await api('POST', `/journeys/${id}/versions`))).toEqual([409, 'completed'])
  })

  it('replaces and drops the draft, and nothing that is published', async () => {
    const id = await drafted()
    const put = (n: number) => api('PUT', `/journeys/${id}/versions/${n}`, { body: { name: 'Later', tiles: V1.tiles } })
    expect((await put(2)).body).toMatchObject({ version: 2, name: 'Later', description: 'First days', edges: [] })
    expect((await api('GET', `/journeys/${id}`)).body.name).toBe('Welcome')
    for (const refused of [
      await put(1),
      await api('DELETE', `/journeys/${id}/versions/1`),
      await api('POST', `/journeys/${id}/versions/1/publish`),
    ])
      expect([refused.status, refused.body.code]).toEqual([409, 'wrong_state'])
    expect((await api('DELETE', `/journeys/${id}/versions/2`)).status).toBe(204)
    expect((await api('GET', `/journeys/${id}`)).body.draftVersion).toBeNull()
    for (const n of ['2', '0', 'x', '99999999999']) expect((await api('GET', `/journeys/${id}/versions/${n}`)).status).toBe(404)
    expect((await api('POST', `/journeys/${id}/versions`)).body).toMatchObject({ version: 2, name: 'Welcome' })
  })

  it('treats the draft of one that is a draft itself as that', async () => {
    const { body } = await api('POST', '/journeys', { body: { name: 'Draft', ...V1 } })
    const path = `/journeys/${body.id}/versions/1`
    expect((await api('PUT', path, { body: { name: 'Renamed', ...V2 } })).status).toBe(200)
    expect((await api('GET', `/journeys/${body.id}`)).body).toMatchObject({ name: 'Renamed', version: null, draftVersion: 1 })
    expect(problem(await api('DELETE', path))).toEqual([409, 'draft'])
    expect(problem(await api('POST', `${path}/publish`))).toEqual([409, 'draft'])
  })

  it('says in the refusal of PUT and DELETE how a live orchestration is changed', async () => {
    const id = await live()
    for (const refused of [await api('PUT', `/journeys/${id}`, { body: { name: 'x' } }), await api('DELETE', `/journeys/${id}`)])
      expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining('/versions')])
  })

  it('honours If-Match, from one draft to the next', async () => {
    const id = await drafted()
    const path = `/journeys/${id}/versions/2`
    const { headers } = await api('GET', path)
    const etag = headers['etag']!
    const put = (ifMatch: string) => api('PUT', path, { body: V1, headers: { 'If-Match': ifMatch } })
    const next = (await put(etag)).headers['etag']!
    expect(next).not.toBe(etag)
    expect((await put(etag)).status).toBe(412)
    expect((await publish(id, {}, '', { 'If-Match': etag })).status).toBe(412)
    expect((await api('DELETE', path, { headers: { 'If-Match': etag } })).status).toBe(412)
    expect((await api('DELETE', path, { headers: { 'If-Match': next } })).status).toBe(204)
    const again = (await api('POST', `/journeys/${id}/versions`)).headers['etag']!
    expect([etag, next]).not.toContain(again)
    await publish(id)
    const published = (await api('GET', path)).headers['etag']!
    expect(published).not.toBe(again)
  })
})

describe('publishing', () => {
  it('makes the draft live: state, name, triggers, audit; and starts the job', async () => {
    const id = await drafted({ ...V2, name: 'Welcome 2' })
    const member = await at(id, 'a', 'ada')
    test.temporal.calls.length = 0
    const plan = { a: { do: 'move' }, b: { do: 'exit' } }
    const { status, body } = await publish(id, { plan })
    expect([status, body]).toEqual([202, { jobId: expect.stringMatching(/^job_/), version: 2 }])
    expect(test.temporal.calls).toEqual([{ name: 'startMigrate', args: [body.jobId] }])
    expect((await api('GET', `/journeys/${id}`)).body).toMatchObject({
      name: 'Welcome 2',
      status: 'active',
      version: 2,
      draftVersion: null,
    })
    expect((await api('GET', `/journeys/${id}?version=1`)).body).toMatchObject({ name: 'Welcome', version: 2 })
    expect(
      (await api('GET', `/journeys/${id}/versions`)).body.data.map((v: Record<string, unknown>) => [v.version, v.status, v.members]),
    ).toEqual([
      [2, 'live', 0],
      [1, 'past', 1],
    ])
    expect(await test.db.query('select event, position from event_trigger where journey_id = $1', [id])).toEqual([
      { event: 'registered', position: 0 },
    ])
    expect((await api('GET', `/jobs/${body.jobId}`)).body).toMatchObject({ status: 'running', total: 1, done: 0 })
    const log = (await api('GET', '/audit-log?limit=1')).body.data[0]
    expect(log).toMatchObject({
      action: 'version.publish',
      subject: id,
      detail: { version: 2, before: 1, plan, default: 'stay', jobId: body.jobId },
    })

    await test.db.query('update member set version = 2 where id = $1', [member])
    expect(await endMigration(test.db, await migrationOf(test.db, body.jobId))).toBe(0)
    expect((await api('GET', `/jobs/${body.jobId}`)).body).toMatchObject({ status: 'done', total: 1, done: 1 })
  })

  it('counts in a dry run who goes where, and changes nothing', async () => {
    const id = await drafted()
    for (const [tileId, customer] of [['a', 'x1'], ['a', 'x2'], ['b', 'x3'], ['done', 'x4']] as const) await at(id, tileId, customer) // prettier-ignore
    await test.db.query(`update member set status = 'exited' where customer_id = 'x4' and journey_id = $1`, [id])
    const before = await test.db.query('select * from journey where id = $1', [id])
    const calls = test.temporal.calls.length
    const { status, body } = await publish(id, { plan: { a: { do: 'move', to: 'c' } }, default: 'exit' }, '?dryRun=true')
    expect([status, body]).toEqual([
      200,
      {
        tiles: {
          entry: { do: 'exit', members: 0 },
          a: { do: 'move', members: 2 },
          b: { do: 'exit', members: 1 },
          done: { do: 'stay', members: 0 },
        },
      },
    ])
    expect(await test.db.query('select * from journey where id = $1', [id])).toEqual(before)
    expect(await test.db.query('select 1 as one from migration where journey_id = $1', [id])).toEqual([])
    expect(test.temporal.calls.length).toBe(calls)
  })

  it.each([
    [{ plan: { z: { do: 'stay' } } }, '/plan/z'],
    [{ plan: { a: { do: 'move', to: 'b' } } }, '/plan/a/to'],
    [{ plan: { a: { do: 'exit', to: 'c' } } }, '/plan/a/to'],
    [{ plan: { a: { do: 'jump' } } }, '/plan/a/do'],
    [{ plan: { a: { do: 'move', too: 'c' } } }, '/plan/a/too'],
    [{ default: 'move' }, '/default'],
    [{ default: 'leave' }, '/default'],
  ])('refuses the plan %j', async (body, path) => {
    const id = await drafted()
    for (const more of ['', '?dryRun=true']) expect(problem(await publish(id, body, more))).toEqual([422, path])
    expect((await api('GET', `/journeys/${id}`)).body.version).toBe(1)
  })

  it('refuses a draft that could not be activated, with the same errors as validate', async () => {
    const id = await drafted({ tiles: V1.tiles, edges: [] })
    const found = await api('POST', `/journeys/${id}/validate?version=draft`)
    expect(found.body.valid).toBe(false)
    expect((await api('POST', `/journeys/${id}/validate`)).body.valid).toBe(true)
    const refused = await publish(id)
    expect(refused.status).toBe(422)
    expect(refused.body.errors.map(({ code }: { code: string }) => code)).toEqual(
      found.body.errors.map(({ code }: { code: string }) => code),
    )
  })

  it('does it once, and not while members still move', async () => {
    const id = await drafted()
    await at(id, 'a', 'ada')
    const both = await Promise.all([publish(id, { plan: { a: { do: 'move' } } }), publish(id, { plan: { a: { do: 'move' } } })])
    expect(both.map(({ status }) => status).sort()).toEqual([202, 409])
    const jobId = both.find(({ status }) => status === 202)!.body.jobId as string
    await api('POST', `/journeys/${id}/versions`)
    const early = await api('POST', `/journeys/${id}/versions/3/publish`)
    expect([early.status, early.body.jobId, early.body.detail]).toEqual([409, jobId, expect.stringContaining(jobId)])
    await test.db.query(`update member set status = 'exited' where journey_id = $1`, [id])
    await endMigration(test.db, await migrationOf(test.db, jobId))
    expect((await api('POST', `/journeys/${id}/versions/3/publish`)).status).toBe(202)
  })

  it('is done at once when everybody stays', async () => {
    const id = await drafted()
    await at(id, 'a', 'ada')
    test.temporal.calls.length = 0
    const { body } = await publish(id)
    expect((await api('GET', `/jobs/${body.jobId}`)).body).toMatchObject({ status: 'done', total: 0 })
    expect(test.temporal.calls).toEqual([])
  })

  it('publishes while paused, and repeats by its Idempotency-Key', async () => {
    const id = await drafted()
    await api('POST', `/journeys/${id}/pause`)
    const first = await publish(id, {}, '', { 'Idempotency-Key': 'once' })
    const again = await publish(id, {}, '', { 'Idempotency-Key': 'once' })
    expect([first.status, again.status, again.body]).toEqual([202, 202, first.body])
    expect((await api('GET', `/journeys/${id}`)).body).toMatchObject({ status: 'paused', version: 2 })
  })

  it('leaves the job to the sweep when Temporal cannot be reached', async () => {
    const id = await drafted()
    test.temporal.down = true
    const { status, body } = await publish(id, { default: 'exit' })
    test.temporal.down = false
    expect(status).toBe(202)
    test.temporal.calls.length = 0
    await sweep({ db: test.db, temporal: test.temporal })
    expect(test.temporal.calls).toContainEqual({ name: 'startMigrate', args: [body.jobId] })
  })
})

describe('cycles of sub-orchestrations', () => {
  const enters = (id: string): object =>
    row([entry(), tile('sub', 'subOrchestration', { orchestrationId: id, mode: 'wait' }), wait('b', DAY), exit()])

  it('refuses a publication that closes one', async () => {
    const inner = await live()
    const outer = await live(enters(inner))
    await api('POST', `/journeys/${inner}/versions`, { body: enters(outer) })
    const refused = await publish(inner)
    expect([refused.status, refused.body.errors[0].code, refused.body.errors[0].tileId]).toEqual([422, 'TW306', 'sub'])
    const { data } = (await api('GET', '/journeys/children')).body
    expect(data).toContainEqual({ id: outer, children: [inner] })
    expect(data.map(({ id }: { id: string }) => id)).not.toContain(inner)
    await api('PUT', `/journeys/${inner}/versions/2`, { body: enters(inner) })
    expect((await publish(inner)).body.errors[0].code).toBe('TW306')
  })

  it('refuses an activation that closes one by way of a published version', async () => {
    const inner = (await api('POST', '/journeys', { body: { name: 'Inner', ...V1 } })).body.id as string
    const outer = await drafted(enters(inner))
    expect((await publish(outer)).status).toBe(202)
    await api('PUT', `/journeys/${inner}`, { body: { name: 'Inner', ...enters(outer) } })
    expect((await api('POST', `/journeys/${inner}/activate`)).body.errors[0].code).toBe('TW306')
  })

  it('lets one of two win that close it together', async () => {
    for (let round = 0; round < 5; round++) {
      const [one, two] = [await live(), await live()]
      await api('POST', `/journeys/${one}/versions`, { body: enters(two) })
      await api('POST', `/journeys/${two}/versions`, { body: enters(one) })
      const both = await Promise.all([publish(one), publish(two)])
      expect(both.map(({ status }) => status).sort()).toEqual([202, 422])
    }
  })
})

it('counts tiles of all versions that members have been at, and edges of the live one', async () => {
  const id = await drafted()
  const [moved, stayed] = [await at(id, 'b', 'ada'), await at(id, 'b', 'bob')]
  const step = (member: string, tileId: string, from: string, port = 'next') =>
    test.db.query(
      `insert into step (member_id, tile_id, visit, workspace_id, journey_id, version, from_tile, from_visit, from_port, from_arrived_at, decision)
       values ($1, $2, 1, 'wsp_default', $3, 1, $4, 1, $5, now() - interval '1 minute', '{}')`,
      [member, tileId, id, from, port],
    )
  for (const member of [moved, stayed]) {
    await step(member, 'a', 'entry')
    await step(member, 'b', 'a')
  }
  await step(moved, 'c', 'b', 'moved')
  await test.db.query(`update member set tile_id = 'c', version = 2 where id = $1`, [moved])
  await publish(id)
  const { body } = await api('GET', `/journeys/${id}/stats`)
  expect(body.tiles).toMatchObject({
    a: { entered: 2, left: 2, here: 0 },
    b: { entered: 2, left: 1, here: 1, medianSeconds: null },
    c: { entered: 1, left: 0, here: 1, medianSeconds: null },
  })
  expect(body.edges).toEqual({ e1: 2, e2: 0, e3: 0 })
})
