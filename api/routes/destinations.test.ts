import { createCipher } from '../../store/cipher.js'
import { secretValue } from '../../store/secrets.js'
import { queuedDestinations } from '../../store/destinations.js'
import { DEFAULT_WORKSPACE } from '../../store/workspaces.js'
import { startTestApi, type Caller, type TestApi } from '../../test/support/api.js'

/** The key of the test API. */
const KEY = 'a key for tests, thirty-two characters'

let test: TestApi
let api: Caller
beforeAll(async () => {
  test = await startTestApi()
  api = test.api
})
afterAll(() => test.stop())

const smtp = {
  name: 'Mail',
  type: 'smtp',
  config: { host: '127.0.0.1', port: 2525, secure: false, from: 'hello@example.com' },
  secrets: { password: 'hunter2hunter2' },
}

describe('destinations', () => {
  it('has the sandbox from the start, and keeps it', async () => {
    expect((await api('GET', '/destinations/sandbox')).body).toMatchObject({ id: 'sandbox', type: 'sandbox', name: 'Sandbox' })
    expect((await api('POST', '/destinations/sandbox/test')).body).toEqual({ ok: true })
    expect((await api('DELETE', '/destinations/sandbox')).status).toBe(409)
    expect((await api('GET', '/destinations/sandbox')).status).toBe(200)
  })

  it('creates, replaces and deletes; secrets are written and never read', async () => {
    const made = await api('POST', '/destinations', { body: smtp })
    const path = made.headers['location']!.replace('/api/v1', '')
    expect(made.body).toMatchObject({ name: 'Mail', type: 'smtp', config: smtp.config, hasSecrets: true })
    expect((await api('GET', '/destinations/sandbox')).body.hasSecrets).toBe(false)
    const read = await api('GET', path)
    const listed = await api('GET', '/destinations')
    for (const { text } of [made, read, listed]) expect(text).not.toContain('hunter2')
    const [kept] = await test.db.query<{ secrets: string }>('select secrets from destination where id = $1', [made.body.id])
    expect(kept!.secrets).toMatch(/^v1\./)

    const renamed = { name: 'Post', type: 'smtp', config: smtp.config }
    const put = await api('PUT', path, { body: renamed, headers: { 'If-Match': read.headers['etag']! } })
    expect([put.status, put.body.name]).toEqual([200, 'Post'])
    expect((await api('PUT', path, { body: renamed, headers: { 'If-Match': read.headers['etag']! } })).status).toBe(412)
    const [after] = await test.db.query<{ secrets: string }>('select secrets from destination where id = $1', [made.body.id])
    expect(after!.secrets).toBe(kept!.secrets)

    expect((await api('PUT', path, { body: { name: 'x', type: 'sandbox' } })).body.errors[0].path).toBe('/type')
    expect((await api('DELETE', path)).status).toBe(204)
    expect((await api('GET', path)).status).toBe(404)
  })

  it('says why a connection does not work', async () => {
    const { body } = await api('POST', '/destinations', { body: smtp })
    const tested = await api('POST', `/destinations/${body.id}/test`)
    expect(tested.body).toMatchObject({ ok: false, code: 'blocked_address', message: expect.stringContaining('OUTBOUND_ALLOW') })
  })

  it('describes its types', async () => {
    const { body } = await api('GET', '/destination-types')
    expect(body.data.map(({ type }: { type: string }) => type)).toEqual(expect.arrayContaining(['sandbox', 'smtp', 'resend']))
    expect(body.data.find(({ type }: { type: string }) => type === 'smtp').actions.send_email.fields.required).toEqual(
      expect.arrayContaining(['to', 'subject']),
    )
  })

  it.each([
    [{ ...smtp, type: 'pigeon' }, '/type'],
    [{ ...smtp, config: {} }, '/config/host'],
    [{ ...smtp, config: { ...smtp.config, port: 'x' } }, '/config/port'],
    [{ ...smtp, config: { ...smtp.config, colour: 'red' } }, '/config/colour'],
    [{ ...smtp, secrets: { pasword: 'x' } }, '/secrets/pasword'],
    [{ ...smtp, rateLimit: { perSecond: 0 } }, '/rateLimit/perSecond'],
    [{ ...smtp, status: 'ready' }, '/status'],
    [{ ...smtp, name: 7 }, '/name'],
  ])('refuses %j', async (body, path) => {
    const refused = await api('POST', '/destinations', { body })
    expect([refused.status, refused.body.errors[0].path]).toEqual([422, path])
    expect(refused.text).not.toContain('hunter2')
  })
})

describe('secrets', () => {
  it('keeps them without ever showing a value', async () => {
    const made = await api('POST', '/secrets', { body: { name: 'crm', value: 'very secret value' } })
    expect(made.body).toEqual({ id: expect.stringMatching(/^sec_/), name: 'crm', createdAt: expect.any(String) })
    const listed = await api('GET', '/secrets')
    expect(listed.body.data).toEqual([made.body])
    expect((await api('POST', '/secrets', { body: { name: 'crm', value: 'other' } })).status).toBe(409)
    const everything = JSON.stringify(await test.db.query('select s.*, a.detail from secret s, audit_log a'))
    expect(everything).not.toContain('very secret value')
    expect((await api('DELETE', `/secrets/${made.body.id}`)).status).toBe(204)
    expect((await api('DELETE', `/secrets/${made.body.id}`)).status).toBe(404)
  })

  it('replaces a value in its place', async () => {
    const { body } = await api('POST', '/secrets', { body: { name: 'signing', value: 'the old value' } })
    const replaced = await api('PUT', `/secrets/${body.id}`, { body: { value: 'the new value' } })
    expect([replaced.status, replaced.body]).toEqual([200, body])
    expect(await secretValue(test.db, createCipher(KEY), DEFAULT_WORKSPACE, body.id as string)).toBe('the new value')
    const [entry] = await test.db.query(`select action, detail from audit_log where action = 'secret.replace' and subject = $1`, [body.id])
    expect(JSON.stringify(entry)).not.toContain('value')
    expect((await api('PUT', `/secrets/${body.id}`, { body: { value: '' } })).body.errors[0].path).toBe('/value')
    expect((await api('PUT', '/secrets/sec_nothing', { body: { value: 'x' } })).status).toBe(404)
  })

  it.each([
    [{ name: 'two words', value: 'x' }, '/name'],
    [{ name: 'x', value: '' }, '/value'],
    [{ name: 'x' }, '/value'],
  ])('refuses %j', async (body, path) => {
    expect((await api('POST', '/secrets', { body })).body.errors[0].path).toBe(path)
  })
})

it('keeps a rate limit until it is left out; the task queue stays', async () => {
  const smtp = { name: 'Slow', type: 'smtp', config: { host: 'mail.example.com', port: 587, secure: false, from: 'a@example.com' } }
  const made = await api('POST', '/destinations', { body: { ...smtp, rateLimit: { perSecond: 20 } } })
  expect(made.body.rateLimit).toEqual({ perSecond: 20 })
  const queued = async () => (await queuedDestinations(test.db, DEFAULT_WORKSPACE)).find(({ id }) => id === made.body.id)
  expect(await queued()).toMatchObject({ rateLimit: { perSecond: 20 } })
  const after = await api('PUT', `/destinations/${made.body.id}`, { body: smtp })
  expect(after.body).not.toHaveProperty('rateLimit')
  expect(await queued()).toMatchObject({ rateLimit: null })
})

it('shows what the sandbox received, of one customer or all', async () => {
  for (const [n, customer] of ['ada', 'bob', 'ada'].entries())
    await test.db.query(
      `insert into sandbox_message (id, workspace_id, key, customer_id, action, fields, member_id, tile_id)
       values ($1, 'wsp_default', $1, $2, 'send_email', '{"to":"x"}', 'mem_1', 'hello')`,
      [`msg_${n}`, customer],
    )
  const ids = async (query: string): Promise<string[]> =>
    (await api('GET', `/sandbox/messages${query}`)).body.data.map(({ id }: { id: string }) => id)
  expect(await ids('')).toEqual(['msg_2', 'msg_1', 'msg_0'])
  expect(await ids('?customerId=ada')).toEqual(['msg_2', 'msg_0'])
})
