import { entry, exit, row } from '../../test/support/canvas.js'
import { startTestApi, type Caller, type Reply, type TestApi } from '../../test/support/api.js'

/* Notes on the canvas: kept beside the versions of an orchestration, for people. */

let test: TestApi
let api: Caller
beforeAll(async () => {
  test = await startTestApi()
  api = test.api
})
afterAll(() => test.stop())

const canvas = row([entry({ type: 'manual' }), exit()])
const note = (id: string, more: object = {}) => ({ id, text: `About ${id}`, position: { x: 16, y: -32 }, width: 240, height: 128, ...more })

const make = async (): Promise<string> => (await api('POST', '/journeys', { body: { name: 'Welcome', ...canvas } })).body.id as string
const read = (id: string): Promise<Reply> => api('GET', `/journeys/${id}/notes`)
const put = (id: string, notes: unknown, ifMatch?: string): Promise<Reply> =>
  api('PUT', `/journeys/${id}/notes`, { body: { notes }, headers: ifMatch === undefined ? {} : { 'If-Match': ifMatch } })
const rows = (id: string) => test.db.query('select 1 from journey_notes where journey_id = $1', [id])

it('has none at first, keeps them in order, and tells each state by its ETag', async () => {
  const id = await make()
  const none = await read(id)
  expect([none.body, none.headers['etag']]).toEqual([{ notes: [] }, '"0"'])
  const two = [note('b', { text: 'Ärger 🙂\nzweite Zeile' }), note('a', { position: { x: 0.5, y: 1e6 } })]
  const kept = await put(id, two, '"0"')
  expect([kept.status, kept.body, kept.headers['etag']]).toEqual([200, { notes: two }, '"1"'])
  const again = await read(id)
  expect([again.body, again.headers['etag']]).toEqual([{ notes: two }, '"1"'])
  expect((await api('GET', `/journeys/${id}/notes`, { headers: { 'If-None-Match': '"1"' } })).status).toBe(304)
  expect((await put(id, [])).body).toEqual({ notes: [] })
})

it('never lets one write over what the other has not seen', async () => {
  const id = await make()
  for (let round = 0; round < 20; round++) {
    const answers = await Promise.all(Array.from({ length: 5 }, (_, n) => put(id, [note(`n${round}_${n}`)], `"${round}"`)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412, 412])
    expect((await read(id)).body).toEqual(answers.find(({ status }) => status === 200)!.body)
  }
  const late = await put(id, [], '"0"')
  expect([late.status, late.body.code, late.body.errors[0].path]).toEqual([412, 'stale', 'If-Match'])
  expect((await put(id, [], '"20"')).status).toBe(200)
})

it('leaves the canvas, its ETag and its versions alone, and is changed in any state', async () => {
  const id = await make()
  const before = await api('GET', `/journeys/${id}`)
  await put(id, [note('a')])
  const after = await api('GET', `/journeys/${id}`)
  expect([after.body, after.headers['etag']]).toEqual([before.body, before.headers['etag']])
  expect((await api('POST', `/journeys/${id}/activate`)).status).toBe(200)
  expect((await api('POST', `/journeys/${id}/versions`)).status).toBe(201)
  expect((await put(id, [note('a'), note('b')], '"1"')).status).toBe(200)
  expect(Object.keys((await api('GET', `/journeys/${id}/versions/2`)).body as object)).not.toContain('notes')
  expect((await api('POST', `/journeys/${id}/complete`, { body: { members: 'walk' } })).status).toBe(200)
  expect((await put(id, [note('c')], '"2"')).status).toBe(200)
})

it('goes with a copy, and with an orchestration that is deleted', async () => {
  const id = await make()
  await put(id, [note('a')])
  const copy = (await api('POST', `/journeys/${id}/duplicate`, { body: {} })).body.id as string
  expect((await read(copy)).body).toEqual({ notes: [note('a')] })
  await put(copy, [note('b')])
  expect((await read(id)).body).toEqual({ notes: [note('a')] })
  expect((await api('DELETE', `/journeys/${id}`)).status).toBe(204)
  expect([(await read(id)).status, await rows(id), (await rows(copy)).length]).toEqual([404, [], 1])
})

it('is seen by who reads, written by who writes, and by nobody of another workspace', async () => {
  const id = await make()
  const path = `/journeys/${id}/notes`
  const body = { notes: [note('a')] }
  const [reader, writer, stranger] = [await test.as(['read']), await test.as(['write']), await test.as(['read', 'write'], 'wsp_other')]
  expect((await reader('GET', path)).status).toBe(200)
  expect((await reader('PUT', path, { body })).status).toBe(403)
  expect((await writer('PUT', path, { body })).status).toBe(200)
  expect([(await stranger('GET', path)).status, (await stranger('PUT', path, { body })).status]).toEqual([404, 404])
  const { body: log } = await api('GET', `/audit-log?action=journey.notes&target=${id}`)
  expect(log.data).toMatchObject([{ action: 'journey.notes', subject: id, detail: { notes: 1 } }])
})

it('takes 200 notes of 2,000 characters', async () => {
  const id = await make()
  const all = Array.from({ length: 200 }, (_, n) => note(`n${n}`, { text: '語'.repeat(2000) }))
  expect((await put(id, all)).body).toEqual({ notes: all })
})

it.each([
  ['no notes', undefined, '/notes'],
  ['201 notes', Array.from({ length: 201 }, (_, n) => note(`n${n}`)), '/notes'],
  ['a text that is too long', [note('a'), note('b', { text: 'x'.repeat(2001) })], '/notes/1/text'],
  ['no text', [{ ...note('a'), text: undefined }], '/notes/0/text'],
  ['an id twice', [note('a'), note('b'), note('a')], '/notes/2/id'],
  ['an id with a space', [note('a b')], '/notes/0/id'],
  ['an empty id', [note('')], '/notes/0/id'],
  ['a place that is nowhere', [note('a', { position: { x: 1e7, y: 0 } })], '/notes/0/position/x'],
  ['half a place', [note('a', { position: { x: 0 } })], '/notes/0/position/y'],
  ['a note that nobody could grip', [note('a', { width: 8 })], '/notes/0/width'],
  ['a note larger than any screen', [note('a', { height: 1e5 })], '/notes/0/height'],
  ['a field that is not there', [note('a', { colour: 'pink' })], '/notes/0/colour'],
])('refuses %s and names the field', async (_what, notes, path) => {
  const { status, body } = await put(await make(), notes)
  expect([status, body.errors[0].path]).toEqual([422, path])
})
