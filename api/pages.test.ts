import { Writable } from 'node:stream'
import { pino } from 'pino'
import { createSignInLink } from '../store/keys.js'
import { DEFAULT_WORKSPACE } from '../store/workspaces.js'
import { startTestApi, type TestApi } from '../test/support/api.js'

let test: TestApi
let log = ''
beforeAll(async () => {
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      log += chunk.toString()
      done()
    },
  })
  test = await startTestApi({ logger: pino({ level: 'trace' }, stream) })
})
afterAll(() => test.stop())

const link = (): Promise<string> => createSignInLink(test.db, DEFAULT_WORKSPACE)

/** Sends the form, as a browser does from our own page. */
function submit(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(test.url + path, {
    method: 'POST',
    body: new URLSearchParams(fields),
    redirect: 'manual',
    headers: { 'Sec-Fetch-Site': 'same-origin', ...headers },
  })
}

async function signIn(): Promise<string> {
  const answer = await submit('/sign-in', { token: await link() })
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/'])
  return answer.headers.get('set-cookie')!.split(';')[0]!
}

describe('signing in', () => {
  it('shows a button; looking at the link does not use it up', async () => {
    const token = await link()
    for (const method of ['GET', 'HEAD', 'GET']) {
      const page = await fetch(`${test.url}/sign-in?token=${token}`, { method })
      expect([page.status, page.headers.get('set-cookie'), page.headers.get('cache-control')]).toEqual([200, null, 'no-store'])
    }
    expect((await submit('/sign-in', { token })).status).toBe(303)
  })

  it('sets a cookie that scripts and other sites cannot use', async () => {
    const answer = await submit('/sign-in', { token: await link() })
    const cookie = answer.headers.get('set-cookie')!
    for (const part of [/^tilework_session=[\w-]{40};/, /HttpOnly/, /SameSite=Strict/, /Path=\//]) expect(cookie).toMatch(part)
    expect(cookie).not.toMatch(/Secure/)
    const https = await startTestApi({ publicUrl: 'https://tilework.example.com' })
    try {
      const token = await createSignInLink(https.db, DEFAULT_WORKSPACE)
      const secure = await fetch(`${https.url}/sign-in`, { method: 'POST', body: new URLSearchParams({ token }), redirect: 'manual' })
      expect(secure.headers.get('set-cookie')).toMatch(/Secure/)
    } finally {
      await https.stop()
    }
  })

  it('works once, and once only when two try together', async () => {
    const token = await link()
    const answers = await Promise.all(Array.from({ length: 5 }, () => submit('/sign-in', { token })))
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 410, 410, 410, 410])
    const late = await link()
    await test.db.query(`update sign_in set expires_at = now() - interval '1 second' where kind = 'link' and used_at is null`)
    const page = await submit('/sign-in', { token: late })
    expect([page.status, await page.text()]).toEqual([410, expect.stringContaining('does not work')])
  })

  it('is refused from another site', async () => {
    const token = await link()
    expect((await submit('/sign-in', { token }, { 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403)
    expect((await submit('/sign-in', { token })).status).toBe(303)
  })

  it('escapes what stands in the link', async () => {
    const page = await fetch(`${test.url}/sign-in?token=${encodeURIComponent('"><script>alert(1)</script>')}`)
    expect(await page.text()).not.toContain('<script>')
  })

  it('tells nobody but the caller: no token, session or key is in the log', async () => {
    const token = await link()
    await fetch(`${test.url}/sign-in?token=${token}`)
    const session = await signIn()
    await fetch(`${test.url}/`, { headers: { cookie: session } })
    await test.api('PUT', '/customers/ada@example.com', { body: { traits: { email: 'ada@example.com' } } })
    for (const secret of [token, session.split('=')[1]!, 'an admin key', 'ada@example.com']) expect(log).not.toContain(secret)
    expect(log).toContain('"path":"/sign-in"')
  })
})

describe('a session', () => {
  it('opens the list and the API, until it is signed out', async () => {
    const cookie = await signIn()
    const home = await (await fetch(`${test.url}/`, { headers: { cookie } })).text()
    expect(home).toContain('<div id="app">')
    expect((await fetch(`${test.url}/api/v1/journeys`, { headers: { cookie } })).status).toBe(200)
    const out = await submit('/sign-out', {}, { cookie })
    expect([out.status, out.headers.get('set-cookie')]).toEqual([303, expect.stringMatching(/^tilework_session=;/)])
    expect((await fetch(`${test.url}/api/v1/journeys`, { headers: { cookie } })).status).toBe(401)
    expect(await (await fetch(`${test.url}/`, { headers: { cookie } })).text()).toContain('You are not signed in')
  })

  it('changes something only from our own pages', async () => {
    const cookie = await signIn()
    const post = (headers: Record<string, string>) =>
      fetch(`${test.url}/api/v1/audiences`, {
        method: 'POST',
        body: '{"name":"x"}',
        headers: { cookie, 'Content-Type': 'application/json', ...headers },
      })
    const foreign: Record<string, string>[] = [
      {},
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
      { 'Sec-Fetch-Site': 'none' },
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
    ]
    for (const headers of foreign) expect((await post(headers)).status).toBe(403)
    expect((await submit('/sign-out', {}, { cookie, 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403)
    expect((await post({ 'Sec-Fetch-Site': 'same-origin' })).status).toBe(201)
    expect((await post({ Origin: test.url })).status).toBe(201)
    expect((await post({ Origin: 'http://127.0.0.1:3000' })).status).toBe(201)
  })
})

describe('the preview of a message', () => {
  it('shows it as it is, under a policy that runs and fetches nothing', async () => {
    const html = '<b style="color:red">Hi</b><script>alert(1)</script>'
    const answer = await submit('/preview', { html })
    expect([answer.status, await answer.text(), answer.headers.get('content-type')]).toEqual([200, html, 'text/html; charset=utf-8'])
    const policy = answer.headers.get('content-security-policy')!
    expect(policy).toMatch(/^default-src 'none';.*; sandbox$/)
    expect(policy).not.toMatch(/script|http|\*/)
  })

  it('is for pages of this site', async () => {
    const foreign: Record<string, string>[] = [{ 'Sec-Fetch-Site': 'cross-site' }, { 'Sec-Fetch-Site': 'none' }]
    for (const headers of foreign) expect((await submit('/preview', { html: 'x' }, headers)).status).toBe(403)
    expect((await fetch(`${test.url}/preview`, { method: 'POST', body: new URLSearchParams({ html: 'x' }) })).status).toBe(403)
    expect((await fetch(`${test.url}/preview`)).status).toBe(404)
    expect((await submit('/preview', { html: 'x'.repeat(3_000_000) })).status).toBe(413)
  })
})

describe('the web application', () => {
  const open = (path: string, cookie: string): Promise<Response> => fetch(test.url + path, { headers: { cookie }, redirect: 'manual' })

  it('answers at the address of every page, with a nonce of its own each time', async () => {
    const cookie = await signIn()
    const nonces = new Set<string>()
    for (const path of ['/', '/journeys', '/journeys/jrn_1/edit', '/customers/ada%2Fb?tab=events', '/settings/users']) {
      const page = await open(path, cookie)
      const nonce = /<meta name="csp-nonce" content="([\w-]{24})" \/>/.exec(await page.text())![1]!
      const policy = page.headers.get('content-security-policy')
      expect([path, page.status, page.headers.get('cache-control')]).toEqual([path, 200, 'no-store'])
      expect(policy).toContain(`style-src 'self' 'nonce-${nonce}'`)
      expect(policy).toMatch(/script-src 'self';/)
      nonces.add(nonce)
    }
    expect(nonces.size).toBe(5)
    expect((await open('/journeysandmore', cookie)).status).toBe(404)
    expect((await open('/api/v1/nothing', cookie)).status).toBe(404)
  })

  it('lets browsers keep its files for ever', async () => {
    const page = await (await open('/', await signIn())).text()
    const files = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map((found) => found[1]!)
    expect(files.length).toBeGreaterThan(1)
    for (const file of files) {
      const answer = await fetch(test.url + file)
      expect([file, answer.status, answer.headers.get('cache-control')]).toEqual([file, 200, 'public, max-age=31536000, immutable'])
    }
    expect((await fetch(`${test.url}/assets/gone-12345678.js`)).status).toBe(404)
  })

  it('is where the visitor was going, after signing in', async () => {
    const page = await fetch(`${test.url}/journeys?status=active`)
    expect(await page.text()).toContain('You are not signed in')
    const wanted = page.headers.get('set-cookie')!
    for (const part of [/^tilework_return=/, /HttpOnly/, /Path=\/sign-in/]) expect(wanted).toMatch(part)
    const answer = await submit('/sign-in', { token: await link() }, { cookie: wanted.split(';')[0]! })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/journeys?status=active'])
    expect(answer.headers.get('set-cookie')).toMatch(/tilework_return=; Path=\/sign-in; Expires=Thu, 01 Jan 1970/)
  })

  it.each([
    ['/settings/users?role=admin#x', '/settings/users?role=admin'],
    ['https://evil.example/journeys', '/'],
    ['//evil.example/journeys', '/'],
    ['/\\evil.example/journeys', '/'],
    ['/journeys/..//evil.example', '/'],
    ['javascript:alert(1)', '/'],
    ['/sign-out', '/'],
    ['/api/v1/journeys', '/'],
    ['%E0%A4%A', '/'],
  ])('goes from a remembered %s to %s', async (wanted, to) => {
    const cookie = `tilework_return=${wanted.startsWith('%') ? wanted : encodeURIComponent(wanted)}`
    expect((await submit('/sign-in', { token: await link() }, { cookie })).headers.get('location')).toBe(to)
  })
})

it('shows nothing to who is not signed in', async () => {
  const page = await fetch(`${test.url}/`)
  const text = await page.text()
  expect(text).toContain('You are not signed in')
  expect(text).not.toContain('Orchestrations')
})
