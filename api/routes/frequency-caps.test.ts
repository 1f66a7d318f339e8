import { startTestApi, type TestApi } from '../../test/support/api.js'

let test: TestApi
beforeEach(async () => {
  test = await startTestApi()
})
afterEach(() => test.stop())

const WEEKLY = { name: 'Weekly', channel: 'email', topic: null, most: 3, per: 'P7D', otherwise: 'skip' }
const post = (body: object) => test.api('POST', '/frequency-caps', { body })

it('are made, read, changed by their ETag and deleted, and the audit log says so', async () => {
  const made = await post({ name: ' Weekly ', channel: 'email', most: 3, per: 'P7D' })
  const id = made.body.id as string
  expect([made.status, made.headers.location]).toEqual([201, `/api/v1/frequency-caps/${id}`])
  expect(made.body).toMatchObject(WEEKLY)
  const read = await test.api('GET', `/frequency-caps/${id}`)
  expect(read.body).toEqual(made.body)
  const headers = { 'If-Match': read.headers.etag! }
  const changed = await test.api('PUT', `/frequency-caps/${id}`, { body: { ...WEEKLY, channel: null, otherwise: 'delay' }, headers })
  expect(changed.body).toMatchObject({ channel: null, otherwise: 'delay' })
  expect((await test.api('PUT', `/frequency-caps/${id}`, { body: WEEKLY, headers })).status).toBe(412)
  expect((await test.api('GET', '/frequency-caps')).body.data).toEqual([changed.body])
  const other = await test.as(['admin', 'read'], 'wsp_other')
  expect((await other('GET', `/frequency-caps/${id}`)).status).toBe(404)
  expect((await other('DELETE', `/frequency-caps/${id}`)).status).toBe(404)
  expect((await test.api('DELETE', `/frequency-caps/${id}`)).status).toBe(204)
  expect((await test.api('GET', `/frequency-caps/${id}`)).status).toBe(404)
  const log = (await test.api('GET', '/audit-log?action=frequency-cap')).body.data as { action: string }[]
  expect(log.map(({ action }) => action)).toEqual(['frequency-cap.delete', 'frequency-cap.replace', 'frequency-cap.create'])
})

it('have names of their own, and topics that there are', async () => {
  await post(WEEKLY)
  expect(await post({ ...WEEKLY, name: 'weekly' })).toMatchObject({ status: 409, body: { errors: [{ path: '/name', code: 'taken' }] } })
  expect(await post({ name: 'News', topic: 'top_1', most: 1, per: 'P1D' })).toMatchObject({
    status: 422,
    body: { errors: [{ path: '/topic', code: 'unknown_topic' }] },
  })
  const topic = (await test.api('POST', '/topics', { body: { name: 'News' } })).body.id as string
  expect((await post({ name: 'News', topic, most: 1, per: 'P1D' })).status).toBe(201)
  expect((await test.api('DELETE', `/topics/${topic}`)).status).toBe(204)
  expect((await test.api('GET', '/frequency-caps')).body.data).toHaveLength(1)
})

it.each([
  [{ ...WEEKLY, topic: 'top_1' }, '/topic', /name one of the two/],
  [{ ...WEEKLY, most: 0 }, '/most', /at least 1/],
  [{ ...WEEKLY, per: 'P91D' }, '/per', /at most P90D/],
  [{ ...WEEKLY, per: 'PT0S' }, '/per', /longer than nothing/],
  [{ ...WEEKLY, channel: 'fax' }, '/channel', /./],
  [{ most: 1, per: 'P1D' }, '/name', /missing|Give/],
])('refuse %j', async (body, path, says) => {
  const refused = await post(body)
  expect([refused.status, refused.body.errors[0]]).toEqual([422, expect.objectContaining({ path, message: expect.stringMatching(says) })])
})

it('are for administrators to change', async () => {
  const write = await test.as(['read', 'write'])
  expect((await write('POST', '/frequency-caps', { body: WEEKLY })).status).toBe(403)
  expect((await write('GET', '/frequency-caps')).status).toBe(200)
})
