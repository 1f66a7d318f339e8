import { gzipSync } from 'node:zlib'
import http from 'node:http'
import { launch } from '../../test/support/launch.js'
import { entry, eventually, exit, row as canvasRow, wait } from '../../test/support/canvas.js'
import { judgingAround } from '../../ingest/audiences.js'
import { importChunk } from '../../store/imports.js'
import { finishJob } from '../../store/jobs.js'
import { enrol } from '../../store/enrol.js'
import { DEFAULT_WORKSPACE } from '../../store/workspaces.js'
import { startTestApi, ADMIN_KEY, type Caller, type TestApi } from '../../test/support/api.js'

let test: TestApi
let api: Caller
beforeAll(async () => {
  test = await startTestApi()
  api = test.api
})
afterAll(() => test.stop())
beforeEach(() => test.db.query('truncate customer, event, job, job_error, import_chunk, idempotency_key cascade'))

const upload = (type: string, text: string | Buffer, query = '', headers: Record<string, string> = {}) =>
  api('POST', `/customers/import${query}`, { raw: { type, text }, headers })
const csv = (text: string, query = '') => upload('text/csv', text, query)
const ndjson = (...lines: (object | string)[]) =>
  upload('application/x-ndjson', lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'))

/** What the worker does. */
async function work(jobId: string): Promise<void> {
  while (await importChunk(test.db, jobId, judgingAround()));
  await finishJob(test.db, jobId)
}
const job = async (id: string) => (await api('GET', `/jobs/${id}`)).body
const done = async (answer: { status: number; body: { jobId: string } }) => {
  expect(answer.status).toBe(202)
  await work(answer.body.jobId)
  return job(answer.body.jobId)
}
const profiles = async () =>
  Object.fromEntries(
    (await test.db.query<{ id: string; traits: unknown }>('select id, traits from customer order by id')).map(({ id, traits }) => [
      id,
      traits,
    ]),
  )

describe('CSV', () => {
  it('keeps types by what the cells say, leaves where a cell is empty, and removes by null', async () => {
    await api('PUT', '/customers/ada', { body: { traits: { plan: 'gold', city: 'Turin' } } })
    const text =
      'id,plan,city,age,vip,zip,phone,big,born\nada,,null,36,true,00123,+34600,9007199254740993,1815-12-10\ngrace,"a,""b""\nc",x,-0.5,false,1e5,x,1.50,2026-01-01T00:00:00Z\n'
    expect(await done(await csv(text))).toMatchObject({ status: 'done', total: 2, done: 2, refused: {} })
    expect(await profiles()).toEqual({
      ada: { plan: 'gold', age: 36, vip: true, zip: '00123', phone: '+34600', big: '9007199254740993', born: '1815-12-10' },
      grace: { plan: 'a,"b"\nc', city: 'x', age: -0.5, vip: false, zip: '1e5', phone: 'x', big: 1.5, born: '2026-01-01T00:00:00Z' },
    })
  })

  it('takes types by column', async () => {
    const answer = await csv(
      'customerId,a,b,c,d\nada,1,2,yes,"[1,{""x"":null}]"\nbob,x,1,no,1\neve,,y,maybe,{\n',
      '?types=a:text,c:boolean,d:json,*:number',
    )
    expect(answer.body).toMatchObject({ accepted: 2, invalid: 1, errors: [{ row: 4, value: 'eve' }] })
    await done(answer)
    expect(await profiles()).toEqual({ ada: { a: '1', b: 2, c: true, d: [1, { x: null }] }, bob: { a: 'x', b: 1, c: false, d: 1 } })
    expect((await api('GET', '/schema/traits')).body.data).toContainEqual(
      expect.objectContaining({ name: 'c', types: ['boolean'], samples: [true] }),
    )
    expect((await csv('id\na\n', '?types=a')).body.errors).toMatchObject([{ path: '?types' }])
    expect((await csv('id\na\n', '?types=a:int')).status).toBe(422)
  })

  it.each([
    ['', /empty/],
    ['plan\ngold\n', /one of them, 'id' or 'customerId'/],
    ['id,customerId\na,b\n', /there are 2/],
    ['id,a,a\nx,1,2\n', /Two columns/],
    ['id,__proto__\nx,1\n', /no name for a trait/],
    ['id,\nx,1\n', /no name for a trait/],
    ['id\n', /no row/],
  ])('refuses the file %j', async (text, says) => {
    const refused = await csv(text)
    expect([refused.status, refused.body.detail]).toEqual([422, expect.stringMatching(says)])
    expect(await test.db.query('select from job')).toEqual([])
  })

  it('lists bad rows with the reason and merges the others, also before a quote that is never closed', async () => {
    const answer = await csv(`id,a\nada,1\n,2\n${'x'.repeat(256)},3\n\nbob,4,5\neve,\uFFFD\nmary\n"zoe,1\nfoo,2\n`)
    expect(answer.body).toMatchObject({ accepted: 2, invalid: 5 })
    expect(answer.body.errors.map(({ row }: { row: number }) => row)).toEqual([3, 4, 6, 7, 9])
    const { body } = answer
    expect(await done(answer)).toMatchObject({ total: 7, done: 7, refused: { invalid: 5 } })
    expect(await profiles()).toEqual({ ada: { a: 1 }, mary: {} })
    const file = await api('GET', `/jobs/${body.jobId}/errors`)
    expect(
      file.text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toEqual(body.errors)
    const table = await api('GET', `/jobs/${body.jobId}/errors?format=csv`)
    expect(table.text.split('\r\n').slice(0, 2)).toEqual(['row,value,message', '3,,The customer id is empty.'])
    expect((await api('GET', '/jobs/job_none/errors')).status).toBe(404)
    expect((await (await test.as(['read'], 'wsp_other'))('GET', `/jobs/${body.jobId}/errors`)).status).toBe(404)
  })
})

describe('NDJSON', () => {
  it('keeps every type, removes by null, and passes over what an export adds', async () => {
    await api('PUT', '/customers/ada', { body: { traits: { plan: 'gold', old: 1 } } })
    const traits = { n: 1.5, big: 2 ** 53, s: '1', b: false, list: [1, { a: null }], o: { deep: { x: 1 } }, old: null }
    const answer = await ndjson({ id: 'ada', traits, createdAt: 'x', updatedAt: 'y', audiences: [] }, '', { customerId: 'bob' })
    await done(answer)
    const { old: _, ...kept } = traits
    expect(await profiles()).toEqual({ ada: { plan: 'gold', ...kept }, bob: {} })
  })

  it('refuses odd lines one by one', async () => {
    const deep = `{"id":"d","traits":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`
    const odd = [
      '{"id":',
      '[]',
      '{"traits":{}}',
      '{"id":7}',
      '{"id":"x","trait":{}}',
      '{"id":"x","traits":[]}',
      '{"id":"x","traits":{"a":"\\u0000"}}',
    ]
    const more = [
      '{"id":"x","traits":{"a":"\\ud800"}}',
      '{"id":"x","traits":{"__proto__":{"a":1}}}',
      '{"id":"x","traits":{"a":1e999}}',
      deep,
    ]
    const long = `{"id":"x","traits":{"a":"${'x'.repeat(1_100_000)}"}}`
    const answer = await ndjson({ id: 'first', traits: { constructor: 1 } }, ...odd, ...more, long, { id: 'last' })
    expect(answer.body).toMatchObject({ accepted: 2, invalid: odd.length + more.length + 1 })
    expect(answer.body.errors.map(({ row }: { row: number }) => row)).toEqual([...Array(12).keys()].map((n) => n + 2))
    await done(answer)
    expect(await profiles()).toEqual({ first: { constructor: 1 }, last: {} })
  })
})

it('merges rows of one customer in their order, over chunks too', async () => {
  const rows = Array.from({ length: 2_500 }, (_, n) => ({
    id: `c${n % 7}`,
    traits: { last: n, [`t${n % 3}`]: n, gone: n < 2_400 ? n : null },
  }))
  expect(await done(await ndjson(...rows))).toMatchObject({ total: 2_500, done: 2_500 })
  const wanted: Record<string, Record<string, unknown>> = {}
  for (const { id, traits } of rows) wanted[id] = { ...wanted[id], ...traits }
  for (const traits of Object.values(wanted)) delete traits.gone
  expect(await profiles()).toEqual(wanted)
})

it('is done once when it is done again, and at the same time', async () => {
  const answer = await ndjson(...Array.from({ length: 3_000 }, (_, n) => ({ id: `c${n}`, traits: { n } })))
  const { jobId } = answer.body as { jobId: string }
  await Promise.all([work(jobId), work(jobId), work(jobId)])
  expect(await job(jobId)).toMatchObject({ done: 3_000, status: 'done' })
  expect(Object.keys(await profiles())).toHaveLength(3_000)
})

it('leaves a customer whose traits would grow too large as they were, and says so', async () => {
  await api('PUT', '/customers/big', { body: { traits: { a: 'x'.repeat(200_000) } } })
  const answer = await ndjson({ id: 'big', traits: { b: 'x'.repeat(100_000) } }, { id: 'small', traits: { b: 1 } })
  expect(await done(answer)).toMatchObject({ total: 2, done: 2, refused: { too_large: 1 } })
  expect(Object.keys((await profiles()).big as object)).toEqual(['a'])
  expect((await api('GET', `/jobs/${answer.body.jobId}/errors`)).text).toMatch(/"row":1,"value":"big".*256 KB/)
})

it('tells the router of those who have a live member, and of no others', async () => {
  const journeyId = await launch(
    test.db,
    canvasRow([entry(), wait('w', { kind: 'condition', when: { trait: 'vip', op: 'eq', value: true } }), exit()]),
  )
  await enrol(test.db, { workspaceId: DEFAULT_WORKSPACE, journeyId, customerId: 'inside', triggerId: 't' })
  const notes = () => test.db.query(`select customer_id as id from event where type = 'change'`)
  await done(await ndjson({ id: 'inside', traits: { vip: true } }, { id: 'outside', traits: { vip: true } }))
  expect(await notes()).toEqual([{ id: 'inside' }])
  await done(await ndjson({ id: 'inside', traits: { vip: true } }))
  expect(await notes()).toHaveLength(1)
})

it('loses no note when the worker dies between the merge and the note', async () => {
  const journeyId = await launch(
    test.db,
    canvasRow([entry(), wait('w', { kind: 'condition', when: { trait: 'vip', op: 'eq', value: true } }), exit()]),
  )
  await enrol(test.db, { workspaceId: DEFAULT_WORKSPACE, journeyId, customerId: 'cut', triggerId: 'u' })
  const answer = await ndjson({ id: 'cut', traits: { vip: true } })
  let transactions = 0
  const dying = {
    ...test.db,
    tx: ((work) => (++transactions === 2 ? Promise.reject(new Error('dead')) : test.db.tx(work))) as typeof test.db.tx,
  }
  await expect(importChunk(dying, answer.body.jobId, judgingAround())).rejects.toThrow('dead')
  expect((await profiles()).cut).toEqual({ vip: true })
  await done(answer)
  expect(await test.db.query(`select customer_id as id from event where type = 'change'`)).toEqual([{ id: 'cut' }])
})

it('dry: tells what is in the file and keeps nothing', async () => {
  const { status, body } = await csv('id,age,plan\nada,36,gold\nbob,x,\n,1,1\n', '?dryRun=true')
  expect([status, body]).toEqual([
    200,
    {
      valid: 2,
      invalid: 1,
      errors: [{ row: 4, value: '', message: 'The customer id is empty.' }],
      traits: { age: { number: 1, string: 1 }, plan: { string: 1 } },
    },
  ])
  expect(await test.db.query('select from job')).toEqual([])
  expect(await profiles()).toEqual({})
})

it('repeats its answer to a repeated Idempotency-Key, and refuses another file', async () => {
  const send = (text: string) => upload('text/csv', text, '', { 'Idempotency-Key': 'k1' })
  const first = await send('id,a\nada,1\n')
  const again = await send('id,a\nada,1\n')
  expect([again.status, again.body]).toEqual([202, first.body])
  expect((await send('id,a\nada,2\n')).status).toBe(422)
  await work(first.body.jobId)
  expect(await test.db.query(`select status from job order by id`)).toEqual([
    { status: 'done' },
    { status: 'receiving' },
    { status: 'receiving' },
  ])
})

it('takes gzip, and refuses other encodings, other types and what is no gzip', async () => {
  await done(await upload('text/csv', gzipSync('id,a\nada,1\n'), '', { 'Content-Encoding': 'gzip' }))
  expect(await profiles()).toEqual({ ada: { a: 1 } })
  expect((await upload('text/csv', 'id\nada\n', '', { 'Content-Encoding': 'gzip' })).status).toBe(400)
  expect((await upload('text/csv', 'id\nada\n', '', { 'Content-Encoding': 'br' })).status).toBe(415)
  expect((await upload('application/json', '{}')).body.detail).toContain('application/x-ndjson or text/csv')
  expect((await api('POST', '/customers/import')).status).toBe(415)
})

it('keeps nothing of an upload that is broken off', async () => {
  const request = http.request(`${test.url}/api/v1/customers/import`, {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'text/csv' },
  })
  request.on('error', () => undefined)
  const rows = Array.from({ length: 5_000 }, (_, n) => `c${n},${n}\n`).join('')
  await new Promise((resolve) => request.write(`id,a\n${rows}`, resolve))
  const staged = () => test.db.query('select from import_chunk')
  await eventually(staged, (rows) => rows.length > 0)
  request.destroy()
  await eventually(
    () => test.db.query('select from job'),
    (rows) => rows.length === 0,
  )
  expect(await staged()).toEqual([])
})

describe('export', () => {
  const text = async (query = '') => (await api('GET', `/customers/export${query}`)).text

  it('writes what an import reads, as NDJSON and as CSV', async () => {
    await done(
      await ndjson(
        ...Array.from({ length: 2_100 }, (_, n) => ({ id: `c${n}`, traits: { n, 'a,"b"': `x\n${n}`, ...(n % 2 && { o: { n } }) } })),
      ),
    )
    const before = await profiles()
    const [asLines, asTable] = [await text(), await text('?format=csv')]
    expect(asTable.split('\r\n')[0]).toBe('id,"a,""b""",n,o')
    await test.db.query('truncate customer cascade')
    await done(await upload('application/x-ndjson', asLines))
    expect(await profiles()).toEqual(before)
    await test.db.query('truncate customer cascade')
    await done(await csv(asTable, '?types=o:json'))
    expect(await profiles()).toEqual(before)
  })

  it('of an audience: those who are in it', async () => {
    await done(await csv('id\nada\nbob\neve\n'))
    const { body } = await api('POST', '/audiences', { body: { name: 'Some' } })
    await api('POST', `/audiences/${body.id}/members`, { body: { add: ['ada', 'eve'] } })
    const lines = (await text(`?audience=${body.id}`)).trim().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(['ada', 'eve'])
    expect((await api('GET', '/customers/export?audience=none')).status).toBe(404)
    expect((await (await test.as(['read'], 'wsp_other'))('GET', '/customers/export')).text).toBe('')
  })
})

it('judges those whom it makes or changes by the audiences with their traits, and tells the router of who joined and left alone', async () => {
  const make = async (when: object) => (await api('POST', '/audiences', { body: { name: 'x', kind: 'condition', when } })).body.id as string
  const gold = await make({ trait: 'plan', op: 'eq', value: 'gold' })
  const silent = await make({
    all: [
      { audience: gold, op: 'notIn' },
      { event: 'x', op: 'notPerformed', within: 'P1D' },
    ],
  })
  const inside = async (id: string) =>
    (await test.db.query<{ id: string }>('select customer_id as id from audience_member where audience_id = $1 order by 1', [id])).map(
      (row) => row.id,
    )
  const notes = () => test.db.query<{ id: string }>('select customer_id as id, properties as what from event order by customer_id, id')
  await done(await ndjson({ id: 'ada', traits: { plan: 'gold' } }, { id: 'bob', traits: {} }, { id: 'cy', traits: { plan: 'free' } }))
  expect([await inside(gold), await inside(silent)]).toEqual([['ada'], ['bob', 'cy']])
  expect(await notes()).toEqual(
    [
      ['ada', gold],
      ['bob', silent],
      ['cy', silent],
    ].map(([id, audienceId]) => ({ id, what: { joined: { audienceId, number: expect.any(String) as string } } })),
  )
  await test.db.query('truncate event')
  await done(await ndjson({ id: 'ada', traits: { plan: 'gold', age: 36 } }, { id: 'cy', traits: { plan: 'gold' } }))
  expect([await inside(gold), await inside(silent)]).toEqual([['ada', 'cy'], ['bob']])
  expect((await notes()).map(({ id }) => id)).toEqual(['cy', 'cy'])
  for (const id of [silent, gold]) await api('DELETE', `/audiences/${id}`)
})
